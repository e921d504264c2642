"""Logging of statements, through the standard ``logging`` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from azoth.util.echo import Echoing, LateLogger, say

__all__ = ["StatementLog"]

LOGGER: Final = "azoth.engine"
MOST_SHOWN: Final = 10
LONGEST_VALUE: Final = 300


class StatementLog(Echoing):
    """Log the statements of one engine.

    Args:
        echo: log statements whatever the logger's level is; "debug" logs results too.
        name: the last part of the logger's name.
        hide_parameters: log no values.
    """

    def __init__(self, echo: bool | str | None, name: str | None, hide_parameters: bool) -> None:
        self._late_logger = LateLogger(f"{LOGGER}.{name}" if name else LOGGER)
        self.hide_parameters = hide_parameters
        self.echo = echo

    def is_on(self) -> bool:
        """Tell whether statements are logged now."""
        return bool(self._echo) or self._late_logger.hears_info()

    def say(self, message: str, token: str | None = None) -> None:
        """Log one line, such as BEGIN."""
        if token:
            message = f"[{token}] {message}"
        say(self._logger, message)

    def statement(self, statement: str, parameters: Any, many: bool, token: str | None = None) -> None:
        """Log a statement and its values."""
        self.say(statement, token)
        if parameters or many:
            self.say(self._shown(parameters, many), token)

    def _shown(self, parameters: Any, many: bool) -> str:
        if self.hide_parameters:
            return "[values hidden by hide_parameters=True]"
        if not many:
            return _shown_values(parameters)
        sets: Sequence[Any] = list(parameters)
        shown = ", ".join(_shown_values(values) for values in sets[:MOST_SHOWN])
        more = len(sets) - MOST_SHOWN
        return f"[{shown}" + (f", ... and {more} more sets of values]" if more > 0 else "]")


def _shown_values(parameters: Any) -> str:
    if isinstance(parameters, dict):
        return "{" + ", ".join(f"{key!r}: {_shown_value(value)}" for key, value in parameters.items()) + "}"
    shown = [_shown_value(value) for value in parameters]
    return f"({shown[0]},)" if len(shown) == 1 else f"({', '.join(shown)})"


def _shown_value(value: object) -> str:
    text = repr(value)
    if len(text) <= LONGEST_VALUE:
        return text
    half = LONGEST_VALUE // 2
    return f"{text[:half]} ... ({len(text) - LONGEST_VALUE} characters left out) ... {text[-half:]}"
