"""sessionmaker: the configuration of sessions, made once and called for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from azoth.exc import InvalidRequestError
from azoth.orm.session.events.session_events import STAND_INS
from azoth.orm.session.session import Session
from azoth.orm.session.settings import check_bind
from azoth.util.arguments import check_arguments, no_argument, wrong_value
from azoth.util.signature import signature_of

if TYPE_CHECKING:
    from azoth.engine import Connection, Engine
    from azoth.orm.query.query import Query
    from azoth.orm.session.settings import JoinTransactionMode
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase

SessionT = TypeVar("SessionT", bound=Session, covariant=True)
Result = TypeVar("Result")
Given = ParamSpec("Given")


class SessionArguments(TypedDict, total=False):
    """The keyword arguments of ``Session``, for functions that hand them on."""

    autoflush: bool
    future: Literal[True]
    expire_on_commit: bool
    autobegin: bool
    twophase: bool | TwoPhase
    binds: dict[Any, Engine | Connection] | None
    enable_baked_queries: bool
    info: dict[Any, Any] | None
    query_cls: type[Query[Any]] | None
    join_transaction_mode: JoinTransactionMode
    close_resets_only: bool | None
    weak_identity_map: bool
    load_on_peers: bool
    execution_options: Mapping[str, Any] | None
    autocommit: bool | None
    transactional: bool | None
    extension: object


class RunArguments(TypedDict, total=False):
    """The rules of ``run()``; see there."""

    deadline: float
    attempts: int | None
    first_delay: float
    longest_delay: float
    retry: tuple[type[Exception], ...]
    isolation_level: str | None
    on_retry: Callable[[BaseException, int, float], object] | None
    resolve: bool


class SessionFactory(type, Generic[SessionT]):
    """A class of sessions with a configuration of their own: ``Session = sessionmaker(engine)``.

    Calling that class makes a session with the configured arguments. ``configure()`` changes them later,
    ``begin()`` gives a session inside a transaction.

    Args:
        bind: the engine or connection.
        class_: the Session class to build on.
        autoflush: as for Session.
        expire_on_commit: as for Session.
        info: as for Session; merged with what a call gives.
        kw: other arguments of Session.
    """

    kw: dict[str, Any]

    def __new__(
        metaclass,
        bind: Any = None,
        *derived: object,
        class_: type[Session] = Session,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> Any:
        """Make the class; for a class statement that derives from such a class, that one."""
        if derived:
            return type.__new__(metaclass, bind, *derived, **kw)
        if not (isinstance(class_, type) and issubclass(class_, Session)):
            raise wrong_value("sessionmaker(): class_", "Session, or a class derived from it", class_)
        arguments = {"bind": bind, "autoflush": autoflush, "expire_on_commit": expire_on_commit, **kw}
        if info is not None:
            arguments["info"] = info
        _check(class_, arguments)
        body = {"kw": arguments, "begin": _Begin(), "__module__": class_.__module__}
        return type.__new__(metaclass, "Session", (class_,), body)

    def __init__(cls, *given: object, **arguments: object) -> None:
        # All is done by __new__().
        pass

    @property
    def class_(cls) -> type[Any]:
        """The class of the sessions: the factory itself."""
        return cls

    def __call__(cls, bind: Any = None, **local_kw: Any) -> SessionT:
        """Make a session; arguments given here come before the configured ones."""
        kw = cls.kw
        if local_kw:
            configured_info, info = kw.get("info"), local_kw.get("info")
            kw = {**kw, **local_kw}
            if configured_info and info:
                kw["info"] = {**configured_info, **info}
        if bind is not None:
            kw = {**kw, "bind": bind}
        session: SessionT = type.__call__(cls, **kw)
        return session

    def configure(cls, **new_kw: Any) -> None:
        """Change the arguments that sessions are made with from now on, for example ``bind=engine``."""
        _check(cls, new_kw)
        cls.kw.update(new_kw)

    def begin(cls) -> AbstractContextManager[SessionT]:
        """Give a new session in a transaction: committed at the end of the block, or rolled back, and closed."""
        return _session_in_transaction(cls)

    def run(cls, fn: Callable[..., object] | None = None, **rules: Unpack[RunArguments]) -> object:
        """Run a function in a session of its own and commit, again where it had no effect; see ``azoth.orm.run()``."""
        return _repeat(cls, fn, rules)

    def close_all(cls) -> None:
        """Refuse: sessions are closed by who opened them."""
        raise InvalidRequestError(
            "sessionmaker.close_all() does not exist",
            why="sessions of one factory belong to many places of a program",
            fix="use azoth.orm.close_all_sessions()",
            code="AZ-S70",
        )

    # Those of the sessions, for whoever has the factory alone.
    identity_key = staticmethod(Session.identity_key)
    object_session = staticmethod(Session.object_session)

    def __repr__(cls) -> str:
        options = ", ".join(f"{key}={value!r}" for key, value in cls.kw.items())
        return f"sessionmaker({options})"


if TYPE_CHECKING:

    class sessionmaker(Generic[SessionT]):
        """What type checkers know of the factory: not that it is the class of what it makes, which confuses them."""

        kw: dict[str, Any]
        class_: type[SessionT]

        @overload
        def __init__(
            self: sessionmaker[SessionT], bind: Engine | Connection | None = None, *, class_: type[SessionT],
            autoflush: bool = True, expire_on_commit: bool = True, info: dict[Any, Any] | None = None, **kw: Any,
        ) -> None: ...  # fmt: skip
        @overload
        def __init__(
            self: sessionmaker[Session], bind: Engine | Connection | None = None, **kw: Unpack[SessionArguments]
        ) -> None: ...
        def __init__(self, *args: Any, **kw: Any) -> None: ...
        def __call__(self, bind: Engine | Connection | None = None, **local_kw: Any) -> SessionT: ...
        def configure(self, **new_kw: Any) -> None: ...
        def begin(self) -> AbstractContextManager[SessionT]: ...
        @overload
        def run(self, fn: Callable[[SessionT], Result], **rules: Unpack[RunArguments]) -> Result: ...
        @overload
        def run(
            self, **rules: Unpack[RunArguments]
        ) -> Callable[[Callable[Concatenate[SessionT, Given], Result]], Callable[Given, Result]]: ...
        def run(self, fn: object = None, **rules: object) -> object: ...
        def close_all(self) -> None: ...

        identity_key = staticmethod(Session.identity_key)
        object_session = staticmethod(Session.object_session)

else:
    sessionmaker = SessionFactory
    sessionmaker.__name__ = sessionmaker.__qualname__ = "sessionmaker"


@overload
def run(bind: Engine | Connection, fn: Callable[[Session], Result], **rules: Unpack[RunArguments]) -> Result: ...
@overload
def run(
    bind: Engine | Connection, **rules: Unpack[RunArguments]
) -> Callable[[Callable[Concatenate[Session, Given], Result]], Callable[Given, Result]]: ...
def run(bind: Engine | Connection, fn: Callable[..., Any] | None = None, **rules: Unpack[RunArguments]) -> Any:
    """Run a function in a fresh session and transaction, commit, and repeat it where it is known to have had no effect.

    That is so after serialization failures, deadlocks, lock timeouts (SQLite's busy, Galera's conflicts), and
    connections that were lost before COMMIT was sent. A COMMIT that got no answer is looked after: PostgreSQL is asked
    for the transaction by its number; elsewhere the unit writes a row into the table ``azoth_units`` before it commits,
    which is made with the first unit and whose rows are deleted a day later. So nothing is done twice.

    Args:
        bind: the engine.
        fn: a function of the session, which is called again for each attempt and must have no effects elsewhere;
            without one, what is given is a decorator for functions whose first argument is the session.
        rules: ``deadline`` (30 seconds: afterwards it is not begun again), ``attempts`` (at most), ``first_delay`` and
            ``longest_delay`` (0.01 and 1 second: attempts wait at random, up to the first one doubled each time),
            ``retry`` (further classes of errors after which it is repeated, such as ``StaleDataError``),
            ``isolation_level``, ``on_retry(error, attempt, delay)``, and ``resolve=False`` (a COMMIT without an answer
            is raised as ``CommitUnknown``).

    Returns:
        what the function gives.

    Raises:
        CommitUnknown: the outcome of a COMMIT could not be found out, or several databases took part without two
            phases.
        Exception: what the function or the commit has raised; after several attempts, with a note about each.

    Emits: what the function does; COMMIT; on PostgreSQL a SELECT before it, elsewhere an INSERT.
    """
    return _repeat(partial(Session, bind), fn, rules)


def _repeat(make_session: Callable[[], Session], fn: object, rules: RunArguments) -> object:
    # For programs that use it.
    from azoth.orm.session.transactions.repeating.run import Rules, repeat  # noqa: PLC0415

    for name in rules:
        if name not in Rules._fields:
            raise no_argument("run()", name, Rules._fields)
    return repeat(make_session, fn, Rules(**rules))


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

    def __get__(self, session: Session | None, factory: SessionFactory[Any]) -> Any:
        return partial(_session_in_transaction, factory) if session is None else partial(Session.begin, session)


@contextmanager
def _session_in_transaction(factory: SessionFactory[Any]) -> Iterator[Any]:
    """Give a new session in a transaction: committed at the end of the block, rolled back if it raises, and closed."""
    session = factory()
    with session, session.begin():
        yield session


STAND_INS[sessionmaker] = Session


def create_session(bind: Engine | Connection | None = None, **kwargs: Unpack[SessionArguments]) -> Session:
    """Make a classic session: it does not flush by itself and has no transaction until ``begin()``.

    Args:
        bind: the engine or connection.
        kwargs: arguments of ``Session``; ``autoflush`` and ``expire_on_commit`` are False here by default, and
            ``autocommit`` is True.

    Returns:
        the session.
    """
    if "transactional" not in kwargs:
        kwargs.setdefault("autocommit", True)
    kwargs.setdefault("autoflush", False)
    kwargs.setdefault("expire_on_commit", False)
    return Session(bind, **kwargs)
