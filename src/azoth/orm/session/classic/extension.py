"""SessionExtension: the classic way to hear of what a session does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from azoth.event import Dispatch, Registration
from azoth.orm.session.events.session_events import SessionEvents

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.runtime.ports import SessionPort


class SessionExtension:
    """Base of classes whose methods are called at events of sessions; override what is needed.

    One instance, or a list of them, is given as ``extension=`` to ``sessionmaker()``, ``create_session()`` or
    ``Session``; the same instance can serve any number of sessions.
    """

    def before_commit(self, session: Any) -> None:
        """Hear of a commit that is about to begin, before its flush."""

    def after_commit(self, session: Any) -> None:
        """Hear of a commit."""

    def after_rollback(self, session: Any) -> None:
        """Hear of a rollback."""

    def before_flush(self, session: Any, flush_context: Any, instances: Any) -> None:
        """Hear of a flush that is about to be planned."""

    def after_flush(self, session: Any, flush_context: Any) -> None:
        """Hear of a flush that has sent its statements, while the session still shows what it wrote."""

    def after_flush_postexec(self, session: Any, flush_context: Any) -> None:
        """Hear of a flush that is complete."""

    def after_begin(self, session: Any, transaction: Any, connection: Connection) -> None:
        """Hear of a connection that joined the transaction."""

    def after_attach(self, session: Any, instance: Any) -> None:
        """Hear of an object that became part of the session."""

    def after_bulk_update(self, session: Any, query: Any, query_context: Any, result: Any) -> None:
        """Hear of an UPDATE of many rows."""

    def after_bulk_delete(self, session: Any, query: Any, query_context: Any, result: Any) -> None:
        """Hear of a DELETE of many rows."""


EVENTS = tuple(name for name in vars(SessionExtension) if not name.startswith("_"))
OF_MANY_ROWS = frozenset({"after_bulk_update", "after_bulk_delete"})


_shared: WeakValueDictionary[tuple[type[Any], tuple[int, ...]], Dispatch] = WeakValueDictionary()
"""The listeners of the sessions of one class that have the same extensions."""


def extend(session: SessionPort, extension: Any) -> None:
    """Let an extension, or each of a list, hear of a session's events; the methods that it overrides are called."""
    extensions = extension if isinstance(extension, (list, tuple)) else (extension,)
    key = (type(session), tuple([id(one) for one in extensions]))
    dispatch = _shared.get(key)
    if dispatch is None:
        dispatch = _shared[key] = _listening(type(session), extensions)
    session.dispatch = session.unit.dispatch = dispatch


def _listening(session_class: type[Any], extensions: Sequence[Any]) -> Dispatch:
    dispatch = SessionEvents._dispatch_type((SessionEvents._class_dispatch(session_class),))
    for extension in extensions:
        for name in EVENTS:
            method = getattr(extension, name, None)
            if method is not None and getattr(method, "__func__", None) is not getattr(SessionExtension, name):
                dispatch.add(name, Registration(method, _of_many_rows(method) if name in OF_MANY_ROWS else method))
    return dispatch


def _of_many_rows(method: Any) -> Any:
    def call(context: Any) -> Any:
        return method(context.session, context.query, context.context, context.result)

    return call
