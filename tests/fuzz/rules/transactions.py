"""Meant differences of transactions: what a rollback, a close and a session that awaits a rollback leave."""

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
    foreign_keys,
    given_to,
    is_as_stored,
    is_error,
    is_left_over,
    key_is_given_again,
    made_columns,
    pairs,
    refused_alone,
)
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.steps import Step
from tests.fuzz.stored import names, row_of

RULES: list[Rule] = []
rule = collected_in(RULES)


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
        if not case.end.many:
            return (case.expected is None) is not (case.found is None) and (
                case.found is not None or _was_expired(case)
            )
        lost = isinstance(case.expected, list) and isinstance(case.found, list)
        expired = any(step.kind in ("expire", "refresh") for step in case.steps) and lost and not names(case.found)
        return expired or (lost and all(name in case.found for name in case.expected))
    if case.found is None:
        return _made_by_flush(case, case.attribute) or _was_expired(case)
    # What was given is there again, where SQLAlchemy keeps what an UPDATE has made.
    stays = case.expected in (None, "touched") or case.attribute in foreign_keys(case)
    # SQLAlchemy also keeps what a change of many rows has put on it.
    stays |= any(step.kind == "update rows" for step in case.steps)
    return _is_taken_outside(case) or (stays and (repr(case.found) in given_to(case, case.attribute) or _is_copy(case)))


def _is_taken_outside(case: Case) -> bool:
    """Tell whether a flush gave the foreign key to a new object outside of the session."""
    return (
        case.attribute in foreign_keys(case)
        and case.step.kind == "rollback"
        and case.former_states == ("transient", "transient")
        and case.former[0].get(case.what) == case.former[1].get(case.what) == case.expected
    )


def _is_copy(case: Case) -> bool:
    """Tell whether the object was made by merge(), which has given it the values of another one."""
    known = [what[1] for what, name in case.here.items() if what[0] == "name" and name == case.subject]
    merged = [re.match(r"(\w+) = s\.merge\(", step.text) for step in case.steps]
    return any(copy is not None and copy[1] in known for copy in merged)


def _was_expired(case: Case) -> bool:
    """Tell whether the object was expired, so that nothing was left when its INSERT was undone."""
    known = [what[1] for what, name in case.here.items() if what[0] == "name" and name == case.subject]
    texts = [f"s.expire({name}" for name in (*known, case.subject)]
    return any(step.text == "s.expire_all()" or step.text.startswith(tuple(texts)) for step in case.steps)


def _made_by_flush(case: Case, attribute: str) -> bool:
    """Tell whether the value of an attribute came from the database, a default, or a relationship."""
    entity = case.model.entity(case.there["class", case.subject])
    column = next((column for column in case.model.columns(entity.name) if column.name == attribute), None)
    if column is not None:
        makes = (column.default, column.server_default, column.onupdate) != (None, None, None)
    else:
        keys = [key for key, _ in entity.key_columns]
        makes = entity.key == "auto" if attribute in keys else attribute in ("version", "shout", *foreign_keys(case))
    return makes and (attribute in foreign_keys(case) or not set(given_to(case, attribute)) - {"None"})


@rule("a rollback takes what the flush has put on objects whose INSERT it undid")
def _restored_is_compared(case: Case) -> bool:
    """Explain a reference that the flush wrote and the rollback took: it leads nowhere, as before the flush."""
    if case.kind != "outcome" or is_error(case.expected) or is_error(case.found):
        return False
    known = [case.here.get(("name", name), name) for name in compared_objects(case)]
    return case.found != case.expected and any(case.here.get(("state", name)) == "transient" for name in known)


@rule("a rollback takes what the flush has put on objects whose INSERT it undid", ends=True)
def _restored_names_rows(case: Case) -> bool:
    """Rows that such a reference leads to in SQLAlchemy are changed there alone."""
    known = [case.here.get(("name", name), name) for name in compared_objects(case)]
    changes = case.step.kind in ("update rows", "delete rows") and case.kind == "rows"
    return (
        changes
        and all(row in case.former[1].get(case.what, []) for row in case.found)
        and any(case.here.get(("state", name)) == "transient" for name in known)
    )


@rule("a rollback takes what the flush has put on objects whose INSERT it undid", ends=True)
def _restored_is_merged(case: Case) -> bool:
    given = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    known = ("state", case.here.get(("name", given), given))
    transient = case.former[0].get(known) == case.former[1].get(known) == "transient"
    failed = case.kind == "outcome" and is_error(case.expected, "DetachedInstanceError") and not is_error(case.found)
    # SQLAlchemy copies what a flush had put on it.
    source = ("value", known[1], case.attribute)
    stale = case.kind == "value" and source not in case.former[1] and case.former[0].get(source, case) == case.expected
    return case.step.kind == "merge" and transient and (failed or (stale and is_as_stored(case)))


@rule("an object that was never stored with a new owner stays with the owner that its row has", ends=True)
def _stays_with_stored_owner(case: Case) -> bool:
    """SQLAlchemy's flush deletes it, or takes its foreign key; who takes its key then fails in another way."""
    looks = ("change collection", "set reference", "read", "look", "delete")
    forgotten = any(_forgets_owners(step) for step in case.steps[:-1])
    if not forgotten or case.kind not in ("outcome", "rows") or case.step.kind not in (*FLUSHING, *looks):
        return False
    there, here = case.former
    left = [name for name in set(there["dirty",]) - set(here["dirty",]) if _has_left(case, name)]
    if case.kind == "outcome":
        return bool(left) and (is_error(case.found, "IntegrityError") or refused_alone(case, "IntegrityError"))
    if different := different_rows(case):
        # Or it writes NULL.
        members = [replace(case, what=("state", name)) for name in left]
        keys = {key for member in members for key in foreign_keys(member)}
        return all(
            differing(one, other) <= keys | made_columns(case) and any(one[key] is None for key in keys & one.keys())
            for one, other in different
        )
    rows = [row_of(case.model, case.here, name) or {} for name in left]
    more = [row for row in case.found if row not in case.expected]
    return bool(more) and all(any(row.items() <= one.items() for one in rows) for row in more)


def _forgets_owners(step: Step) -> bool:
    """Tell whether objects may not know who owned them before a step."""
    return "rollback" in step.text or step.kind in ("commit", "expire", "refresh")


def _has_left(case: Case, name: str) -> bool:
    """Tell whether an object has no owner in SQLAlchemy's memory, and may have had one whose INSERT was undone."""
    there, here = case.former
    undone = max(place for place, step in enumerate(case.steps[:-1]) if _forgets_owners(step))
    made = {known for step in case.steps[:undone] if step.kind == "new" for known in step.names}
    unsaved = [one for one in made if here.get(("state", one)) in ("pending", "transient")]
    touched = any(f"({name})" in step.text for step in case.steps[undone:])
    return not touched and any(
        there.get(("value", name, relation.one), case) is None
        and here.get(("value", name, relation.one)) is None
        and any(here.get(("class", one)) in case.model.family(relation.owner) for one in unsaved)
        for relation, _ in case.model.flows(there.get(("class", name), ""))
    )


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
    states = [facts.get(("state", name)) for facts in (case.there, case.here)]
    # close() may have made it transient.
    if states not in (["transient"] * 2, ["pending"] * 2, ["detached", "transient"]):
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
    undone = any(step.kind in ("rollback", "close") for step in case.steps)
    if case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found):
        return undone and _has_stale_keys(case)
    if case.kind == "rows" and case.what[1].startswith("between") and undone:
        # Links that were undone are written again: SQLAlchemy takes them for written, and loses them.
        return bool(case.former[1]["new",]) and all(row in case.found for row in case.expected)
    if case.kind == "rows" and undone and _has_stale_keys(case):
        different = different_rows(case) or []
        keys = {key for relation in case.model.relations for key, _, _ in case.model.foreign_key(relation)}
        written = [(differing(one, other), other) for one, other in different]
        return bool(written) and all(
            columns <= keys and all(other[key] is None for key in columns) for columns, other in written
        )
    if case.kind == "outcome" and "it's not  persistent and does not contain a full primary key" in case.said:
        # It was expired when its INSERT was undone, so SQLAlchemy has nothing left of it.
        return not is_error(case.found)
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
        for _, columns in case.model.flows(before.get(("class", name), ""))
        for key, _, _ in columns
    )


@rule("an object whose INSERT was undone has no key that a copy could take", ends=True)
def _copied_key(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError") and not is_error(case.found)
    merged = any(step.kind == "merge" for step in case.steps)
    undone = any(
        case.former[1].get(what) == [None] and value != [None]
        for what, value in pairs(case.former[0], "key")
        if case.former[0]["state", what[1]] == "transient"
    )
    if case.kind == "state" and case.step.kind == "merge" and (case.expected, case.found) == ("persistent", "pending"):
        # It was copied into the one that has got the key.
        return undone
    if case.kind == "outcome" and case.step.kind == "merge":
        return _is_copied_into_another(case)
    if case.kind == "value" and case.step.kind == "merge":
        # It took the object that has the key since then.
        copied = [case.found == name.partition("(")[0] for name in names(case.expected) if "(" in str(name)]
        return undone and any(copied)
    return (refused and merged and undone) or _copied_references(case)


def _is_copied_into_another(case: Case) -> bool:
    """Tell whether merge() gives a new object, and in SQLAlchemy the one that has the key since then."""
    if not isinstance(case.expected, list) or not isinstance(case.found, list):
        return False
    given = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    source = "key", case.here.get(("name", given), given)
    there, here = (facts.get(source) for facts in case.former)
    known = list(case.there.get(("identity", case.expected[0])) or ())
    return here == [None] and there == known and case.here["state", case.found[0]] == "pending"


def _copied_references(case: Case) -> bool:
    """Tell whether SQLAlchemy inserts a copy with stale foreign keys, of references that merge() does not copy."""
    refused = case.kind == "outcome" and is_error(case.found, "IntegrityError") and not is_error(case.expected)
    given = [re.findall(r"merge\((\w+)\b", step.text) for step in case.steps if step.kind == "merge"]
    for name in [case.here.get(("name", one), one) for found in given for one in found]:
        source = replace(case, what=("value", name, ""))
        values = [[facts.get(("value", name, key)) for key in sorted(foreign_keys(source))] for facts in case.former]
        if refused and source.former_states == ("transient", "transient") and values[0] != values[1]:
            return all(other in (None, one) for one, other in zip(*values, strict=True))
    return False


@rule("close() makes objects whose INSERT it undid transient")
def _closed(case: Case) -> bool:
    if case.kind not in ("state", "identity", "key", "value") or case.states != ("detached", "transient"):
        return False
    mine = [(case.there["class", case.subject], case.there["identity", case.subject])]
    known = [(case.there["class", name], key) for (_, name), key in pairs(case.there, "identity")]
    # The row is gone, or that of a deleted object which is there again.
    undone = case.row() is None or known.count(mine[0]) > 1
    # What was given is there again, where SQLAlchemy keeps what a change of many rows has put there.
    changed = any(step.kind == "update rows" for step in case.steps)
    given = changed and repr(case.found) in given_to(case, case.attribute)
    return undone and (case.kind != "value" or case.found is None or given)


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
    if is_left_over(case):
        both = {(case.former[0][what], state) for what, state in case.former[1].items() if what[0] == "state"}
        return bool(both & {("deleted", "transient"), ("deleted", "detached")})
    return case.kind in ("state", "outcome") and case.former_states == ("detached", "transient")


@rule("a change of many rows by evaluation in the transaction that inserted them detaches what it deletes")
def _deleted_for_good(case: Case) -> bool:
    left = case.kind == "state" and case.expected == "deleted" and case.found in ("detached", "transient")
    left |= (case.kind in ("key", "identity") or case.is_value) and case.states == ("deleted", "transient")
    inserted = any(step.kind == "insert rows" for step in case.steps)
    ended = case.step.kind == "close" or (case.step.kind == "commit" and case.former_states == ("deleted", "deleted"))
    return left and (ended or case.row() is None or inserted or key_is_given_again(case))


@rule("a change of many rows by evaluation in the transaction that inserted them detaches what it deletes", ends=True)
def _added_after_close(case: Case) -> bool:
    """SQLAlchemy refuses what close() has left as deleted; azoth comes further, to what the session has already."""
    refused = all(is_error(facts["outcome",], "InvalidRequestError") for facts in (case.there, case.here))
    closed = any(step.kind == "close" for step in case.steps) and case.former_states == ("deleted", "detached")
    left = "has been deleted.  Use the make_transient() function" in case.said
    return refused and closed and left and case.kind == "state" and case.step.kind == "add"


@rule("a change of many rows by evaluation in the transaction that inserted them detaches what it deletes", ends=True)
def _cascades_from_deleted(case: Case) -> bool:
    """SQLAlchemy follows the cascade of what is still in the session there."""
    changed = case.step.text.partition(".")[0]
    state = "state", case.here.get(("name", changed), changed)
    left = (case.there.get(state), case.here.get(state)) in (("deleted", "detached"), ("deleted", "transient"))
    reached = (case.expected, case.found) in (("persistent", "detached"), ("pending", "transient"))
    return left and case.step.kind in ("set reference", "change collection") and case.kind == "state" and reached


@rule("what was expunged stays out when its deletion is rolled back", ends=True)
def _stays_out(case: Case) -> bool:
    failed = all(is_error(facts["outcome",]) for facts in (case.there, case.here))
    rolled_back = case.step.kind in ("rollback", "end savepoint") or (failed and not case.failed)
    return rolled_back and case.kind == "state" and (case.former_states[1], case.found) == ("detached", "detached")


@rule("an object whose deletion was flushed is not deleted again", ends=True)
def _deleted_again(case: Case) -> bool:
    subject = case.step.text.removeprefix("s.delete(").removesuffix(")")
    known = {name for (kind, name), state in pairs(case.former[0], "state") if state == "deleted"}
    return case.step.kind == "delete" and (subject in known or (len(case.what) > 1 and case.what[1] in known))


@rule("a delete() that is refused deletes nothing", ends=True)
def _refused_delete(case: Case) -> bool:
    refused = case.step.kind == "delete" and is_error(case.here["outcome",]) and is_error(case.there["outcome",])
    return refused and case.kind in ("dirty", "deleted") and set(case.here["deleted",]) < set(case.there["deleted",])


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


@rule("an object that is deleted while it is expired is not loaded for that", ends=True)
def _copied_without_values(case: Case) -> bool:
    """A copy of it has what is known of it: its key."""
    merged = [re.match(r"(\w+) = s\.merge\((\w+)\)", step.text) for step in case.steps]
    copied = [one[2] for one in merged if one is not None and case.here.get(("name", one[1]), one[1]) == case.subject]
    deleted = {found[1] for step in case.steps for found in [re.fullmatch(r"s\.delete\((\w+)\)", step.text)] if found}
    empty = case.is_value and case.end is None and case.found is None and not is_error(case.expected)
    new = case.states in (("pending", "pending"), ("transient", "transient"))
    return empty and new and bool(set(copied) & deleted)


@rule("an object that is deleted while it is expired is not loaded for that", ends=True)
def _changed_while_unknown(case: Case) -> bool:
    """SQLAlchemy changes what it has loaded."""
    changes = case.step.kind in ("change collection", "set reference") and not is_error(case.expected)
    return changes and _deleted_expired(case)


@rule("an object that is deleted while it is expired is not loaded for that")
def _deleted_expired(case: Case) -> bool:
    if case.step.kind in ("query", "ask", "update rows", "delete rows"):
        return _names_deleted(case)
    gone = case.states in (("detached", "detached"), ("deleted", "deleted"), ("deleted", "detached"))
    return (
        case.step.kind in (*READING, "change collection", "set reference")
        and case.kind == "outcome"
        and gone
        and is_error(case.found, "DetachedInstanceError", "ObjectDeletedError")
        and ("value", case.subject, re.match(r"\w*", case.attribute)[0]) not in case.here
    )


def _names_deleted(case: Case) -> bool:
    """Tell whether a statement needs values of an object that was deleted, which it has not loaded."""
    known = [("state", case.here.get(("name", name), name)) for name in compared_objects(case)]
    gone = [
        what
        for what in known
        if case.here.get(what) in ("deleted", "detached")
        and (what[1] in case.former[1]["deleted",] or case.former[1].get(what) in ("deleted", "detached"))
    ]
    refused = is_error(case.found, "DetachedInstanceError", "ObjectDeletedError") and not is_error(case.expected)
    return case.kind == "outcome" and refused and bool(gone)


@rule("an object that is deleted while it is expired is not loaded for that", ends=True)
def _unknown_is_not_new(case: Case) -> bool:
    """Nothing is known of it that a new object could have."""
    made = case.kind == "outcome" and case.step.kind == "make transient" and not is_error(case.expected)
    name = case.step.text.partition("(")[2].rstrip(")")
    state = "state", case.here.get(("name", name), name)
    refused = case.step.text.startswith("make_transient(") and is_error(case.found, "InvalidRequestError")
    return made and refused and case.former[1].get(state) in ("deleted", "detached")


@rule("a flush that is refused before its first statement changes nothing in memory", ends=True)
def _refused_flush(case: Case) -> bool:
    """SQLAlchemy's has put foreign keys on objects outside of the session before the database refuses a row."""
    return (
        case.kind == "value"
        and case.found == case.former[1].get(case.what)
        and case.attribute in foreign_keys(case)
        and case.states[1] in ("transient", "detached")
        and is_error(case.here["outcome",], "NullRefusedError", "IntegrityError")
    )
