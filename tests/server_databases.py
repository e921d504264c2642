"""The databases that tests have on servers: made when they are needed, emptied and used again."""

from __future__ import annotations

import atexit
import functools
import os
from abc import ABC, abstractmethod
from contextlib import closing
from typing import Any, ClassVar, Final, Literal

import azoth
from tests import servers

__all__ = ["ServerDatabases", "databases_of"]

_ENDED: Final = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"

_KEYS_FOLLOW: Final = """
CREATE SCHEMA azoth_test;
CREATE FUNCTION azoth_test.follow() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE last bigint; called boolean; largest bigint;
BEGIN
  EXECUTE format('SELECT last_value, is_called FROM %s', TG_ARGV[1]) INTO last, called;
  EXECUTE format('SELECT max(%I) FROM %s', TG_ARGV[0], TG_RELID::regclass) INTO largest;
  IF largest > last OR (largest = last AND NOT called) THEN PERFORM setval(TG_ARGV[1]::regclass, largest); END IF;
  RETURN NULL;
END $body$;
CREATE FUNCTION azoth_test.watch() RETURNS event_trigger LANGUAGE plpgsql AS $body$
DECLARE made record; col record;
BEGIN
  FOR made IN SELECT objid FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP
    FOR col IN SELECT attname, pg_get_serial_sequence(made.objid::regclass::text, attname) AS name FROM pg_attribute
        WHERE attrelid = made.objid AND attnum > 0 AND NOT attisdropped LOOP
      IF col.name IS NOT NULL THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER azoth_test_keys AFTER INSERT ON %s FOR EACH STATEMENT '
          'EXECUTE FUNCTION azoth_test.follow(%L, %L)', made.objid::regclass, col.attname, col.name);
      END IF;
    END LOOP;
  END LOOP;
END $body$;
CREATE EVENT TRIGGER azoth_test_watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
  EXECUTE FUNCTION azoth_test.watch();
"""
"""Lets the numbers of keys go on behind those that a test has given by itself, as they do on SQLite and MariaDB."""

_EMPTIED: Final = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT nspname FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'azoth_test')
    AND (nspname <> 'public' OR EXISTS (SELECT FROM pg_class WHERE relnamespace = pg_namespace.oid)
    OR EXISTS (SELECT FROM pg_type WHERE typnamespace = pg_namespace.oid)
    OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = pg_namespace.oid)) LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', found.nspname);
  END LOOP;
END $$;
CREATE SCHEMA IF NOT EXISTS public;
"""


class ServerDatabases(ABC):
    """The databases of this process on one server.

    Args:
        server: the server, or why there is none.
    """

    scheme: ClassVar[str]
    """How URLs of the server begin."""
    administrative: ClassVar[str]
    """A database that is always there."""

    def __init__(self, server: servers.Found | servers.Obstacle) -> None:
        self._server = server
        self._url = azoth.engine.make_url(server.url if isinstance(server, servers.Found) else f"{self.scheme}://")
        self._free: list[str] = []
        self._made: list[str] = []
        self._cleaners: dict[str, Any] = {}
        self.obstacle = self._obstacle()

    def _obstacle(self) -> str | None:
        if isinstance(self._server, servers.Obstacle):
            return self._server.reason
        try:
            self.connect(self.administrative).close()
        except Exception as error:  # noqa: BLE001 -- a missing driver and a server that refuses are the same here
            return str(error)
        return None

    def url_of(self, database: str, scheme: str) -> str:
        """Write the URL of a database for a driver."""
        return self._url.set(drivername=scheme, database=database).render_as_string(hide_password=False)

    def take(self) -> str:
        """Give an empty database that nobody uses."""
        if self._free:
            return self._free.pop()
        if not self._made:
            atexit.register(self.drop_all)
        name = f"azoth_test_{os.getpid()}_{len(self._made)}"
        with closing(self.connect(self.administrative)) as connection:
            self._create(connection, name)
        self._made.append(name)
        return name

    def give_back(self, database: str) -> None:
        """Empty a database, for the next test."""
        connection = self._cleaners.get(database)
        if connection is None or connection.closed:
            connection = self._cleaners[database] = self.connect(database)
        self._empty(connection, database)
        self._free.append(database)

    def drop_all(self) -> None:
        """Remove the databases."""
        for connection in self._cleaners.values():
            connection.close()
        if isinstance(self._server, servers.Found) and self._server.is_ours:
            # The server itself has been removed before.
            return
        with closing(self.connect(self.administrative)) as connection:
            for name in self._made:
                self._drop(connection, name)

    @abstractmethod
    def connect(self, database: str) -> Any:
        """Open a connection of the driver's own, which commits by itself and has ``execute()`` and ``closed``."""

    @abstractmethod
    def _create(self, connection: Any, name: str) -> None:
        """Create a database."""

    @abstractmethod
    def _empty(self, connection: Any, name: str) -> None:
        """Remove all that is in a database, and who is connected to it."""

    @abstractmethod
    def _drop(self, connection: Any, name: str) -> None:
        """Remove a database."""


class PostgreSQLDatabases(ServerDatabases):
    """Databases of PostgreSQL."""

    scheme = "postgresql"
    administrative = "postgres"

    def connect(self, database: str) -> Any:
        import psycopg  # noqa: PLC0415  # it may be missing

        connection = psycopg.connect(self.url_of(database, "postgresql"), autocommit=True)
        connection.execute("SET lock_timeout = '2s'; SET client_min_messages = warning; SET synchronous_commit = off")
        return connection

    def _create(self, connection: Any, name: str) -> None:
        self._drop(connection, name)
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE 'C.UTF-8' ENCODING UTF8")
        with closing(self.connect(name)) as own:
            own.execute(_KEYS_FOLLOW)

    def _empty(self, connection: Any, name: str) -> None:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for (gid,) in connection.execute(_ENDED).fetchall():
            connection.execute(f"ROLLBACK PREPARED '{gid}'")
        connection.execute(_EMPTIED)

    def _drop(self, connection: Any, name: str) -> None:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class MariaDBConnection:
    """A connection of PyMySQL that executes by itself, as those of other drivers do.

    Args:
        connection: the driver's.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @property
    def closed(self) -> bool:
        """Whether it is."""
        return not self._connection.open

    def execute(self, sql: str, parameters: Any = None) -> Any:
        """Execute a statement and give its cursor."""
        cursor = self._connection.cursor()
        cursor.execute(sql, parameters)
        return cursor

    def close(self) -> None:
        """Close it."""
        if self._connection.open:
            self._connection.close()


class MariaDBDatabases(ServerDatabases):
    """Databases of MariaDB."""

    scheme = "mysql"
    administrative = "mysql"

    def connect(self, database: str) -> MariaDBConnection:
        import pymysql  # type: ignore[import-untyped]  # noqa: PLC0415  # it may be missing

        url = self._url
        connection = pymysql.connect(
            host=url.host or "127.0.0.1",
            port=url.port or 3306,
            user=url.username,
            password=str(url.password or ""),
            database=database,
            autocommit=True,
            init_command="SET lock_wait_timeout = 2, innodb_lock_wait_timeout = 1",
        )
        return MariaDBConnection(connection)

    def _create(self, connection: Any, name: str) -> None:
        self._drop(connection, name)
        connection.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")

    def _empty(self, connection: Any, name: str) -> None:
        mine = connection.execute("SELECT CONNECTION_ID()").fetchone()[0]
        others = connection.execute(
            "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> %s", (name, mine)
        ).fetchall()
        for (number,) in others:
            connection.execute(f"KILL {number}")
        tables = connection.execute(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = %s", (name,)
        ).fetchall()
        connection.execute("SET foreign_key_checks = 0")
        for table, kind in tables:
            quoted = table.replace("`", "``")
            connection.execute(f"DROP {_DROPPED.get(kind, 'TABLE')} `{quoted}`")
        connection.execute("SET foreign_key_checks = 1")

    def _drop(self, connection: Any, name: str) -> None:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")


_DROPPED: Final = {"VIEW": "VIEW", "SEQUENCE": "SEQUENCE"}
"""From the types of tables, as MariaDB names them, to the words that drop them."""


@functools.cache
def databases_of(kind: Literal["postgresql", "mariadb"]) -> ServerDatabases:
    """Give the databases of this process on a server.

    Args:
        kind: which.
    """
    made = PostgreSQLDatabases if kind == "postgresql" else MariaDBDatabases
    return made(servers.find(kind))
