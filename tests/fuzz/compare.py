"""How two worlds differ after a step, and which differences are explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.fuzz.rules import RULES, Case
from tests.fuzz.steps import Sequence
from tests.fuzz.world import Facts, World

MISSING = "nothing"
NO_NAME = "error: NameError"
ORDER = (
    "outcome",
    "rows",
    "name",
    "class",
    "state",
    "key",
    "identity",
    "member",
    "value",
    "new",
    "dirty",
    "deleted",
    "active",
    "transaction",
)
"""What tells most about a difference comes first."""


@dataclass(frozen=True)
class Difference:
    """A difference that no rule explains.

    Attributes:
        number: of the step after which it was seen.
        what: what differs, as words.
        expected: what SQLAlchemy has.
        found: what azoth has.
    """

    number: int
    what: tuple[str, ...]
    expected: Any
    found: Any

    @property
    def likeness(self) -> tuple[str, ...]:
        """What stays the same while a program is made smaller."""
        if self.what[0] != "outcome":
            return (self.what[0],)
        return ("outcome", *(_error(value) for value in (self.expected, self.found)))

    def __str__(self) -> str:
        what = " ".join(self.what)
        return f"{what} after step {self.number}:\n  SQLAlchemy: {self.expected!r}\n  azoth:      {self.found!r}"


def _error(value: Any) -> str:
    return value if isinstance(value, str) and value.startswith("error: ") else "value"


def differences(expected: Facts, found: Facts) -> list[tuple[tuple[str, ...], Any, Any]]:
    """List what differs. Values in memory count where both have them: what is loaded when is not an answer."""
    listed = []
    for what in (expected.keys() | found.keys()) - {("said",)}:
        if what[0] == "value" and not (what in expected and what in found):
            continue
        one, other = expected.get(what, MISSING), found.get(what, MISSING)
        if one != other:
            listed.append((what, one, other))
    return sorted(listed, key=lambda item: (ORDER.index(item[0][0]), item[0]))


def compare(
    sequence: Sequence, expected: World, found: World, explained: Counter[str] | None = None
) -> Difference | None:
    """Run a sequence in both worlds until they differ.

    Args:
        sequence: what to run.
        expected: SQLAlchemy's world.
        found: azoth's.
        explained: counts the rules that explained a difference.

    Returns:
        the first difference that no rule explains, None if there is none.
    """
    tolerated: dict[tuple[str, ...], tuple[Any, ...]] = {}
    former: tuple[Facts, Facts] = {}, {}
    runs = zip(expected.run(sequence), found.run(sequence), strict=True)
    for number, (one, other) in enumerate(runs):
        if NO_NAME in (one["outcome",], other["outcome",]) and one["outcome",] != other["outcome",]:
            # Only one has made the object, after a difference that was explained.
            return None
        seen = differences(one, other)
        for what, left, right in seen:
            # A difference about an object is looked at again when the object's state is another one.
            state = one.get(("state", *what[1:2]))
            if what[0] != "outcome" and tolerated.get(what) == (left, right, state):
                continue
            case = Case(sequence.steps[: number + 1], what, left, right, one, other, former, expected.model)
            rule = next((rule for rule in RULES if rule.explains(case)), None)
            if rule is None:
                return Difference(number, what, left, right)
            if explained is not None:
                explained[rule.name] += 1
            if rule.ends:
                return None
            tolerated[what] = left, right, state
        former = one, other
    return None
