"""Versions of other packages, as numbers that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Self

__all__ = ["VersionInfo", "parse_version_string"]

_VERSION: Final = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)+|\d+(?=\D*\Z))(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview|dev|post)[-_.]?(\d*))?",
    re.IGNORECASE,
)
_STAGES: Final = {
    "dev": -4,
    "a": -3,
    "alpha": -3,
    "b": -2,
    "beta": -2,
    "c": -1,
    "rc": -1,
    "pre": -1,
    "preview": -1,
    "post": 1,
}


class VersionInfo(tuple[int, ...]):  # noqa: SLOT001  # tuples have no room for further slots
    """A version: a tuple of its numbers, which comes before the release where it only leads to it.

    Args:
        numbers: the numbers.
        string: the text that they were read from; made of the numbers where none is given.
        stage: below zero for what comes before the release of these numbers, above for what comes after it.
    """

    _place: tuple[int, int]
    string: str
    """The text that the numbers were read from."""

    def __new__(cls, numbers: Iterable[int] = (), string: str | None = None, stage: tuple[int, int] = (0, 0)) -> Self:
        version = super().__new__(cls, numbers)
        version.string = ".".join(map(str, version)) if string is None else string
        version._place = stage
        return version

    def _compared(self, other: tuple[int, ...]) -> int:
        mine, theirs = tuple(self), tuple(other)
        if mine != theirs:
            return -1 if mine < theirs else 1
        place = other._place if isinstance(other, VersionInfo) else (0, 0)
        return (self._place > place) - (self._place < place)

    def __lt__(self, other: tuple[int, ...]) -> bool:
        return self._compared(other) < 0

    def __le__(self, other: tuple[int, ...]) -> bool:
        return self._compared(other) <= 0

    def __gt__(self, other: tuple[int, ...]) -> bool:
        return self._compared(other) > 0

    def __ge__(self, other: tuple[int, ...]) -> bool:
        return self._compared(other) >= 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and self._compared(other) == 0

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((tuple(self), self._place)) if self._place != (0, 0) else hash(tuple(self))

    def __str__(self) -> str:
        return self.string

    def __repr__(self) -> str:
        return f"VersionInfo({tuple(self)!r}, string={self.string!r})"


def parse_version_string(version: str | None) -> VersionInfo:
    """Read the version in a text, whatever stands around it.

    Args:
        version: the text, such as "2.9.10 (dt dec pq3)" or "2.0.0rc1".

    Returns:
        the version; an empty one where the text has none.
    """
    found = _VERSION.search(version or "")
    if found is None:
        return VersionInfo(string=version or "")
    numbers, word, serial = found.groups()
    stage = (_STAGES[word.lower()], int(serial or 0)) if word else (0, 0)
    return VersionInfo([int(number) for number in numbers.split(".")], version, stage)
