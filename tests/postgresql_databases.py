"""The databases that tests have on a PostgreSQL server: made when they are needed, emptied and used again."""

from __future__ import annotations

import atexit
import functools
import os
from typing import Any, Final

import azoth

__all__ = ["PostgreSQLDatabases", "postgresql_databases"]

_ENDED: Final = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"

_EMPTIED: Final = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
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
        url: an administrative database of the server.
    """

    def __init__(self, url: str) -> None:
        self._url = azoth.engine.make_url(url)
        self._free: list[str] = []
        self._made: list[str] = []
        self._connections: dict[str, Any] = {}
        self.obstacle = self._obstacle()

    def _obstacle(self) -> str | None:
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
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 LOCALE \'C.UTF-8\' ENCODING UTF8')
        self._made.append(name)
        return name

    def give_back(self, database: str) -> None:
        """Empty a database, for the next test."""
        connection = self._connections.get(database)
        if connection is None or connection.closed:
            connection = self._connections[database] = self.connect(database)
            connection.execute("SET lock_timeout = \'2s\'; SET client_min_messages = warning")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = \'client backend\'"
        )
        for (gid,) in connection.execute(_ENDED).fetchall():
            connection.execute(f"ROLLBACK PREPARED \'{gid}\'")
        connection.execute(_EMPTIED)
        self._free.append(database)

    def drop_all(self) -> None:
        """Remove the databases."""
        for connection in self._connections.values():
            connection.close()
        with self.connect(self._url.database or "postgres") as connection:
            for name in self._made:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@functools.cache
def postgresql_databases() -> PostgreSQLDatabases:
    """Give the databases of this process."""
    return PostgreSQLDatabases(os.environ.get("AZOTH_TEST_POSTGRESQL") or "postgresql://127.0.0.1:5432/postgres")
