"""The differences that are meant: each rule names one that ``docs/differences.md`` tells of, and says how it is known.

A rule is as narrow as it can be: what it explains is never looked at again. Where both worlds go ways of their own from
there on (one has written what the other refuses, say) the sequence ends.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fuzz.models import End, Model, Relation
from tests.fuzz.steps import Step

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
    """

    steps: tuple[Step, ...]
    what: tuple[str, ...]
    expected: Any
    found: Any
    there: Facts
    here: Facts
    former: tuple[Facts, Facts]
    model: Model

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
    return case.kind == "dirty" and set(case.found) <= set(case.expected)


@rule("`is_modified()` of a new object is true")
def _new_is_modified(case: Case) -> bool:
    return case.step.kind == "is modified" and (case.kind, case.expected, case.found) == ("outcome", False, True)


@rule("merge() of an object that is in the session gives that object", ends=True)
def _merged_itself(case: Case) -> bool:
    if case.step.kind != "merge" or case.kind not in ("outcome", "dirty"):
        return False
    merged = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    known = case.here.get(("name", merged), merged)
    return case.former[1].get(("member", known)) is True and case.here["outcome",] in ([known], [merged])


@rule("what looks up what is in the database flushes before", ends=True)
def _flushed_before_look(case: Case) -> bool:
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
    )
    one, other = case.expected, case.found
    if case.kind == "outcome":
        failed = is_error(one, "IntegrityError", "FlushError") != is_error(other, "IntegrityError", "FlushError")
        return case.step.kind in looks and failed and bool(case.former[1]["new",] or case.former[1]["dirty",])
    one_flushed = any(
        set(case.there[kind,]) < set(case.here[kind,]) or set(case.here[kind,]) < set(case.there[kind,])
        for kind in ("new", "dirty", "deleted")
    )
    return case.step.kind in looks and case.kind == "rows" and one_flushed


@rule("a delete cascade goes over present values", ends=True)
def _present_values(case: Case) -> bool:
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
    refused = case.kind == "outcome" and is_error(case.expected, "ValueError") and not is_error(case.found)
    flushes = case.step.kind in ("flush", "commit", "savepoint", "end savepoint")
    return refused and flushes and case.said == "list.remove(x): x not in list"


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
    reached = (case.expected, case.found) in (("persistent", "detached"), ("transient", "pending"))
    if case.kind == "outcome":
        return (adds or case.step.kind == "delete") and _is_present(case) and _loads_eagerly(case)
    return adds and case.kind == "state" and reached


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


@rule("an object that is not in the session gets no foreign key")
def _no_foreign_key(case: Case) -> bool:
    merged = any(step.kind == "merge" for step in case.steps)
    return merged and case.kind == "value" and case.found is None and case.attribute in _foreign_keys(case)


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
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError") and not is_error(case.found)
    unseen = any(step.kind == "delete rows" for step in case.steps)
    return refused and unseen and case.step.kind in ("flush", "commit", "savepoint", "query", "ask", "get")


@rule("a relationship of a deleted object can be changed", ends=True)
def _changed_deleted(case: Case) -> bool:
    changes = case.step.kind in ("change collection", "set reference")
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError") and not is_error(case.found)
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
    if not refused or "is in conflict with existing strategy" not in case.said:
        return False
    if case.step.kind in ("query", "get"):
        return True
    return case.row() is not None and _is_stored(case)


@rule("an object whose row is gone says so when its old value is looked up", ends=True)
def _gone_itself(case: Case) -> bool:
    sets = case.step.kind in ("set", "set reference", "change collection", "set foreign key", "new")
    return (
        sets and case.kind == "outcome" and is_error(case.found, "ObjectDeletedError") and not is_error(case.expected)
    )


@rule("an object whose new owner is not in the session keeps its foreign key", ends=True)
def _owner_elsewhere(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.found, "IntegrityError") and not is_error(case.expected)
    transient = [name for (_, name), state in _pairs(case.former[1], "state") if state == "transient"]
    owners = [value for what, value in case.former[1].items() if what[0] == "value" and isinstance(value, str)]
    return refused and any(name in owners for name in transient)


@rule("objects that are about to be deleted take no part in relationships", ends=True)
def _deleted_take_no_part(case: Case) -> bool:
    if case.kind in ("rows", "outcome") and case.there["deleted",] and not case.here["deleted",]:
        # It was put into a relationship, so SQLAlchemy's flush has written it, to delete it with the next one.
        return bool(case.former[1]["deleted",])
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    return refused and bool(case.former[0]["deleted",])


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
        return case.found is None and case.end is None
    if case.states != ("transient", "transient"):
        return False
    if case.kind == "key":
        # What the database made goes; what was given stays, expired or not.
        return case.found == [None] or None in case.expected
    if not case.is_value:
        return False
    if is_error(case.expected, "DetachedInstanceError"):
        return not is_error(case.found)
    if isinstance(case.expected, list) and isinstance(case.found, list):
        expired = any(step.kind in ("expire", "refresh") for step in case.steps) and not _names(case.found)
        return expired or all(name in case.found for name in case.expected)
    if case.attribute in _foreign_keys(case):
        return True
    nothing = case.found in (None, [], ["set"])
    return nothing and (case.kind == "value" or case.expected is not None)


@rule("a rollback takes what the flush has put on objects whose INSERT it undid", ends=True)
def _restored_is_merged(case: Case) -> bool:
    given = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    known = ("state", case.here.get(("name", given), given))
    transient = case.former[0].get(known) == case.former[1].get(known) == "transient"
    failed = case.kind == "outcome" and is_error(case.expected, "DetachedInstanceError") and not is_error(case.found)
    return case.step.kind == "merge" and transient and failed


@rule("what a rollback takes is no part of the history")
def _restored_history(case: Case) -> bool:
    text = case.step.text.partition("inspect(")[2].partition(")")[0]
    name = case.there.get(("name", text), text)
    return (
        case.step.kind == "history"
        and case.kind == "outcome"
        and case.there.get(("state", name)) == "transient"
        and case.here.get(("state", name)) == "transient"
        and (
            case.found in ([[], [], []], [[None], [], []])
            or [case.found[0], case.found[1]] == [case.expected[1], case.expected[0]]
        )
    )


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
    if case.kind == "outcome" and "it's not  persistent and does not contain a full primary key" in case.said:
        # It was expired when its INSERT was undone, so SQLAlchemy has nothing left of it.
        return case.step.kind in ("flush", "commit", "savepoint") and not is_error(case.found)
    if case.states != ("pending", "pending"):
        return False
    return (case.kind == "value" and case.found is None) or (
        case.kind == "key" and (case.found == [None] or None in case.expected)
    )


@rule("close() makes objects whose INSERT it undid transient")
def _closed(case: Case) -> bool:
    if case.step.kind == "delete" and case.kind == "outcome":
        given = case.step.text.removeprefix("s.delete(").removesuffix(")")
        known = ("state", case.here.get(("name", given), given))
        states = case.former[0].get(known), case.former[1].get(known)
        return states == ("detached", "transient") and is_error(case.found, "InvalidRequestError")
    if case.kind not in ("state", "identity", "key", "value") or case.states != ("detached", "transient"):
        return False
    return case.row() is None and (case.kind != "value" or case.found is None)


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
    return left and (case.step.kind == "close" or case.row() is None or _key_is_given_again(case))


@rule("what was expunged stays out when its deletion is rolled back", ends=True)
def _stays_out(case: Case) -> bool:
    rolled_back = case.step.kind in ("rollback", "end savepoint")
    return rolled_back and case.kind == "state" and (case.former_states[1], case.found) == ("detached", "detached")


@rule("an object whose deletion was flushed is not deleted again", ends=True)
def _deleted_again(case: Case) -> bool:
    subject = case.step.text.removeprefix("s.delete(").removesuffix(")")
    known = {name for (kind, name), state in _pairs(case.former[0], "state") if state == "deleted"}
    return case.step.kind == "delete" and (subject in known or (len(case.what) > 1 and case.what[1] in known))


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
    if case.kind != "rows" or not any(step.kind == "merge" for step in case.steps):
        return False
    keys = {entity.name: [name for name, _ in entity.key_columns] for entity in case.model.entities}
    made = [
        (step.entity.lower(), *[value for name, value in step.values if name in keys[step.entity]])
        for step in case.steps
        if step.entity and keys[step.entity] != ["id"]
    ]
    return any(made.count(one) > 1 for one in made if one[0] == case.what[1])


@rule("merge() of an object that was deleted while it was expired copies what it has", ends=True)
def _merged_deleted(case: Case) -> bool:
    if case.kind != "rows" or len(case.expected) != len(case.found):
        return False
    merged = {step.text.partition("merge(")[2].partition(",")[0].rstrip(")") for step in case.steps}
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
    known = case.kind == "value" or case.here.get(("value", case.subject, case.attribute), case) is None
    return known and end is not None and end.relation.kind == "one-to-one" and case.found is None


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


@rule("a member is not put twice into a list by the other side")
def _put_twice(case: Case) -> bool:
    end = case.end
    if end is None or not end.many or not isinstance(case.expected, list) or not isinstance(case.found, list):
        return False
    return list(dict.fromkeys(case.expected)) == case.found


@rule("a new object that has lost its parent is not inserted", ends=True)
def _lost_parent(case: Case) -> bool:
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    return owned and refused and case.step.kind in ("flush", "commit", "savepoint") and bool(case.former[0]["new",])


@rule("a new object that has lost its parent is not inserted", ends=True)
def _lost_parent_while_failed(case: Case) -> bool:
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    moves = case.step.kind in ("change collection", "set reference") and case.former_states == ("pending", "pending")
    return owned and moves and case.failed and (case.kind, *case.states) == ("state", "pending", "transient")


@rule("replacing a collection by the same members is no change", ends=True)
def _same_members(case: Case) -> bool:
    if case.step.kind != "change collection" or not _is_left_over(case):
        return False
    attribute, _, value = case.attribute.partition(" = ")
    given = [case.here.get(("name", name), name) for name in re.findall(r"[a-z]\w*", value)]
    gone = [name for name in given if case.former[0].get(("state", name)) == "deleted"]
    return set(gone) <= set(_names(case.former[1].get(("value", case.subject, attribute))))


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


# -- values ----------------------------------------------------------------------------------------------------------


@rule("what an INSERT has left out is known to be NULL")
def _known_null(case: Case) -> bool:
    nothing = case.expected == [[], [], []]
    if case.step.kind in READING:
        refused = is_error(case.expected, "DetachedInstanceError")
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
    if case.kind != "rows" or not any(relation.post_update for relation in case.model.relations):
        return False
    different = [(one, other) for one, other in zip(case.expected, case.found, strict=False) if one != other]
    return len(case.expected) == len(case.found) and all(
        one["seen"] is None and {**one, "seen": "touched"} == other for one, other in different if "seen" in one
    )


# -- changes of many rows --------------------------------------------------------------------------------------------


@rule("a change of many rows by evaluation deletes objects that lack an attribute of its criteria", ends=True)
def _deleted_by_evaluation(case: Case) -> bool:
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


@rule("what is loaded at another time is as the database had it then")
def _other_time(case: Case) -> bool:
    unseen = any(step.kind == "update rows" and "synchronize_session=False" in step.text for step in case.steps)
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
    return (
        Case(case.steps, ("value", name, ""), None, None, case.there, case.here, case.former, case.model).row() is None
    )


@rule("what SQLAlchemy cannot write as a DELETE or UPDATE is done", ends=True)
def _written(case: Case) -> bool:
    return (
        case.step.kind in ("delete rows", "update rows")
        and case.kind == "outcome"
        and is_error(case.expected, "NotImplementedError", "InvalidRequestError")
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


@rule("a condition on an object that was never flushed is an error")
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


# -- errors ----------------------------------------------------------------------------------------------------------

ERRORS = {
    ("AssertionError", "UnmappedInstanceError"),
    ("StatementError", "ObjectDeletedError"),
    ("StatementError", "DetachedInstanceError"),
    ("ObjectDeletedError", "StaleDataError"),
    ("StatementError", "InvalidRequestError"),
    ("FlushError", "IntegrityError"),
    ("IntegrityError", "FlushError"),
    ("KeyError", "InvalidRequestError"),
    ("KeyError", "StaleDataError"),
    ("CompileError", "InvalidRequestError"),
    ("AttributeError", "UnmappedInstanceError"),
}
"""Errors of SQLAlchemy -> of azoth, which say more."""


@rule("errors say what is wrong")
def _errors(case: Case) -> bool:
    return case.kind == "outcome" and any(is_error(case.expected, a) and is_error(case.found, b) for a, b in ERRORS)
