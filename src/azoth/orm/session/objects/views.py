"""What a session holds, as users see it: the identity map by keys, and sets of instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime import identity_map as held
from azoth.orm.session.objects.membership import attach
from azoth.orm.session.objects.restoration import identity_key

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState


class IdentityMapView(Mapping[Any, Any]):
    """A mapping of the persistent instances of a session.

    Keys are ``(class, (primary key, ...), identity token)`` as ``inspect(obj).identity_key`` has them, the token being
    None in the plain case; look-ups also accept the classic ``(class, (primary key, ...))`` of ``obj._instance_key``.
    Membership changes through the session, and by ``add()``.
    """

    __slots__ = ("_identity_map",)

    def __init__(self, identity_map: held.IdentityMap) -> None:
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
        token = key[2] if len(key) > 2 else None
        return self._identity_map.find(manager, pk if manager.mapper.composite_key else pk[0], token)

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

    def contains_state(self, state: InstanceState) -> bool:
        """Tell whether a state belongs to a persistent instance of the session."""
        return state.identity_map is self._identity_map and state.pk is not None

    def add(self, state: InstanceState) -> None:
        """Make an object that has a row part of the session, as ``Session.add()`` does without cascades and listeners.

        Args:
            state: the object's state.

        Raises:
            InvalidRequestError: it has no row, or another object with its key is here.

        State: the object is persistent.
        """
        instance = state()
        if state.pk is None or instance is None:
            raise InvalidRequestError(
                f"identity_map.add(): {state.manager.class_.__name__} has no identity",
                why="an identity map has objects by the keys of their rows",
                fix="add new objects to the session",
                code="AZ-S152",
            )
        attach(self._identity_map, state, instance)

    def check_modified(self) -> bool:
        """Tell whether any of the objects has changes that were not flushed."""
        return bool(self._identity_map.modified)

    def __repr__(self) -> str:
        return f"<identity map of {len(self)} objects>"


IdentityMap = IdentityMapView
"""The name under which programs know ``session.identity_map``."""


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
