"""Values in the database that a flush depends on, and that no object in memory has loaded."""

from __future__ import annotations

from typing import Any, Final

from azoth.orm.persistence.changes.planned_load import PlannedLoad, PlannedLoads
from azoth.orm.persistence.profile.values import committed_value, key_value
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

NEEDED: Final = "the flush depends on these old values"


class UnknownValues:
    """Collects the attributes whose values in the database would be needed.

    Attributes:
        keys: state -> the attribute keys.
        instances: state -> the instance.
    """

    __slots__ = ("instances", "keys")

    def __init__(self) -> None:
        self.keys: dict[InstanceState, set[str]] = {}
        self.instances: dict[InstanceState, Any] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def note(self, state: InstanceState, instance: object, keys: tuple[str, ...], values: tuple[Any, ...]) -> None:
        """Note which of some committed values are missing."""
        for key, value in zip(keys, values, strict=True):
            if value is NO_VALUE:
                self.keys.setdefault(state, set()).add(key)
                self.instances[state] = instance

    def note_committed(self, state: InstanceState, instance: object, key: str) -> None:
        """Note an attribute whose committed value is needed, if it is missing."""
        self.note(state, instance, (key,), (committed_value(state, instance, key),))

    def note_present(self, state: InstanceState, instance: object, key: str) -> None:
        """Note an attribute of an object with a row whose present value is needed, if it is missing."""
        if state.pk is not None:
            self.note(state, instance, (key,), (key_value(state, instance, key),))

    def loads(self) -> list[PlannedLoad]:
        """List what must be loaded."""
        loads = PlannedLoads()
        for state, keys in self.keys.items():
            loads.of(state.manager.mapper, tuple(sorted(keys)), NEEDED).parents[state] = self.instances[state]
        return loads.take()
