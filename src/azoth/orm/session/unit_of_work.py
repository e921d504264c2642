"""The unit of work: one object that holds what a session holds."""

from __future__ import annotations

import weakref
from _thread import RLock  # threading.RLock is a function around it, which costs more than the lock
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from azoth.event import Dispatch
from azoth.exc import AzothError, InvalidRequestError, PendingRollbackError
from azoth.orm.loading.purpose import Purpose
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use, refuse_other_threads
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.session.binds import Binds
from azoth.orm.session.objects import membership
from azoth.orm.session.objects.adding import add
from azoth.orm.session.objects.lifecycle_events import detached, loaded, members
from azoth.orm.session.statements import door
from azoth.orm.session.transactions.begun_by import SessionTransactionOrigin
from azoth.orm.session.transactions.enlisted import all_in_turn
from azoth.orm.session.transactions.exclusive_use import exclusive_use
from azoth.orm.session.transactions.refusals import refuse_begin
from azoth.orm.session.transactions.transaction import SessionTransaction
from azoth.util.serial_numbers import serial_numbers

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.engine import Engine
    from azoth.engine.interfaces import Dialect
    from azoth.orm.loading.load_plan import LoadPlan
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence import FlushOutcome
    from azoth.orm.persistence.ports import Places
    from azoth.orm.persistence.profile.key_copy import KeyCopy
    from azoth.orm.runtime.ports import Reading, SessionPort
    from azoth.orm.runtime.state import InstanceState
    from azoth.orm.session.events.flush_context import FlushContext
    from azoth.orm.session.statements.execute_state import ORMExecuteState
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase

OF_AUTOFLUSH: Final = (
    "raised by the flush that comes before a query (autoflush); a session.no_autoflush block keeps it from coming "
    "before its time"
)

Value = TypeVar("Value")

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})

_numbers = serial_numbers()


if TYPE_CHECKING:

    class TransactionRules(Protocol):
        """How the transactions of a classic session begin (``autocommit=``, ``transactional=``); others need no rules.

        Attributes:
            autocommit: whether nothing begins by itself.
        """

        autocommit: bool

        def is_outside(self, unit: UnitOfWork) -> bool:
            """Tell whether the session is outside of any transaction, and stays so when it is used."""
            ...

        def begin(self, unit: UnitOfWork) -> SessionTransaction:
            """Make the transaction that ``begin()`` begins, wherever the session is."""
            ...

        def begun(self, unit: UnitOfWork) -> SessionTransaction:
            """Give what stands for the transaction outside of any."""
            ...

        def reading(self, unit: UnitOfWork) -> SessionTransaction:
            """Give what stands for a transaction outside of any, for rows that are read in portions until ``end()``."""
            ...

        def end(self) -> None:
            """Let no rows be read on, because the session is closed."""
            ...

        def run(
            self,
            unit: UnitOfWork,
            work: Callable[Arguments, Returned],
            *arguments: Arguments.args,
            **keywords: Arguments.kwargs,
        ) -> Returned:
            """Do a piece of work in a transaction of its own."""
            ...


def closed_for_good() -> InvalidRequestError:
    """Make the error for the use of a session that is closed for good."""
    return InvalidRequestError(
        "the session is permanently closed and can do nothing more",
        why="it was made with close_resets_only=False, and close() was called",
        fix="make another session, or end its work by reset()",
        code="AZ-S992",
    )


if TYPE_CHECKING:

    class SessionPlaces(Places, Protocol):
        """The databases among which a session spreads the rows of each class."""

        def place_ahead(
            self, new: Mapping[InstanceState, Any], copies: Mapping[Any, Mapping[InstanceState, KeyCopy]]
        ) -> None:
            """Choose the places of new objects before a plan is made, except where others in it give them keys."""
            ...

        def dialect(self) -> Dialect:
            """Give the dialect in which a plan that somebody looks at shows its statements."""
            ...


class UnitOfWork:
    """What one session holds: objects, the transaction with its connections, and the settings of both.

    The session owns it, and is the only one who does: everything else refers to it weakly, or for one call. It finds
    the session again for listeners, and for the methods that a program may have overridden (``flush()``,
    ``get_bind()``).

    The layers below know it as ``azoth.orm.runtime.ports.Unit``.

    Attributes:
        identity_map: the objects; another one after ``expunge_all()``.
        transaction: the innermost transaction, savepoint or subtransaction that is begun, or None.
        in_use: the lock of who uses the session at the moment; see ``azoth.orm.runtime.concurrent_use``.
        flushing: whether a flush is going on; what its listeners get where the session's are told of it.
        dispatch: who listens to the session's events.
        bind: the engine or connection for everything that ``binds`` does not name, or None.
        binds: what is named, or None where nothing is.
        autoflushes: whether pending changes are flushed before each query.
        autobegin: whether the transaction begins by itself.
        classic: how the transactions of a classic session begin; None in all others.
        expire_on_commit: whether objects are loaded anew when they are first read after a commit.
        twophase: whether transactions are prepared before they are committed.
        join_transaction_mode: what to do with a transaction that already runs on a connection given as bind.
        load_on_peers: whether an implicit load serves the peers of the touched object too.
        keeps_all: whether the identity map keeps every object alive.
        execution_options: options of every execution.
        closes_for_good: whether ``close()`` ends the session.
        is_closed: whether it was ended.
        asks_session: whether the session's class says by a ``get_bind()`` of its own where statements go.
        executes_itself: whether the session's class has an ``execute()`` of its own, which is called for loads too.
        places: among which databases the rows of a class are spread; None where a class has one engine.
    """

    __slots__ = (
        "__weakref__", "_info", "_number", "_session", "asks_session", "autobegin", "autoflushes", "bind", "binds",
        "classic", "closes_for_good", "dispatch", "executes_itself", "execution_options", "expire_on_commit",
        "flushing", "identity_map", "in_use", "is_closed", "join_transaction_mode", "keeps_all", "load_on_peers",
        "places", "transaction", "twophase",
    )  # fmt: skip

    def __init__(self, session: SessionPort, dispatch: Dispatch) -> None:
        self.dispatch = dispatch
        self._session: Callable[[], Any] = weakref.ref(session)
        self._number: int | None = None
        self.transaction: SessionTransaction | None = None
        self.in_use = RLock()
        self.flushing: bool | FlushContext = False
        self.places: SessionPlaces | None = None

    # Not the constructor's arguments: calling a class with so many keywords costs as much as all the rest of a session.
    def take_settings(
        self,
        bind: Any,
        *,
        binds: dict[Any, Any] | None,
        autoflushes: bool,
        autobegin: bool,
        classic: TransactionRules | None,
        expire_on_commit: bool,
        twophase: bool | TwoPhase,
        join_transaction_mode: str,
        load_on_peers: bool,
        keeps_all: bool,
        execution_options: Mapping[str, Any] | None,
        asks_session: bool,
        executes_itself: bool,
        info: dict[Any, Any] | None,
        closes_for_good: bool = False,
    ) -> None:
        """Take what the program made the session with."""
        self._info = info
        self.execution_options: Mapping[str, Any] = dict(execution_options) if execution_options else NO_OPTIONS
        self.asks_session = asks_session
        self.executes_itself = executes_itself
        self.identity_map = IdentityMap(self, {} if keeps_all else None)
        self.bind = bind
        self.binds = Binds(bind, binds) if binds else None
        self.autoflushes = autoflushes
        self.autobegin = autobegin
        self.classic = classic
        self.expire_on_commit = expire_on_commit
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.load_on_peers = load_on_peers
        self.keeps_all = keeps_all
        self.closes_for_good = closes_for_good
        self.is_closed = False

    @property
    def session(self) -> Any:
        """The session that the program works with."""
        return self._session()

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary, made on first use."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def number(self) -> int:
        """A number that names the session in messages."""
        if self._number is None:
            self._number = next(_numbers)
        return self._number

    # -- the transaction and its connections --------------------------------------------------------

    def begun(self) -> SessionTransaction:
        """Give the transaction, beginning it where none is.

        Returns:
            the innermost one; in a classic session without any, what stands for none.

        Raises:
            InvalidRequestError: none is begun, and the session was made with ``autobegin=False``.
        """
        transaction = self.transaction
        if transaction is not None:
            return transaction
        if self.classic is not None and self.classic.is_outside(self):
            return self.classic.begun(self)
        if self.is_closed:
            raise closed_for_good()
        if not self.autobegin:
            raise InvalidRequestError(
                "no transaction is begun on this session",
                why="it was made with autobegin=False",
                fix="call session.begin() first",
                code="AZ-S14",
            )
        in_use = self.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("begin")
        try:
            # Another thread may have begun one a moment ago, between the caller's look and this use.
            transaction = self.transaction
            if transaction is None:
                transaction = self.transaction = SessionTransaction(self)
            return transaction
        finally:
            in_use.release()

    @exclusive_use
    def begin(self) -> SessionTransaction:
        """Begin a transaction; in a classic session within another one, a subtransaction.

        Raises:
            InvalidRequestError: one is begun already.
        """
        transaction = self.transaction
        if self.is_closed:
            raise closed_for_good()
        if self.classic is not None:
            self.transaction = self.classic.begin(self)
            return self.transaction
        if transaction is not None:
            transaction.check()
            refuse_begin()
        self.transaction = SessionTransaction(self, SessionTransactionOrigin.BEGIN)
        return self.transaction

    @exclusive_use
    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint, flushing pending changes first.

        Emits: what the flush needs; SAVEPOINT on each connection in use, and on others when they join.

        Raises:
            InvalidRequestError: a classic session has no transaction begun.
        """
        parent = self.begun()
        parent.check()
        if parent is not self.transaction:
            raise InvalidRequestError(
                "begin_nested(): no transaction is begun",
                why="a savepoint is a point within a transaction",
                fix="call session.begin() first",
                code="AZ-S116",
            )
        self._session().flush()
        transaction = SessionTransaction(self, SessionTransactionOrigin.BEGIN_NESTED, parent)
        self.transaction = transaction
        try:
            parent.enlist_in(transaction)
        except BaseException:
            transaction.close()
            raise
        return transaction

    def carry_out(
        self, work: Callable[Arguments, Returned], *arguments: Arguments.args, **keywords: Arguments.kwargs
    ) -> Returned:
        """Do a piece of work that changes rows: in the transaction, or in one of its own outside of any (classic)."""
        if self.classic is not None and self.classic.is_outside(self):
            return self.classic.run(self, work, *arguments, **keywords)
        return work(*arguments, **keywords)

    def close(self, *, for_good: bool = True) -> None:
        """Let go of all objects, roll back what is not committed, and release the connections.

        Args:
            for_good: whether a session that was made so ends with it.

        Emits: ROLLBACK if a transaction is begun.
        """
        # What @exclusive_use does, written out where a session passes each time: the decorator costs 0.3 microseconds.
        in_use = self.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("close()")
        try:
            if self.classic is not None:
                self.classic.end()
            # The objects are let go of first, so that rolling back has no attributes to expire.
            try:
                self._session().expunge_all()
            finally:
                if self.transaction is not None:
                    self.transaction.abandon()
            self.is_closed = for_good and self.closes_for_good
        finally:
            in_use.release()

    @exclusive_use
    def invalidate(self) -> None:
        """Close the session and throw its connections away."""
        connections = () if self.transaction is None else self.transaction.root.connections
        session = self.session
        all_in_turn([*[connection.invalidate for connection in connections], session.close])

    def connection(self, bind: Any, execution_options: dict[str, Any] | None) -> Any:
        """Give the connection to an engine within the transaction.

        Returns:
            the connection; in a classic session without a transaction, one that the caller must close.
        """
        if self.classic is not None and self.classic.is_outside(self) and hasattr(bind, "connect"):
            return bind.connect()
        connection = self.begun().connection_for(bind, execution_options)
        self.heed_texts(connection)
        return connection

    def heed_texts(self, connection: Connection) -> None:
        """Hear of texts that end the transaction of a connection, or make savepoints in it."""
        # With the first text, or connection that a program asks for.
        from azoth.orm.session.transactions.own_endings import heed_texts  # noqa: PLC0415

        heed_texts(self, connection)

    def connection_for(self, mapper: Mapper) -> Any:
        """Give the connection on which statements about a mapper run, beginning the transaction where needed."""
        transaction = self.transaction
        if transaction is None:
            transaction = self.begun()
        bind = self.bind
        if bind is None or self.binds is not None or self.asks_session:
            bind = self._session().get_bind(mapper)
        return transaction.connection_for(bind)

    def find_bind(self, mapper: Mapper, clause: Any) -> Engine | Connection:
        """Find the engine or connection for a mapper or a statement.

        Raises:
            UnboundExecutionError: none is known.
        """
        found: Engine | Connection
        if self.binds is None and self.bind is not None:
            found = self.bind
        else:
            found = (self.binds or Binds(None, None)).find(mapper, clause)
        return found

    def add_bind(self, key: Any, bind: Any) -> None:
        """Use an engine or connection for a class, a mapper or a table."""
        if self.binds is None:
            self.binds = Binds(self.bind, None)
        self.binds.add(key, bind)

    @property
    def reading(self) -> Reading:
        """What tells later on whether rows that are found now may be read on."""
        if self.classic is not None and self.classic.is_outside(self):
            return SessionReading(self.session, self.classic.reading(self))
        return SessionReading(self.session, self.begun())

    # -- statements of entities ---------------------------------------------------------------------

    @property
    def is_outside(self) -> bool:
        """Whether a classic session works outside of any transaction now."""
        return self.classic is not None and self.classic.is_outside(self)

    def fetch(self, statement: Any, purpose: Purpose) -> list[Any]:
        """Execute a SELECT of the ORM's own where everybody can act on it; gives what it loads."""
        return door.fetch(self, statement, purpose)

    def execute(
        self,
        statement: object,
        params: object,
        options: door.Options,
        bind_arguments: door.Options,
        state: ORMExecuteState,
    ) -> Any:
        """Execute a statement that listeners have heard of."""
        return door.execute(self, statement, params, options, bind_arguments, state)

    def prepare(self, statement: Any, params: Any) -> door.Prepared:
        """Flush where needed, and make a SELECT of entities ready to run."""
        return door.prepare(self, statement, params, None, None)

    def given(self, statement: Any, params: Any, size: int | None = None) -> tuple[LoadPlan, Iterable[list[Any]]]:
        """Execute a statement whose rows are given by another one; give the plan and what it makes, in lists."""
        return door.given(self, statement, params, None, None, size)

    # -- flushing -----------------------------------------------------------------------------------

    @property
    def no_autoflush(self) -> NoAutoflush:
        """A block in which queries do not flush."""
        return NoAutoflush(self, self)

    def autoflush(self) -> None:
        """Flush pending changes, if the session does so before queries."""
        if self.autoflushes and not self.flushing:
            self._flush_by_itself()

    def autoflush_for(self, options: Mapping[str, Any] | None) -> None:
        """Flush pending changes before a statement, if neither the session nor the statement's options forbid it."""
        if self.autoflushes and not self.flushing and (not options or options.get("autoflush", True)):
            self._flush_by_itself()

    def _flush_by_itself(self) -> None:
        try:
            self._session().flush()
        except Exception as error:
            if not isinstance(error, AzothError):
                error.add_note(OF_AUTOFLUSH)
            elif not isinstance(error, PendingRollbackError):
                error.why = f"{OF_AUTOFLUSH}. {error.why}" if error.why else OF_AUTOFLUSH
            raise

    @property
    def flush_context(self) -> FlushContext:
        """What listeners get who are told of the flush that is going on."""
        # With the first flush.
        from azoth.orm.session.events.flush_context import FlushContext  # noqa: PLC0415

        flushing = self.flushing
        return FlushContext(self.session, self.transaction) if isinstance(flushing, bool) else flushing

    def remember(self, outcome: FlushOutcome) -> None:
        """Note what changed in memory, for the case that the transaction is rolled back."""
        self.begun().restoration.append(outcome)

    # -- objects ------------------------------------------------------------------------------------

    def adopt(self, instance: object) -> None:
        """Take in an object, with what the save-update cascade reaches."""
        if self.transaction is None:
            self.begun()
        add(self, instance)

    def expunge(self, instance: object) -> None:
        """Let go of an object, with what the expunge cascade reaches."""
        if self.flushing:
            refuse_other_threads(self.in_use, "expunge()")
        departed = membership.expunge(self.identity_map, instance)
        if self.dispatch.detaching:
            detached(self, departed)

    def expunge_all(self) -> None:
        """Let go of all objects."""
        if self.flushing:
            refuse_other_threads(self.in_use, "expunge_all()")
        former = self.identity_map
        departed = members(former) if self.dispatch.detaching else ()
        self.identity_map = IdentityMap(self, {} if self.keeps_all else None)
        former.release()
        if departed:
            detached(self, departed)

    def announce_loaded(self, states: list[InstanceState]) -> None:
        """Tell listeners of instances that were loaded."""
        loaded(self, states)


class NoAutoflush:
    """A block without autoflush.

    Args:
        unit: the unit of work.
        entered: what the block is entered with: ``with session.no_autoflush as entered``.
    """

    __slots__ = ("_before", "_entered", "_unit")

    def __init__(self, unit: UnitOfWork, entered: Any) -> None:
        self._unit = unit
        self._entered = entered

    def __enter__(self) -> Any:
        self._before = self._unit.autoflushes
        self._unit.autoflushes = False
        return self._entered

    def __exit__(self, *error: object) -> None:
        self._unit.autoflushes = self._before


class SessionReading:
    """What a result keeps that is read in portions: the session, and the transaction in which it was executed."""

    __slots__ = ("_session", "_transaction")

    def __init__(self, session: SessionPort, transaction: SessionTransaction) -> None:
        self._session = session
        self._transaction = transaction

    @property
    def is_over(self) -> bool:
        """Whether rows must not be read on, the transaction having ended."""
        return self._transaction.is_over


class Setting(Generic[Value]):
    """An attribute of sessions that stands for one of their units of work.

    Args:
        name: its name there.
        doc: what it means.
    """

    def __init__(self, name: str, doc: str) -> None:
        self._name = name
        self.__doc__ = doc

    @overload
    def __get__(self, session: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, session: SessionPort, owner: type[Any]) -> Value: ...
    def __get__(self, session: SessionPort | None, owner: type[Any]) -> Any:
        return self if session is None else getattr(session.unit, self._name)

    def __set__(self, session: SessionPort, value: Value) -> None:
        setattr(session.unit, self._name, value)


__all__ = ["NoAutoflush", "Setting", "UnitOfWork"]
