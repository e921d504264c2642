"""Facts that other layers work out about a mapper or relationship, and that are kept with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

Fact = TypeVar("Fact")


if TYPE_CHECKING:

    class HasFacts(Protocol):
        """What facts can be kept with: a mapper (which forgets them with its next attribute), or a relationship."""

        derived: dict[Any, Any]


Subject = TypeVar("Subject", bound="HasFacts")


def derived(work_out: Callable[[Subject], Fact]) -> Callable[[Subject], Fact]:
    """Work a fact about a mapper or relationship out when it is first asked for, and keep it there.

    Such facts refer to their subject, so that a weak dictionary would keep both forever. All threads get the same one.

    Args:
        work_out: works the fact out.

    Returns:
        the function that gives it; ``subject.derived`` has it under this function, for hot paths that look themselves.
    """

    @wraps(work_out)
    def fact(subject: Subject) -> Fact:
        # The subject may forget everything meanwhile; what is made for it as it was is then lost with the rest.
        facts: dict[Any, Fact] = subject.derived
        try:
            return facts[fact]
        except KeyError:
            return facts.setdefault(fact, work_out(subject))

    return fact
