"""What the drivers of PostgreSQL that are built on libpq have in common."""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast

from azoth.dialects.postgresql.running.explanations import (
    NO_SUCH_STATEMENT,
    connecting_explanation,
    has_stale_plan,
    statement_explanation,
)
from azoth.dialects.postgresql.running.refusals import refusal_of
from azoth.dialects.postgresql.running.rows_as_table import RowsInArrays
from azoth.dialects.postgresql.running.two_phases import PreparingDialect
from azoth.engine.dialect_base.dialect import InsertmanyvaluesSentinelOpts, ping_failed
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string
from azoth.exc import ArgumentError, NoDBAPILoaded

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPIModule
    from azoth.engine.dialect_base.explanation import Explanation, Refusal
    from azoth.engine.dialect_base.reflection import ReflectingConnection
    from azoth.engine.url import URL

__all__ = ["LibpqDialect", "flag_of"]

_FACTS: Final = (
    "SELECT current_schema(), current_setting('default_transaction_isolation'), "
    "current_setting('standard_conforming_strings'), current_setting('max_prepared_transactions')"
)

_NO_VERSION: Final = VersionInfo((0, 0))

READ_ONLY: Final = "postgresql_readonly"
DEFERRABLE: Final = "postgresql_deferrable"


class Info(Protocol):
    """What a connection tells without asking the server.

    Attributes:
        server_version: the server's version, as a number.
        backend_pid: the number of its process.
    """

    server_version: int
    backend_pid: int

    def parameter_status(self, name: str, /) -> str | None:
        """Give a setting that the server tells its clients by itself."""


class TellingConnection(Protocol):
    """A connection of a driver on libpq.

    Attributes:
        info: what it tells.
        autocommit: whether each statement is committed by itself.
        closed: whether it is closed or lost; one of the drivers has numbers.
    """

    info: Info
    autocommit: bool
    closed: int


class LibpqDialect(PreparingDialect):
    """PostgreSQL through a driver on libpq.

    Args:
        dbapi: the driver's module.
        transaction_pooler: whether a pooler stands before the server that gives each transaction any of its
            connections, such as PgBouncer with ``pool_mode=transaction``. Then nothing is prepared and nothing is set
            for the session: isolation levels and the modes of ``postgresql_readonly`` and ``postgresql_deferrable``
            travel with BEGIN as ever, and in AUTOCOMMIT rows that are read in portions are read at once. What programs
            set themselves (SET, LISTEN, temporary tables, locks of the session) must not outlive their transaction.
        arguments: those of ``DefaultDialect``.
    """

    extra: ClassVar[str] = "postgresql"

    # The rows of VALUES, and those of a SELECT with an ORDER BY, get their numbers one after the other.
    insertmanyvalues_implicit_sentinel = (
        InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT | InsertmanyvaluesSentinelOpts.USE_INSERT_FROM_SELECT
    )
    # The drivers read documents, by the engine's own function too; azoth writes them.
    supports_native_json_deserialization = True
    dialect_injects_custom_json_deserializer = True
    connection_options: ClassVar[frozenset[str]] = frozenset({READ_ONLY, DEFERRABLE})
    engine_arguments: ClassVar[frozenset[str]] = frozenset({"transaction_pooler"})

    def __init__(
        self,
        dbapi: Any = None,
        paramstyle: str | None = None,
        *,
        transaction_pooler: bool = False,
        **arguments: Any,
    ) -> None:
        # Values by position cost the driver and us less than by name; texts that only a reader sees have names.
        super().__init__(dbapi, paramstyle or ("format" if dbapi is not None else None), **arguments)
        self.rows_as_table = RowsInArrays(self)
        self.transaction_pooler = transaction_pooler
        self._process_numbers: weakref.WeakKeyDictionary[object, int] = weakref.WeakKeyDictionary()

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        """Import the driver."""
        module: DBAPIModule = importlib.import_module(cls.driver)
        return module

    def retrieve_dbapi_version(self, dbapi: object) -> VersionInfo:
        return parse_version_string(getattr(dbapi, "__version__", None))

    def _known_version(self) -> VersionInfo:
        """Give the driver's version; that of no driver where none is loaded, or it does not tell."""
        try:
            return self.dbapi_version
        except NoDBAPILoaded:
            return _NO_VERSION

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        """Turn a URL into keywords of libpq; several hosts stand in its options, as "host=one:5432&host=two:5432".

        Args:
            url: the URL.
        """
        arguments = url.translate_connect_args(database="dbname", username="user")
        given = {name: values for name, values in url.normalized_query.items() if name not in ("host", "port")}
        arguments.update({name: values[-1] for name, values in given.items()})
        hosts, ports = _hosts(url.normalized_query.get("host", ()), url.normalized_query.get("port", ()))
        if hosts:
            if "host" in arguments:
                raise ArgumentError(
                    "the database URL names a host twice",
                    why="one stands before the slash and another one among the options.",
                    fix="write several hosts as options only: postgresql://user@/database?host=one&host=two.",
                    code="AZ-E700",
                )
            arguments["host"] = ",".join(hosts)
        if any(ports):
            arguments["port"] = ",".join(ports)
        return [], arguments

    def initialize(self, connection: ReflectingConnection) -> None:
        """Learn what the server is like.

        Emits: one SELECT, and a ROLLBACK.
        """
        dbapi_connection = connection.connection.dbapi_connection
        ((schema, level, conforming, most_prepared),) = connection.exec_driver_sql(_FACTS).all()
        dbapi_connection.rollback()
        self.default_schema_name = schema
        self.default_isolation_level = str(level).upper()
        self.server_version_info = _version(self.version_number(dbapi_connection))
        self.doubles_backslashes = conforming == "off"
        self.most_prepared = int(most_prepared)

    def version_number(self, dbapi_connection: object) -> int:
        """Tell the version of the server as libpq has it: 150003 for 15.3.

        Args:
            dbapi_connection: the driver's connection.
        """
        return cast("TellingConnection", dbapi_connection).info.server_version

    def _answers(self, dbapi_connection: DBAPIConnection, ping: Callable[[], None]) -> bool:
        """Tell whether a connection answers a ping."""
        try:
            ping()
        except self.error_class as error:
            if ping_failed(self, error, self.is_disconnect(error, dbapi_connection, None)):
                return False
            raise
        return True

    def _shown_level(self, dbapi_connection: DBAPIConnection) -> str:
        """Ask the server for the isolation level, and leave no transaction behind."""
        was_within = self.in_transaction(dbapi_connection)
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute("SHOW transaction_isolation")
            (level,) = cursor.fetchone()
        finally:
            cursor.close()
            if was_within is False:
                dbapi_connection.rollback()
        return str(level).upper()

    def detect_autocommit_setting(self, dbapi_conn: object) -> bool:
        return cast("TellingConnection", dbapi_conn).autocommit

    def is_disconnect(self, e: BaseException, connection: object, cursor: object) -> bool:
        is_known = isinstance(e, self.error_class) and connection is not None
        return is_known and bool(cast("TellingConnection", connection).closed)

    def connection_id(self, dbapi_connection: object) -> int | None:
        """Give the number of the server's process for a connection, also of one that is lost."""
        known = self._process_numbers.get(dbapi_connection)
        return known or cast("TellingConnection", dbapi_connection).info.backend_pid or None

    def set_up(self, dbapi_connection: DBAPIConnection) -> None:
        """Give a new connection the engine's isolation level, and note its number, which libpq forgets with it."""
        super().set_up(dbapi_connection)
        self._process_numbers[dbapi_connection] = cast("TellingConnection", dbapi_connection).info.backend_pid

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit.

        Raises:
            InFailedSqlTransaction: of the driver; a statement of the transaction has failed, so that the server would
                answer COMMIT with ROLLBACK, and no error would tell that everything is lost.

        Emits: COMMIT; a ROLLBACK instead, where a statement has failed.
        """
        if self.has_failed_transaction(dbapi_connection):
            dbapi_connection.rollback()
            raise self.failed_transaction("COMMIT")
        super().do_commit(dbapi_connection)

    def commit_was_refused(self, error: BaseException) -> bool:
        """Tell whether the server has answered a COMMIT with an error, which is its word that it rolled back."""
        state = self.sqlstate(error)
        return state is not None and state[:2] not in ("08", "57", "58", "XX") and state != "40003"

    def refusal(self, error: Exception) -> Refusal | None:
        """Tell what the server has refused, with the names that it gives."""
        return refusal_of(self.sqlstate(error), getattr(error, "diag", None))

    def explanation(
        self, error: Exception, dbapi_connection: object, statement: str | None = None
    ) -> Explanation | None:
        """Find words for an error: what keeps from connecting, poolers, standbys, tables that were altered."""
        if dbapi_connection is None:
            return connecting_explanation(str(error))
        told = cast("TellingConnection", dbapi_connection).info.parameter_status
        return statement_explanation(self.sqlstate(error), str(error), lambda: told("in_hot_standby") == "on")

    def needs_preparing_anew(self, error: Exception) -> bool:
        """Tell whether the driver must prepare a statement anew, because a table was altered or the server forgot it.

        That a statement exists already is no such case: it is the sign of a pooler, which is to be told at once.
        """
        state = self.sqlstate(error)
        return state == NO_SUCH_STATEMENT or has_stale_plan(state, str(error))

    def stop_statement(self, dbapi_connection: DBAPIConnection, connect: Callable[[], object]) -> bool:
        """Tell whether a connection's state is known: ``psycopg`` has cancelled the statement by itself."""
        return self.in_transaction(dbapi_connection) is not None


def flag_of(options: Mapping[str, Any], name: str) -> bool | None:
    """Read an execution option that is true, false or not given.

    Args:
        options: the options.
        name: the option's name.

    Raises:
        ArgumentError: it is something else.
    """
    value = options.get(name)
    if value is not None and not isinstance(value, bool):
        raise ArgumentError(
            f"the execution option {name} is True or False",
            why="it says in which mode the next transactions begin.",
            fix=f"pass {name}=True, or leave it out.",
            code="AZ-E701",
        )
    return value


def _hosts(hosts: tuple[str, ...], ports: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Split hosts from their ports, which may stand behind them or apart; commas divide them too."""
    names: list[str] = []
    numbers: list[str] = []
    for part in ",".join(hosts).split(",") if hosts else ():
        name, colon, number = part.rpartition(":")
        is_pair = colon and number.isdigit() and (":" not in name or name.startswith("["))
        names.append(name.strip("[]") if is_pair else part)
        numbers.append(number if is_pair else "")
    apart = ",".join(ports).split(",") if ports else []
    if not apart:
        return names, numbers
    if names and len(apart) not in (1, len(names)):
        raise ArgumentError(
            f"the database URL names {len(names)} hosts and {len(apart)} ports",
            why="each host has its port, or all have the same.",
            fix="write the port behind its host, as in host=one:5432&host=two:5433.",
            code="AZ-E702",
        )
    return names, apart


def _version(number: int) -> tuple[int, ...]:
    # Source: PostgreSQL's documentation of PQserverVersion().
    return (number // 10_000, number % 10_000)
