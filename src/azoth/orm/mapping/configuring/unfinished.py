"""What of a registry is not configured, and why not if that was tried."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort

_numbers = itertools.count(1)
_definitions = 0


class Unfinished:
    """The mappers of one registry that are not configured.

    Attributes:
        number: the place of the registry in the order of all.
        mappers: the mappers that wait.
        is_in_work: whether they are being configured just now.
    """

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.mappers: dict[Any, None] = {}
        self.is_in_work = False
        self._failure: tuple[str, Exception, int] | None = None

    def add(self, mapper: MapperPort) -> None:
        """Take in a new mapper."""
        self.mappers[mapper] = None
        _note_definition()

    def remove(self, mapper: MapperPort) -> None:
        """Drop a mapper."""
        self.mappers.pop(mapper, None)
        _note_definition()

    def fail(self, subject: str, error: Exception) -> None:
        """Remember why configuring failed.

        Args:
            subject: class and attribute whose mapping failed.
            error: what was raised.
        """
        self._failure = (subject, error, _definitions)

    def raise_known_failure(self) -> None:
        """Tell again why configuring failed, unless a class was mapped since: it may be the one that was missing.

        Raises:
            InvalidRequestError: it failed; its cause is chained.
        """
        if self._failure is None:
            return
        subject, error, definitions = self._failure
        if definitions != _definitions:
            self._failure = None
            return
        raise InvalidRequestError(
            f"One or more mappers failed to initialize; the first was that of {subject}",
            why=str(error).replace("\n", " "),
            fix="correct that mapping; it keeps the classes of its registry, and those that depend on them, from use",
            code="AZ-M06",
        ) from error


def _note_definition() -> None:
    global _definitions
    _definitions += 1
