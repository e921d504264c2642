"""Finding the dialect for a URL."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any, Final

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.url import URL
from azoth.exc import NoSuchModuleError
from azoth.sql.schema import install_dialect_lookup
from azoth.util.near_names import near_names

__all__ = ["dialect_class", "installed", "is_dialect", "load_driver", "register", "why_nothing_connects"]

ENTRY_POINTS: Final = ("azoth.dialects", "sqlalchemy.dialects")
"""The groups of entry points; a dialect made for azoth goes before one of the same name in the other group."""

# Dialects live in a layer above this one, so they are known here by name only, as those of other packages are.
_locations: Final[dict[str, tuple[str, str]]] = {
    "sqlite": ("azoth.dialects.sqlite.pysqlite", "SQLiteDialect_pysqlite"),
    "sqlite.pysqlite": ("azoth.dialects.sqlite.pysqlite", "SQLiteDialect_pysqlite"),
    "postgres": ("azoth.dialects.postgresql.psycopg", "PGDialect_psycopg"),
    "postgresql": ("azoth.dialects.postgresql.psycopg", "PGDialect_psycopg"),
    "postgresql.psycopg": ("azoth.dialects.postgresql.psycopg", "PGDialect_psycopg"),
    "postgresql.psycopg2": ("azoth.dialects.postgresql.psycopg2", "PGDialect_psycopg2"),
    "mysql": ("azoth.dialects.mysql.pymysql", "MySQLDialect_pymysql"),
    "mysql.mysqldb": ("azoth.dialects.mysql.mysqldb", "MySQLDialect_mysqldb"),
    "mysql.pymysql": ("azoth.dialects.mysql.pymysql", "MySQLDialect_pymysql"),
    "mariadb": ("azoth.dialects.mysql.mariadb", "MariaDBDialect_pymysql"),
    "mariadb.mysqldb": ("azoth.dialects.mysql.mariadb", "MariaDBDialect_mysqldb"),
    "mariadb.pymysql": ("azoth.dialects.mysql.mariadb", "MariaDBDialect_pymysql"),
}

_COMPILED_FOR: Final = {
    "mssql": "SQL Server",
    "oracle": "Oracle",
}
"""Databases that statements are compiled for, and that nothing runs on."""


def register(name: str, modulepath: str, objname: str) -> None:
    """Name the place of a dialect.

    Args:
        name: as in a URL, with a dot for the plus sign: "sqlite", "postgresql.psycopg".
        modulepath: the module.
        objname: the dialect class in it.
    """
    _locations[name] = (modulepath, objname)


def dialect_class(url: URL) -> type[DefaultDialect]:
    """Find the dialect class for a URL; that of a database which nothing runs on only compiles statements.

    Args:
        url: the URL.

    Returns:
        the class.

    Raises:
        NoSuchModuleError: no dialect of this name is known.
    """
    found = _known_class(url)
    if found is not None:
        return found
    name = url.get_backend_name()
    if name not in _COMPILED_FOR:
        raise _unknown(url)
    return _checked(_loaded(f"azoth.dialects.{name}", "dialect"), url)


def why_nothing_connects(url: URL) -> NoSuchModuleError | None:
    """Tell what to raise where a program would connect, if the dialect of a URL only compiles statements.

    Args:
        url: the URL.
    """
    database = _COMPILED_FOR.get(url.get_backend_name())
    return None if database is None or _known_class(url) is not None else _not_run_on(url, database)


def _known_class(url: URL) -> type[DefaultDialect] | None:
    name = url.drivername.replace("+", ".")
    location = _locations.get(name)
    if location is not None:
        return _checked(_loaded(*location), url)
    for entry_point in installed(ENTRY_POINTS):
        if entry_point.name == name:
            return _checked(entry_point.load(), url)
    return None


def is_dialect(name: str) -> bool:
    """Tell whether a dialect has this name, and import it.

    Args:
        name: the name, as the options of its own begin.
    """
    location = _locations.get(name)
    found = [_loaded(*location)] if location is not None else []
    found += [entry.load() for entry in installed(ENTRY_POINTS) if entry.name == name]
    # A URL may call a dialect by other names too.
    return any(
        isinstance(one, type)
        and issubclass(one, DefaultDialect)
        and (one.name == name or not one.__module__.startswith("azoth."))
        for one in found
    )


install_dialect_lookup(is_dialect)


def load_driver(dialect: type[DefaultDialect]) -> Any:
    """Import the driver of a dialect.

    Args:
        dialect: the dialect class.

    Returns:
        the driver's module.

    Raises:
        NoSuchModuleError: the driver is not installed.
    """
    try:
        return dialect.import_dbapi()
    except ImportError as error:
        from azoth.util.distribution import install_command  # noqa: PLC0415  # for the message

        command = install_command(dialect.extra, dialect.distribution)
        can_say = dialect.extra or dialect.distribution
        raise NoSuchModuleError(
            f"the driver {dialect.driver!r} of the dialect {dialect.name!r} is not installed",
            why=f"{error}.",
            fix=f"install it with `{command}`." if can_say else "install it.",
            code="AZ-E19",
        ) from error


def _checked(found: object, url: URL) -> type[DefaultDialect]:
    """Refuse a dialect that was made for another library; ask a class which one is meant for the URL."""
    if not isinstance(found, type) or not issubclass(found, DefaultDialect):
        raise NoSuchModuleError(
            f"the dialect {url.drivername!r} is none of azoth's",
            why="what is installed or registered under this name is not derived from azoth.engine.default."
            "DefaultDialect.",
            fix="change the imports of its package from sqlalchemy to azoth, or use a dialect that azoth has.",
            code="AZ-E621",
        )
    return found.get_dialect_cls(url)


def _loaded(module_name: str, class_name: str) -> object:
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and module_name.startswith(error.name):
            raise NoSuchModuleError(
                f"the dialect's module {module_name!r} does not exist",
                why="the dialect was registered with it",
                fix="correct the module's path in register()",
            ) from error
        raise
    found: object = getattr(module, class_name)
    return found


def installed(groups: Iterable[str]) -> list[Any]:
    """List the entry points of other packages.

    Args:
        groups: their groups, in the order in which they count.
    """
    # Imported here, because it takes longer to import than all of this package's own modules.
    metadata: Any = importlib.import_module("importlib.metadata")
    return [entry_point for group in groups for entry_point in metadata.entry_points(group=group)]


def _not_run_on(url: URL, database: str) -> NoSuchModuleError:
    name = url.get_backend_name()
    return NoSuchModuleError(
        f"azoth does not run on {database}: its dialect only compiles statements",
        why=f"statements are compiled for {name!r}, and nothing connects to it.",
        fix=f"compile them with statement.compile(dialect={name}.dialect()) from azoth.dialects; to run them, "
        "use SQLite, or install and register() a dialect of this name.",
        code="AZ-D85",
    )


def _unknown(url: URL) -> NoSuchModuleError:
    known = sorted(
        {name.replace(".", "+") for name in _locations}
        | {entry_point.name.replace(".", "+") for entry_point in installed(ENTRY_POINTS)}
    )
    close = near_names(url.drivername, known, 1)
    advice = f"did you mean {close[0]!r}? " if close else ""
    return NoSuchModuleError(
        f"the dialect {url.drivername!r} is not known",
        why="no dialect of this name comes with azoth or is installed beside it.",
        fix=f"{advice}known are {', '.join(known)}.",
    )
