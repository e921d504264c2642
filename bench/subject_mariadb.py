"""mysqlclient, or else PyMySQL, and plain classes."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from typing import Any

from bench.by_hand import INSERT_PERSON, PORTION, ByHand
from bench.databases import mariadb_driver
from bench.subject import Subject


class MariaDBSubject(ByHand):
    def __init__(self) -> None:
        driver = mariadb_driver()
        self.module: str = driver.__name__
        self._unbuffered: Any = importlib.import_module(f"{self.module}.cursors").SSCursor

    def version(self) -> str:
        distribution = "mysqlclient" if self.module == "MySQLdb" else "PyMySQL"
        return f"{distribution} {version(distribution)}"

    def insert(self, values: Sequence[Sequence[object]]) -> list[int]:
        keys = []
        with closing(self.cursor()) as cursor:
            for each in values:
                cursor.execute(INSERT_PERSON, each)
                keys.append(cursor.lastrowid)
        return keys

    def rows_of(self, statement: str) -> Iterator[Any]:
        with closing(self.connection.cursor(self._unbuffered)) as cursor:
            cursor.execute(statement)
            while rows := cursor.fetchmany(PORTION):
                yield from rows


def make() -> Subject:
    return MariaDBSubject()
