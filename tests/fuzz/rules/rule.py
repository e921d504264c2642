"""What a rule is, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.rules.case import Case


@dataclass(frozen=True)
class Rule:
    """A difference that is meant.

    Attributes:
        name: what azoth does.
        explains: tells whether a difference is of this kind.
        ends: whether both worlds go ways of their own from here.
    """

    name: str
    explains: Callable[[Case], bool]
    ends: bool = False


def collected_in(
    rules: list[Rule],
) -> Callable[..., Callable[[Callable[[Case], bool]], Callable[[Case], bool]]]:
    """Give what makes a rule of a function that tells whether a difference is meant, and puts it into a list."""

    def rule(name: str, ends: bool = False) -> Callable[[Callable[[Case], bool]], Callable[[Case], bool]]:
        def register(function: Callable[[Case], bool]) -> Callable[[Case], bool]:
            rules.append(Rule(name, function, ends))
            return function

        return register

    return rule
