"""Meant differences of cascades: what comes into a session, leaves it, or is deleted with something else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.fuzz.models import Relation
from tests.fuzz.rules.case import (
    EXPIRING,
    FLUSHING,
    Case,
    Facts,
    has_no_row,
    is_error,
    is_left_over,
    loads_eagerly,
    pairs,
    refused_alone,
)
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import names, row_of

RULES: list[Rule] = []
rule = collected_in(RULES)


@rule("a delete cascade goes over present values", ends=True)
def _present_values(case: Case) -> bool:
    if case.kind == "deleted" and case.step.kind == "delete":
        less = set(case.expected) - set(case.found)
        stale = {
            value
            for what, value in case.there.items()
            if what[0] == "value" and what[1] in case.found and isinstance(value, str) and what in case.here
            if case.here[what] is None
        } | {
            name
            for what, value in case.there.items()
            if what[0] == "value" and what[1] in case.found and isinstance(value, list) and what in case.here
            for name in names(value)
            if name not in names(case.here[what])
        }
        return bool(less) and less <= stale and set(case.found) <= set(case.expected)
    if (
        case.kind == "outcome"
        and case.step.kind in FLUSHING
        and not is_error(case.found)
        and not is_error(case.expected)
    ):
        # A query shows the rows that are there.
        tables = {table for relation in case.model.relations for table in case.model.tables(relation.owner)}
        return any(_keeps_owners(case, table) for table in tables)
    if case.kind == "state" and case.expected == "persistent" and case.found in ("deleted", "transient", "detached"):
        # What was put in before the flush has gone with its owner, in SQLAlchemy by the database.
        return case.subject in _put_in(case) and case.row() is None
    gone = is_error(case.there["outcome",], "StaleDataError", "ObjectDeletedError")
    if gone and case.kind in ("outcome", "rows"):
        # SQLAlchemy changes the row of what was put in, which may be gone.
        if any(has_no_row(replace(case, there=case.former[0]), name) for name in _put_in(case)):
            return True
    if case.kind == "rows" and _has_put_in(case):
        return True
    return case.kind == "rows" and _keeps_owners(case, case.what[1])


def _has_put_in(case: Case) -> bool:
    """Tell whether SQLAlchemy's rows have more, each put into an object that was about to be deleted."""
    more = [row for row in case.expected if row not in case.found]
    rows = [row_of(case.model, case.there, name) or {} for name in _put_in(case)]
    fewer = all(row in case.expected for row in case.found)
    return bool(more) and fewer and all(any(one and one.items() <= row.items() for one in rows) for row in more)


def _keeps_owners(case: Case, table: str) -> bool:
    """Tell whether azoth has rows more, whose members were deleted."""
    expected, found = (facts["rows", table] for facts in (case.there, case.here))
    if not all(row in found for row in expected):
        return False
    return any(
        table in case.model.tables(relation.owner) and _has_lost_member(case, relation, row)
        for relation in case.model.relations
        if relation.member_cascade == "all" and relation.kind != "many-to-many"
        for row in found
        if row not in expected
    )


def _has_lost_member(case: Case, relation: Relation, row: dict[str, Any]) -> bool:
    """Tell whether a member's row that referred to a row has been deleted with both."""
    columns = case.model.foreign_key(relation)
    key = {name: row[target.partition(".")[2]] for name, _, target in columns}
    table = "rows", case.model.entity(relation.member).table
    members = [member for member in case.former[0].get(table, ()) if key.items() <= member.items()]
    return any(member not in case.there[table] and member not in case.here[table] for member in members)


def _put_in(case: Case) -> set[str]:
    """Name the objects that are in relationships of objects that were about to be deleted, or refer to them."""
    before = case.former[1]
    gone = before["deleted",]
    held = {name for what, value in before.items() if what[0] == "value" and what[1] in gone for name in names(value)}
    refer = {what[1] for what, value in before.items() if what[0] == "value" and {*names(value)} & {*gone}}
    return {name for name in held | refer if ("class", name) in case.here} - set(gone)


@rule("cascades reach what is loaded, and loads differ", ends=True)
def _cascaded(case: Case) -> bool:
    adds = case.step.kind in ("new", "add", "set reference", "change collection", "merge", "expire", "refresh")
    meets = case.step.kind in ("new", "add", "set reference", "change collection")
    if meets and is_error(case.found, "InvalidRequestError") and not is_error(case.expected):
        # It meets a detached object beside which the session has another one.
        return case.kind == "outcome" and any(state == "detached" for _, state in pairs(case.here, "state"))
    if case.step.kind == "delete" and case.kind in ("deleted", "dirty"):
        return loads_eagerly(case) and _is_passed_over(case)
    if case.kind == "rows":
        return _is_deleted_by_database(case)
    flushes = case.step.kind in (*FLUSHING, "delete rows", "update rows", "insert rows")
    if case.kind == "outcome" and flushes and is_error(case.found, "IntegrityError", "NullRefusedError"):
        return not is_error(case.expected) and (_leaves_members(case) or _is_orphan_there(case))
    if case.kind == "outcome":
        return (adds or case.step.kind == "delete") and meets_another(case) and loads_eagerly(case)
    left = ("pending", "transient"), ("persistent", "detached")
    if case.step.kind == "expunge" and case.kind == "state" and case.states in left:
        # It is in a collection that is not loaded, of an object that was expunged along.
        if owners_of(case, case.former[1], "detached"):
            return True
    expunged = case.step.kind == "expunge" and (case.expected, case.found) == ("detached", "persistent")
    if not (adds or expunged) or case.kind != "state":
        return False
    if (case.expected, case.found) == ("detached", "persistent") and any(
        what[0] == "value" and case.subject in names(value) and what not in case.there
        for what, value in case.here.items()
    ):
        # A rollback has left the relationship that leads to it, which SQLAlchemy has expired.
        return case.former_states == ("detached", "detached")
    if expunged or (case.expected, case.found) == ("persistent", "detached"):
        # SQLAlchemy has loaded the relationship that leads to it.
        return any(
            what[0] == "value" and case.subject in names(value) and case.subject not in names(case.here.get(what))
            for what, value in (*case.there.items(), *case.former[0].items())
        )
    # It was put into a collection that is not loaded, by its own side.
    owners = owners_of(case, case.here, "pending", "persistent")
    if case.states not in REACHED or case.former_states[0] != case.expected:
        return False
    # Or by one that was put there itself.
    return bool(owners) or any(
        what[0] == "value" and case.subject in names(value) and _is_put_into_owner(case, what[1])
        for what, value in case.here.items()
    )


def _is_passed_over(case: Case) -> bool:
    """Tell whether a delete cascade reaches members in SQLAlchemy alone, which leave the rest to the database."""
    reached = set(case.there["deleted",]) - set(case.here["deleted",])
    members = {
        member
        for relation in case.model.relations
        if relation.passive_deletes and {"all", "delete"} & set(relation.cascade.split(", "))
        for member in case.model.family(relation.member)
    }
    about = set(case.expected) ^ set(case.found)
    # What has no name yet is told of by its class and key.
    classes = [case.here.get(("class", name), name.partition("(")[0]) for name in reached]
    return bool(about) and about <= reached and all(one in members for one in classes)


REACHED = ("transient", "pending"), ("detached", "persistent")
"""The states of an object that a cascade has taken into the session in azoth alone."""


def _is_put_into_owner(case: Case, name: str) -> bool:
    """Tell whether an object has come into the session in azoth alone, by an owner that it refers to."""
    it = replace(case, what=("state", name))
    return it.states in REACHED and bool(owners_of(it, case.here, "pending", "persistent"))


@rule("what has left a relationship is not added with the object that it left", ends=True)
def _left_before_rollback(case: Case) -> bool:
    adds = case.step.kind in ("new", "add", "set reference", "change collection")
    if _is_left_after_close(case):
        return adds
    if adds and is_left_over(case):
        return _leads_to_no_deleted(case)
    if not adds or (case.kind, case.expected, case.found) != ("state", "pending", "transient"):
        return False
    undone = any("rollback" in step.text for step in case.steps) or any(is_error(one) for one, _ in case.outcomes)
    # A merge may have put its copy in the place.
    undone |= any(step.kind == "merge" for step in case.steps)
    inside = [name for (_, name), member in pairs(case.here, "member") if member]
    leads = any(
        case.subject in names(value)
        for facts in (case.here, case.there)
        for what, value in facts.items()
        if what[0] == "value" and what[1] in inside
    )
    return undone and not leads and case.former_states == ("transient", "transient")


@rule("delete() of an object reaches what the other side put into its collection", ends=True)
def _deleted_pending(case: Case) -> bool:
    if case.step.kind == "delete" and case.kind == "deleted":
        more = set(case.found) - set(case.expected)
        members = [replace(case, what=("state", name)) for name in more]
        return bool(more) and all(set(owners_of(one, case.here, "persistent")) & set(case.found) for one in members)
    return case.step.kind == "delete" and (case.kind, case.expected, case.found) == ("state", "pending", "transient")


@rule("a pending object that moves from one delete-orphan parent to another stays pending", ends=True)
def _moved_pending(case: Case) -> bool:
    moves = case.step.kind in ("set reference", "change collection", "new")
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    if refused_alone(case, "AttributeError") and case.said.endswith("has no attribute '_sa_instance_state'"):
        # The cascade that expunges it meets None in a collection.
        return moves and owned and any(state == "pending" for _, state in pairs(case.former[0], "state"))
    if case.kind == "state" and (case.expected, case.found) == ("detached", "persistent"):
        # The cascade that expunges the pending object has gone on to what it leads to.
        # Or one that came into the session with the same step.
        moved = any(
            (case.there.get(what), case.here.get(what)) == ("transient", "pending")
            for what in case.here
            if what[0] == "state"
        )
        return moves and owned and (moved or any(state == "pending" for _, state in pairs(case.former[0], "state")))
    # Or the copy of it does, which goes from the given object to its copy.
    moves |= case.step.kind == "merge" and case.former_states == (None, None) and case.subject == case.step.names[0]
    return moves and owned and (case.kind, case.expected, case.found) == ("state", "transient", "pending")


@rule("a new object that has lost its parent and is added again is inserted", ends=True)
def _inserted_again(case: Case) -> bool:
    if _is_left_out(case):
        return True
    if case.kind != "rows" or not all(row in case.found for row in case.expected):
        return False
    owned = [relation.member for relation in case.model.relations if "delete-orphan" in relation.cascade]
    lost = [
        name
        for name in case.former[1]["new",]
        if case.here.get(("class", name)) in owned
        and (case.there.get(("state", name)), case.here.get(("state", name))) == ("transient", "persistent")
    ]
    rows = [row_of(case.model, case.here, name) for name in lost]
    return all(row in rows for row in case.found if row not in case.expected)


def _is_left_out(case: Case) -> bool:
    """Tell whether SQLAlchemy inserts, or tries to, what was added before it has lost its place in a one-to-one."""
    refused = refused_alone(case, "IntegrityError")
    more = case.kind == "rows" and all(row in case.expected for row in case.found)
    owned = [
        member
        for relation in case.model.relations
        if "delete-orphan" in relation.cascade and relation.kind == "one-to-one"
        for member in case.model.family(relation.member)
    ]
    return (refused or more) and any(
        case.here.get(("state", name)) == "transient" and case.here.get(("class", name)) in owned
        for name in case.former[1]["new",]
    )


@rule("what has left a new object does not come along when that is added", ends=True)
def _left_behind(case: Case) -> bool:
    comes = case.kind == "state" and (case.expected, case.found) == ("pending", "transient")
    if not comes or case.former_states != ("transient", "transient") or case.step.kind not in ("new", "add", "merge"):
        return False
    # Nothing that is in the session leads to it, and SQLAlchemy looks at what a rollback has left of the history.
    led = any(
        what[0] == "value"
        and case.subject in names(value)
        and case.here.get(("state", what[1])) in ("pending", "persistent")
        for what, value in case.here.items()
    )
    return not led and any(
        step.kind == "rollback" or is_error(one) for step, (one, _) in zip(case.steps, case.outcomes, strict=True)
    )


@rule("a pending object stays in the session when its owner is expired", ends=True)
def _owner_expired(case: Case) -> bool:
    expires = case.step.kind in ("expire", "refresh")
    # refresh() flushes it.
    kept = "pending", "persistent" if case.step.kind == "refresh" else "pending"
    return expires and (case.kind, case.expected) == ("state", "transient") and case.found in kept


@rule("an old reference is looked up only where its object must be told", ends=True)
def _not_looked_up(case: Case) -> bool:
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    return case.kind == "outcome" and case.step.kind == "set reference" and owned and meets_another(case)


def owners_of(case: Case, facts: Facts, *states: str) -> list[str]:
    """Name the objects to which one refers, that are in one of these states in azoth."""
    values = [value for what, value in facts.items() if what[0] == "value" and what[1] == case.subject]
    return [name for value in values for name in names(value) if case.here.get(("state", name)) in states]


def meets_another(case: Case) -> bool:
    """Tell whether SQLAlchemy has met two objects for one row, and azoth has not."""
    met = is_error(case.expected, "InvalidRequestError") and "is already present in this session" in case.said
    return met and not is_error(case.found)


def _leads_to_no_deleted(case: Case) -> bool:
    """Tell whether a deleted object that SQLAlchemy comes to is in nothing that the objects in azoth's session have."""
    gone = [name for (_, name), state in pairs(case.former[0], "state") if state == "deleted"]
    inside = {name for (_, name), member in pairs(case.here, "member") if member}
    held = {
        name for what, value in case.here.items() if what[0] == "value" and what[1] in inside for name in names(value)
    }
    return bool(gone) and held.isdisjoint(gone)


def _is_left_after_close(case: Case) -> bool:
    """Tell whether SQLAlchemy adds what has left an object that close() has made transient."""
    came = case.kind == "state" and (case.expected, case.found) == ("persistent", "detached")
    if not came or case.former_states != ("detached", "detached"):
        return False
    closed = any(step.kind == "close" for step in case.steps)
    inside = {name for (_, name), member in pairs(case.here, "member") if member}
    leads = any(
        what[0] == "value" and what[1] in inside and case.subject in names(value) for what, value in case.here.items()
    )
    made = [
        name
        for (_, name), state in pairs(case.former[0], "state")
        if (state, case.former[1].get(("state", name))) == ("detached", "transient")
    ]
    # The history that is left has it still.
    owners = {case.there["class", name] for name in made if case.there.get(("member", name))}
    targets = {end.target for owner in owners for end in case.model.ends(owner)}
    return closed and not leads and any(case.here["class", case.subject] in case.model.family(one) for one in targets)


def _is_deleted_by_database(case: Case) -> bool:
    """Tell whether one has kept rows whose foreign keys it set to NULL, which were to go with their owner."""
    expected, found = sorted((case.expected, case.found), key=len, reverse=True)
    more = [row for row in expected if row not in found]
    fewer = bool(more) and all(row in expected for row in found)
    return (
        fewer
        and loads_eagerly(case)
        and any(
            relation.passive_deletes
            and relation.ondelete == "CASCADE"
            and relation.kind != "many-to-many"
            and case.model.entity(relation.member).table == case.what[1]
            and all(row[key] is None for row in more for key, _, _ in case.model.foreign_key(relation))
            for relation in case.model.relations
        )
    )


def _leaves_members(case: Case) -> bool:
    """Tell whether members of a deleted object stay as they are, which SQLAlchemy has loaded by chance."""
    before = case.former[1]
    return any(
        end.many
        and end.relation.passive_deletes
        and end.relation.lazy != "select"
        and ("value", name, end.name) not in before
        for name in before["deleted",]
        for end in case.model.ends(before.get(("class", name), ""))
    )


def _is_orphan_there(case: Case) -> bool:
    """Tell whether SQLAlchemy deletes a member that has left a collection which it alone has loaded."""
    there, here = case.former
    return any(
        "delete-orphan" in relation.cascade
        and here.get(("value", name, relation.one), name) is None
        and case.there.get(("state", name)) == "deleted"
        and any(what[0] == "value" and what[2] == relation.many and what not in here for what in there)
        for name in here["dirty",]
        if ("class", name) in here
        for relation, _ in case.model.flows(here["class", name])
    )


@rule("an orphan is deleted with what its delete cascade reaches", ends=True)
def _deleted_with_orphan(case: Case) -> bool:
    """In SQLAlchemy the database deletes the row, unseen."""
    unseen = case.kind == "state" and (case.expected, case.found) == ("persistent", "deleted") and case.row() is None
    flushed = unseen and case.step.kind in FLUSHING and case.subject not in case.former[1]["deleted",]
    owners = owners_of(case, case.here, "deleted")
    return flushed and any(case.there.get(("state", owner)) == "deleted" for owner in owners)


@rule("an orphan is deleted with what its delete cascade reaches", ends=True)
def _orphan_with_members(case: Case) -> bool:
    refused = refused_alone(case, "IntegrityError") and case.step.kind in FLUSHING
    if not refused or "FOREIGN KEY constraint failed" not in case.said or "DELETE FROM" not in case.said:
        return False
    before = case.former[1]
    orphans = [
        case.here["class", name]
        for (_, name), state in pairs(case.here, "state")
        if state in ("deleted", "detached")
        and before.get(("state", name)) == "persistent"
        and name not in before["deleted",]
    ]
    owned = [one.member for one in case.model.relations if "delete-orphan" in one.cascade]
    deletes = [one.owner for one in case.model.relations if {"delete", "all"} & set(re.split(", ", one.cascade))]
    return any(
        any(orphan in case.model.family(name) for name in owned)
        and any(orphan in case.model.family(name) for name in deletes)
        for orphan in orphans
    )


@rule("how far a cascade comes that meets another object with the same key is open", ends=True)
def _met_another(case: Case) -> bool:
    refused = all(is_error(facts["outcome",], "InvalidRequestError") for facts in (case.there, case.here))
    met = refused and "is already present in this session" in case.said
    comes = case.kind == "state" and case.former_states == ("detached", "detached")
    return met and comes and "persistent" in case.states


@rule("a member that moves from one delete-orphan collection to another stays", ends=True)
def _moved_and_expired(case: Case) -> bool:
    """It was expired before the flush, so that in SQLAlchemy it depends on which owner the flush looks at first."""
    more = [row for row in case.found if row not in case.expected] if case.kind == "rows" else []
    if not more or not all(row in case.found for row in case.expected):
        return False
    before = case.former[1]
    collections = [
        (owner, name, end.relation)
        for owner in before["dirty",]
        for end in case.model.ends(before.get(("class", owner), ""))
        if end.many and end.relation.kind == "one-to-many" and "delete-orphan" in end.relation.cascade
        for name in names(before.get(("value", owner, end.name)))
        if name not in before["deleted",] and ("value", name, end.relation.one) not in before
    ]
    return any(step.kind in EXPIRING for step in case.steps) and all(
        any(_belongs_to(case, row, *held) for held in collections) for row in more
    )


def _belongs_to(case: Case, row: dict[str, Any], owner: str, name: str, relation: Relation) -> bool:
    """Tell whether a row is that of a member, and refers to its owner."""
    entity = case.model.entity(relation.member)
    key = tuple(row.get(key) for key, _ in entity.key_columns)
    referred = tuple(row.get(key) for key, _, _ in case.model.foreign_key(relation))
    is_it = case.what[1] == entity.table and key == case.here.get(("identity", name))
    return is_it and referred == case.here.get(("identity", owner))
