"""Lists, sets and dicts that tell the attribute they belong to what is added and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from azoth.orm.runtime.collections.bond import bind
from azoth.orm.runtime.collections.census import Census
from azoth.orm.runtime.collections.collection_copies import deep_copy
from azoth.orm.runtime.collections.dict_mutators import dict_mutators
from azoth.orm.runtime.collections.list_mutators import list_mutators
from azoth.orm.runtime.collections.set_mutators import set_mutators
from azoth.orm.runtime.state import InstanceState, state_of

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class InstrumentedCollection:
    """What the built-in instrumented collections share: their bond with the owner, and how copies treat it."""

    __slots__ = ()

    _azoth_owner: InstanceState | None
    _azoth_attribute: Any
    _azoth_census: Census | None

    def __getattr__(self, name: str) -> Any:
        # A collection that nobody bound to an owner has empty slots.
        if name == "_azoth_census":
            # Asked for at each removal, and by nobody else.
            object.__setattr__(self, name, None)
            return None
        if name in {"_azoth_owner", "_azoth_attribute"}:
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getstate__(self) -> Any:
        """Give what is pickled beside the members: the owner, and the name of its attribute."""
        state = self._azoth_owner
        owner = None if state is None else state()
        return (owner, None if owner is None else self._azoth_attribute.key, getattr(self, "__dict__", None))

    def __setstate__(self, saved: Any) -> None:
        owner, key, values = saved
        if values:
            self.__dict__.update(values)
        if owner is not None:
            manager = type(owner)._azoth_manager
            bind(self, manager.attributes[key], state_of(owner))

    def __copy__(self) -> Any:
        return self.copy()

    __deepcopy__ = deep_copy


class InstrumentedList(InstrumentedCollection, list[T]):
    """A list of related instances; changes to it are changes to the relationship."""

    __slots__ = ("_azoth_attribute", "_azoth_census", "_azoth_owner")


class InstrumentedSet(InstrumentedCollection, set[T]):
    """A set of related instances; changes to it are changes to the relationship."""

    __slots__ = ("_azoth_attribute", "_azoth_owner")


class InstrumentedDict(InstrumentedCollection, dict[K, V]):
    """A dict whose values are related instances; changes to it are changes to the relationship."""

    __slots__ = ("_azoth_attribute", "_azoth_census", "_azoth_owner")


def members(collection: Any) -> list[Any]:
    """List the items of any collection that an attribute can hold."""
    if isinstance(collection, dict):
        return list(collection.values())
    iterator: str | None = getattr(type(collection), "_azoth_iterator", None)
    return list(collection) if iterator is None else list(getattr(collection, iterator)())


def install(class_: type[Any], mutators: dict[str, Callable[..., Any]]) -> None:
    """Put reporting mutators on a class, under the names and docs of those that they replace."""
    for name, mutator in mutators.items():
        replaced = getattr(class_, name, None)
        mutator.__name__ = name
        mutator.__qualname__ = f"{class_.__qualname__}.{name}"
        mutator.__doc__ = getattr(replaced, "__doc__", None)
        mutator._azoth_instrumented = True  # type: ignore[attr-defined]
        setattr(class_, name, mutator)


install(InstrumentedList, list_mutators(lambda name: getattr(list, name)))
install(InstrumentedSet, set_mutators(lambda name: getattr(set, name)))
install(InstrumentedDict, dict_mutators(lambda name: getattr(dict, name)))
