"""The methods of earlier eras: ``save()``, ``update()``, ``save_or_update()`` and ``clear()``."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.naming.entity_names import assign_entity_name
from azoth.orm.session.objects import membership
from azoth.orm.session.transactions.transaction import SessionTransaction
from azoth.orm.session.unit_of_work import UnitOfWork


class ClassicMethods:
    """What sessions could do before ``add()``; it all still works.

    Attributes:
        unit: what the session holds.
    """

    unit: UnitOfWork

    @property
    def transaction(self) -> SessionTransaction | None:
        """The innermost begun transaction of a classic session, or None; others have ``get_transaction()``."""
        unit = self.unit
        if unit.classic is None:
            raise AttributeError(
                "only sessions with autocommit= or transactional= have .transaction; use get_transaction()"
            )
        transaction = unit.transaction
        if transaction is None and not unit.classic.autocommit:
            transaction = unit.begun()
        return None if transaction is None else transaction.held_by_its_user()

    def save(self, instance: object, entity_name: str | None = None) -> None:
        """Make a new object part of the session, with what the save-update cascade reaches.

        Args:
            instance: a transient object; one that is pending here already stays so.
            entity_name: the mapping to use, where the class has several.

        State: the object is pending.

        Raises:
            InvalidRequestError: the object has a row already; use ``update()`` or ``save_or_update()``.
        """
        if entity_name is not None:
            assign_entity_name(instance, entity_name)
        state = membership.mapped_state(instance, "save()")
        if state.pk is not None:
            raise InvalidRequestError(
                f"Instance {_name(instance, state.pk)} is already persistent",
                why="save() takes new objects only, so that an object with a row is not inserted twice by accident",
                fix="use session.update(obj), or session.add(obj) for objects of both kinds",
                code="AZ-S113",
            )
        self.unit.session.add(instance)

    def update(self, instance: object, entity_name: str | None = None) -> None:
        """Make an object that has a row part of the session again, with what the save-update cascade reaches.

        Args:
            instance: a detached object; one that is persistent here already stays so.
            entity_name: the mapping to use, where the class has several.

        State: the object is persistent.

        Raises:
            InvalidRequestError: the object has no row; use ``save()`` or ``save_or_update()``. Or another object with
                its key is here.
        """
        if entity_name is not None:
            assign_entity_name(instance, entity_name)
        state = membership.mapped_state(instance, "update()")
        if state.pk is None:
            raise InvalidRequestError(
                f"Instance {_name(instance, None)} is not persisted",
                why="update() takes objects that have a row, and this one was never flushed",
                fix="use session.save(obj), or session.add(obj) for objects of both kinds",
                code="AZ-S114",
            )
        self.unit.session.add(instance)

    def save_or_update(self, instance: object, entity_name: str | None = None) -> None:
        """Make an object part of the session, new or not; the classic name of ``add()``."""
        if entity_name is not None:
            assign_entity_name(instance, entity_name)
        self.unit.session.add(instance)

    def clear(self) -> None:
        """Let go of all objects; the transaction goes on. The classic name of ``expunge_all()``.

        State: persistent objects are detached, pending ones transient.
        """
        self.unit.session.expunge_all()


def _name(instance: Any, pk: Any) -> str:
    return type(instance).__name__ if pk is None else f"{type(instance).__name__} {pk!r}"
