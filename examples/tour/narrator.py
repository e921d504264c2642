"""Tell what happens: headings, remarks, and the SQL that each step took."""

from __future__ import annotations

import re
import sys
import textwrap
import time
from collections import Counter
from typing import Any

from azoth import Engine, event

WIDTH = 100

PLACEHOLDERS = re.compile(r"\?(?:, \?){8,}")
"""A list of placeholders that nobody wants to read."""

SAVEPOINT_EVENTS = {
    "savepoint": "SAVEPOINT",
    "release_savepoint": "RELEASE SAVEPOINT",
    "rollback_savepoint": "ROLLBACK TO SAVEPOINT",
}

SENT_BY_THE_ENGINE = frozenset({"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"})
"""Reads send none of these: see docs/sqlite.md."""

TRANSACTION_VERBS = frozenset({*SENT_BY_THE_ENGINE, *SAVEPOINT_EVENTS.values()})


class Narrator:
    """Prints the tour and listens to the engine.

    Args:
        engine: the engine whose statements are shown.
    """

    def __init__(self, engine: Engine) -> None:
        self._statements: list[tuple[str, int]] = []
        self._chapter = 0
        self._started = time.perf_counter()
        self.total: Counter[str] = Counter()
        event.listen(engine, "before_cursor_execute", self._note_statement)
        event.listen(engine, "connect", self._listen_to_driver)
        for name, verb in SAVEPOINT_EVENTS.items():
            event.listen(engine, name, self._noting_savepoint(verb))

    def _listen_to_driver(self, dbapi_connection: Any, record: Any) -> None:
        def note(statement: str) -> None:
            if statement in SENT_BY_THE_ENGINE:
                self._statements.append((statement, 1))

        # What is really sent; the events "begin" and "commit" also tell of transactions that only read.
        dbapi_connection.set_trace_callback(note)

    def _noting_savepoint(self, verb: str) -> Any:
        def note(connection: Any, name: str, context: Any = None) -> None:
            self._statements.append((verb, 1))

        return note

    def _note_statement(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        text = PLACEHOLDERS.sub(_counted, " ".join(statement.split()))
        self._statements.append((text, len(parameters) if executemany else 1))
        self.total[statement.split(None, 1)[0].upper()] += 1

    def chapter(self, title: str) -> None:
        """Begin a new part."""
        self._chapter += 1
        self._statements.clear()
        print(f"\n\033[1m{self._chapter}. {title}\033[0m" if _is_terminal() else f"\n{self._chapter}. {title}")
        print("-" * WIDTH)

    def say(self, *paragraphs: str) -> None:
        """Print remarks."""
        for paragraph in paragraphs:
            print(textwrap.fill(paragraph, WIDTH))

    def code(self, source: str) -> None:
        """Show the code of the step that follows."""
        print(textwrap.indent(textwrap.dedent(source).strip(), "    >>> "))

    def show(self, value: object, *, indent: str = "    ") -> None:
        """Print a value, set off from the remarks."""
        print(textwrap.indent(str(value), indent))

    def sql(self) -> int:
        """Print the statements since the last call, repeated ones once with their count; gives how many there were."""
        count = sum(1 for statement, _ in self._statements if statement not in TRANSACTION_VERBS)
        if not self._statements:
            print("    SQL: none")
        for statement, repetitions, rows in _grouped(self._statements):
            times = f"  [{repetitions} x]" if repetitions > 1 else ""
            size = f"  [{rows} rows]" if rows > repetitions else ""
            print(
                textwrap.fill(
                    statement + times + size, WIDTH, initial_indent="    SQL: ", subsequent_indent="         "
                )
            )
        self._statements.clear()
        return count

    def seconds(self) -> float:
        """Give the time since the tour began."""
        return time.perf_counter() - self._started


def _grouped(statements: list[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Join equal statements that follow each other: (statement, how often, rows in all)."""
    groups: list[tuple[str, int, int]] = []
    for statement, rows in statements:
        if groups and groups[-1][0] == statement:
            _, repetitions, total = groups[-1]
            groups[-1] = (statement, repetitions + 1, total + rows)
        else:
            groups.append((statement, 1, rows))
    return groups


def _counted(placeholders: re.Match[str]) -> str:
    return f"?, ... {placeholders.group().count('?')} keys"


def _is_terminal() -> bool:
    return sys.stdout.isatty()
