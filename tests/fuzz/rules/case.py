"""A difference between two worlds, and what rules ask of it."""

from __future__ import annotations

import re
from ast import literal_eval
from dataclasses import dataclass, replace
from typing import Any

from tests.fuzz.models import End, Model
from tests.fuzz.steps import Step
from tests.fuzz.stored import names, related, row_of

Facts = dict[tuple[str, ...], Any]
READING = ("read", "look")


@dataclass(frozen=True)
class Case:
    """A difference, with what is known about it.

    Attributes:
        steps: those run, the last one is that after which it was seen.
        what: what differs.
        expected: what SQLAlchemy has.
        found: what azoth has.
        there: how things stand with SQLAlchemy.
        here: how things stand with azoth.
        former: how things stood before the step, with both.
        model: what is mapped.
        outcomes: of each step, with both.
    """

    steps: tuple[Step, ...]
    what: tuple[str, ...]
    expected: Any
    found: Any
    there: Facts
    here: Facts
    former: tuple[Facts, Facts]
    model: Model
    outcomes: tuple[tuple[Any, Any], ...] = ()

    @property
    def step(self) -> Step:
        return self.steps[-1]

    @property
    def kind(self) -> str:
        return self.what[0]

    @property
    def subject(self) -> str:
        """The object that it is about: the one told of, or the one that a step reads."""
        if self.kind == "outcome":
            name = self.step.text.partition(".")[0]
            return str(self.there.get(("name", name), name))
        return self.what[1] if len(self.what) > 1 else ""

    @property
    def attribute(self) -> str:
        if self.kind == "outcome":
            return self.step.text.partition(".")[2]
        return self.what[2] if len(self.what) > 2 else ""

    @property
    def states(self) -> tuple[str | None, str | None]:
        """The states of the object."""
        return self.there.get(("state", self.subject)), self.here.get(("state", self.subject))

    @property
    def former_states(self) -> tuple[str | None, str | None]:
        before, before_here = self.former
        return before.get(("state", self.subject)), before_here.get(("state", self.subject))

    @property
    def is_value(self) -> bool:
        """Whether it is about an attribute's value: one in memory, or one that a step has read."""
        return self.kind == "value" or (self.kind == "outcome" and self.step.kind in READING)

    @property
    def end(self) -> End | None:
        """The relationship that it is about."""
        entity = self.there.get(("class", self.subject))
        if not self.is_value or entity is None:
            return None
        return next((end for end in self.model.ends(entity) if end.name == self.attribute), None)

    @property
    def said(self) -> str:
        """What SQLAlchemy's error says."""
        return str(self.there["said",])

    @property
    def failed(self) -> bool:
        """Whether both sessions awaited a rollback before the step."""
        return all(facts.get(("active",)) is False for facts in self.former)

    def row(self) -> dict[str, Any] | None:
        """The object's row, None if there is none."""
        return row_of(self.model, self.there, self.subject)

    def related(self, end: End) -> list[tuple[Any, ...]] | None:
        """List the keys of those that a relationship of the object leads to, as the rows say; None without a row."""
        found = related(self.model, self.there, self.subject, end)
        return None if found is None else sorted(found)

    def keys(self, value: Any) -> list[tuple[Any, ...]]:
        """List the keys of the objects in the value of a relationship."""
        found = []
        for name in names(value):
            identity = self.there.get(("identity", name))
            found.append(literal_eval(re.sub(r"^\w+", "", name)) if identity is None and "(" in name else identity)
        return sorted(key or () for key in found)


def is_error(value: Any, *names: str) -> bool:
    """Tell whether a step's outcome is an error, one of these."""
    if not (isinstance(value, str) and value.startswith("error: ")):
        return False
    return not names or value.removeprefix("error: ") in names


def foreign_keys(case: Case) -> set[str]:
    """Name the columns of the object's foreign keys."""
    entity = case.there.get(("class", case.subject))
    flows = case.model.flows(entity) if entity is not None else []
    return {name for _, columns in flows for name, _, _ in columns}


def key_is_given_again(case: Case) -> bool:
    """Tell whether azoth knows another object with the identity of this one."""
    own = case.here.get(("class", case.subject))
    same = [
        name
        for (_, name), identity in pairs(case.here, "identity")
        if identity == case.here.get(("identity", case.subject))
        and own is not None
        and case.model.root(case.here["class", name]) == case.model.root(own)
    ]
    return len(same) > 1


def compared_objects(case: Case) -> list[str]:
    """List the objects that conditions of a step name, as the step calls them."""
    return re.findall(r"(?:!=|==|contains\(|with_parent\() ?([a-z]\w*)", case.step.text)


def pairs(facts: Facts, kind: str) -> list[tuple[Any, Any]]:
    """List what is told of each object, of one kind."""
    return [(what, value) for what, value in facts.items() if what[0] == kind and len(what) == 2]


def has_no_row(case: Case, name: Any) -> bool:
    """Tell whether an object has no row."""
    return replace(case, what=("value", name, "")).row() is None


def is_left_over(case: Case) -> bool:
    """Tell whether SQLAlchemy refuses an object as deleted, and azoth does not."""
    refused = case.kind == "outcome" and is_error(case.expected, "InvalidRequestError") and not is_error(case.found)
    return refused and "has been deleted.  Use the make_transient() function" in case.said


def is_as_stored(case: Case) -> bool:
    """Tell whether the value in azoth is the one that the rows have."""
    row = case.row()
    if row is None:
        # Nobody can say more of it.
        return True
    if case.end is not None:
        there = [name for name in names(case.found) if not has_no_row(case, name)]
        return case.related(case.end) == case.keys(there)
    if case.attribute == "shout":
        return case.found == (row["name"] and row["name"].upper())
    # It does not hear of what changes later.
    changed = any(step.kind == "update rows" for step in case.steps)
    return changed or row.get(case.attribute, case) == case.found
