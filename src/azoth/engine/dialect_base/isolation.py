"""The part of a dialect that deals with isolation levels, and with the options that ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from azoth.exc import ArgumentError, InvalidRequestError, NotSupportedError

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection

__all__ = ["AUTOCOMMIT", "SERVER_ISOLATION_LEVELS", "DialectIsolation", "NotReadable"]

SERVER_ISOLATION_LEVELS: Final = (
    "AUTOCOMMIT",
    "READ UNCOMMITTED",
    "READ COMMITTED",
    "REPEATABLE READ",
    "SERIALIZABLE",
)
"""The levels of the SQL standard, which servers have, and what drivers call none."""

AUTOCOMMIT: Final = "AUTOCOMMIT"


class NotReadable(InvalidRequestError, NotImplementedError):
    """Report what a dialect cannot tell of a driver's connection."""


if TYPE_CHECKING:

    class LevelledConnection(Protocol):
        """A connection, as its isolation level is set."""

        def set_isolation_level(self, level: str) -> None:
            """Set the isolation level of the driver's connection, until this one is closed."""

    class LevelledEngine(Protocol):
        """An engine, as the isolation level of its connections is set."""

        def set_isolation_level_of_connections(self, level: str) -> None:
            """Let each connection that is made from now on have an isolation level."""


class DialectIsolation:
    """Isolation levels."""

    name: str
    isolation_levels: ClassVar[tuple[str, ...]] = ()
    default_isolation_level: str | None = None
    isolation_level: str | None

    def set_up(self, dbapi_connection: DBAPIConnection) -> None:
        """Give a new driver's connection the engine's isolation level."""
        if self.isolation_level is not None:
            self.set_isolation_level(dbapi_connection, self._checked_level(self.isolation_level, dbapi_connection))

    def get_isolation_level_values(self, dbapi_conn: DBAPIConnection) -> Sequence[str]:
        """List the isolation levels that the database knows.

        Args:
            dbapi_conn: a driver's connection, for a dialect that must ask.
        """
        return self.isolation_levels

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: str) -> None:
        """Set the isolation level of a driver's connection."""
        raise self._no_levels()

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> str:
        """Read the isolation level of a driver's connection."""
        raise self._no_levels()

    def reset_isolation_level(self, dbapi_connection: DBAPIConnection) -> None:
        """Set a driver's connection back to the engine's isolation level."""
        level = self.isolation_level or self.default_isolation_level
        if level is not None:
            self.set_isolation_level(dbapi_connection, level)

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> str:
        """Tell the isolation level that the database gives to new connections; asked of the engine's first one.

        Args:
            dbapi_conn: that connection, as the driver gives it.

        Returns:
            the level, which connections are set back to.

        Raises:
            NotImplementedError: the dialect has no isolation levels.
        """
        if not self._reads_levels:
            raise NotReadable(
                f"the dialect {self.name!r} cannot tell the isolation level of a connection",
                why="it does not have the method get_isolation_level(), which reads it.",
                fix="use the database's own statement for it.",
                code="AZ-E630",
            )
        return self.get_isolation_level(dbapi_conn)

    @property
    def _reads_levels(self) -> bool:
        return type(self).get_isolation_level is not DialectIsolation.get_isolation_level

    def detect_autocommit_setting(self, dbapi_conn: DBAPIConnection) -> bool:
        """Tell whether a driver's connection commits each statement by itself, without asking the server.

        Args:
            dbapi_conn: the connection.

        Raises:
            NotImplementedError: the dialect cannot tell.
        """
        raise NotReadable(
            f"the dialect {self.name!r} cannot tell whether a connection is in AUTOCOMMIT",
            why="its driver does not say, or nobody has written the method that asks it.",
            fix="leave skip_autocommit_rollback out.",
            code="AZ-E631",
        )

    # --- options -----------------------------------------------------------------------------------------------------

    def set_engine_execution_options(self, engine: LevelledEngine, opts: Mapping[str, Any]) -> None:
        """Heed the execution options that an engine is given; each of its connections gets ``isolation_level``.

        Args:
            engine: the engine.
            opts: the options.
        """
        level = opts.get("isolation_level")
        if level is not None:
            engine.set_isolation_level_of_connections(self._checked_level(level))

    def set_connection_execution_options(self, connection: LevelledConnection, opts: Mapping[str, Any]) -> None:
        """Heed the execution options that a connection is given, by itself or by its engine.

        Args:
            connection: the connection.
            opts: the options; ``isolation_level`` is heeded here.
        """
        level = opts.get("isolation_level")
        if level is not None:
            connection.set_isolation_level(level)

    def _checked_level(self, level: object, dbapi_connection: DBAPIConnection | None = None) -> str:
        wanted = str(level).replace("_", " ").upper()
        levels: Sequence[str] = self.isolation_levels
        if type(self).get_isolation_level_values is not DialectIsolation.get_isolation_level_values:
            if dbapi_connection is None:
                # It is checked when there is a connection that can be asked.
                return wanted
            levels = self.get_isolation_level_values(dbapi_connection)
        if wanted not in levels:
            raise ArgumentError(
                f"the dialect {self.name!r} has no isolation level {level!r}",
                why="a transaction cannot be isolated in a way that the database does not know.",
                fix=f"its levels are {', '.join(levels) or 'none'}.",
                code="AZ-E31",
            )
        return wanted

    def _no_levels(self) -> NotSupportedError:
        return NotSupportedError(
            orig=ArgumentError(
                f"the dialect {self.name!r} has no isolation levels",
                why="the database or its driver offers none",
                fix="leave isolation_level out",
            )
        )
