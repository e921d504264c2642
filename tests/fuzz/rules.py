"""The differences that are meant: each rule names one, with the line of ``docs/differences.md`` that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fuzz.models import Model
from tests.fuzz.steps import Step


@dataclass(frozen=True)
class Case:
    """A difference, with what is known about it.

    Attributes:
        steps: those run, the last one is that after which it was seen.
        what: what differs.
        expected: what SQLAlchemy has.
        found: what azoth has.
        expected_facts, found_facts: how things stand in both worlds.
        former: how things stood in SQLAlchemy's before the step.
        model: what is mapped.
    """

    steps: tuple[Step, ...]
    what: tuple[str, ...]
    expected: Any
    found: Any
    expected_facts: dict[tuple[str, ...], Any]
    found_facts: dict[tuple[str, ...], Any]
    former: dict[tuple[str, ...], Any]
    model: Model

    @property
    def step(self) -> Step:
        return self.steps[-1]


@dataclass(frozen=True)
class Rule:
    """A difference that is meant.

    Attributes:
        name: what azoth does.
        line: the beginning of the line in ``docs/differences.md``.
        explains: tells whether a difference is of this kind.
        ends: whether both worlds go ways of their own from here.
    """

    name: str
    line: str
    explains: Callable[[Case], bool]
    ends: bool = False


RULES: list[Rule] = []
