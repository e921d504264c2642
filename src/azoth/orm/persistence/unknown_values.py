"""Values in the database that the order of a flush depends on, and that no object in memory has loaded."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE


class UnknownValues:
    """Collects the attributes whose committed values would be needed.

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

    def note(self, state: InstanceState, instance: Any, keys: tuple[str, ...], values: tuple[Any, ...]) -> None:
        """Note which of some committed values are missing."""
        for key, value in zip(keys, values, strict=True):
            if value is NO_VALUE:
                self.keys.setdefault(state, set()).add(key)
                self.instances[state] = instance
