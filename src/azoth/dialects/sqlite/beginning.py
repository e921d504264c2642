"""The ways in which transactions begin on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from azoth.dialects.sqlite.statement_need import need_of
from azoth.engine.dialect_base.begin_action import BeginAction, StatementNeed
from azoth.exc import ArgumentError

__all__ = ["BEGIN_ON_WRITE", "begin_actions", "checked_begin"]

BEGIN_ON_WRITE: Final = "ON WRITE"
_STATEMENTS: Final = {
    BEGIN_ON_WRITE: "BEGIN IMMEDIATE",
    "DEFERRED": "BEGIN",
    "IMMEDIATE": "BEGIN IMMEDIATE",
    "EXCLUSIVE": "BEGIN EXCLUSIVE",
}
MOST_TEXTS: Final = 1_000
"""Texts that an engine remembers as reading; programs that write values into their SQL have any number of them."""


class _BeginAtOnce(BeginAction):
    """Begin with the very first statement, unless that is a BEGIN."""

    __slots__ = ()

    def need_of(self, sql: str | None) -> StatementNeed:
        need = need_of(sql)
        return StatementNeed.BEGIN if need is StatementNeed.NOTHING else need


class _BeginOnWrite(BeginAction):
    """Begin with the first statement that may write: what reads before it runs by itself, and holds no lock after."""

    __slots__ = ("unbegun",)

    def __init__(self, send: Callable[[Any], None]) -> None:
        super().__init__(send)
        self.unbegun: set[str] = set()

    def need_of(self, sql: str | None) -> StatementNeed:
        need = need_of(sql)
        if need is StatementNeed.NOTHING and sql is not None:
            if len(self.unbegun) >= MOST_TEXTS:
                self.unbegun.clear()
            self.unbegun.add(sql)
        return need


def begin_actions() -> dict[str, BeginAction]:
    """Make what begins a transaction in each mode, for one dialect."""
    return {
        mode: (_BeginOnWrite if mode == BEGIN_ON_WRITE else _BeginAtOnce)(_sending(statement))
        for mode, statement in _STATEMENTS.items()
    }


def _sending(statement: str) -> Callable[[Any], None]:
    def begin(dbapi_connection: Any) -> None:
        dbapi_connection.execute(statement)

    return begin


def checked_begin(mode: str) -> str:
    """Give the name of a mode as it is known here.

    Raises:
        ArgumentError: there is no such mode.
    """
    wanted = mode.upper().replace("_", " ")
    if wanted not in _STATEMENTS:
        raise ArgumentError(
            f"SQLite cannot begin a transaction in the mode {mode!r}",
            why="SQLite knows how a transaction takes its locks by these words.",
            fix=f"the modes are {', '.join(_STATEMENTS)}.",
            code="AZ-E37",
        )
    return wanted
