"""What a connection asks of the engine that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.result_shape import ResultShape
from azoth.engine.statement_log import StatementLog
from azoth.engine.url import URL
from azoth.event import Dispatch
from azoth.exc import CommitUnknown
from azoth.pool import Pool
from azoth.sql.compiler import Compiled
from azoth.sql.statement_cache import PreparedStatement, StatementCache

__all__ = ["ConnectionPort", "CursorReader", "EnginePort", "ExecutingConnection", "OpenTransaction"]


class CursorReader(Protocol):
    """What reads rows from a driver's cursor while a transaction lasts."""

    def let_go(self) -> None:
        """Close the cursor, because the transaction has ended; the driver's errors are the caller's to deal with."""


class EnginePort(Protocol):
    """The engine, as its connections see it."""

    dialect: DefaultDialect
    url: URL
    dispatch: Dispatch
    statement_cache: StatementCache
    hide_parameters: bool
    _log: StatementLog
    _execution_options: Mapping[str, Any]
    _begin_action: BeginAction | None
    _sets_isolation: bool

    @property
    def pool(self) -> Pool:
        """The pool."""

    def statement_cache_for(self, options: Mapping[str, Any]) -> StatementCache:
        """Give the cache of the statements that are executed with these options."""

    def _check_out(self) -> Any: ...
    def _result_shape(self, prepared: PreparedStatement) -> ResultShape: ...
    def _described_shape(self, prepared: PreparedStatement, description: Sequence[Any]) -> ResultShape: ...


class OpenTransaction(Protocol):
    """The transaction of a connection, or a savepoint, as results see it."""

    @property
    def is_over(self) -> bool:
        """Whether rows must not be read on."""


class OpenRoot(OpenTransaction, Protocol):
    """The transaction of a connection, as failures see it."""

    began_at: float
    is_active: bool

    def _fail(self) -> None: ...


class ConnectionPort(Protocol):
    """A connection, as those see it who deal with its failures."""

    dialect: DefaultDialect
    dispatch: Dispatch
    _dbapi: Any
    _begin_sent: bool
    _commit_sent_at: float
    _commit_unknown: CommitUnknown | None
    _errors_are_private: bool

    @property
    def engine(self) -> EnginePort:
        """The engine."""

    @property
    def closed(self) -> bool:
        """Whether the connection was given back."""

    @property
    def invalidated(self) -> bool:
        """Whether the driver's connection was given up."""

    @property
    def _transaction(self) -> OpenRoot | None: ...

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Give up the driver's connection."""

    def _give_up(self, error: BaseException) -> None: ...


class ExecutingConnection(ConnectionPort, Protocol):
    """A connection, as executions and their results see it."""

    _logs: bool
    _by_dialect: bool
    _executing: Any
    _executing_statement: Any

    @property
    def _nested_transaction(self) -> OpenTransaction | None: ...

    def note_execution(self, compiled: Compiled | None, statement: object) -> None:
        """Know what the next text is that is run, for those who watch."""

    def scalar(self, statement: object) -> object:
        """Execute a statement and give the first value of its first row."""

    def run(self, sql: str, parameters: Any = ()) -> Any:
        """Give SQL to the driver; gives the cursor."""

    def run_many(self, sql: str, parameters: Sequence[Any]) -> Any:
        """Give SQL to the driver, to be executed for many sets of values; gives the cursor."""

    def fetch_all(self, cursor: Any, sql: str, parameters: Any) -> list[Any]:
        """Read all rows of a cursor."""

    def driver_failure(self, error: Exception, sql: str, parameters: Any) -> Exception:
        """Give the error to raise for what was raised while rows were read."""

    def keep_track_of(self, reader: CursorReader) -> None:
        """Let a cursor be closed with the transaction at the latest."""

    def keep_track_of_stream(self, reader: CursorReader, cursor: Any) -> Any:
        """Do so, and close the cursor of a forgotten reader too."""

    def _heed_text(self, sql: str) -> None: ...
