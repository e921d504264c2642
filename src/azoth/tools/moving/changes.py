"""What becomes of an import, and what is in the way."""

from __future__ import annotations

from azoth.tools.homes.direction import Obstacle, Place
from azoth.tools.moving.program import Edit
from azoth.util.named_tuple import NamedTuple

__all__ = ["Change", "Decision", "Finding"]


class Change(NamedTuple):
    """What becomes of one imported name; several of these can be.

    Attributes:
        place: where ``from ... import`` brings it from.
        imports: modules that ``import`` brings, each with the name that it is bound to, if that is another.
        beside: modules that are imported besides, for uses that name them in full.
        stays: whether it is imported as before, too.
    """

    place: Place | None = None
    imports: tuple[tuple[str, str | None], ...] = ()
    beside: tuple[str, ...] = ()
    stays: bool = False


class Finding(NamedTuple):
    """A name that is not moved.

    Attributes:
        line: the line that it is in.
        name: its path and name.
        obstacle: why.
    """

    line: int
    name: str
    obstacle: Obstacle


class Decision(NamedTuple):
    """What becomes of an import and of what it brings.

    Attributes:
        change: of the import.
        edits: of the places where its name is used.
        findings: what stays.
    """

    change: Change
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
