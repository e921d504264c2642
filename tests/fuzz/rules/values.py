"""Meant differences of values and rows: what is inserted, what is stale, and changes of many rows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.fuzz.rules.case import (
    FLUSHING,
    READING,
    Case,
    compared_objects,
    different_rows,
    differing,
    given_to,
    has_no_row,
    is_as_stored,
    is_error,
    key_is_given_again,
    loads_eagerly,
    made_columns,
    refused_alone,
)
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import is_stored, names, related, row_of

RULES: list[Rule] = []
rule = collected_in(RULES)


@rule("what an INSERT has left out is known to be NULL")
def _known_null(case: Case) -> bool:
    nothing = case.expected == [[], [], []]
    if case.step.kind in READING:
        # SQLAlchemy would load it, or does so for a deleted object: from the row that has got its key since then.
        refused = is_error(case.expected, "DetachedInstanceError")
        refused |= case.states == ("deleted", "deleted") and key_is_given_again(case)
        known = ("value", case.subject, case.attribute) in case.here
        return refused and case.kind == "outcome" and known and case.found is None and case.end is None
    return case.step.kind == "history" and case.kind == "outcome" and nothing and case.found == [[], [None], []]


@rule("what an INSERT has left out is known to be NULL", ends=True)
def _null_is_copied(case: Case) -> bool:
    """SQLAlchemy leaves what the row has that it merges into."""
    if case.step.kind != "merge" or case.kind != "value" or case.found is not None or case.end is not None:
        return False
    given = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    source = "value", case.here.get(("name", given), given), case.attribute
    return case.former[1].get(source, case) is None and source not in case.former[0]


@rule("an attribute set to the value that is known to be its own sends no UPDATE", ends=True)
def _no_update(case: Case) -> bool:
    if case.kind != "rows":
        return False
    made = made_columns(case)
    before = case.former[1].get(case.what, [])
    plain = [
        [{key: row[key] for key in row if key not in made} for row in rows] for rows in (case.expected, case.found)
    ]
    if plain[0] != plain[1]:
        return False
    # An expired object is updated without a load, where SQLAlchemy has loaded it by chance.
    expired = any(step.kind in ("commit", "rollback", "expire") for step in case.steps[:-1])
    unseen = expired and all(row in case.former[0].get(case.what, []) for row in case.expected if row not in case.found)
    return unseen or all(row in before for row in case.found if row not in case.expected)


@rule("rows of one class are inserted in the order of add()", ends=True)
def _order_of_inserts(case: Case) -> bool:
    entity = next((entity for entity in case.model.entities if entity.table == case.what[-1]), None)
    if case.kind != "rows" or entity is None or entity.key != "auto":
        return False
    columns = {column.name for one in case.model.entities if one.table == entity.table for column in one.columns}
    plain = [
        sorted(repr([row[name] for name in sorted(columns)]) for row in rows) for rows in (case.expected, case.found)
    ]
    return plain[0] == plain[1]


@rule("None given to a new object is as nothing given, for post_update too", ends=True)
def _post_update_of_none(case: Case) -> bool:
    tables = [case.model.entity(relation.member).table for relation in case.model.relations if relation.post_update]
    if case.kind != "rows" or case.what[1] not in tables or len(case.expected) != len(case.found):
        return False
    different = [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]
    return all(
        "seen" in one and one["seen"] is None and {**one, "seen": "touched"} == other for one, other in different
    )


@rule("a reference that a new object has lost before it was written needs no UPDATE", ends=True)
def _post_update_of_nothing(case: Case) -> bool:
    flows = {case.model.entity(relation.member).table: case.model.foreign_key(relation)
             for relation in case.model.relations
             if relation.post_update and relation.kind != "many-to-many"}  # fmt: skip
    made = made_columns(case)
    if case.kind != "rows" or case.what[1] not in flows or len(case.expected) != len(case.found):
        return False
    different = [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]
    keys = [key for key, _, _ in flows[case.what[1]]]
    return all(
        differing(one, other) <= made
        and all((one[key], other[key]) == ("touched", None) for key in differing(one, other))
        and not any(one[key] for key in keys)
        for one, other in different
    )


# -- changes of many rows --------------------------------------------------------------------------------------------


@rule("a change of many rows by evaluation deletes objects that lack an attribute of its criteria", ends=True)
def _deleted_by_evaluation(case: Case) -> bool:
    unseen = any(step.kind in ("delete rows", "insert rows") for step in case.steps)
    if case.step.kind == "get" and case.kind == "state" and unseen:
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
    in_row = case.is_value and (case.row() or {}).get(case.attribute, case) == case.found
    outside = case.is_value and case.states == ("transient", "transient")
    if outside and evaluated and repr(case.found) in given_to(case, case.attribute):
        # It was told of the change as long as it had a row.
        return True
    return evaluated and (
        in_row or _is_the_rows(case, case.found) or (gone and case.row() is None and not is_error(case.found))
    )


@rule("a change of many rows puts what `onupdate` makes on the objects")
def _changed_by_itself(case: Case) -> bool:
    entity = case.here.get(("class", case.subject))
    if not case.is_value or entity is None or not any(step.kind == "update rows" for step in case.steps):
        return False
    made = {column.name: column.onupdate for column in case.model.columns(entity)}
    if case.expected == made.get(case.attribute) and case.step.kind == "update rows" and case.found is not None:
        # Not on what the program has set and no flush has written yet.
        unwritten = case.subject in case.former[1]["dirty",]
        return (
            unwritten
            and case.found == case.former[1].get(case.what)
            and repr(case.found) in given_to(case, case.attribute)
        )
    row = case.row()
    stored = row is None or (row.get(case.attribute) == case.found != case.expected)
    return case.found is not None and case.found == made.get(case.attribute) and stored


@rule("the version of an object is loaded with it")
def _version_is_loaded(case: Case) -> bool:
    narrowed = any("load_only(" in step.text or "defer(" in step.text for step in case.steps)
    unknown = case.expected is None or is_error(case.expected, "DetachedInstanceError")
    outside = case.states[1] in ("transient", "detached")
    return case.is_value and case.attribute == "version" and narrowed and unknown and outside


@rule("where nothing is to be flushed, objects are as their rows")
def _as_stored(case: Case) -> bool:
    facts = (case.here, case.there)
    flushed = not any(case.subject in one[kind,] for one in facts for kind in ("new", "dirty", "deleted"))
    stored = [row_of(case.model, one, case.subject) for one in facts]
    # What the database makes of a column is never flushed itself.
    flushed |= case.attribute == "shout"
    if not case.is_value or is_error(case.expected) or not flushed or stored[0] is None or stored[0] != stored[1]:
        return False
    if case.end is not None:
        sides = zip(facts, (case.found, case.expected), strict=True)
        held = [{one.get(("identity", name)) for name in names(value)} for one, value in sides]
        stored = [related(case.model, one, case.subject, case.end) for one in facts]
        return [one == other for one, other in zip(held, stored, strict=True)] == [True, False]
    if case.attribute == "shout":
        return case.found == (stored[0]["name"] and stored[0]["name"].upper()) != case.expected
    return case.found == stored[0][case.attribute] != case.expected


@rule("`populate_existing` gives what the database has, to what is loaded along too")
def _populated(case: Case) -> bool:
    renewed = case.kind == "value" and case.end is not None and "populate_existing" in case.step.text
    return renewed and [
        is_stored(case.model, one, case.subject, case.end) for one in (case.here, case.there) if case.end
    ] == [True, False]


@rule("`populate_existing` gives what the database has, to what is loaded along too", ends=True)
def _populated_later(case: Case) -> bool:
    """A change that it gave up is not there to be read or written later."""
    steps = [step for step in case.steps if "populate_existing" in step.text]
    if not steps or not loads_eagerly(case):
        return False
    if case.kind == "rows":
        before = case.former[1].get(case.what, [])
        if len(case.expected) < len(case.found):
            # What had left a collection is deleted as an orphan.
            return case.found == before and all(row in before for row in case.expected) and _gave_up_removal(case)
        different = different_rows(case) or []
        changed = {what[2] for what in case.former[0] if what[0] == "value"} | made_columns(case)
        return bool(different) and all(other in before and differing(one, other) <= changed for one, other in different)
    if refused_alone(case, "StaleDataError"):
        # A link that it gave up is none that the database had.
        return "on table 'between" in case.said
    end = case.end
    if end is None or is_error(case.expected) or is_error(case.found):
        return False
    if end.many and case.kind == "value" and sorted(names(case.expected)) == sorted(names(case.found)):
        # Its members come in the order of the query.
        keys = [case.here.get(("identity", name)) for name in names(case.found)]
        return None not in keys and keys == sorted(key or () for key in keys)
    kept = is_stored(case.model, case.here, case.subject, end) if case.kind == "value" else is_as_stored(case)
    return case.step.kind in READING and not end.many and kept and case.found is not None


def _gave_up_removal(case: Case) -> bool:
    """Tell whether a collection was changed before a query that gives up changes."""
    places = [place for place, step in enumerate(case.steps) if "populate_existing" in step.text]
    return any(step.kind in ("change collection", "set reference") for step in case.steps[: places[-1]])


@rule("what is loaded at another time is as the database had it then")
def _other_time(case: Case) -> bool:
    steps = [step for step in case.steps if "synchronize_session=False" in step.text]
    if case.kind == "outcome" and case.step.kind in FLUSHING and is_error(case.found, "ObjectDeletedError"):
        # The version of an expired object is loaded for the flush, which finds out that the row is gone.
        deleted = any(step.kind == "delete rows" for step in steps)
        return is_error(case.expected, "StaleDataError") and deleted and _version_is_unknown(case)
    deleted = re.fullmatch(r"s\.delete\((\w+)\)", case.step.text)
    if case.kind == "outcome" and is_error(case.found, "ObjectDeletedError") and deleted is not None and steps:
        # The delete() of an expired object finds out, which the flush before has loaded in SQLAlchemy.
        return not is_error(case.expected) and has_no_row(case, case.here.get(("name", deleted[1]), deleted[1]))
    if is_error(case.found, "ObjectDeletedError") and any(step.kind == "delete rows" for step in steps):
        return case.is_value and not is_error(case.expected) and case.row() is None
    if case.end is not None and _are_the_same_rows(case):
        return True
    unseen = any(step.kind == "update rows" for step in steps)
    return unseen and (_is_the_rows(case, case.found) or _is_the_rows(case, case.expected))


def _version_is_unknown(case: Case) -> bool:
    """Tell whether only SQLAlchemy knows the version of an object that waits for the flush."""
    there, here = case.former
    waiting = (*here["dirty",], *here["deleted",])
    return any(("value", name, "version") in there and ("value", name, "version") not in here for name in waiting)


def _are_the_same_rows(case: Case) -> bool:
    """Tell whether both worlds have the same rows, one of them as objects that have left the session since then."""
    different = set(names(case.expected)) ^ set(names(case.found))
    keys = [[case.here.get(("identity", name)) for name in names(value)] for value in (case.expected, case.found)]
    detached = any(case.here.get(("state", name)) == "detached" for name in different)
    return keys[0] == keys[1] and None not in keys[0] and detached


def _is_the_rows(case: Case, value: Any) -> bool:
    """Tell whether a value is that of the object's row, and nobody has changed the object."""
    row = case.row()
    if row is not None and case.attribute == "shout":
        return case.is_value and value == (row["name"] and row["name"].upper())
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
    missing = [name for name in names(case.expected) if name not in names(case.found)]
    more = [name for name in names(case.found) if name not in names(case.expected)]
    return bool(missing) and not more and all(_is_gone(case, name) for name in missing)


def _is_gone(case: Case, name: str) -> bool:
    """Tell whether an object has no row, or another object has its key."""
    left = case.here.get(("state", name)) in ("deleted", "detached")
    return has_no_row(case, name) or (left and key_is_given_again(replace(case, what=("state", name))))


@rule("what SQLAlchemy cannot write as a DELETE or UPDATE is done", ends=True)
def _written(case: Case) -> bool:
    return (
        case.step.kind in ("delete rows", "update rows")
        and case.kind == "outcome"
        and is_error(case.expected, "NotImplementedError", "InvalidRequestError", "CompileError")
        # What is sent may meet a foreign key.
        and (not is_error(case.found) or is_error(case.found, "IntegrityError"))
    )


@rule("another object is one whose composite key differs in any part", ends=True)
def _other_composite(case: Case) -> bool:
    found = re.search(r"\w+\.(\w+) != [a-z]", case.step.text)
    composite = {entity.name for entity in case.model.entities if entity.key == "composite"}
    attributes = {relation.one for relation in case.model.relations if relation.owner in composite}
    return found is not None and found[1] in attributes


@rule("an INSERT of many rows that gives rows back is one statement for each row", ends=True)
def _inserted_in_part(case: Case) -> bool:
    return (
        case.step.kind == "insert rows"
        and "returning" in case.step.text
        and case.kind == "rows"
        and is_error(case.there["outcome",])
        and is_error(case.here["outcome",])
    )


@rule("a change of many rows by evaluation deletes objects that lack an attribute of its criteria")
def _waits_without_row(case: Case) -> bool:
    """Reading tells, or the flush of the object's change, which SQLAlchemy has given up."""
    more = set(case.found) - set(case.expected) if case.kind == "dirty" else set()
    named = re.findall(r"\b[A-Z]\w*\.(\w+)", case.step.text)
    return (
        case.step.kind == "delete rows"
        and bool(more)
        and all(any(("value", name, key) not in case.former[1] for key in named) for name in more)
    )


@rule("a condition on an object that was never flushed is an error", ends=True)
def _never_flushed(case: Case) -> bool:
    states = [case.here.get(("state", case.here.get(("name", name), name))) for name in compared_objects(case)]
    return (
        case.step.kind in ("query", "ask", "update rows", "delete rows")
        and case.kind == "outcome"
        and is_error(case.found, "UnresolvedValueError")
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
