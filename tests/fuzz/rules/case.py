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
EXPIRING = ("expire", "commit", "rollback", "refresh", "end savepoint")
FLUSHING = ("flush", "commit", "savepoint", "end savepoint", "query", "ask", "get", "merge")


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
    return re.findall(r"(?:!=|==|contains\(|with_parent\() ?([a-z]\w*(?:\[\d\])?)", case.step.text)


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


def loads_eagerly(case: Case) -> bool:
    strategies = {strategy for relation in case.model.relations for strategy in (relation.lazy, relation.member_lazy)}
    options = any(re.search(r"(joined|selectin|subquery|immediate)load", step.text) for step in case.steps)
    return options or strategies != {"select"}


def given_to(case: Case, attribute: str) -> list[str]:
    """List the texts of the values that steps have given to an attribute of the object."""
    known = [what[1] for what, name in case.here.items() if what[0] == "name" and name == case.subject]
    given = [
        value
        for step in case.steps
        if step.names[:1] and step.names[0] in known
        for key, value in step.values
        if key == attribute
    ]
    texts = [step.text.partition(" = ") for step in case.steps if " = " in step.text]
    return given + [
        value
        for target, _, value in texts
        if target.rpartition(".")[2] == attribute and target.rpartition(".")[0] in known
    ]


def alters(case: Case, *errors: str) -> bool:
    """Tell whether a step changes a collection, with one of these errors in azoth, or none if none is named."""
    found = is_error(case.found, *errors) if errors else not is_error(case.found)
    return case.kind == "outcome" and case.step.kind == "change collection" and found


def refused_alone(case: Case, *errors: str) -> bool:
    """Tell whether SQLAlchemy alone fails, with one of these errors."""
    return case.kind == "outcome" and is_error(case.expected, *errors) and not is_error(case.found)


def value_named(case: Case) -> tuple[str, str, str]:
    """Say where to look for the value of the attribute that a step's text begins with: ``a1.bees0.append(b2)``."""
    found = re.match(r"\w*", case.attribute)
    return "value", case.subject, found[0] if found else ""


def different_rows(case: Case) -> list[tuple[dict[str, Any], dict[str, Any]]] | None:
    """List the pairs of rows that differ; None where it is not about rows, or one world has more of them."""
    if case.kind != "rows" or len(case.expected) != len(case.found):
        return None
    return [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Name the columns in which two rows differ."""
    return {key for key in one if one[key] != other[key]}


def made_columns(case: Case) -> set[str]:
    """Name the columns that any UPDATE of a row changes."""
    return {column.name for entity in case.model.entities for column in entity.columns if column.onupdate} | {"version"}
