"""sessionmaker: the configuration of sessions, made once and called for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.session.events.session_events import STAND_INS
from azoth.orm.session.session import Session
from azoth.orm.session.settings import check_bind
from azoth.util.arguments import check_arguments, no_argument, wrong_value
from azoth.util.signature import signature_of


class SessionFactory(type):
    """The class of the classes that ``sessionmaker()`` returns.

    Calling such a class makes a session with the configured arguments. ``configure()`` changes them later,
    ``begin()`` gives a session inside a transaction.
    """

    kw: dict[str, Any]

    def __call__(cls, bind: Any = None, **arguments: Any) -> Any:
        """Make a session; arguments given here come before the configured ones."""
        kw = cls.kw
        if arguments:
            configured_info, info = kw.get("info"), arguments.get("info")
            kw = {**kw, **arguments}
            if configured_info and info:
                kw["info"] = {**configured_info, **info}
        if bind is not None:
            kw = {**kw, "bind": bind}
        return type.__call__(cls, **kw)

    def configure(cls, **arguments: Any) -> None:
        """Change the arguments that sessions are made with from now on, for example ``bind=engine``."""
        _check(cls, arguments)
        cls.kw.update(arguments)

    def close_all(cls) -> None:
        """Refuse: sessions are closed by who opened them."""
        raise InvalidRequestError(
            "sessionmaker.close_all() does not exist",
            why="sessions of one factory belong to many places of a program",
            fix="use azoth.orm.close_all_sessions()",
            code="AZ-S70",
        )

    def __repr__(cls) -> str:
        options = ", ".join(f"{key}={value!r}" for key, value in cls.kw.items())
        return f"sessionmaker({options})"


def sessionmaker(
    bind: Any = None,
    *,
    class_: type[Session] = Session,
    autoflush: bool = True,
    expire_on_commit: bool = True,
    info: dict[Any, Any] | None = None,
    **arguments: Any,
) -> SessionFactory:
    """Make a class of sessions with a configuration of their own.

    Args:
        bind: the engine or connection.
        class_: the Session class to build on.
        autoflush: as for Session.
        expire_on_commit: as for Session.
        info: as for Session; merged with what a call gives.
        arguments: other arguments of Session.

    Returns:
        a subclass of ``class_``; call it to get a session.
    """
    if not (isinstance(class_, type) and issubclass(class_, Session)):
        raise wrong_value("sessionmaker(): class_", "Session, or a class derived from it", class_)
    kw = {"bind": bind, "autoflush": autoflush, "expire_on_commit": expire_on_commit, **arguments}
    if info is not None:
        kw["info"] = info
    _check(class_, kw)
    return SessionFactory("Session", (class_,), {"kw": kw, "begin": _Begin(), "__module__": class_.__module__})


def _check(class_: type[Any], kw: dict[str, Any]) -> None:
    """Refuse now what would be refused with each session."""
    if class_.__init__ is Session.__init__:
        known = signature_of(Session.__init__).defaults.keys() - {"self"}
        for name in kw:
            if name not in known:
                raise no_argument("sessionmaker()", name, known)
    check_arguments("sessionmaker()", Session.__init__, kw)
    if kw.get("bind") is not None:
        check_bind("sessionmaker(): bind", kw["bind"])


class _Begin:
    """The ``begin`` of a factory class gives a session in a transaction, that of its sessions is as always."""

    __slots__ = ()

    def __get__(self, session: Session | None, factory: SessionFactory) -> Any:
        return partial(_session_in_transaction, factory) if session is None else partial(Session.begin, session)


@contextmanager
def _session_in_transaction(factory: SessionFactory) -> Iterator[Any]:
    """Give a new session in a transaction: committed at the end of the block, rolled back if it raises, and closed."""
    session = factory()
    with session, session.begin():
        yield session


STAND_INS[sessionmaker] = Session


def create_session(bind: Any = None, **arguments: Any) -> Session:
    """Make a classic session: it does not flush by itself and has no transaction until ``begin()``.

    Args:
        bind: the engine or connection.
        arguments: arguments of ``Session``; ``autoflush`` and ``expire_on_commit`` are False here by default, and
            ``autocommit`` is True.

    Returns:
        the session.
    """
    if "transactional" not in arguments:
        arguments.setdefault("autocommit", True)
    arguments.setdefault("autoflush", False)
    arguments.setdefault("expire_on_commit", False)
    return Session(bind, **arguments)
