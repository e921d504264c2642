"""The databases that tests have on a PostgreSQL server: made when they are needed, emptied and used again."""

from __future__ import annotations

import atexit
import functools
import os
from typing import Any, Final

import azoth
from tests import servers

__all__ = ["PostgreSQLDatabases", "postgresql_databases"]

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


class PostgreSQLDatabases:
    """The databases of this process on one server.

    Args:
        server: the server, or why there is none.
    """

    def __init__(self, server: servers.Found | servers.Obstacle) -> None:
        self._server = server
        self._url = azoth.engine.make_url(server.url if isinstance(server, servers.Found) else "postgresql://")
        self._free: list[str] = []
        self._made: list[str] = []
        self._connections: dict[str, Any] = {}
        self.obstacle = self._obstacle()

    def _obstacle(self) -> str | None:
        if isinstance(self._server, servers.Obstacle):
            return self._server.reason
        try:
            self.connect(self._url.database or "postgres").close()
        except Exception as error:  # noqa: BLE001 -- a missing driver and a server that refuses are the same here
            return str(error)
        return None

    def url_of(self, database: str, scheme: str) -> str:
        """Write the URL of a database for a driver."""
        return self._url.set(drivername=scheme, database=database).render_as_string(hide_password=False)

    def connect(self, database: str) -> Any:
        """Open a connection of the driver's own, which commits by itself."""
        import psycopg  # noqa: PLC0415  # it may be missing

        plain = self._url.set(drivername="postgresql", database=database)
        return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)

    def take(self) -> str:
        """Give an empty database that nobody uses."""
        if self._free:
            return self._free.pop()
        if not self._made:
            atexit.register(self.drop_all)
        name = f"azoth_test_{os.getpid()}_{len(self._made)}"
        with self.connect(self._url.database or "postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE 'C.UTF-8' ENCODING UTF8")
        self._made.append(name)
        with self.connect(name) as connection:
            connection.execute(_KEYS_FOLLOW)
        return name

    def give_back(self, database: str) -> None:
        """Empty a database, for the next test."""
        connection = self._connections.get(database)
        if connection is None or connection.closed:
            connection = self._connections[database] = self.connect(database)
            connection.execute("SET lock_timeout = '2s'; SET client_min_messages = warning")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for (gid,) in connection.execute(_ENDED).fetchall():
            connection.execute(f"ROLLBACK PREPARED '{gid}'")
        connection.execute(_EMPTIED)
        self._free.append(database)

    def drop_all(self) -> None:
        """Remove the databases."""
        for connection in self._connections.values():
            connection.close()
        if isinstance(self._server, servers.Found) and self._server.is_ours:
            # The server itself has been removed before.
            return
        with self.connect(self._url.database or "postgres") as connection:
            for name in self._made:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@functools.cache
def postgresql_databases() -> PostgreSQLDatabases:
    """Give the databases of this process."""
    return PostgreSQLDatabases(servers.find("postgresql"))
