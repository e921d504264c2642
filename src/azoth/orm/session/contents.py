"""What a session holds, as its users see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from azoth.inspection import inspect
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.ports import Unit
from azoth.orm.runtime.state import InstanceState, row_is_gone
from azoth.orm.runtime.symbols import STATE
from azoth.orm.session.objects.membership import mapped_state
from azoth.orm.session.objects.views import IdentityMapView, IdentitySet
from azoth.orm.session.unit_of_work import UnitOfWork
from azoth.util.arguments import no_argument

IDENTITY_KEY_ARGUMENTS: Final = {"instance", "class_", "ident", "identity_token"}


class SessionContents:
    """The reading side of ``Session``: its objects, and what is known of them.

    Attributes:
        unit: what the session holds.
    """

    unit: UnitOfWork

    @property
    def identity_map(self) -> IdentityMapView:
        """The persistent objects by identity key, a read-only mapping."""
        return IdentityMapView(self.unit.identity_map)

    @property
    def new(self) -> IdentitySet:
        """The pending objects."""
        return IdentitySet(self.unit.identity_map.new.values())

    @property
    def dirty(self) -> IdentitySet:
        """The persistent objects with changes, those marked for deletion left out."""
        identity_map = self.unit.identity_map
        deleted = identity_map.deleted
        return IdentitySet(instance for state, instance in identity_map.modified.items() if state not in deleted)

    @property
    def deleted(self) -> IdentitySet:
        """The objects marked for deletion."""
        return IdentitySet(self.unit.identity_map.deleted.values())

    def __contains__(self, instance: object) -> bool:
        values = getattr(instance, "__dict__", None)
        state: InstanceState | None = None if values is None else values.get(STATE)
        if state is None:
            if not hasattr(type(instance), "_azoth_manager"):
                mapped_state(instance, "in")
            return False
        return state.identity_map is self.unit.identity_map and not row_is_gone(state) and state() is instance

    def __iter__(self) -> Iterator[Any]:
        identity_map = self.unit.identity_map
        return iter([*identity_map.new.values(), *identity_map.instances()])

    @staticmethod
    def object_session(instance: Any) -> Any:
        """Give the session that an object belongs to, or None."""
        identity_map = mapped_state(instance, "object_session()").identity_map
        unit: Unit | None = None if identity_map is None else identity_map.unit()
        return None if unit is None else unit.session

    @staticmethod
    def identity_key(*args: Any, **keywords: Any) -> tuple[Any, ...]:
        """Make an identity key: of an instance, or of a class and a primary key (``ident=``)."""
        for name in keywords:
            if name not in IDENTITY_KEY_ARGUMENTS:
                raise no_argument("identity_key()", name, IDENTITY_KEY_ARGUMENTS)
        instance = keywords.pop("instance", None)
        if instance is not None:
            key: tuple[Any, ...] = inspect(type(instance)).identity_key_from_instance(instance)
            return key
        token = keywords.pop("identity_token", None)
        class_, pk = (*args, *keywords.values())[:2]
        pk = pk if isinstance(pk, tuple) else (pk,)
        found: tuple[Any, ...] = inspect(class_).identity_key_from_primary_key(pk, token)
        return found

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        return self.unit.info

    @property
    def hash_key(self) -> int:
        """A number that names this session in messages."""
        return self.unit.number

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Tell whether an object has net changes that a flush would write."""
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
