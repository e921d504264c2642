"""Meant differences of objects in a session: what is changed, added, merged, deleted, loaded."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.fuzz.models import Relation
from tests.fuzz.rules.case import (
    READING,
    Case,
    Facts,
    foreign_keys,
    has_no_row,
    is_as_stored,
    is_error,
    is_left_over,
    key_is_given_again,
    pairs,
)
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import is_unchanged, names, row_of

RULES: list[Rule] = []
rule = collected_in(RULES)


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
    if case.step.kind == "set reference":
        # The new one does where the old one is not known: it may be the same.
        named = case.step.text.partition(" = ")[2]
        more -= {case.here.get(("name", named), named)}
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
    pending = {name for name in merged_graph(case)[1:] if case.former[1].get(("state", name)) == "pending"}
    if case.kind == "new":
        return bool(pending) and len(case.here["new",]) < len(case.there["new",])
    more = set(names(case.found)) - set(names(case.expected))
    return case.subject in pending or (bool(more) and more <= pending)


@rule("merging an object that is in the session already follows its merge cascade", ends=True)
def _merged_in_place(case: Case) -> bool:
    merged = _merged(case)
    in_place = case.former[1].get(("state", merged)) == "persistent" and case.here["outcome",] == [merged]
    more = set(names(case.found)) - set(names(case.expected)) if case.kind == "value" else set()
    # What it leads to was copied, and the copies were put where the objects are.
    return (
        in_place
        and bool(more)
        and any(case.former[1].get(("state", one)) == "transient" for one in names(case.expected))
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


def merged_graph(case: Case) -> list[str]:
    """List what a step merges, and all that it leads to."""
    before = case.former[1]
    reached = [_merged(case)]
    for name in reached:
        values = [value for what, value in before.items() if what[0] == "value" and what[1] == name]
        reached += [other for value in values for other in names(value) if ("class", other) in before]
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
    if case.kind == "outcome" and case.step.kind in READING and case.end is not None and there and not here:
        return not is_error(case.expected) and not is_error(case.found)
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
def _cascaded_later(case: Case) -> bool:
    """SQLAlchemy's flush goes over what was put into relationships of objects that are about to be deleted."""
    if case.kind != "rows" or not all(row in case.found for row in case.expected):
        return False
    gone = case.former[1]["deleted",]
    ends = [end for name in gone for end in case.model.ends(case.here.get(("class", name), "")) if not end.many]
    kept = [case.former[1].get(("value", name, end.name)) for name in gone for end in ends]
    return bool(gone) and any(isinstance(name, str) and case.there.get(("state", name)) == "deleted" for name in kept)


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
        case.what[1] in case.model.tables(relation.owner) and _has_lost_member(case, relation, row)
        for relation in case.model.relations
        if relation.member_cascade == "all" and relation.kind != "many-to-many"
        for row in more
    )


def _has_lost_member(case: Case, relation: Relation, row: dict[str, Any]) -> bool:
    """Tell whether a member's row that referred to a row has been deleted with both."""
    columns = case.model.foreign_key(relation)
    key = {name: row[target.partition(".")[2]] for name, _, target in columns}
    table = "rows", case.model.entity(relation.member).table
    members = [member for member in case.former[0].get(table, ()) if key.items() <= member.items()]
    return any(member not in case.there[table] and member not in case.here[table] for member in members)


@rule("a flush fails with no errors of Python", ends=True)
def _internal_error(case: Case) -> bool:
    if case.kind == "outcome" and is_error(case.expected, "KeyError") and is_error(case.found, "IntegrityError"):
        # Another statement failed, after the flush.
        return any(relation.post_update for relation in case.model.relations)
    if case.kind != "outcome" or is_error(case.found):
        return False
    if is_error(case.expected, "KeyError"):
        waiting = any(case.former[0][kind,] for kind in ("new", "dirty", "deleted"))
        return waiting and any(relation.post_update for relation in case.model.relations)
    flushes = case.step.kind in ("flush", "commit", "savepoint", "end savepoint")
    return is_error(case.expected, "ValueError") and flushes and case.said == "list.remove(x): x not in list"


@rule("an object whose row is gone unseen leaves the session when a new row takes its key", ends=True)
def _reused_key(case: Case) -> bool:
    left = case.kind == "member" or case.states in (("persistent", "deleted"), ("persistent", "detached"))
    return left and key_is_given_again(case)


@rule("cascades reach what is loaded, and a load of expired columns loads no relationships", ends=True)
def _cascaded(case: Case) -> bool:
    adds = case.step.kind in ("new", "add", "set reference", "change collection", "merge", "expire", "refresh")
    meets = case.step.kind in ("new", "add", "set reference", "change collection")
    if meets and is_error(case.found, "InvalidRequestError") and not is_error(case.expected):
        # It meets a detached object beside which the session has another one.
        return case.kind == "outcome" and any(state == "detached" for _, state in pairs(case.here, "state"))
    if case.kind == "outcome":
        return (adds or case.step.kind == "delete") and _is_present(case) and _loads_eagerly(case)
    left = ("pending", "transient"), ("persistent", "detached")
    if case.step.kind == "expunge" and case.kind == "state" and case.states in left:
        # It is in a collection that is not loaded, of an object that was expunged along.
        if _owners(case, case.former[1], "detached"):
            return True
    expunged = case.step.kind == "expunge" and (case.expected, case.found) == ("detached", "persistent")
    if not (adds or expunged) or case.kind != "state":
        return False
    if expunged or (case.expected, case.found) == ("persistent", "detached"):
        # SQLAlchemy has loaded the relationship that leads to it.
        return any(
            what[0] == "value" and case.subject in names(value) and case.subject not in names(case.here.get(what))
            for what, value in (*case.there.items(), *case.former[0].items())
        )
    # It was put into a collection that is not loaded, by its own side.
    owners = _owners(case, case.here, "pending", "persistent")
    reached = (case.expected, case.found) in (("transient", "pending"), ("detached", "persistent"))
    return reached and case.former_states[0] == case.expected and bool(owners)


@rule("what has left a relationship is not added with the object that it left", ends=True)
def _left_before_rollback(case: Case) -> bool:
    adds = case.step.kind in ("new", "add", "set reference", "change collection")
    if not adds or (case.kind, case.expected, case.found) != ("state", "pending", "transient"):
        return False
    undone = any("rollback" in step.text for step in case.steps) or any(is_error(one) for one, _ in case.outcomes)
    inside = [name for (_, name), member in pairs(case.here, "member") if member]
    leads = any(
        case.subject in names(value)
        for facts in (case.here, case.there)
        for what, value in facts.items()
        if what[0] == "value" and what[1] in inside
    )
    return undone and not leads and case.former_states == ("transient", "transient")


def _owners(case: Case, facts: Facts, *states: str) -> list[str]:
    """Name the objects to which one refers, that are in one of these states in azoth."""
    values = [value for what, value in facts.items() if what[0] == "value" and what[1] == case.subject]
    return [name for value in values for name in names(value) if case.here.get(("state", name)) in states]


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
    if case.step.kind == "delete" and case.kind == "deleted":
        more = set(case.found) - set(case.expected)
        members = [replace(case, what=("state", name)) for name in more]
        return bool(more) and all(set(_owners(one, case.here, "persistent")) & set(case.found) for one in members)
    return case.step.kind == "delete" and (case.kind, case.expected, case.found) == ("state", "pending", "transient")


@rule("a pending object that moves from one delete-orphan parent to another stays pending", ends=True)
def _moved_pending(case: Case) -> bool:
    moves = case.step.kind in ("set reference", "change collection", "new")
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    if case.kind == "state" and (case.expected, case.found) == ("detached", "persistent"):
        # The cascade that expunges the pending object has gone on to what it leads to.
        return moves and owned and any(state == "pending" for _, state in pairs(case.former[0], "state"))
    return moves and owned and (case.kind, case.expected, case.found) == ("state", "transient", "pending")


@rule("a pending object that loses its delete-orphan parent leaves the session at once", ends=True)
def _orphan_at_once(case: Case) -> bool:
    moves = case.step.kind in ("set reference", "change collection")
    owned = any(
        "delete-orphan" in relation.cascade and relation.member == case.there.get(("class", case.subject))
        for relation in case.model.relations
    )
    return moves and owned and (case.kind, case.expected, case.found) == ("state", "pending", "transient")


@rule("a new object that has lost its parent and is added again is inserted", ends=True)
def _inserted_again(case: Case) -> bool:
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
    return expires and (case.kind, case.expected, case.found) == ("state", "transient", "pending")


@rule("relationships of an object that is deleted stay as they are")
def _deleted_stay(case: Case) -> bool:
    gone = ("deleted", "deleted"), ("deleted", "detached"), ("detached", "detached")
    refers = case.end is not None or case.attribute in (*foreign_keys(case), "version")
    is_left = case.row() is None or any(step.text == f"s.delete({case.subject})" for step in case.steps)
    return case.is_value and refers and case.states in gone and is_left


@rule("an old reference is looked up only where its object must be told", ends=True)
def _not_looked_up(case: Case) -> bool:
    owned = any("delete-orphan" in relation.cascade for relation in case.model.relations)
    return case.kind == "outcome" and case.step.kind == "set reference" and owned and _is_present(case)


@rule("a deleted object has its key, expired or not")
def _deleted_key(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError")
    if case.step.kind == "change collection":
        # The collection of nothing has nothing that can be taken out.
        return refused and is_error(case.found, "IndexError", "ValueError", "KeyError") and _subject_left(case)
    return refused and not is_error(case.found) and case.step.kind in READING and _subject_left(case)


def _subject_left(case: Case) -> bool:
    return case.states[1] in ("deleted", "detached")


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
            related = [other for end in ends for other in names(facts.get(("value", name, end)))]
            found += [
                one
                for one in (name, *related)
                if facts.get(("state", one)) in ("persistent", "detached") and has_no_row(before, one)
            ]
    return found


@rule("a relationship of a deleted object can be changed", ends=True)
def _changed_deleted(case: Case) -> bool:
    changes = case.step.kind in ("change collection", "set reference")
    if case.kind == "outcome" and case.step.kind in FLUSHING and is_error(case.expected, "ObjectDeletedError"):
        # SQLAlchemy's flush looks at what has been changed.
        return not is_error(case.found) and any(state == "deleted" for _, state in pairs(case.former[0], "state"))
    if changes and case.kind == "dirty":
        changed = case.step.text.partition(".")[0]
        state = "state", case.here.get(("name", changed), changed)
        gone = [facts.get(state) in ("deleted", "detached") for facts in case.former]
        return gone == [True, True] and set(case.expected) < set(case.found)
    refused = (
        case.kind == "outcome"
        and is_error(case.expected, "ObjectDeletedError")
        and (
            # Its collections have lost what the flush has taken out of them.
            not is_error(case.found) or is_error(case.found, "ValueError", "KeyError")
        )
    )
    return changes and (refused or (is_left_over(case) and case.former_states == ("deleted", "deleted")))


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
    other = "is not available due to lazy='raise'" in case.said and f".{case.attribute}'" not in case.said
    if not refused or not (other or "is in conflict with existing strategy" in case.said):
        return False
    if case.step.kind in ("query", "get"):
        return True
    return case.row() is not None and is_as_stored(case)


@rule("options such as `raiseload` hold for an object when it was expired, too")
def _raises_still(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.found, "InvalidRequestError") and not is_error(case.expected)
    asked = any(re.search(rf"raiseload\(\w+\.{case.attribute}\b", step.text) for step in case.steps if case.end)
    return refused and asked and case.step.kind in READING


@rule("options such as `raiseload` hold for an object when it was expired, too", ends=True)
def _raises_at_replacing(case: Case) -> bool:
    replaced = re.fullmatch(r"(\w+) = .*", case.attribute) if case.step.kind == "change collection" else None
    refused = case.kind == "outcome" and is_error(case.found, "InvalidRequestError") and not is_error(case.expected)
    return refused and replaced is not None and any(f".{replaced[1]})" in step.text for step in case.steps
                                                    if "raiseload(" in step.text)  # fmt: skip


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
    if case.kind == "rows":
        return _kept_for_stranger(case)
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


def _kept_for_stranger(case: Case) -> bool:
    """Tell whether SQLAlchemy's rows refer to who had an object before one outside of the session got it."""
    keys = {key for relation in case.model.relations if relation.kind == "one-to-one"
            for key, _, _ in case.model.foreign_key(relation)}  # fmt: skip
    made = {column.name for entity in case.model.entities for column in entity.columns if column.onupdate}
    pairs_of_rows = [pair for pair in zip(case.expected, case.found, strict=False) if pair[0] != pair[1]]
    differing = [{key for key in one if one[key] != other.get(key)} for one, other in pairs_of_rows]
    written = [other[key] for (_, other), one in zip(pairs_of_rows, differing, strict=True) for key in one & keys]
    strangers = [name for (_, name), state in pairs(case.here, "state") if state == "transient"]
    owners = {relation.owner for relation in case.model.relations if relation.kind == "one-to-one"}
    return (
        len(case.expected) == len(case.found)
        and any(case.here["class", name] in owners for name in strangers)
        and all(one & keys and one <= keys | made | {"version"} for one in differing)
        and all(value is None for value in written)
    )


@rule("a child outside of the session gets its parent's key, in a table that refers to itself too", ends=True)
def _key_of_stranger(case: Case) -> bool:
    own = {
        key
        for relation in case.model.relations
        if relation.owner == relation.member and relation.kind != "many-to-many"
        for key, _, _ in case.model.foreign_key(relation)
    }
    if case.is_value:
        merged = case.step.kind == "merge" and case.here["outcome",] == [case.subject]
        outside = merged or case.states[1] in ("transient", "detached")
        unknown = case.expected is None or is_error(case.expected, "DetachedInstanceError")
        return case.attribute in own and unknown and outside and not is_error(case.found)
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
    if case.kind == "outcome" and not is_error(case.expected) and not is_error(case.found):
        # Or not at all: its owner's cascade has added it again.
        listed = [set(re.findall(r"'([a-z]+[0-9]+)'", repr(value))) for value in (case.expected, case.found)]
        more = listed[0] - listed[1]
        return bool(more) and more <= set(case.former[1]["deleted",])
    if case.kind == "rows" and case.what[1].startswith("between"):
        return _links_of_nobody(case)
    if case.kind == "value" and case.states[1] in ("deleted", "detached") and ("class", case.subject) in case.here:
        # SQLAlchemy's flush has updated it, to delete it then.
        made = {column.name: column.onupdate for column in case.model.columns(case.here["class", case.subject])}
        return case.row() is None and case.expected == made.get(case.attribute, case)
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
