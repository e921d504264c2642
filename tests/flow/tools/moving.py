"""Programs as texts, moved over to azoth and back."""

from __future__ import annotations

import textwrap

from azoth.tools.homes.direction import BACK, OVER, Direction
from azoth.tools.moving.plan import Plan, plan


def planned(program: str, direction: Direction = OVER, *, asked_for: bool = False) -> Plan:
    """Plan the move of a program, whose text may be indented as a whole."""
    return plan(textwrap.dedent(program).encode(), direction, asked_for=asked_for)


def over(program: str) -> str:
    """Move a program of which nothing is in the way; give its text."""
    found = planned(program)
    assert found.findings == ()
    return found.after.decode()


def back(program: str) -> str:
    """Move a program to SQLAlchemy of which nothing is in the way; give its text."""
    found = planned(program, BACK)
    assert found.findings == ()
    return found.after.decode()


def left(program: str, direction: Direction = OVER) -> list[tuple[int, str, str]]:
    """Tell which names stay where they are: line, name and reason."""
    return [(line, name, obstacle.value) for line, name, obstacle in planned(program, direction).findings]


def looked_at(program: str, direction: Direction = OVER) -> list[str]:
    """Give the lines that people are asked to look at."""
    return [line.text for line in planned(program, direction).lines]
