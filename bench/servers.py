"""A database of the run's own on a server, which is found, or started for the run, as the tests do it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from bench.databases import Database, database_at, mariadb_driver
from tests import servers

_ADMINISTRATIVE: Final = {"postgresql": "postgres", "mariadb": "mysql"}
"""A database that is always there."""

_CREATE: Final = {
    "postgresql": "CREATE DATABASE {} TEMPLATE template0 LOCALE 'C.UTF-8' ENCODING UTF8",
    "mariadb": "CREATE DATABASE {} CHARACTER SET utf8mb4",
}

_DROP: Final = {
    "postgresql": "DROP DATABASE IF EXISTS {} WITH (FORCE)",
    "mariadb": "DROP DATABASE IF EXISTS {}",
}


class NoServer(Exception):
    """There is no server to measure on; the message says what would help."""


@contextmanager
def database_on_server(kind: Literal["postgresql", "mariadb"]) -> Iterator[tuple[Database, str]]:
    """Create an empty database for a ``with`` block, after which it is gone; with it comes what the server is.

    Raises:
        NoServer: none is found and none can be started.
    """
    server = servers.find(kind)
    if isinstance(server, servers.Obstacle):
        raise NoServer(server.reason)
    name = f"azoth_bench_{os.getpid()}"
    administrative = database_at(_url(kind, server.url, _ADMINISTRATIVE[kind]))
    _outside_of_transactions(administrative, _DROP[kind].format(name), _CREATE[kind].format(name))
    try:
        yield database_at(_url(kind, server.url, name)), server.source
    finally:
        _outside_of_transactions(administrative, _DROP[kind].format(name))


def _url(kind: str, server: str, database: str) -> str:
    netloc = urlsplit(server).netloc
    if kind == "postgresql":
        return urlunsplit(("postgresql+psycopg", netloc, f"/{database}", "", ""))
    driver = "mysqldb" if mariadb_driver().__name__ == "MySQLdb" else "pymysql"
    return urlunsplit((f"mariadb+{driver}", netloc, f"/{database}", "charset=utf8mb4", ""))


def _outside_of_transactions(database: Database, *statements: str) -> None:
    with closing(database.connect()) as connection:
        if database.kind == "postgresql":
            connection.autocommit = True
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
