"""Contextual sessions: one name that stands for the session of the present thread, request or other scope."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.session.session import Session
from azoth.orm.session.unit_of_work import Setting
from azoth.util.arguments import check_function
from azoth.util.generated_code import define
from azoth.util.scoped_registry import ScopedRegistry, ThreadLocalRegistry
from azoth.util.warning import warn

__all__ = ["QueryPropertyDescriptor", "scoped_session"]

SessionType = TypeVar("SessionType", bound=Session)

if TYPE_CHECKING:
    # What type checkers see: a scoped session has the methods and attributes of the session that it stands for.
    SessionNames = Session
else:

    class SessionNames:
        """Nothing: the names of sessions are added below."""


CONTAINER_METHODS: Final = ("__contains__", "__iter__")


class scoped_session(SessionNames, Generic[SessionType]):
    """The session of the present scope, under one name for a whole program.

    Every method and attribute of a session can be used on this object: it goes to the session of the present scope,
    which is made at the first use. ``remove()`` ends that session; a web application calls it at the end of a request.

    Args:
        session_factory: makes the sessions: a ``sessionmaker()``, or anything that can be called.
        scopefunc: tells the present scope, something hashable; for example the ``get`` of a context variable. Where
            left out, each thread is a scope.

    Attributes:
        session_factory: what makes the sessions; calling it gives one that belongs to no scope.
        registry: the sessions by scope.
    """

    session_factory: Any
    registry: ScopedRegistry[SessionType]

    def __init__(
        self, session_factory: Callable[..., SessionType], scopefunc: Callable[[], Hashable] | None = None
    ) -> None:
        check_function("scoped_session(): session_factory", session_factory, "pass what sessionmaker() gave")
        if scopefunc is not None:
            check_function("scoped_session(): scopefunc", scopefunc)
        self.session_factory = session_factory
        self.registry = (
            ThreadLocalRegistry(session_factory) if scopefunc is None else ScopedRegistry(session_factory, scopefunc)
        )

    def __call__(self, **arguments: Any) -> SessionType:
        """Give the session of the present scope, making it if there is none.

        Args:
            arguments: for the factory; only where the scope has no session yet.

        Raises:
            InvalidRequestError: there are arguments, and the scope has a session already.
        """
        registry = self.registry
        if not arguments:
            return registry()
        if registry.has():
            raise InvalidRequestError(
                "the scoped session is already present; no new arguments may be specified",
                why="this scope's session was made before, so the arguments could not reach it",
                fix="call remove() first, or session_factory() for another session",
                code="AZ-S25",
            )
        session: SessionType = self.session_factory(**arguments)
        registry.set(session)
        return session

    def remove(self) -> None:
        """Close the session of the present scope, if there is one, and forget it; the next use makes a new one.

        Emits: ROLLBACK if a transaction is begun.
        State: persistent objects are detached, pending ones transient.
        """
        registry = self.registry
        if not registry.has():
            return
        session = registry()
        # Forgotten first: whatever goes wrong while it is closed, the scope must not go on with it.
        registry.clear()
        session.close()

    def configure(self, **arguments: Any) -> None:
        """Change the arguments that sessions are made with from now on, for example ``bind=engine``.

        A session that this scope has already stays as it is; a warning says so.
        """
        if self.registry.has():
            warn(
                "this scope has a session already: configure() has no effect on it",
                why="it configures the sessions that are made from now on",
                fix="call remove() first",
                code="AZ-S981",
            )
        self.session_factory.configure(**arguments)

    def query_property(self, query_cls: type[Any] | None = None) -> QueryPropertyDescriptor:
        """Make a class attribute that queries the class in the session of the present scope.

        ``class User(Base): query = Session.query_property()`` gives ``User.query.filter_by(name="ed").all()``.

        Args:
            query_cls: the class of the queries; where left out, the session's.
        """
        return QueryPropertyDescriptor(self.registry, query_cls)

    def __getattr__(self, name: str) -> Any:
        # Names that only a session class of the user's own has. Names with an underscore are asked for by tools that
        # look at any object (copy, pickle, doctest); they must not make a session.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.registry(), name)

    def __repr__(self) -> str:
        return f"scoped_session({self.session_factory!r})"


class QueryPropertyDescriptor:
    """The class attribute that ``scoped_session.query_property()`` makes; None on classes that are not mapped."""

    def __init__(self, registry: Callable[[], Any], query_cls: type[Any] | None) -> None:
        self._registry = registry
        self._query_cls = query_cls

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        mapper = mapper_of(owner)
        if mapper is None:
            return None
        session = self._registry()
        return session.query(mapper) if self._query_cls is None else self._query_cls(mapper, session)


def _stand_for_sessions() -> None:
    """Give scoped_session the names of Session."""
    for name in dir(Session):
        if (name.startswith("_") and name not in CONTAINER_METHODS) or name in scoped_session.__dict__:
            continue
        member = inspect.getattr_static(Session, name)
        if isinstance(member, staticmethod | classmethod):
            # They need no session, so none is made for them.
            setattr(scoped_session, name, staticmethod(getattr(Session, name)))
        elif inspect.isfunction(member):
            setattr(scoped_session, name, _method(name, member))
        else:
            setattr(scoped_session, name, _attribute(name, member))


def _method(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    # Generated, because looking a method up by name costs a call more, on each use.
    source = f"def {name}(self, *arguments, **keywords):\n    return self.registry().{name}(*arguments, **keywords)\n"
    return functools.wraps(method)(define(source, name, f"scoped_session.{name}", {}))


def _attribute(name: str, member: Any) -> property:
    def read(self: scoped_session[Any]) -> Any:
        return getattr(self.registry(), name)

    def write(self: scoped_session[Any], value: Any) -> None:
        setattr(self.registry(), name, value)

    return property(read, write, doc=member.__doc__ if isinstance(member, property | Setting) else None)


_stand_for_sessions()
