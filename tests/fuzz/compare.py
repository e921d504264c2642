"""How two worlds differ after a step, and which differences are explained."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.fuzz.rules import RULES, Case
from tests.fuzz.rules.case import READING
from tests.fuzz.steps import Sequence, Step
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


BEFORE: Facts = {("new",): [], ("dirty",): [], ("deleted",): []}
"""How things stand before the first step."""


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


HISTORY = re.compile(r".* in inspect\((.*)\)\.attrs\.(\w+)\.history]")


def _same_but_for_loading(step: Step, one: Facts, other: Facts) -> bool:
    """Tell whether two histories without changes differ because one world has not loaded the attribute."""
    asked = HISTORY.fullmatch(step.text)
    if asked is None:
        return False
    name, attribute = asked.groups()
    for facts in (one, other):
        outcome = facts["outcome",]
        is_loaded = ("value", facts.get(("name", name), name), attribute) in facts
        if not isinstance(outcome, list) or outcome[0] or outcome[2] or bool(outcome[1]) != is_loaded:
            return False
    return True


def _value_read(step: Step, one: Facts, other: Facts) -> tuple[str, ...]:
    """Say which value in the memory of both worlds a step has read; nothing if it is none."""
    name, _, attribute = step.text.partition(".")
    what = "value", str(one.get(("name", name), name)), attribute
    read = step.kind in READING and [facts.get(what, facts) for facts in (one, other)]
    return what if read == [one["outcome",], other["outcome",]] else ()


def _same_members(step: Step, one: Facts, other: Facts) -> bool:
    """Tell whether two histories of a set differ in the order alone, which a set does not have."""
    asked = HISTORY.fullmatch(step.text)
    parts = one["outcome",], other["outcome",]
    if asked is None or not all(isinstance(found, list) for found in parts):
        return False
    name, attribute = asked.groups()
    values = [facts.get(("value", facts.get(("name", name), name), attribute)) for facts in (one, other)]
    sets = [isinstance(value, list) and value[:1] == ["set"] for value in values]
    return any(sets) and [sorted(part) for part in parts[0]] == [sorted(part) for part in parts[1]]


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
    former: tuple[Facts, Facts] = BEFORE, BEFORE
    outcomes: list[tuple[Any, Any]] = []
    runs = zip(expected.run(sequence), found.run(sequence), strict=True)
    for number, (one, other) in enumerate(runs):
        if NO_NAME in (one["outcome",], other["outcome",]) and one["outcome",] != other["outcome",]:
            # Only one has made the object, after a difference that was explained.
            return None
        outcomes.append((one["outcome",], other["outcome",]))
        seen = differences(one, other)
        outcome_is_explained = False
        for what, left, right in seen:
            step = sequence.steps[number]
            if what[0] == "outcome" and (_same_but_for_loading(step, one, other) or _same_members(step, one, other)):
                continue
            if what[0] == "name" and outcome_is_explained:
                # Only one has found what gets a name.
                return None
            # A difference about an object is looked at again when the object's state is another one.
            state = one.get(("state", *what[1:2]))
            if what[0] == "outcome" and (known := _value_read(step, one, other)) in tolerated:
                # It is read what is known to differ.
                if tolerated[known] == (left, right, one.get(("state", known[1]))):
                    continue
            if what[0] != "outcome" and tolerated.get(what) == (left, right, state):
                continue
            steps = sequence.steps[: number + 1]
            case = Case(steps, what, left, right, one, other, former, expected.model, tuple(outcomes))
            rule = next((rule for rule in RULES if rule.explains(case)), None)
            if rule is None:
                return Difference(number, what, left, right)
            if explained is not None:
                explained[rule.name] += 1
            if rule.ends:
                return None
            outcome_is_explained |= what[0] == "outcome"
            tolerated[what] = left, right, state
        former = one, other
    return None
