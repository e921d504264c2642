"""What a flush must load before it can be planned to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort


class PlannedLoad:
    """Attributes that a flush loads first, because what it writes depends on them.

    Attributes:
        mapper: whose attributes.
        keys: the attributes.
        reason: why they are needed.
        parents: the objects that lack them, by state.
    """

    __slots__ = ("keys", "mapper", "parents", "reason")

    def __init__(self, mapper: MapperPort, keys: tuple[str, ...], reason: str) -> None:
        self.mapper: Any = mapper
        self.keys = keys
        self.reason = reason
        self.parents: dict[InstanceState, Any] = {}

    @property
    def name(self) -> str:
        """The attributes, as ``Class.attribute``."""
        class_ = self.mapper.class_.__name__
        return ", ".join(f"{class_}.{key}" for key in self.keys)

    def __len__(self) -> int:
        return len(self.parents)

    def __repr__(self) -> str:
        return f"PlannedLoad({self.name}, {len(self)}, {self.reason!r})"

    def __str__(self) -> str:
        count = len(self)
        return f"{self.name} of {count:,} object{'' if count == 1 else 's'}, because {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        """Describe the load in plain values."""
        return {
            "class": self.mapper.class_.__name__,
            "attributes": list(self.keys),
            "objects": len(self),
            "reason": self.reason,
        }


class PlannedLoads:
    """Collects what must be loaded, by class, attributes and reason."""

    __slots__ = ("_loads",)

    def __init__(self) -> None:
        self._loads: dict[tuple[Any, tuple[str, ...], str], PlannedLoad] = {}

    def of(self, mapper: MapperPort, keys: tuple[str, ...], reason: str) -> PlannedLoad:
        """Give the load of some attributes, to note objects that lack them."""
        place = (mapper, keys, reason)
        load = self._loads.get(place)
        if load is None:
            load = self._loads[place] = PlannedLoad(mapper, keys, reason)
        return load

    def take(self) -> list[PlannedLoad]:
        """Give the loads for which objects were noted, and begin anew."""
        loads = [load for load in self._loads.values() if load.parents]
        self._loads = {}
        return loads
