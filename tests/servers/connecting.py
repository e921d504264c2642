"""Asks a server, by its URL, what it is and whether tests may work on it."""

from __future__ import annotations

import importlib
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.servers.answers import Kind, Obstacle

DRIVERS: dict[Kind, tuple[str, str]] = {
    "postgresql": ("psycopg", "pip install 'psycopg[binary]>=3.2'"),
    "mariadb": ("pymysql", "pip install 'PyMySQL>=1.1'"),
}
"""The module that asks, and how to get it."""

SECONDS = 5


def driver(kind: Kind) -> Any | Obstacle:
    """Import the driver that asks; the tests can do without, and leave the database out."""
    name, command = DRIVERS[kind]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        return Obstacle(f"the driver {name} cannot be imported ({error}): {command}")


def check(kind: Kind, url: str) -> str | Obstacle:
    """Ask a server what it is.

    Args:
        kind: what it should be.
        url: of a database for administration.

    Returns:
        its version and what tests should know of it, or why they cannot work on it.
    """
    module = driver(kind)
    if isinstance(module, Obstacle):
        return module
    try:
        return _check_postgresql(module, url) if kind == "postgresql" else _check_mariadb(module, url)
    except (module.Error, OSError) as error:
        first_line = next(iter(str(error).splitlines()), type(error).__name__)
        return Obstacle(f"{without_password(url)} refuses: {first_line}")


def connect_to_mariadb(module: Any, url: str) -> Any:
    """Open a connection, which commits by itself."""
    parts = urlsplit(url)
    return module.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        connect_timeout=SECONDS,
        autocommit=True,
    )


def without_password(url: str) -> str:
    """Give a URL as people may see it."""
    password = urlsplit(url).password
    return url if password is None else url.replace(f":{password}@", ":***@", 1)


def _check_postgresql(module: Any, url: str) -> str | Obstacle:
    with closing(module.connect(url, connect_timeout=SECONDS, autocommit=True)) as connection:
        version, user, can_create, is_standby, prepared = connection.execute(
            "SELECT current_setting('server_version'), current_user, rolsuper OR rolcreatedb, pg_is_in_recovery(),"
            " current_setting('max_prepared_transactions')::int FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if is_standby:
        return Obstacle(f"{without_password(url)} is a standby, which cannot be written to")
    if not can_create:
        return Obstacle(f"{without_password(url)} does not let {user} create databases")
    lack = "" if prepared else ", without two phases (max_prepared_transactions = 0)"
    return f"PostgreSQL {version.split()[0]}{lack}"


def _check_mariadb(module: Any, url: str) -> str | Obstacle:
    with closing(connect_to_mariadb(module, url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT version(), current_user(), (SELECT count(*) FROM information_schema.user_privileges"
            " WHERE privilege_type = 'CREATE' AND replace(grantee, '''', '') = current_user())"
        )
        version, user, can_create = cursor.fetchone()
    if "mariadb" not in version.lower():
        return Obstacle(f"{without_password(url)} is no MariaDB, but version {version}")
    if not can_create:
        return Obstacle(f"{without_password(url)} does not let {user} create databases")
    return f"MariaDB {version.split('-')[0]}"
