"""What the drivers of MySQL and MariaDB have in common: connecting, learning about the server, transactions, errors."""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.dialects.mysql.errors.explanations import explanation_of
from azoth.dialects.mysql.errors.refusals import refusal_of
from azoth.dialects.mysql.reflecting import (
    MySQLColumns,
    MySQLConstraints,
    MySQLExistence,
    MySQLKeys,
    MySQLNames,
    MySQLTables,
)
from azoth.dialects.mysql.running.server_facts import adapt_to, version_of
from azoth.dialects.mysql.running.two_phases import PreparingDialect
from azoth.dialects.mysql.running.url_options import connect_options, query_of, tls_options
from azoth.driver import mysql as driver
from azoth.driver.mysql_cursors import close_stream, cursor_class, streaming_cursor_class
from azoth.engine.dialect_base.dialect import AUTOCOMMIT, DefaultDialect, ping_failed
from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection, DBAPICursor, DBAPIModule
    from azoth.engine.dialect_base.explanation import Explanation, Refusal
    from azoth.engine.dialect_base.reflection import ReflectingConnection
    from azoth.engine.url import URL

__all__ = ["ServerDialect"]

_ROLLBACK_ON_TIMEOUT: Final = "SELECT @@innodb_rollback_on_timeout"

CHARSET: Final = "utf8mb4"
"""The character set of connections: all of Unicode, in which every column's can be written."""


class ServerDialect(
    MySQLColumns, MySQLKeys, MySQLConstraints, MySQLTables, MySQLNames, MySQLExistence, PreparingDialect
):
    """MySQL or MariaDB through a driver.

    Args:
        json_serializer, json_deserializer, is_mariadb, arguments: as for ``MySQLDialect``.
    """

    supports_server_side_cursors = True
    preferred: ClassVar[type[DefaultDialect] | None] = None
    """The dialect of another driver, which is taken for a URL without a driver where that one is installed."""

    module_name: ClassVar[str] = ""
    """The name of the driver's module."""

    _rolls_back_on_timeout: bool | None = None
    _is_galera: bool | None = None

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        """Import the driver."""
        module: DBAPIModule = importlib.import_module(cls.module_name)
        return module

    @classmethod
    def get_dialect_cls(cls, url: URL) -> type[DefaultDialect]:
        """Choose the driver for a URL that names none.

        Args:
            url: the URL.
        """
        if cls.preferred is None or "+" in url.drivername:
            return cls
        try:
            cls.preferred.import_dbapi()
        except ImportError:
            return cls
        return cls.preferred

    # --- connecting --------------------------------------------------------------------------------------------------

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        """Turn a URL into keywords of the driver.

        Args:
            url: the URL.
        """
        query = query_of(url)
        arguments = url.translate_connect_args(username="user")
        arguments.update(connect_options(query))
        arguments.setdefault("charset", CHARSET)
        # The rows that an UPDATE has found are counted, also those that it found as they should be.
        arguments["client_flag"] = arguments.get("client_flag", 0) | driver.FOUND_ROWS
        arguments.update(self._tls_arguments(tls_options(query)))
        return [], arguments

    def _tls_arguments(self, options: Mapping[str, str | bool]) -> dict[str, object]:
        """Turn the options about TLS into keywords of the driver."""
        raise NotImplementedError

    def connect(self, *arguments: object, **named: object) -> object:
        """Open a driver's connection."""
        if self._has_own_module:
            named.setdefault("cursorclass", cursor_class(self.module_name))
        opened: object = super().connect(*arguments, **named)
        return opened

    def streaming_cursor(self, dbapi_connection: DBAPIConnection) -> DBAPICursor:
        """Make a cursor that reads its rows from the connection one by one."""
        connection = driver.connection_of(dbapi_connection)
        return (
            connection.cursor(streaming_cursor_class(self.module_name)) if self._has_own_module else connection.cursor()
        )

    @property
    def _has_own_module(self) -> bool:
        """Whether the driver's module is the one that the dialect is for, and none that stands in for it."""
        return getattr(self.dbapi, "__name__", None) == self.module_name

    def initialize(self, connection: ReflectingConnection) -> None:
        """Learn what the server is like.

        Raises:
            InvalidRequestError: the dialect is that of MariaDB, and the server is none.

        Emits: one SELECT.
        """
        told = driver.connection_of(connection.connection.dbapi_connection).get_server_info()
        version, is_mariadb = version_of(told)
        level = "tx_isolation" if is_mariadb or version < (5, 7, 20) else "transaction_isolation"
        (facts,) = connection.exec_driver_sql(
            f"SELECT VERSION(), DATABASE(), @@{level}, @@sql_mode, @@lower_case_table_names"
        ).all()
        version, is_mariadb = version_of(facts[0])
        if self.is_mariadb and not is_mariadb and self.name == "mariadb":
            raise InvalidRequestError(
                f"the server's version is {facts[0]}, which is no MariaDB",
                why="the URL begins with mariadb, and MySQL has other statements",
                fix="write mysql:// in front of the URL",
                code="AZ-D113",
            )
        self.server_version_info = version
        self.default_schema_name = facts[1]
        self.default_isolation_level = str(facts[2]).replace("-", " ")
        self.lower_case_table_names = int(facts[4])
        adapt_to(self, is_mariadb, version)
        modes = str(facts[3]).split(",")
        self.doubles_backslashes = "NO_BACKSLASH_ESCAPES" not in modes
        self.identifier_preparer = self.preparer(weakref.proxy(self), ansi_quotes="ANSI_QUOTES" in modes)

    # --- transactions ------------------------------------------------------------------------------------------------

    # The server begins by itself, with the first statement that reads or writes a table.

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Roll back; rows that are still to come are given up."""
        close_stream(dbapi_connection)
        super().do_rollback(dbapi_connection)

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit; rows that are still to come are given up."""
        close_stream(dbapi_connection)
        super().do_commit(dbapi_connection)

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: str) -> None:
        """Set the level of the next transactions.

        Emits: SET autocommit, where that changes; SET SESSION TRANSACTION, other than for AUTOCOMMIT.
        """
        driver.connection_of(dbapi_connection).autocommit(level == AUTOCOMMIT)
        if level != AUTOCOMMIT:
            driver.first_row(dbapi_connection, f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> str:
        """Read the level of the connection's transactions; of one in AUTOCOMMIT, that of each statement.

        Emits: a SELECT.
        """
        version = self.server_version_info or ()
        name = "tx_isolation" if self.is_mariadb or version < (5, 7, 20) else "transaction_isolation"
        (level,) = driver.first_row(dbapi_connection, f"SELECT @@{name}") or ("",)
        return str(level).replace("-", " ")

    def detect_autocommit_setting(self, dbapi_conn: DBAPIConnection) -> bool:
        return driver.connection_of(dbapi_conn).get_autocommit()

    def has_ended_transaction(self, dbapi_connection: DBAPIConnection, error: Exception) -> bool:
        """Tell whether the server has rolled back the whole transaction, because of a deadlock or the like.

        Emits: a SELECT, the first time that a statement has waited too long for a lock.
        """
        if driver.error_number(error) != driver.LOCK_WAIT_TIMEOUT:
            return driver.has_rolled_back(error)
        if self._rolls_back_on_timeout is None:
            self._rolls_back_on_timeout = driver.first_row(dbapi_connection, _ROLLBACK_ON_TIMEOUT) == (1,)
        return self._rolls_back_on_timeout

    def commit_was_refused(self, error: BaseException) -> bool:
        return super().commit_was_refused(error) or driver.refused_commit(error)

    def do_close(self, dbapi_connection: DBAPIConnection) -> None:
        """Close; nothing where it is closed, as after a lost connection, which the drivers would refuse."""
        if driver.connection_of(dbapi_connection).open:
            super().do_close(dbapi_connection)

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Tell whether a connection still answers."""
        try:
            driver.connection_of(dbapi_connection).ping()
        except self.error_class as error:
            if ping_failed(self, error, self.is_disconnect(error, dbapi_connection, None)):
                return False
            raise
        return True

    def connection_id(self, dbapi_connection: DBAPIConnection) -> int | None:
        """Give the number that the server has for a connection; it is the one of KILL."""
        return driver.connection_of(dbapi_connection).thread_id() or None

    def stop_statement(self, dbapi_connection: DBAPIConnection, connect: Callable[[], object]) -> bool:
        """Stop what a connection is executing, by KILL QUERY on another one; its answer was not read, so it must go."""
        driver.kill_query(dbapi_connection, connect())
        return False

    # --- errors ------------------------------------------------------------------------------------------------------

    def explanation(
        self, error: Exception, dbapi_connection: DBAPIConnection | None, statement: str | None = None
    ) -> Explanation | None:
        """Find words for an error: what keeps from connecting, and what is different in a Galera cluster.

        Emits: a SHOW, the first time that an error may come from such a cluster.
        """
        if dbapi_connection is None:
            return explanation_of(error, None)
        return explanation_of(error, lambda: self._is_node_of_galera(error, dbapi_connection))

    def _is_node_of_galera(self, error: Exception, dbapi_connection: DBAPIConnection) -> bool:
        if self._is_galera is None:
            try:
                self._is_galera = driver.is_in_galera(dbapi_connection)
            except self.error_class:
                return "WSREP" in str(error)
        return self._is_galera

    def refusal(self, error: Exception) -> Refusal | None:
        return refusal_of(error)

    def is_disconnect(self, e: BaseException, connection: DBAPIConnection | None, cursor: object) -> bool:
        lost = None if connection is None else driver.connection_of(connection)
        return isinstance(e, self.error_class) and driver.has_lost(e, lost)
