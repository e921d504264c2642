"""What a session holds, as its users see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azoth.event import Dispatch
from azoth.inspection import inspect
from azoth.orm.runtime.ports import Unit
from azoth.orm.runtime.state import InstanceState, row_is_gone
from azoth.orm.runtime.symbols import STATE
from azoth.orm.session.objects import membership
from azoth.orm.session.objects.views import IdentityMapView, IdentitySet
from azoth.orm.session.unit_of_work import NoAutoflush, UnitOfWork
from azoth.util.serial_numbers import serial_numbers

_serial = serial_numbers()


class SessionContents:
    """The objects of a session and its settings: the reading side of ``Session``."""

    unit: UnitOfWork
    """What the session holds."""
    dispatch: Dispatch
    _info: dict[Any, Any] | None

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
        deleted = self.unit.identity_map.deleted
        modified = self.unit.identity_map.modified
        return IdentitySet(instance for state, instance in modified.items() if state not in deleted)

    @property
    def deleted(self) -> IdentitySet:
        """The objects marked for deletion."""
        return IdentitySet(self.unit.identity_map.deleted.values())

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def hash_key(self) -> int:
        """A number that names this session in messages."""
        number: int | None = self.__dict__.get("_hash_key")
        if number is None:
            number = self.__dict__["_hash_key"] = next(_serial)
        return number

    @property
    def no_autoflush(self) -> NoAutoflush:
        """A block in which queries do not flush: ``with session.no_autoflush: ...``."""
        return NoAutoflush(self.unit, self)

    @property
    def is_active(self) -> bool:
        """Whether the session can be used: False between a failed flush and the rollback that it asks for."""
        transaction = self.unit.transaction
        return transaction is None or transaction.failure is None

    def __contains__(self, instance: object) -> bool:
        values = getattr(instance, "__dict__", None)
        state: InstanceState | None = None if values is None else values.get(STATE)
        if state is None:
            if not hasattr(type(instance), "_azoth_manager"):
                membership.mapped_state(instance, "in")
            return False
        return state.identity_map is self.unit.identity_map and not row_is_gone(state) and state() is instance

    def __iter__(self) -> Iterator[Any]:
        return iter([*self.unit.identity_map.new.values(), *self.unit.identity_map.instances()])

    @staticmethod
    def object_session(instance: Any) -> Any:
        """Give the session that an object belongs to, or None."""
        identity_map = membership.mapped_state(instance, "object_session()").identity_map
        unit: Unit | None = None if identity_map is None else identity_map.unit()
        return None if unit is None else unit.session

    @staticmethod
    def identity_key(*args: Any, **keywords: Any) -> tuple[Any, ...]:
        """Make an identity key: of an instance, or of a class and a primary key (``ident=``)."""
        instance = keywords.pop("instance", None)
        if instance is not None:
            key: tuple[Any, ...] = inspect(type(instance)).identity_key_from_instance(instance)
            return key
        class_, pk = (*args, *keywords.values())[:2]
        found: tuple[Any, ...] = inspect(class_).identity_key_from_primary_key(pk if isinstance(pk, tuple) else (pk,))
        return found
