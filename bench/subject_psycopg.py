"""psycopg 3 and plain classes; results come in the binary format, which psycopg reads faster than text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg

from bench.by_hand import INSERT_PERSON, PORTION, ByHand
from bench.subject import Subject


class PsycopgSubject(ByHand):
    module = "psycopg"

    def version(self) -> str:
        return f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__}), binary cursors"

    def cursor(self) -> Any:
        return self.connection.cursor(binary=True)

    def insert(self, values: Sequence[Sequence[object]]) -> list[int]:
        with closing(self.cursor()) as cursor:
            cursor.executemany(f"{INSERT_PERSON} RETURNING id", values, returning=True)
            keys = [cursor.fetchone()[0]]
            while cursor.nextset():
                keys.append(cursor.fetchone()[0])
            return keys

    def rows_of(self, statement: str) -> Iterator[Any]:
        with closing(self.connection.cursor("readings", binary=True)) as cursor:
            cursor.itersize = PORTION
            cursor.execute(statement)
            yield from cursor


def make() -> Subject:
    return PsycopgSubject()
