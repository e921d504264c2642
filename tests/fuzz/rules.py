"""The differences that are meant: each rule names one that ``docs/differences.md`` tells of, and says how it is known.

A rule is as narrow as it can be: what it explains is never looked at again. Where both worlds go ways of their own from
there on (one has written what the other refuses, say) the sequence ends.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.fuzz.models import End, Model, Relation
from tests.fuzz.steps import Step
from tests.fuzz.stored import is_stored, is_unchanged, row_of

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
        entity, identity = self.there.get(("class", self.subject)), self.there.get(("identity", self.subject))
        if entity is None or identity is None:
            return None
        described = self.model.entity(entity)
        keys = dict(zip((name for name, _ in described.key_columns), identity, strict=True))
        rows = self.there["rows", described.table]
        return next((row for row in rows if keys.items() <= row.items()), None)

    def related(self, end: End) -> list[tuple[Any, ...]] | None:
        """List the keys of those that a relationship of the object leads to, as the rows say; None without a row."""
        row, relation = self.row(), end.relation
        if row is None:
            return None
        own = tuple(row[name] for name, _ in self.model.entity(end.entity).key_columns)
        from_owner = end.name == relation.many
        if relation.kind == "many-to-many":
            sides = ("owner_", "member_") if from_owner else ("member_", "owner_")
            rows = self.there["rows", f"between{relation.name}"]
            parts = [[[value for key, value in row.items() if key.startswith(side)] for side in sides] for row in rows]
            return sorted(tuple(other) for this, other in parts if tuple(this) == own)
        columns = [name for name, _, _ in self.model.foreign_key(relation)]
        if not from_owner:
            owner = tuple(row[name] for name in columns)
            return [] if None in owner else [owner]
        keys = [name for name, _ in self.model.entity(relation.member).key_columns]
        rows = self.there["rows", relation.member.lower()]
        return sorted(tuple(row[name] for name in keys) for row in rows if tuple(row[name] for name in columns) == own)

    def keys(self, value: Any) -> list[tuple[Any, ...]]:
        """List the keys of the objects in the value of a relationship."""
        found = []
        for name in _names(value):
            identity = self.there.get(("identity", name))
            found.append(literal_eval(re.sub(r"^\w+", "", name)) if identity is None and "(" in name else identity)
        return sorted(key or () for key in found)


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


RULES: list[Rule] = []


def rule(name: str, ends: bool = False) -> Callable[[Callable[[Case], bool]], Callable[[Case], bool]]:
    """Make a rule of a function that tells whether a difference is meant."""

    def register(function: Callable[[Case], bool]) -> Callable[[Case], bool]:
        RULES.append(Rule(name, function, ends))
        return function

    return register


def is_error(value: Any, *names: str) -> bool:
    """Tell whether a step's outcome is an error, one of these."""
    if not (isinstance(value, str) and value.startswith("error: ")):
        return False
    return not names or value.removeprefix("error: ") in names


# -- objects and transactions --------------------------------------------------------------------------------------


@rule("an attribute set to the value that it has is no change")
def _dirty(case: Case) -> bool:
    if case.kind != "dirty" or not set(case.found) <= set(case.expected):
        return False
    return all(is_unchanged(case.model, case.here, name) for name in set(case.expected) - set(case.found))


@rule("an owner that is known hears of the member that leaves it", ends=True)
def _owner_hears(case: Case) -> bool:
    more = set(case.found) - set(case.expected) if case.kind == "dirty" else set()
    if not more or not set(case.expected) <= set(case.found):
        return False
    if case.step.kind == "set reference":
        moved = [case.step.text.partition(".")[0]]
    elif case.step.kind == "change collection":
        moved = re.findall(r"[a-z]+[0-9]+(?:\[[0-9]\])?", re.sub(r"^\S+?\.\w+", "", case.step.text))
    else:
        return False
    owners = set()
    for name in moved:
        member = case.here.get(("name", name), name)
        for relation, columns in (
            case.model.flows(case.here[entity]) if (entity := ("class", member)) in case.here else ()
        ):
            for facts in (case.former[1], case.here):
                owners.add((relation.owner, tuple(facts.get(("value", member, key)) for key, _, _ in columns)))
    return {(case.here.get(("class", name)), case.here.get(("identity", name))) for name in more} <= owners


@rule("`is_modified()` of a new object is true")
def _new_is_modified(case: Case) -> bool:
    return case.step.kind == "is modified" and (case.kind, case.expected, case.found) == ("outcome", False, True)


@rule("merge() of an object that is in the session gives that object", ends=True)
def _merged_itself(case: Case) -> bool:
    if case.step.kind != "merge" or case.kind not in ("outcome", "dirty"):
        return False
    merged = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    known = case.here.get(("name", merged), merged)
    refused = "load=False" in case.step.text and is_error(case.found, "InvalidRequestError")
    itself = case.here["outcome",] in ([known], [merged]) or (refused and case.expected == [known])
    return case.former[1].get(("member", known)) is True and itself


@rule("merge() of a graph gives what is in the session, pending objects too", ends=True)
def _merged_pending(case: Case) -> bool:
    if case.step.kind != "merge" or case.kind not in ("value", "new"):
        return False
    pending = {name for name in _graph(case)[1:] if case.former[1].get(("state", name)) == "pending"}
    if case.kind == "new":
        return bool(pending) and len(case.here["new",]) < len(case.there["new",])
    more = set(_names(case.found)) - set(_names(case.expected))
    return case.subject in pending or (bool(more) and more <= pending)


@rule("merging an object that is in the session already follows its merge cascade", ends=True)
def _merged_in_place(case: Case) -> bool:
    merged = _merged(case)
    in_place = case.former[1].get(("state", merged)) == "persistent" and case.here["outcome",] == [merged]
    more = set(_names(case.found)) - set(_names(case.expected)) if case.kind == "value" else set()
    # What it leads to was copied, and the copies were put where the objects are.
    return (
        in_place
        and bool(more)
        and any(case.former[1].get(("state", one)) == "transient" for one in _names(case.expected))
    )


@rule("merge() finds out that the row of an expired object is gone", ends=True)
def _merged_gone(case: Case) -> bool:
    if case.step.kind != "merge" or case.kind != "outcome" or not isinstance(case.expected, list):
        return False
    there = Case(
        case.steps, ("value", case.expected[0], ""), None, None, case.there, case.here, case.former, case.model
    )
    made = isinstance(case.found, list) and case.here.get(("state", case.found[0])) == "pending"
    return made and there.states[0] == "persistent" and there.row() is None


def _graph(case: Case) -> list[str]:
    """List what a step merges, and all that it leads to."""
    before = case.former[1]
    reached = [_merged(case)]
    for name in reached:
        values = [value for what, value in before.items() if what[0] == "value" and what[1] == name]
        reached += [other for value in values for other in _names(value) if ("class", other) in before]
        reached[:] = dict.fromkeys(reached)
    return reached


def _merged(case: Case) -> str:
    """Give the object that a step merges."""
    name = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    return str(case.here.get(("name", name), name))


@rule("what looks up what is in the database flushes before", ends=True)
def _flushed_before_look(case: Case) -> bool:
    """One has flushed, with success or not, and the other nothing yet."""
    looks = (
        "delete",
        "change collection",
        "set reference",
        "set",
        "set key",
        "set foreign key",
        "read",
        "look",
        "merge",
        "get",
    )
    if case.step.kind not in looks:
        return False
    gone = case.former[1].get(("deleted",), ())
    if (
        case.kind == "outcome"
        and is_error(case.expected, "IntegrityError")
        and is_error(case.found, "InvalidRequestError")
    ):
        # What the flush has deleted cannot be put into a relationship.
        return case.subject in gone
    there, here = (_is_unflushed(*pair) for pair in zip((case.there, case.here), case.former, strict=True))
    if case.kind == "outcome":
        failures = "IntegrityError", "FlushError", "NullRefusedError", "StaleDataError"
        one, other = (is_error(value, *failures) for value in (case.expected, case.found))
        return (one and here and not other) or (other and there and not one)
    return case.kind == "rows" and there != here


def _is_unflushed(facts: Facts, former: Facts) -> bool:
    """Tell whether what waited for a flush still waits for it."""
    waits = any(former[kind,] for kind in ("new", "dirty", "deleted"))
    still = all(set(former[kind,]) <= set(facts[kind,]) for kind in ("new", "dirty", "deleted"))
    return waits and still and all(facts[what] == rows for what, rows in former.items() if what[0] == "rows")


@rule("a delete cascade goes over present values", ends=True)
def _present_values(case: Case) -> bool:
    if case.kind == "deleted" and case.step.kind == "delete":
        less = set(case.expected) - set(case.found)
        stale = {
            value
            for what, value in case.there.items()
            if what[0] == "value" and what[1] in case.found and isinstance(value, str) and what in case.here
            if case.here[what] is None
        }
        return bool(less) and less <= stale and set(case.found) <= set(case.expected)
    if case.kind != "rows" or not all(row in case.found for row in case.expected):
        return False
    more = [row for row in case.found if row not in case.expected]
    return any(
        relation.owner.lower() == case.what[1] and _has_lost_member(case, relation, row)
        for relation in case.model.relations
        if relation.member_cascade == "all" and relation.kind != "many-to-many"
        for row in more
    )


def _has_lost_member(case: Case, relation: Relation, row: dict[str, Any]) -> bool:
    """Tell whether a member's row that referred to a row has been deleted with both."""
    columns = case.model.foreign_key(relation)
    key = {name: row[target.partition(".")[2]] for name, _, target in columns}
    table = "rows", relation.member.lower()
    members = [member for member in case.former[0].get(table, ()) if key.items() <= member.items()]
    return any(member not in case.there[table] and member not in case.here[table] for member in members)


@rule("a flush fails with no errors of Python", ends=True)
def _internal_error(case: Case) -> bool:
    if case.kind != "outcome" or is_error(case.found):
        return False
    if is_error(case.expected, "KeyError"):
        waiting = any(case.former[0][kind,] for kind in ("new", "dirty", "deleted"))
        return waiting and any(relation.post_update for relation in case.model.relations)
    flushes = case.step.kind in ("flush", "commit", "savepoint", "end savepoint")
    return is_error(case.expected, "ValueError") and flushes and case.said == "list.remove(x): x not in list"


@rule("an object whose row a change of many rows has removed unseen stays the one with its key", ends=True)
def _reused_key(case: Case) -> bool:
    unseen = any(step.kind == "delete rows" for step in case.steps)
    return unseen and case.kind == "member" and _key_is_given_again(case)


def _key_is_given_again(case: Case) -> bool:
    same = [
        name
        for (_, name), identity in _pairs(case.here, "identity")
        if identity == case.here.get(("identity", case.subject))
        and case.here["class", name] == case.here.get(("class", case.subject))
    ]
    return len(same) > 1


@rule("cascades reach what is loaded, and a load of expired columns loads no relationships", ends=True)
def _cascaded(case: Case) -> bool:
    adds = case.step.kind in ("new", "add", "set reference", "change collection", "merge", "expire", "refresh")
    if case.step.kind == "add" and is_error(case.found, "InvalidRequestError") and not is_error(case.expected):
        # It meets a detached object beside which the session has another one.
        return case.kind == "outcome" and any(state == "detached" for _, state in _pairs(case.here, "state"))
    if case.kind == "outcome":
        return (adds or case.step.kind == "delete") and _is_present(case) and _loads_eagerly(case)
    if not adds or case.kind != "state":
        return False
    if (case.expected, case.found) == ("persistent", "detached"):
        # SQLAlchemy has loaded the relationship that leads to it.
        return any(
            what[0] == "value" and case.subject in _names(value) and case.subject not in _names(case.here.get(what))
            for what, value in case.there.items()
        )
    # It was put into a collection that is not loaded, by its own side.
    values = [value for what, value in case.here.items() if what[0] == "value" and what[1] == case.subject]
    owners = [name for value in values for name in _names(value) if case.here.get(("member", name))]
    reached = (case.expected, case.found) in (("transient", "pending"), ("detached", "persistent"))
    return reached and case.former_states[0] == case.expected and bool(owners)


def _is_present(case: Case) -> bool:
    """Tell whether SQLAlchemy has met two objects for one row, and azoth has not."""
    met = is_error(case.expected, "InvalidRequestError") and "is already present in this session" in case.said
    return met and not is_error(case.found)


def _loads_eagerly(case: Case) -> bool:
    strategies = {strategy for relation in case.model.relations for strategy in (relation.lazy, relation.member_lazy)}
    options = any(re.search(r"(joined|selectin|subquery|immediate)load", step.text) for step in case.steps)
    return options or strategies != {"select"}


@rule("delete() of an object reaches what the other side put into its collection", ends=True)
def _deleted_pending(case: Case) -> bool:
    return case.step.kind == "delete" and (case.kind, case.expected, case.found) == ("state", "pending", "transient")


@rule("a pending object that moves from one delete-orphan parent to another stays pending", ends=True)
def _moved_pending(case: Case) -> bool:
    moves = case.step.kind in ("set reference", "change collection", "new")
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    return moves and owned and (case.kind, case.expected, case.found) == ("state", "transient", "pending")


@rule("relationships of an object that is deleted stay as they are")
def _deleted_stay(case: Case) -> bool:
    gone = ("deleted", "deleted"), ("deleted", "detached"), ("detached", "detached")
    refers = case.end is not None or case.attribute in (*_foreign_keys(case), "version")
    is_left = case.row() is None or any(step.text == f"s.delete({case.subject})" for step in case.steps)
    return case.is_value and refers and case.states in gone and is_left


def _foreign_keys(case: Case) -> set[str]:
    entity = case.there.get(("class", case.subject))
    flows = case.model.flows(entity) if entity is not None else []
    return {name for _, columns in flows for name, _, _ in columns}


@rule("an old reference is looked up only where its object must be told", ends=True)
def _not_looked_up(case: Case) -> bool:
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    return case.kind == "outcome" and case.step.kind == "set reference" and owned and _is_present(case)


@rule("a deleted object has its key, expired or not")
def _deleted_key(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError") and not is_error(case.found)
    return refused and case.step.kind in READING and case.states[1] in ("deleted", "detached")


@rule("a flush needs no values of objects whose rows a change of many rows has removed unseen", ends=True)
def _gone_unseen(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError")
    # A foreign key that leads to such a row is an error of the database.
    refused &= not is_error(case.found) or is_error(case.found, "IntegrityError")
    unseen = any(step.kind == "delete rows" for step in case.steps)
    return refused and unseen and case.step.kind in FLUSHING and bool(_written_without_rows(case))


FLUSHING = ("flush", "commit", "savepoint", "end savepoint", "query", "ask", "get", "merge")


def _written_without_rows(case: Case) -> list[str]:
    """Name the objects that were to be flushed and have no row, or refer to one without."""
    found = []
    # A flush that fails brings the rows back.
    before = replace(case, there=case.former[0])
    for facts in case.former:
        for name in (*facts["dirty",], *facts["new",], *facts["deleted",]):
            ends = [end.name for end in case.model.ends(facts.get(("class", name), ""))]
            related = [other for end in ends for other in _names(facts.get(("value", name, end)))]
            found += [
                one
                for one in (name, *related)
                if facts.get(("state", one)) in ("persistent", "detached") and _has_no_row(before, one)
            ]
    return found


@rule("a relationship of a deleted object can be changed", ends=True)
def _changed_deleted(case: Case) -> bool:
    changes = case.step.kind in ("change collection", "set reference")
    refused = (
        case.kind == "outcome"
        and is_error(case.expected, "ObjectDeletedError")
        and (
            # Its collections have lost what the flush has taken out of them.
            not is_error(case.found) or is_error(case.found, "ValueError", "KeyError")
        )
    )
    return changes and (refused or (_is_left_over(case) and case.former_states == ("deleted", "deleted")))


def _is_left_over(case: Case) -> bool:
    """Tell whether SQLAlchemy refuses an object as deleted, and azoth does not."""
    refused = case.kind == "outcome" and is_error(case.expected, "InvalidRequestError") and not is_error(case.found)
    return refused and "has been deleted.  Use the make_transient() function" in case.said


@rule("history tells what the other side has put into a collection that is not loaded")
def _queued_history(case: Case) -> bool:
    return (
        case.step.kind == "history" and case.expected == [[], [], []] and case.kind == "outcome" and case.found[1] == []
    )


@rule("a relationship loads whatever options its object came with", ends=True)
def _loads_anyway(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "InvalidRequestError") and not is_error(case.found)
    renewed = case.kind == "outcome" and is_error(case.expected, "AttributeError") and not is_error(case.found)
    if renewed and case.step.kind == "query" and "populate_existing" in case.step.text:
        return "subquery" in case.step.text or any(
            "subquery" in (relation.lazy, relation.member_lazy) for relation in case.model.relations
        )
    if not refused or "is in conflict with existing strategy" not in case.said:
        return False
    if case.step.kind in ("query", "get"):
        return True
    return case.row() is not None and _is_stored(case)


@rule("options such as `raiseload` hold for an object when it was expired, too")
def _raises_still(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.found, "InvalidRequestError") and not is_error(case.expected)
    asked = any(re.search(rf"raiseload\(\w+\.{case.attribute}\)", step.text) for step in case.steps if case.end)
    return refused and asked and case.step.kind in READING


@rule("`subqueryload` works beside `load_only` and `defer`", ends=True)
def _subquery_of_part(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "NoSuchColumnError") and not is_error(case.found)
    lazy = any("subquery" in (relation.lazy, relation.member_lazy) for relation in case.model.relations)
    in_part = re.search(r"load_only\(|defer\(", case.step.text) is not None
    return refused and in_part and (lazy or "subqueryload(" in case.step.text)


@rule("an object whose row is gone says so when its old value is looked up", ends=True)
def _gone_itself(case: Case) -> bool:
    sets = case.step.kind in ("set", "set reference", "change collection", "set foreign key", "new")
    other = not is_error(case.expected) or is_error(case.expected, "ValueError", "KeyError")
    return sets and case.kind == "outcome" and is_error(case.found, "ObjectDeletedError") and other


@rule("an object whose new owner is not in the session keeps its foreign key", ends=True)
def _owner_elsewhere(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.found, "IntegrityError") and not is_error(case.expected)
    return (
        refused
        and bool(case.former[1]["deleted",])
        and any(
            case.former[1].get(("state", str(value))) in ("transient", "detached") and not end.many
            for name in (*case.former[1]["dirty",], *case.former[1]["new",])
            for end in case.model.ends(case.here.get(("class", name), ""))
            for value in [case.former[1].get(("value", name, end.name))]
        )
    )


@rule("a child outside of the session gets its parent's key, in a table that refers to itself too", ends=True)
def _key_of_stranger(case: Case) -> bool:
    own = {
        key
        for relation in case.model.relations
        if relation.owner == relation.member and relation.kind != "many-to-many"
        for key, _, _ in case.model.foreign_key(relation)
    }
    if case.kind == "value":
        return case.attribute in own and case.expected is None and case.states[1] in ("transient", "detached")
    refused = case.kind == "outcome" and is_error(case.found, "IntegrityError") and not is_error(case.expected)
    return refused and any(
        case.former[1].get(("value", name, key)) is not None and case.former[0].get(("value", name, key)) is None
        for name in case.former[1]["new",]
        for key in own
    )


@rule("objects that are about to be deleted take no part in relationships", ends=True)
def _deleted_take_no_part(case: Case) -> bool:
    if case.kind in ("rows", "outcome") and case.there["deleted",] and not case.here["deleted",]:
        # It was put into a relationship, so SQLAlchemy's flush has written it, to delete it with the next one.
        return bool(case.former[1]["deleted",])
    if case.kind == "rows" and case.what[1].startswith("between"):
        return _links_of_nobody(case)
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    return refused and bool(case.former[0]["deleted",])


def _links_of_nobody(case: Case) -> bool:
    """Tell whether SQLAlchemy has links more, each with an object whose row is gone."""
    relation = next(one for one in case.model.relations if f"between{one.name}" == case.what[1])
    sides = ("owner", relation.owner), ("member", relation.member)
    more = [row for row in case.expected if row not in case.found]
    return (
        bool(more)
        and all(row in case.expected for row in case.found)
        and all(any(_is_missing(case, row, side, entity) for side, entity in sides) for row in more)
    )


def _is_missing(case: Case, link: dict[str, Any], side: str, name: str) -> bool:
    entity = case.model.entity(name)
    keys = [key for key, _ in entity.key_columns]
    wanted = {key: link[f"{side}_{key}"] for key in keys}
    return not any(wanted.items() <= row.items() for row in case.there["rows", entity.table])


@rule("a value that is replaced is looked up where it is not known")
def _looked_up(case: Case) -> bool:
    sets = case.step.kind in ("set", "set reference", "change collection", "set foreign key", "new")
    sets |= case.step.kind in ("merge", "add")
    sets |= case.step.kind in ("update rows", "delete rows") and is_error(case.there["outcome",])
    return sets and case.kind == "transaction" and (case.expected, case.found) == ((False, False), (True, False))


@rule("a change of an attribute begins no transaction")
def _begin(case: Case) -> bool:
    return case.kind == "transaction" and (case.expected, case.found) == ((True, False), (False, False))


@rule("a rollback takes what the flush has put on objects whose INSERT it undid")
def _restored(case: Case) -> bool:
    if case.states == ("pending", "pending") and case.kind == "outcome" and case.is_value:
        return case.found is None and case.end is None and _made_by_flush(case, case.attribute)
    if case.states != ("transient", "transient"):
        return False
    if case.kind == "key":
        # What the database made goes; what was given stays, expired or not.
        columns = [key for key, _ in case.model.entity(case.there["class", case.subject]).key_columns]
        parts = zip(columns, case.expected, case.found, strict=True)
        return all(
            one == other or one is None or (other is None and _made_by_flush(case, key)) for key, one, other in parts
        )
    if not case.is_value:
        return False
    if is_error(case.expected, "DetachedInstanceError"):
        return not is_error(case.found)
    if case.end is not None:
        # Relationships stay, where SQLAlchemy has expired them.
        lost = isinstance(case.expected, list) and isinstance(case.found, list)
        expired = any(step.kind in ("expire", "refresh") for step in case.steps) and lost and not _names(case.found)
        return expired or (lost and all(name in case.found for name in case.expected))
    if case.found is None:
        return _made_by_flush(case, case.attribute)
    stays = case.expected is None or case.attribute in _foreign_keys(case)
    return stays and repr(case.found) in _given(case, case.attribute)


def _made_by_flush(case: Case, attribute: str) -> bool:
    """Tell whether the value of an attribute came from the database, a default, or a relationship."""
    entity = case.model.entity(case.there["class", case.subject])
    column = next((column for column in entity.columns if column.name == attribute), None)
    if column is not None:
        makes = (column.default, column.server_default, column.onupdate) != (None, None, None)
    else:
        keys = [key for key, _ in entity.key_columns]
        makes = entity.key == "auto" if attribute in keys else attribute in ("version", "shout", *_foreign_keys(case))
    return makes and (attribute in _foreign_keys(case) or not set(_given(case, attribute)) - {"None"})


def _given(case: Case, attribute: str) -> list[str]:
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


@rule("a rollback takes what the flush has put on objects whose INSERT it undid", ends=True)
def _restored_is_merged(case: Case) -> bool:
    given = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    known = ("state", case.here.get(("name", given), given))
    transient = case.former[0].get(known) == case.former[1].get(known) == "transient"
    failed = case.kind == "outcome" and is_error(case.expected, "DetachedInstanceError") and not is_error(case.found)
    return case.step.kind == "merge" and transient and failed


@rule("what a rollback takes is no part of the history")
def _restored_history(case: Case) -> bool:
    asked = _transient_history(case)
    if asked is None:
        return False
    name, attribute, _ = asked
    member = Case(case.steps, ("value", name, attribute), None, None, case.there, case.here, case.former, case.model)
    return case.found in ([[], [], []], [[None], [], []]) and (
        _made_by_flush(member, attribute) or case.expected == [[], [None], []]
    )


@rule("all values of a new object are new")
def _new_history(case: Case) -> bool:
    asked = _transient_history(case)
    if asked is None:
        return False
    _, _, held = asked
    return case.found == [held, [], []] and case.expected[0] + case.expected[1] == held


def _transient_history(case: Case) -> tuple[str, str, list[Any]] | None:
    """Give the object and the attribute whose history is asked for, and what azoth holds; None if it is not new."""
    asked = re.fullmatch(r".* in inspect\((.*)\)\.attrs\.(\w+)\.history]", case.step.text)
    if (
        asked is None
        or case.kind != "outcome"
        or not isinstance(case.expected, list)
        or not isinstance(case.found, list)
    ):
        return None
    name, attribute = str(case.here.get(("name", asked[1]), asked[1])), str(asked[2])
    if {facts.get(("state", name)) for facts in (case.there, case.here)} not in ({"transient"}, {"pending"}):
        return None
    value = case.here.get(("value", name, attribute), [])
    held = [one for one in value if one != "set"] if isinstance(value, list) else [value]
    return name, attribute, held


@rule("an object whose INSERT was undone has no key, so it cannot be made detached", ends=True)
def _made_detached(case: Case) -> bool:
    return (
        case.step.text.startswith("make_transient_to_detached")
        and case.kind == "outcome"
        and is_error(case.found, "InvalidRequestError")
        and not is_error(case.expected)
    )


@rule("an object whose INSERT was undone is as new when it is added again", ends=True)
def _added_again(case: Case) -> bool:
    if case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found):
        return any(step.kind == "rollback" for step in case.steps) and _has_stale_keys(case)
    if case.kind == "outcome" and "it's not  persistent and does not contain a full primary key" in case.said:
        # It was expired when its INSERT was undone, so SQLAlchemy has nothing left of it.
        return case.step.kind in ("flush", "commit", "savepoint") and not is_error(case.found)
    if case.states != ("pending", "pending"):
        return False
    return (case.kind == "value" and case.found is None) or (
        case.kind == "key" and (case.found == [None] or None in case.expected)
    )


def _has_stale_keys(case: Case) -> bool:
    """Tell whether SQLAlchemy was to insert an object with a foreign key that azoth took from it."""
    before, before_here = case.former
    return any(
        before.get(("value", name, key)) is not None and before_here.get(("value", name, key)) is None
        for name in before["new",]
        if name in before_here["new",]
        for _, columns in case.model.flows(before["class", name])
        for key, _, _ in columns
    )


@rule("an object whose INSERT was undone has no key that a copy could take", ends=True)
def _copied_key(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    merged = any(step.kind == "merge" for step in case.steps)
    undone = any(
        case.former[1].get(what) == [None] and value != [None]
        for what, value in _pairs(case.former[0], "key")
        if case.former[0]["state", what[1]] == "transient"
    )
    return refused and merged and undone


@rule("close() makes objects whose INSERT it undid transient")
def _closed(case: Case) -> bool:
    if case.kind not in ("state", "identity", "key", "value") or case.states != ("detached", "transient"):
        return False
    mine = [(case.there["class", case.subject], case.there["identity", case.subject])]
    known = [(case.there["class", name], key) for (_, name), key in _pairs(case.there, "identity")]
    # The row is gone, or that of a deleted object which is there again.
    undone = case.row() is None or known.count(mine[0]) > 1
    return undone and (case.kind != "value" or case.found is None)


@rule("an object that close() has made transient has no identity to merge or delete it by", ends=True)
def _closed_and_used(case: Case) -> bool:
    used = re.search(r"merge\(([^,]+), load=False|s\.delete\((.+)\)", case.step.text)
    if case.kind != "outcome" or used is None or not is_error(case.found, "InvalidRequestError"):
        return False
    text = used[1] or used[2]
    known = case.here.get(("name", text), text)
    states = [facts.get(("state", known)) for facts in case.former]
    return not is_error(case.expected) and states == ["detached", "transient"]


@rule("close() takes back changes of keys", ends=True)
def _key_of_before(case: Case) -> bool:
    there = Case(case.steps, case.what, None, None, case.there, case.here, case.former, case.model)
    here = Case(case.steps, case.what, None, None, case.here, case.there, case.former, case.model)
    return case.kind == "identity" and there.row() is None and here.row() is not None


@rule("an object whose deletion was committed cannot be deleted again", ends=True)
def _deleted_long_ago(case: Case) -> bool:
    text = case.step.text.removeprefix("s.delete(").removesuffix(")")
    known = case.here.get(("name", text), text)
    return (
        case.step.kind in ("delete", "add")
        and case.kind == "outcome"
        and is_error(case.found, "InvalidRequestError")
        and case.here.get(("state", known)) == "detached"
    )


@rule("an object whose deletion was committed cannot be expunged", ends=True)
def _expunged_long_ago(case: Case) -> bool:
    text = case.step.text.removeprefix("s.expunge(").removesuffix(")")
    known = case.here.get(("name", text), text)
    refused = case.step.kind == "expunge" and is_error(case.found, "InvalidRequestError")
    states = [facts.get(("state", known)) for facts in case.former]
    return case.kind == "outcome" and case.expected is None and refused and states == ["deleted", "detached"]


@rule("objects that close() has made transient can be added", ends=True)
def _closed_and_added(case: Case) -> bool:
    if _is_left_over(case):
        pairs = {(case.former[0][what], state) for what, state in case.former[1].items() if what[0] == "state"}
        return bool(pairs & {("deleted", "transient"), ("deleted", "detached")})
    return case.kind in ("state", "outcome") and case.former_states == ("detached", "transient")


@rule("a change of many rows by evaluation in the transaction that inserted them detaches what it deletes")
def _deleted_for_good(case: Case) -> bool:
    left = case.kind == "state" and case.expected == "deleted" and case.found in ("detached", "transient")
    left |= (case.kind in ("key", "identity") or case.is_value) and case.states == ("deleted", "transient")
    inserted = any(step.kind == "insert rows" for step in case.steps)
    ended = case.step.kind == "close" or (case.step.kind == "commit" and case.former_states == ("deleted", "deleted"))
    return left and (ended or case.row() is None or inserted or _key_is_given_again(case))


@rule("what was expunged stays out when its deletion is rolled back", ends=True)
def _stays_out(case: Case) -> bool:
    rolled_back = case.step.kind in ("rollback", "end savepoint")
    return rolled_back and case.kind == "state" and (case.former_states[1], case.found) == ("detached", "detached")


@rule("an object whose deletion was flushed is not deleted again", ends=True)
def _deleted_again(case: Case) -> bool:
    subject = case.step.text.removeprefix("s.delete(").removesuffix(")")
    known = {name for (kind, name), state in _pairs(case.former[0], "state") if state == "deleted"}
    return case.step.kind == "delete" and (subject in known or (len(case.what) > 1 and case.what[1] in known))


@rule("a delete() that is refused deletes nothing", ends=True)
def _refused_delete(case: Case) -> bool:
    refused = case.step.kind == "delete" and is_error(case.here["outcome",]) and is_error(case.there["outcome",])
    return refused and case.kind in ("dirty", "deleted") and set(case.here["deleted",]) < set(case.there["deleted",])


def _pairs(facts: Facts, kind: str) -> list[tuple[Any, Any]]:
    return [(what, value) for what, value in facts.items() if what[0] == kind and len(what) == 2]


@rule("a session that awaits a rollback does what needs no statement")
def _failed_reading(case: Case) -> bool:
    if case.kind != "outcome" or not _one_is_refused(case) or case.step.kind not in READING:
        return False
    if is_error(case.found):
        return True
    known = case.here.get(("value", case.subject, case.attribute))
    reference = case.end is not None and not case.end.many and case.here.get(("member", case.found)) is True
    return known == case.found or reference


@rule("a session that awaits a rollback does what needs no statement", ends=True)
def _failed(case: Case) -> bool:
    return case.kind == "outcome" and _one_is_refused(case) and case.step.kind not in READING


def _one_is_refused(case: Case) -> bool:
    """Tell whether one alone says that a rollback is awaited."""
    refused = [is_error(value, "PendingRollbackError") for value in (case.expected, case.found)]
    return case.failed and refused[0] != refused[1]


@rule("what a session that awaits a rollback refuses changes nothing", ends=True)
def _refused_whole(case: Case) -> bool:
    refused = all(is_error(facts["outcome",], "PendingRollbackError") for facts in (case.there, case.here))
    if case.step.kind == "merge" and case.kind == "new":
        # An object whose INSERT was undone has no key to look for, so that its copy stands in the session before what
        # it refers to is looked for; the rollback lets go of it.
        return case.failed and refused and set(case.expected) < set(case.found)
    return case.failed and refused and case.kind == "state" and case.found == case.former_states[1]


@rule("an object that is deleted while it is expired is not loaded for that")
def _deleted_expired(case: Case) -> bool:
    gone = case.states in (("detached", "detached"), ("deleted", "deleted"), ("deleted", "detached"))
    return (
        case.step.kind in (*READING, "change collection", "set reference")
        and case.kind == "outcome"
        and gone
        and is_error(case.found, "DetachedInstanceError", "ObjectDeletedError")
        and ("value", case.subject, re.match(r"\w*", case.attribute)[0]) not in case.here
    )


@rule("merge() of a graph with two objects for one row: which of them wins is open", ends=True)
def _merged_twice(case: Case) -> bool:
    if case.step.kind == "merge" and case.kind == "value":
        graph, outcome = _graph(case), case.here["outcome",]
        keys = [(case.here["class", name], _own_key(case, name)) for name in graph if ("class", name) in case.here]
        known = {key for key in keys if None not in key[1] and keys.count(key) > 1}
        return (case.here["class", case.subject], _own_key(case, case.subject)) in known and outcome == [case.subject]
    if case.kind != "rows" or not any(step.kind == "merge" for step in case.steps):
        return False
    keys = {entity.name: [name for name, _ in entity.key_columns] for entity in case.model.entities}
    made = [
        (step.entity.lower(), *[value for name, value in step.values if name in keys[step.entity]])
        for step in case.steps
        if step.entity and keys[step.entity] != ["id"]
    ]
    return any(made.count(one) > 1 for one in made if one[0] == case.what[1])


def _own_key(case: Case, name: str) -> tuple[Any, ...]:
    """Give the key that an object has in memory, or of its row."""
    entity, identity = case.model.entity(case.here["class", name]), case.here.get(("identity", name))
    return identity or tuple(case.here.get(("value", name, key)) for key, _ in entity.key_columns)


@rule("merge() of an object that was deleted while it was expired copies what it has", ends=True)
def _merged_deleted(case: Case) -> bool:
    merged = {step.text.partition("merge(")[2].partition(",")[0].rstrip(")") for step in case.steps}
    known = {case.here.get(("name", name), name) for name in merged}
    gone = any(case.former[1].get(("state", name)) in ("deleted", "detached") for name in known)
    if case.kind == "outcome" and gone and case.former[1]["new",]:
        refused = is_error(case.found, "IntegrityError", "NullRefusedError") and not is_error(case.expected)
        return refused and case.step.kind in ("flush", "commit", "savepoint", "query", "ask", "get")
    if case.kind != "rows" or len(case.expected) != len(case.found):
        return False
    gone = any(case.here.get(("state", name)) in ("deleted", "detached") for name in merged)
    pairs = [pair for pair in zip(case.expected, case.found, strict=True) if pair[0] != pair[1]]
    return gone and all(other[key] in (value, None) for one, other in pairs for key, value in one.items())


@rule("a detached object has what was loaded before")
def _loaded_before(case: Case) -> bool:
    refused = is_error(case.expected, "DetachedInstanceError") and case.kind == "outcome" and case.step.kind in READING
    if not refused or case.states != ("detached", "detached"):
        return False
    known = case.former[1].get(("value", case.subject, case.attribute), case) == case.found
    return known and _is_stored(case)


def _is_stored(case: Case) -> bool:
    """Tell whether the value in azoth is the one that the rows have."""
    row = case.row()
    if row is None:
        # Nobody can say more of it.
        return True
    if case.end is not None:
        there = [name for name in _names(case.found) if not _has_no_row(case, name)]
        return case.related(case.end) == case.keys(there)
    if case.attribute == "shout":
        return case.found == (row["name"] and row["name"].upper())
    # It does not hear of what changes later.
    changed = any(step.kind == "update rows" for step in case.steps)
    return changed or row.get(case.attribute, case) == case.found


# -- relationships ------------------------------------------------------------------------------------------------


@rule("who loses the place in a one-to-one relationship lets go of its owner at once")
def _taken_over(case: Case) -> bool:
    end = case.end
    if case.kind == "dirty":
        more = set(case.found) - set(case.expected)
        return all(
            any(end.relation.kind == "one-to-one" for end in case.model.ends(case.here["class", name]))
            for name in more
            if ("class", name) in case.here
        )
    if not case.is_value or end is None or end.relation.kind != "one-to-one":
        return False
    known = case.kind == "value" or case.here.get(("value", case.subject, case.attribute), case) is None
    return known and case.found is None and _other_side(case, case.here, case.expected) != case.subject


@rule("who loses the place in a one-to-one relationship lets go of its owner at once", ends=True)
def _not_reached(case: Case) -> bool:
    """A cascade goes along what SQLAlchemy still has there."""
    left = [
        what
        for what, value in case.here.items()
        if what[0] == "value" and value is None and isinstance(case.there.get(what), str)
    ]
    ends = [end for _, name, attribute in left for end in case.model.ends(case.here["class", name])
            if end.name == attribute]  # fmt: skip
    taken = any(end.relation.kind == "one-to-one" for end in ends)
    return taken and (case.kind, *case.states) == ("state", "pending", "transient")


@rule("who has lost the place in a one-to-one relationship gets it when it is set again", ends=True)
def _taken_back(case: Case) -> bool:
    end = case.end
    if not case.is_value or end is None or end.relation.kind != "one-to-one" or case.found is None:
        return False
    # In SQLAlchemy both members say that they belong to the owner.
    return {_other_side(case, facts, case.found) for facts in (case.there, case.here)} == {case.subject}


def _other_side(case: Case, facts: Facts, name: Any) -> Any:
    """Give what the other side of the relationship that a difference is about holds."""
    end = case.end
    if end is None or not end.relation.linked or not isinstance(name, str):
        return None
    return facts.get(("value", name, end.relation.one if end.name == end.relation.many else end.relation.many))


@rule("an object that stood twice in a list and leaves it for good lets go of its owner")
def _left_for_good(case: Case) -> bool:
    end = case.end
    if end is None or end.many or case.found is not None:
        return False
    owner_has, owner_had = (_other_side(case, facts, case.expected) for facts in (case.here, case.former[1]))
    return (
        case.step.kind == "change collection"
        and isinstance(owner_had, list)
        and owner_had.count(case.subject) > 1
        and isinstance(owner_has, list)
        and case.subject not in owner_has
    )


@rule("what is not in a list cannot be removed from it, and keeps its owner", ends=True)
def _removed_in_vain(case: Case) -> bool:
    removed = {
        case.here.get(("name", name), name)
        for step, (_, outcome) in zip(case.steps, case.outcomes, strict=True)
        if is_error(outcome, "ValueError") and (name := step.text.partition(".remove(")[2].rstrip(")"))
    }
    if case.kind != "rows":
        return case.subject in removed
    rows = [row for row in case.expected if row not in case.found] + [
        row for row in case.found if row not in case.expected
    ]
    return bool(removed) and all(any(_is_row_of(case, row, name) for name in removed) for row in rows)


def _is_row_of(case: Case, row: dict[str, Any], name: str) -> bool:
    entity, identity = case.here.get(("class", name)), case.here.get(("identity", name))
    if entity is None or identity is None or case.model.entity(entity).table != case.what[1]:
        return False
    return [row[key] for key, _ in case.model.entity(entity).key_columns] == list(identity)


@rule("who loses the place in a one-to-one relationship is no orphan kept by its former owner", ends=True)
def _orphan_of_one(case: Case) -> bool:
    more = case.kind == "rows" and all(row in case.expected for row in case.found)
    return more and any(
        there == "persistent" and case.here.get(("state", name)) in ("deleted", "detached")
        for relation in case.model.relations
        if relation.kind == "one-to-one"
        and "delete-orphan" in relation.cascade
        and relation.member.lower() == case.what[1]
        for name in _kept_by_former_owner(case, relation.many)
        for there in [case.there.get(("state", name))]
    )


def _kept_by_former_owner(case: Case, attribute: str) -> list[str]:
    before, before_here = case.former
    return [
        value
        for what, value in before.items()
        if what[0] == "value" and what[2] == attribute and isinstance(value, str) and before_here.get(what) != value
    ]


@rule("a member is not put twice into a list by the other side")
def _put_twice(case: Case) -> bool:
    end = case.end
    if end is None or not end.many or not isinstance(case.expected, list) or not isinstance(case.found, list):
        return False
    once = list(dict.fromkeys(case.expected))
    # One that stood there twice, and has left once since then, belongs to another owner in both worlds.
    left = [
        name
        for name in once
        if any(_other_side(case, facts, name) != case.subject for facts in (case.there, case.here))
    ]
    return case.found == once or (
        end.relation.kind == "one-to-many" and case.found == [name for name in once if name not in left]
    )


@rule("both sides of a relationship agree in memory")
def _both_sides(case: Case) -> bool:
    end = case.end
    if end is None or case.kind != "value" or end.relation.kind != "one-to-many" or not end.many:
        return False
    more = [name for name in _names(case.found) if name not in _names(case.expected)]
    less = [name for name in _names(case.expected) if name not in _names(case.found)]
    said = {_other_side(case, facts, name) for name in more for facts in (case.there, case.here)}
    return said == {case.subject} and not less


@rule("replacing a collection by the same members is no change", ends=True)
def _same_members(case: Case) -> bool:
    if case.step.kind == "change collection" and _is_left_over(case):
        attribute, _, value = case.attribute.partition(" = ")
        given = [case.here.get(("name", name), name) for name in re.findall(r"[a-z]\w*", value)]
        gone = [name for name in given if case.former[0].get(("state", name)) == "deleted"]
        return set(gone) <= set(_names(case.former[1].get(("value", case.subject, attribute))))
    end = case.end
    put = re.fullmatch(r"(\S+)\.(\w+)\[(?:0|:)\] = \[?(\S+?)\]?", case.step.text)
    if end is None or end.many or put is None or case.kind != "value" or case.step.kind != "change collection":
        return False
    owner, member = (case.here.get(("name", name), name) for name in (put[1], put[3]))
    kept = case.found == case.former[1].get(case.what) and member == case.subject and owner == case.expected
    return kept and case.subject in _names(_other_side(case, case.here, owner))


@rule("a collection that cannot be replaced stays as it is", ends=True)
def _not_replaced(case: Case) -> bool:
    step, end = case.step, case.end
    refused = step.kind == "change collection" and is_error(case.here["outcome",]) and is_error(case.there["outcome",])
    if not refused or end is None or not end.many or case.kind != "value":
        return False
    owner, _, attribute = step.text.partition(" = ")[0].partition(".")
    is_it = (case.here.get(("name", owner), owner), attribute.partition("[")[0]) == (case.subject, case.attribute)
    return (
        is_it
        and set(_names(case.expected)) < set(_names(case.found))
        and is_stored(case.model, case.here, case.subject, end)
    )


@rule("what a collection refuses to remove changes nothing", ends=True)
def _refused_removal(case: Case) -> bool:
    for (one, other), step in zip(case.outcomes, case.steps, strict=False):
        found = re.fullmatch(r"(.+)\.(\w+)\.remove\((.+)\)", step.text)
        if found is None or not (is_error(one, "ValueError", "KeyError") and is_error(other, "ValueError", "KeyError")):
            continue
        owner, attribute, member = found.groups()
        ends = [end for end in case.model.ends(_class_of(case, owner)) if end.name == attribute]
        if any(_tells_of_removal(case, end, [_known(case, owner), _known(case, member)]) for end in ends):
            return True
    return False


def _tells_of_removal(case: Case, end: End, pair: list[str]) -> bool:
    """Tell whether SQLAlchemy has taken the members of a pair apart, in the database or in memory."""
    relation = end.relation
    if case.kind == "outcome" and case.step.kind not in (*READING, "history"):
        # The next one may be refused as well, before which SQLAlchemy flushes.
        refused = not is_error(case.found) or is_error(case.found, "ValueError", "KeyError")
        stale = is_error(case.expected, "StaleDataError") and refused
        return stale and relation.kind == "many-to-many"
    if case.kind == "rows":
        return _has_taken_apart(case, end)
    if case.kind in ("dirty", "deleted"):
        return set(case.expected) ^ set(case.found) <= set(pair)
    if case.kind in ("value", "outcome"):
        keys = [key for key, _, _ in case.model.foreign_key(relation)]
        about = case.attribute.partition("'")[0] in (relation.one, relation.many, *keys)
        return about and case.subject in pair and not is_error(case.expected)
    return case.subject in pair


def _has_taken_apart(case: Case, end: End) -> bool:
    """Tell whether SQLAlchemy has rows less, or foreign keys that are NULL."""
    less = [row for row in case.expected if row not in case.found]
    more = [row for row in case.found if row not in case.expected]
    if case.what[1] == f"between{end.relation.name}":
        return not less
    if case.what[1] != end.relation.member.lower() or end.relation.kind == "many-to-many":
        return False
    keys = [key for key, _, _ in case.model.foreign_key(end.relation)]
    return len(less) < len(more) or all(row[key] is None for row in less for key in keys)


def _class_of(case: Case, name: str) -> str:
    return str(case.there.get(("class", _known(case, name)), ""))


def _known(case: Case, name: str) -> str:
    return str(case.there.get(("name", name), name))


@rule("a pair of a many-to-many list is one row, however often the list has it", ends=True)
def _twice_in_list(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    return refused and any(
        isinstance(value, list) and value[:1] != ["set"] and len(value) > len(set(value)) and end is not None
        for what, value in case.former[0].items()
        if what[0] == "value"
        for end in [_many_to_many(case, what[1], what[2])]
    )


def _many_to_many(case: Case, name: str, attribute: str) -> End | None:
    ends = case.model.ends(case.there["class", name]) if ("class", name) in case.there else []
    return next((end for end in ends if end.name == attribute and end.relation.kind == "many-to-many"), None)


@rule("a unique value goes from one row to another in one flush", ends=True)
def _unique_value_moves(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    return refused and any(_moves_value(case, entity.name) for entity in case.model.entities)


def _moves_value(case: Case, name: str) -> bool:
    """Tell whether two rows of a table have a unique value (or the key of a one-to-one owner) in turn."""
    entity = case.model.entity(name)
    keys = [key for key, _ in entity.key_columns]
    unique = [[column.name] for column in entity.columns if column.unique]
    unique += [
        [key for key, _, _ in flow] for relation, flow in case.model.flows(name) if relation.kind == "one-to-one"
    ]
    before, after = (
        {tuple(row[key] for key in keys): row for row in facts["rows", entity.table]}
        for facts in (case.former[1], case.here)
    )
    for columns in unique:
        held = {tuple(row[column] for column in columns): key for key, row in before.items()}
        for key, row in after.items():
            value = tuple(row[column] for column in columns)
            if None not in value and held.get(value, key) != key:
                return True
    return False


@rule("a detached object is known by its key, expired or not", ends=True)
def _known_by_key(case: Case) -> bool:
    return (
        case.kind == "outcome"
        and is_error(case.expected, "StatementError", "DetachedInstanceError")
        and not is_error(case.found)
        and case.step.kind in ("query", "ask", "update rows", "delete rows")
        and re.search(r"(!=|==|contains\(|with_parent\() ?[a-z]\w*", case.step.text) is not None
    )


@rule("a relationship of a detached object can be set", ends=True)
def _set_detached(case: Case) -> bool:
    return (
        case.step.kind in ("change collection", "set reference", "set key")
        and case.kind == "outcome"
        and is_error(case.expected, "DetachedInstanceError")
        and not is_error(case.found)
    )


@rule("references in a circle are written", ends=True)
def _circle(case: Case) -> bool:
    return case.kind == "outcome" and is_error(case.expected, "CircularDependencyError")


@rule("removing what a delete-orphan collection does not have is an error and nothing else", ends=True)
def _removed_of_another(case: Case) -> bool:
    owned = [relation.many for relation in case.model.relations if "delete-orphan" in relation.cascade]
    removals = [found for step in case.steps for found in re.findall(r"\.(\w+)\.remove\((.+)\)$", step.text)]
    subjects = {case.here.get(("name", text), text) for attribute, text in removals if attribute in owned}
    if case.kind == "state":
        left = case.expected in ("deleted", "detached", "transient") and case.found in ("persistent", "pending")
        return case.subject in subjects and left
    gone = [name for name in subjects if case.there.get(("state", name)) in ("deleted", "detached", "transient")]
    stays = any(case.here.get(("state", name)) in ("persistent", "pending") for name in gone)
    return case.kind in ("outcome", "rows", "dirty", "deleted") and not is_error(case.found) and stays


# -- values ----------------------------------------------------------------------------------------------------------


@rule("what an INSERT has left out is known to be NULL")
def _known_null(case: Case) -> bool:
    nothing = case.expected == [[], [], []]
    if case.step.kind in READING:
        # SQLAlchemy would load it, or does so for a deleted object: from the row that has got its key since then.
        refused = is_error(case.expected, "DetachedInstanceError")
        refused |= case.states == ("deleted", "deleted") and _key_is_given_again(case)
        known = ("value", case.subject, case.attribute) in case.here
        return refused and case.kind == "outcome" and known and case.found is None and case.end is None
    return case.step.kind == "history" and case.kind == "outcome" and nothing and case.found == [[], [None], []]


@rule("an attribute set to the value that is known to be its own sends no UPDATE", ends=True)
def _no_update(case: Case) -> bool:
    if case.kind != "rows":
        return False
    made = ("seen", "version")
    before = case.former[1].get(case.what, [])
    plain = [
        [{key: row[key] for key in row if key not in made} for row in rows] for rows in (case.expected, case.found)
    ]
    return plain[0] == plain[1] and all(row in before for row in case.found if row not in case.expected)


@rule("None is no object of a relationship", ends=True)
def _none(case: Case) -> bool:
    put = case.step.kind in ("new", "change collection")
    refused = put and is_error(case.found, "UnmappedInstanceError", "ArgumentError", "IncompatibleValueError")
    return case.kind == "outcome" and (refused or (is_error(case.expected, "FlushError") and not is_error(case.found)))


@rule("rows of one class are inserted in the order of add()", ends=True)
def _order_of_inserts(case: Case) -> bool:
    entity = next((entity for entity in case.model.entities if entity.table == case.what[-1]), None)
    if case.kind != "rows" or entity is None or entity.key != "auto":
        return False
    columns = {column.name for column in entity.columns}
    plain = [
        sorted(repr([row[name] for name in sorted(columns)]) for row in rows) for rows in (case.expected, case.found)
    ]
    return plain[0] == plain[1]


@rule("None given to a new object is as nothing given, for post_update too", ends=True)
def _post_update_of_none(case: Case) -> bool:
    tables = [relation.member.lower() for relation in case.model.relations if relation.post_update]
    if case.kind != "rows" or case.what[1] not in tables or len(case.expected) != len(case.found):
        return False
    different = [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]
    return all(
        "seen" in one and one["seen"] is None and {**one, "seen": "touched"} == other for one, other in different
    )


# -- changes of many rows --------------------------------------------------------------------------------------------


@rule("a change of many rows by evaluation deletes objects that lack an attribute of its criteria", ends=True)
def _deleted_by_evaluation(case: Case) -> bool:
    if case.step.kind == "get" and case.kind == "state" and any(step.kind == "delete rows" for step in case.steps):
        # SQLAlchemy's get() has found out, azoth's answers the same.
        return case.states == ("deleted", "persistent") and case.row() is None and case.here["outcome",] == [None]
    return (
        case.step.kind == "delete rows"
        and case.kind in ("state", "member")
        and (case.states[1] in ("deleted", "detached") or case.states == ("deleted", "persistent"))
        and case.row() is None
    )


@rule("a change of many rows by evaluation expires objects that lack an attribute of its criteria")
def _stale_after_evaluation(case: Case) -> bool:
    evaluated = any(
        step.kind == "update rows" and ("evaluate" in step.text or "auto" in step.text) for step in case.steps
    )
    gone = case.is_value and case.states in (("deleted", "deleted"), ("deleted", "detached"), ("detached", "detached"))
    return evaluated and (_is_the_rows(case, case.found) or (gone and case.row() is None and not is_error(case.found)))


@rule("where nothing is to be flushed, objects are as their rows")
def _as_stored(case: Case) -> bool:
    facts = (case.here, case.there)
    flushed = not any(one[kind,] for one in facts for kind in ("new", "dirty", "deleted"))
    stored = [row_of(case.model, one, case.subject) for one in facts]
    if case.kind != "value" or not flushed or stored[0] is None or stored[0] != stored[1]:
        return False
    if case.end is not None:
        return [is_stored(case.model, one, case.subject, case.end) for one in facts] == [True, False]
    if case.attribute == "shout":
        return case.found == (stored[0]["name"] and stored[0]["name"].upper()) != case.expected
    return case.found == stored[0][case.attribute] != case.expected


@rule("what is loaded at another time is as the database had it then")
def _other_time(case: Case) -> bool:
    steps = [step for step in case.steps if "synchronize_session=False" in step.text]
    if is_error(case.found, "ObjectDeletedError") and any(step.kind == "delete rows" for step in steps):
        return case.is_value and not is_error(case.expected) and case.row() is None
    unseen = any(step.kind == "update rows" for step in steps)
    return unseen and (_is_the_rows(case, case.found) or _is_the_rows(case, case.expected))


def _is_the_rows(case: Case, value: Any) -> bool:
    """Tell whether a value is that of the object's row, and nobody has changed the object."""
    row = case.row()
    return (
        case.is_value
        and row is not None
        and not any(f"{case.subject}.{case.attribute} = " in step.text for step in case.steps[-12:])
        and case.attribute in row
        and row[case.attribute] == value
    )


@rule("objects whose rows are gone are no part of what is loaded afterwards")
def _gone(case: Case) -> bool:
    if case.end is None or is_error(case.expected) or is_error(case.found):
        return False
    missing = [name for name in _names(case.expected) if name not in _names(case.found)]
    more = [name for name in _names(case.found) if name not in _names(case.expected)]
    return bool(missing) and not more and all(_has_no_row(case, name) for name in missing)


def _names(value: Any) -> list[Any]:
    return [name for name in (value if isinstance(value, list) else [value]) if name not in ("set", None)]


def _has_no_row(case: Case, name: Any) -> bool:
    return replace(case, what=("value", name, "")).row() is None


@rule("what SQLAlchemy cannot write as a DELETE or UPDATE is done", ends=True)
def _written(case: Case) -> bool:
    return (
        case.step.kind in ("delete rows", "update rows")
        and case.kind == "outcome"
        and is_error(case.expected, "NotImplementedError", "InvalidRequestError", "CompileError")
        and not is_error(case.found)
    )


@rule("another object is one whose composite key differs in any part", ends=True)
def _other_composite(case: Case) -> bool:
    found = re.search(r"\w+\.(\w+) != [a-z]", case.step.text)
    composite = {entity.name for entity in case.model.entities if entity.key == "composite"}
    names = {relation.one for relation in case.model.relations if relation.owner in composite}
    return found is not None and found[1] in names


@rule("an INSERT of many rows that gives rows back is one statement for each row", ends=True)
def _inserted_in_part(case: Case) -> bool:
    return (
        case.step.kind == "insert rows"
        and "returning" in case.step.text
        and case.kind == "rows"
        and is_error(case.there["outcome",])
        and is_error(case.here["outcome",])
    )


@rule("a condition on an object that was never flushed is an error", ends=True)
def _never_flushed(case: Case) -> bool:
    compared = re.findall(r"(?:!=|==|contains\(|with_parent\() ?([a-z]\w*)", case.step.text)
    states = [case.here.get(("state", case.here.get(("name", name), name))) for name in compared]
    return (
        case.step.kind in ("query", "ask", "update rows", "delete rows")
        and case.kind == "outcome"
        and is_error(case.found, "InvalidRequestError")
        and not is_error(case.expected)
        and any(state in ("transient", "pending") for state in states)
    )


@rule("None is in no collection, whichever way the relationship goes", ends=True)
def _nothing_contained(case: Case) -> bool:
    compared = re.search(r"\.(\w+)\.contains\((\w+)\)", case.step.text)
    if case.kind != "outcome" or compared is None:
        return False
    between = {
        name
        for relation in case.model.relations
        for name in (relation.many, relation.one)
        if relation.kind == "many-to-many"
    }
    return is_error(case.expected, "AttributeError") and compared[1] in between


# -- errors ----------------------------------------------------------------------------------------------------------


def _compares(case: Case) -> bool:
    return re.search(r"(?:!=|==|contains\(|with_parent\() ?[a-z]\w*", case.step.text) is not None


def _deletes_unseen(case: Case) -> bool:
    cascades = any(relation.ondelete == "CASCADE" for relation in case.model.relations)
    return any(step.kind == "delete rows" or (cascades and step.kind == "delete") for step in case.steps)


def _needs_values(case: Case) -> bool:
    given = any(entity.key != "auto" for entity in case.model.entities)
    return given or any(relation.required for relation in case.model.relations)


def _has_no_version(case: Case) -> bool:
    versioned = any(entity.versioned and f"({entity.name})" in case.step.text for entity in case.model.entities)
    return versioned and case.step.kind == "update rows"


ERRORS: dict[tuple[str, str], Callable[[Case], bool]] = {
    ("AssertionError", "UnmappedInstanceError"): lambda case: "with_parent(" in case.step.text,
    ("AttributeError", "UnmappedInstanceError"): lambda case: case.step.kind == "make transient",
    ("StatementError", "ObjectDeletedError"): _compares,
    ("StatementError", "DetachedInstanceError"): _compares,
    ("StatementError", "InvalidRequestError"): _compares,
    ("CompileError", "InvalidRequestError"): _compares,
    ("ObjectDeletedError", "StaleDataError"): _deletes_unseen,
    ("ObjectDeletedError", "IntegrityError"): _deletes_unseen,
    ("IntegrityError", "NullRefusedError"): _needs_values,
    ("DetachedInstanceError", "InvalidRequestError"): lambda case: _compares(case) and "='evaluate'" in case.step.text,
    ("KeyError", "InvalidRequestError"): lambda case: _has_no_version(case) or case.step.kind == "change collection",
    ("InvalidRequestError", "DetachedInstanceError"): _compares,
    ("KeyError", "IntegrityError"): lambda case: any(relation.post_update for relation in case.model.relations),
    ("InvalidRequestError", "ObjectDeletedError"): lambda case: case.step.kind == "refresh",
}
"""Errors of SQLAlchemy and of azoth, which say more -> where this is so."""


@rule("errors say what is wrong")
def _errors(case: Case) -> bool:
    return case.kind == "outcome" and any(
        is_error(case.expected, one) and is_error(case.found, other) and holds(case)
        for (one, other), holds in ERRORS.items()
    )
