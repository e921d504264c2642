"""What there is to test on: ``python -m tests.servers`` shows it, and with ``packages`` prints what to install.

``scripts/doctor`` and ``scripts/servers`` call it.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

from tests.servers import binaries
from tests.servers.answers import KINDS, Found, Kind, Obstacle
from tests.servers.connecting import without_password
from tests.servers.finding import VARIABLES, find, find_local, stop

DRIVERS = {
    "psycopg": ("psycopg",),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "pymysql": ("PyMySQL",),
    "MySQLdb": ("mysqlclient",),
}
"""Modules, and the distributions that may have them."""

FURTHER = ("AZOTH_TEST_POSTGRESQL_2", "AZOTH_TEST_GALERA")
"""Name servers that no test uses so far; of Galera, three."""

PROGRAMS: dict[str, Callable[[], object]] = {
    "postgresql": binaries.postgresql,
    "mariadb": lambda: getattr(found := binaries.mariadb(), "server", found),
    "galera": binaries.galera,
    "pgbouncer": binaries.pgbouncer,
}


def report() -> Iterator[str]:
    """Tell what the tests can run on, line by line."""
    yield "Databases:"
    yield from entry("sqlite", f"{sqlite3.sqlite_version}, of this Python")
    for kind in KINDS:
        answer = find(kind)
        if isinstance(answer, Found):
            yield from entry(kind, without_password(answer.url), answer.source)
        else:
            yield from entry(kind, f"MISSING: {answer.reason}")
    for variable in FURTHER:
        if os.environ.get(variable):
            yield from entry(variable, ", ".join(map(without_password, os.environ[variable].split(","))))
    yield "Programs, for servers that tests start themselves:"
    for name, look in PROGRAMS.items():
        found = look()
        yield from entry(name, f"MISSING: {found.reason}" if isinstance(found, Obstacle) else str(found))
    yield "Drivers:"
    for module, distributions in DRIVERS.items():
        yield from entry(module, driver_version(module, distributions))


def entry(name: str, first: str, *more: str) -> Iterator[str]:
    """Write an entry of a list."""
    lines = [*first.splitlines(), *more]
    yield f"  {name:<11} {lines[0]}"
    for line in lines[1:]:
        yield f"  {'':<11} {line}"


def driver_version(module: str, distributions: Sequence[str]) -> str:
    """Tell the version of a driver."""
    if importlib.util.find_spec(module) is None:
        return "not installed"
    for name in distributions:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "installed, of an unknown version"


def packages() -> list[str]:
    """List the distribution's packages for those kinds that are neither named, nor installed, nor running."""
    return [package for kind in KINDS if _needs_programs(kind) for package in binaries.PACKAGES[kind]]


def _needs_programs(kind: Kind) -> bool:
    if os.environ.get(VARIABLES[kind], "private") != "private":
        return False
    found = binaries.postgresql() if kind == "postgresql" else binaries.mariadb()
    return isinstance(found, Obstacle) and not isinstance(find_local(kind), Found)


def main(arguments: Sequence[str]) -> int:
    """Do what was asked for."""
    if arguments == ["packages"]:
        print(*packages())  # noqa: T201
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    try:
        for line in report():
            print(line)  # noqa: T201
    finally:
        stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
