"""What ``echo`` asks for: lines that are logged whatever the level of their logger is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from logging import Logger

__all__ = ["Echoing", "Identified", "LateLogger", "say"]

INFO: Final = 20
"""``logging.INFO``."""


class Identified:
    """What logs under a name of its own: engines and pools.

    Attributes:
        logging_name: the last part of the logger's name; None for that of all of the kind.
    """

    __slots__ = ()

    logging_name: str | None = None


class LateLogger:
    """A logger that is looked up when there is something to log, so that other programs do not wait for ``logging``.

    Args:
        name: the logger's name.
    """

    __slots__ = ("_found", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: Logger | None = None

    @property
    def logger(self) -> Logger:
        """The logger itself."""
        if self._found is None:
            import logging  # noqa: PLC0415

            self._found = logging.getLogger(self._name)
        return self._found

    def hears_info(self) -> bool:
        """Tell whether the logger's level lets INFO pass; nobody has set one before ``logging`` is imported."""
        found = self._found
        if found is None:
            if "logging" not in sys.modules:
                return False
            found = self.logger
        return found.isEnabledFor(INFO)


class Echoing:
    """What logs its work, and may be asked to do so whatever its logger's level is."""

    _late_logger: LateLogger
    _echo: bool | str | None = None

    @property
    def echo(self) -> bool | str | None:
        """Whether its work is logged whatever the logger's level is; "debug" logs more of it."""
        return self._echo

    @echo.setter
    def echo(self, echo: bool | str | None) -> None:
        self._echo = echo
        self._heed_echo()
        if echo:
            _give_handler(self._logger)

    def _heed_echo(self) -> None:
        """Take in that the echo is another; for classes that look at it in advance."""

    @property
    def _logger(self) -> Logger:
        return self._late_logger.logger


def _give_handler(logger: Logger) -> None:
    """Let what a logger says be seen on the standard output, where the program has no handler of its own."""
    if not logger.hasHandlers():
        import logging  # noqa: PLC0415  # with the first echo, so that other programs do not wait for it

        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logging.getLogger("azoth").addHandler(handler)


def say(logger: Logger, message: str, *values: object) -> None:
    """Log a line whatever the level of the logger is, and without changing it for others."""
    logger.handle(logger.makeRecord(logger.name, INFO, "(azoth)", 0, message, values, None))
