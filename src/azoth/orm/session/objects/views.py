"""What a session holds, as users see it: the identity map by keys, and sets of instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from azoth.inspection import inspect
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.ports import Unit
from azoth.orm.runtime.state import InstanceState, row_is_gone
from azoth.orm.runtime.symbols import STATE
from azoth.orm.session.objects.membership import mapped_state


class IdentityMapView(Mapping[Any, Any]):
    """A read-only mapping of the persistent instances of a session.

    Keys are ``(class, (primary key, ...), None)`` as ``inspect(obj).identity_key`` has them; look-ups also accept the
    classic ``(class, (primary key, ...))`` of ``obj._instance_key``. Membership changes only through the session.
    """

    __slots__ = ("_identity_map",)

    def __init__(self, identity_map: IdentityMap) -> None:
        self._identity_map = identity_map

    def __getitem__(self, key: Any) -> Any:
        instance = self._find(key)
        if instance is None:
            raise KeyError(key)
        return instance

    def _find(self, key: Any) -> Any:
        try:
            manager = key[0]._azoth_manager
            pk = tuple(key[1])
        except (TypeError, IndexError, AttributeError):
            return None
        return self._identity_map.find(manager, pk if manager.mapper.composite_key else pk[0])

    def __contains__(self, key: object) -> bool:
        return self._find(key) is not None

    def __iter__(self) -> Iterator[Any]:
        for state in self._identity_map.all_states():
            if state() is not None:
                yield identity_key(state)

    def __len__(self) -> int:
        return sum(1 for _ in self._identity_map.instances())

    def all_states(self) -> list[Any]:
        """List the states of the persistent instances."""
        return self._identity_map.all_states()

    def contains_state(self, state: Any) -> bool:
        """Tell whether a state belongs to a persistent instance of the session."""
        return state.identity_map is self._identity_map and state.pk is not None

    def __repr__(self) -> str:
        return f"<identity map of {len(self)} objects>"


def identity_key(state: Any) -> tuple[Any, ...]:
    """Make the identity key of a state with identity."""
    mapper = state.manager.mapper
    pk = state.pk if mapper.composite_key else (state.pk,)
    return (state.manager.root.class_, pk, None)


class IdentitySet(AbstractSet[Any]):
    """An unchangeable set in which an object equals only itself: what ``session.new`` and its siblings give."""

    __slots__ = ("_members",)

    def __init__(self, members: Iterable[Any] = ()) -> None:
        self._members = {id(member): member for member in members}

    def __contains__(self, member: object) -> bool:
        return id(member) in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members.values())

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"IdentitySet({list(self._members.values())!r})"


def dirty(identity_map: IdentityMap) -> IdentitySet:
    """Give the persistent objects with changes, those marked for deletion left out."""
    deleted = identity_map.deleted
    return IdentitySet(instance for state, instance in identity_map.modified.items() if state not in deleted)


def holds(identity_map: IdentityMap, instance: object) -> bool:
    """Tell whether an object is part of the session that a map belongs to, one that it deleted left out.

    Errors:
        UnmappedInstanceError: the object's class is not mapped.
    """
    values = getattr(instance, "__dict__", None)
    state: InstanceState | None = None if values is None else values.get(STATE)
    if state is None:
        if not hasattr(type(instance), "_azoth_manager"):
            mapped_state(instance, "in")
        return False
    return state.identity_map is identity_map and not row_is_gone(state) and state() is instance


def session_of(instance: object) -> Any:
    """Give the session that an object belongs to, or None.

    Errors:
        UnmappedInstanceError: the object's class is not mapped.
    """
    identity_map = mapped_state(instance, "object_session()").identity_map
    unit: Unit | None = None if identity_map is None else identity_map.unit()
    return None if unit is None else unit.session


def make_identity_key(*args: Any, **keywords: Any) -> tuple[Any, ...]:
    """Make an identity key; see ``Session.identity_key``."""
    instance = keywords.pop("instance", None)
    if instance is not None:
        key: tuple[Any, ...] = inspect(type(instance)).identity_key_from_instance(instance)
        return key
    class_, pk = (*args, *keywords.values())[:2]
    found: tuple[Any, ...] = inspect(class_).identity_key_from_primary_key(pk if isinstance(pk, tuple) else (pk,))
    return found


def is_modified(instance: object, *, include_collections: bool) -> bool:
    """Tell whether an object has net changes that a flush would write; see ``Session.is_modified``."""
    state = mapped_state(instance, "is_modified()")
    if state.pk is None:
        return True
    relationships = state.manager.mapper.relationships
    for key in state.changes or ():
        if key in relationships and relationships[key].uselist and not include_collections:
            continue
        history = get_history(state, key)
        if history.added or history.deleted:
            return True
    return False
