"""The events of sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.event import Dispatch, Events, EventSpec
from azoth.exc import ArgumentError
from azoth.orm.runtime.state import state_of

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.runtime.ports import SessionPort

__all__ = ["SessionEvents"]

STAND_INS: Final[dict[Any, type[Any]]] = {}
"""What stands for a session class as the target of listen()."""

OF_INSTANCES = frozenset({
    "before_attach", "after_attach", "transient_to_pending", "detached_to_persistent", "pending_to_persistent",
    "persistent_to_deleted", "persistent_to_transient", "pending_to_transient", "deleted_to_persistent",
    "deleted_to_detached", "persistent_to_detached", "loaded_as_persistent",
})  # fmt: skip


class SessionEvents(Events):
    """The events of sessions; listen to Session or a subclass, a sessionmaker, a scoped_session, or one session.

    Listeners of the events about one instance get the instance, with ``raw=True`` its state.
    """

    _groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "attaching": ("before_attach", "after_attach", "transient_to_pending", "detached_to_persistent"),
        "detaching": ("persistent_to_detached", "pending_to_transient"),
        "flushing": (
            "before_flush",
            "after_flush",
            "after_flush_postexec",
            "pending_to_persistent",
            "persistent_to_deleted",
            "after_transaction_create",
            "after_transaction_end",
            "after_soft_rollback",
        ),
        "framing": ("after_transaction_create", "after_transaction_end", "after_soft_rollback"),
        "flushed": ("pending_to_persistent", "persistent_to_deleted"),
        "restoring": ("persistent_to_transient", "pending_to_transient", "deleted_to_persistent"),
        "changing_rows": ("after_bulk_update", "after_bulk_delete"),
    }
    _options = frozenset({"raw", "restore_load_context"})

    def after_transaction_create(self, session: SessionPort, transaction: object) -> None:
        """A transaction or savepoint of the session was made, or the subtransaction of a flush.

        Connections join it when they are needed.
        """

    def after_transaction_end(self, session: SessionPort, transaction: object) -> None:
        """A transaction or savepoint of the session, or the subtransaction of a flush, has ended, whichever way."""

    def after_begin(self, session: SessionPort, transaction: object, connection: Connection) -> None:
        """A connection has joined the session's transaction."""

    def before_commit(self, session: SessionPort) -> None:
        """The transaction is about to be committed; what is pending now is flushed before."""

    def after_commit(self, session: SessionPort) -> None:
        """The transaction was committed; no statements can be executed now."""

    def after_rollback(self, session: SessionPort) -> None:
        """The transaction was rolled back in the database; objects are put back after this."""

    def after_soft_rollback(self, session: SessionPort, previous_transaction: object) -> None:
        """A transaction or subtransaction was rolled back; the session can be used if ``session.is_active``."""

    def before_flush(self, session: SessionPort, flush_context: object, instances: object) -> None:
        """A flush is about to be planned; objects may still be added, changed and deleted."""

    def after_flush(self, session: SessionPort, flush_context: object) -> None:
        """A flush has sent its statements; ``new``, ``dirty`` and ``deleted`` still show what it wrote."""

    def after_flush_postexec(self, session: SessionPort, flush_context: object) -> None:
        """A flush is complete, and the objects are in their final states."""

    def before_attach(self, session: SessionPort, instance: object) -> None:
        """An object is about to become part of the session."""

    def after_attach(self, session: SessionPort, instance: object) -> None:
        """An object became part of the session."""

    def transient_to_pending(self, session: SessionPort, instance: object) -> None:
        """A new object was added."""

    def pending_to_persistent(self, session: SessionPort, instance: object) -> None:
        """A new object was inserted."""

    def pending_to_transient(self, session: SessionPort, instance: object) -> None:
        """A new object left the session without having been inserted."""

    def persistent_to_transient(self, session: SessionPort, instance: object) -> None:
        """The transaction that inserted an object was rolled back."""

    def persistent_to_deleted(self, session: SessionPort, instance: object) -> None:
        """An object's row was deleted."""

    def deleted_to_persistent(self, session: SessionPort, instance: object) -> None:
        """The transaction that deleted an object's row was rolled back."""

    def deleted_to_detached(self, session: SessionPort, instance: object) -> None:
        """The transaction that deleted an object's row was committed."""

    def detached_to_persistent(self, session: SessionPort, instance: object) -> None:
        """An object with a row was added."""

    def persistent_to_detached(self, session: SessionPort, instance: object) -> None:
        """An object with a row left the session."""

    def loaded_as_persistent(self, session: SessionPort, instance: object) -> None:
        """An object was loaded."""

    def do_orm_execute(self, orm_execute_state: object) -> object:
        """A statement is about to be executed through the session; a Result that is returned is used in its place."""

    def after_bulk_update(self, update_context: object) -> None:
        """An UPDATE of many rows was executed through the session."""

    def after_bulk_delete(self, delete_context: object) -> None:
        """A DELETE of many rows was executed through the session."""

    @classmethod
    def _dispatch_for(cls, target: object) -> Dispatch | None:
        if isinstance(target, Hashable) and target in STAND_INS:
            target = STAND_INS[target]
        elif not isinstance(target, type):
            # A contextual session stands for the sessions of its factory.
            factory = getattr(target, "__dict__", {}).get("session_factory")
            if factory is not None:
                return _of_factory(super()._dispatch_for(factory))
        return super()._dispatch_for(target)

    @classmethod
    def _instance_dispatch(cls, target: Any) -> Dispatch:
        dispatch = super()._instance_dispatch(target)
        # What a session does is done by its unit of work.
        target.unit.dispatch = dispatch
        return dispatch

    @classmethod
    def _fit(
        cls, spec: EventSpec, target: object, function: Callable[..., Any], options: dict[str, Any]
    ) -> Callable[..., Any]:
        if spec.name in OF_INSTANCES and options.get("raw"):
            return lambda session, instance: function(session, state_of(instance))
        return function


def _of_factory(dispatch: Dispatch | None) -> Dispatch:
    if dispatch is None:
        raise ArgumentError(
            "nobody can listen to this scoped_session",
            why="its factory is no Session class and no sessionmaker, and which sessions are its own is not known",
            fix="make it with scoped_session(sessionmaker(...)), or listen to the class of its sessions",
            code="AZ-X81",
        )
    return dispatch
