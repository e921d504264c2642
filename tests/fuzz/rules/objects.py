"""Meant differences of objects in a session: what is changed, added, merged, deleted, loaded."""

from __future__ import annotations

import re
from typing import Any

from tests.fuzz.models import Entity
from tests.fuzz.rules.case import (
    FLUSHING,
    READING,
    Case,
    alters,
    different_rows,
    differing,
    foreign_keys,
    is_error,
    is_left_over,
    key_is_given_again,
    pairs,
    value_named,
)
from tests.fuzz.rules.merging import merged_graph
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import is_unchanged, row_of

RULES: list[Rule] = []
rule = collected_in(RULES)


@rule("an attribute set to the value that it has is no change")
def _dirty(case: Case) -> bool:
    if case.kind != "dirty" or not set(case.found) <= set(case.expected):
        return False
    return all(is_unchanged(case.model, case.here, name) for name in set(case.expected) - set(case.found))


@rule("an owner that is known hears of the member that leaves it", ends=True)
def _owner_hears(case: Case) -> bool:
    if case.kind != "dirty":
        return False
    more, less = set(case.found) - set(case.expected), set(case.expected) - set(case.found)
    if not more or not all(is_unchanged(case.model, case.here, name) for name in less):
        return False
    if case.step.kind == "set reference":
        moved = [case.step.text.partition(".")[0]]
    elif case.step.kind == "new":
        moved = [name for _, value in case.step.values for name in re.findall(r"[a-z]+[0-9]+(?:\[[0-9]\])?", value)]
    elif case.step.kind == "change collection":
        moved = re.findall(r"[a-z]+[0-9]+(?:\[[0-9]\])?", re.sub(r"^\S+?\.\w+", "", case.step.text))
    elif case.step.kind == "merge":
        outcome = case.here["outcome",]
        moved = [*(outcome if isinstance(outcome, list) else []), *_merged_to(case)]
    else:
        return False
    owners = set()
    for name in moved:
        member = case.here.get(("name", name), name)
        for relation, columns in (
            case.model.flows(case.here[entity]) if (entity := ("class", member)) in case.here else ()
        ):
            # The row tells what is not loaded.
            row = row_of(case.model, case.former[1], member)
            owner = case.model.root(relation.owner).name
            if row is not None:
                owners.add((owner, tuple(row[key] for key, _, _ in columns)))
            for facts in (case.former[1], case.here):
                owners.add((owner, tuple(facts.get(("value", member, key)) for key, _, _ in columns)))
    if case.step.kind == "set reference":
        # The new one does where the old one is not known: it may be the same.
        named = case.step.text.partition(" = ")[2]
        more -= {case.here.get(("name", named), named)}
    known = {name: case.model.root(case.here["class", name]).name for name in more if ("class", name) in case.here}
    return len(known) == len(more) and {(known[name], case.here.get(("identity", name))) for name in more} <= owners


def _merged_to(case: Case) -> list[str]:
    """Name the objects in the session that what a step merges was copied to."""
    here = case.here
    keys = {
        (case.model.root(here["class", name]).name, here.get(("identity", name)) or tuple(here.get(("key", name), ())))
        for name in merged_graph(case)
        if ("class", name) in here
    }
    return [
        name
        for (_, name), identity in pairs(here, "identity")
        if here.get(("member", name)) and (case.model.root(here["class", name]).name, identity) in keys
    ]


@rule("`is_modified()` of a new object is true")
def _new_is_modified(case: Case) -> bool:
    return case.step.kind == "is modified" and (case.kind, case.expected, case.found) == ("outcome", False, True)


@rule("an object whose row is gone unseen leaves the session when a new row takes its key", ends=True)
def _reused_key(case: Case) -> bool:
    left = case.kind == "member" or case.states in (("persistent", "deleted"), ("persistent", "detached"))
    return left and key_is_given_again(case)


@rule("relationships of an object that is deleted stay as they are")
def _deleted_stay(case: Case) -> bool:
    gone = ("deleted", "deleted"), ("deleted", "detached"), ("detached", "detached")
    refers = case.end is not None or case.attribute in (*foreign_keys(case), "version")
    known = [what[1] for what, name in case.here.items() if what[0] == "name" and name == case.subject]
    texts = {f"s.delete({name})" for name in (*known, case.subject)}
    is_left = case.row() is None or any(step.text in texts for step in case.steps)
    return case.is_value and refers and case.states in gone and is_left


@rule("a deleted object has its key, expired or not")
def _deleted_key(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError")
    if case.step.kind == "change collection":
        # The collection of nothing has nothing that can be taken out.
        return refused and is_error(case.found, "IndexError", "ValueError", "KeyError") and _subject_left(case)
    return refused and not is_error(case.found) and case.step.kind in READING and _subject_left(case)


def _subject_left(case: Case) -> bool:
    return case.states[1] in ("deleted", "detached")


def _fails_at_deleted(case: Case) -> bool:
    """Tell whether SQLAlchemy's flush before a load has failed, so that what was deleted is there again."""
    failed = all(is_error(facts["outcome",], "ObjectDeletedError") for facts in (case.there, case.here))
    return failed and any(
        (state, case.there.get(what), case.here.get(what)) == ("deleted", "persistent", "deleted")
        for what, state in [(("state", name), state) for (_, name), state in pairs(case.former[0], "state")]
    )


@rule("a relationship of a deleted object can be changed", ends=True)
def _changed_deleted(case: Case) -> bool:
    if case.kind == "rows" and case.step.kind in READING:
        return _fails_at_deleted(case)
    changes = case.step.kind in ("change collection", "set reference")
    if case.kind == "outcome" and case.step.kind == "set reference" and is_error(case.found, "InvalidRequestError"):
        # It is the value that SQLAlchemy knows already.
        named = case.step.text.partition(" = ")[2]
        what = value_named(case)
        known = case.former[0].get(what) == case.here.get(("name", named), named) and what not in case.former[1]
        return known and not is_error(case.expected) and case.former_states == ("deleted", "deleted")
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
        if case.model.root(relation.owner) is case.model.root(relation.member) and relation.kind != "many-to-many"
        for key, _, _ in case.model.foreign_key(relation)
    }
    if case.is_value:
        merged = case.step.kind == "merge" and case.here["outcome",] == [case.subject]
        outside = merged or case.states[1] in ("transient", "detached")
        unknown = case.expected is None or is_error(case.expected, "DetachedInstanceError")
        # Or it has what it had before, which azoth had not loaded.
        unknown |= case.former[0].get(case.what) == case.expected and case.what not in case.former[1]
        unknown |= _has_parents_key(case)
        if case.found is None and case.states == ("detached", "detached") and case.kind == "value":
            # And it loses that of an owner that it has left.
            flows = case.model.flows(str(case.here.get(("class", case.subject), "")))
            left = [relation for relation, columns in flows if case.attribute in [key for key, _, _ in columns]]
            return any(case.here.get(("value", case.subject, relation.one), case) is None for relation in left)
        return case.attribute in own and unknown and outside and not is_error(case.found)
    different = different_rows(case)
    if different:
        # A copy has got the key, too.
        copies = [(row_of(case.model, case.here, name), name) for name in case.former[1]["new",]]
        return all(
            differing(one, other) <= own
            and any(
                row == other and case.former[1].get(("value", name, key)) == other[key] and one[key] is None
                for row, name in copies
                for key in differing(one, other)
            )
            for one, other in different
        )
    refused = case.kind == "outcome" and is_error(case.found, "IntegrityError") and not is_error(case.expected)
    return refused and any(
        case.former[1].get(("value", name, key)) is not None and case.former[0].get(("value", name, key)) is None
        for name in case.former[1]["new",]
        for key in own
    )


def _has_parents_key(case: Case) -> bool:
    """Tell whether a flush has given an object outside of the session the key of the one that it was put to before."""
    before, after = case.former[1], case.here
    flows = case.model.flows(str(after.get(("class", case.subject), "")))
    return case.kind == "value" and any(
        case.attribute == key
        and isinstance(parent := before.get(("value", case.subject, relation.one)), str)
        and parent == after.get(("value", case.subject, relation.one))
        and case.found in (after.get(("identity", parent)) or ())
        and before.get(case.what) == case.expected
        for relation, columns in flows
        for key, _, _ in columns
    )


@rule("objects that are about to be deleted take no part in relationships", ends=True)
def _deleted_take_no_part(case: Case) -> bool:
    if case.kind in ("rows", "outcome", "deleted") and case.there["deleted",] and not case.here["deleted",]:
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
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError")
    # The step that has made both flush may be refused then.
    refused &= not is_error(case.found) or alters(case, "ValueError", "KeyError", "IndexError")
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


@rule("an object that is added with the key of one that is deleted takes over its row", ends=True)
def _takes_over_row(case: Case) -> bool:
    """What it was not given gets its default, where SQLAlchemy leaves what the row had."""
    different = different_rows(case)
    before = case.former[1]
    new, gone = ({_key_in_session(case, name): name for name in before[kind,]} for kind in ("new", "deleted"))
    tables = {name: case.model.entity(name) for name in {entity.name for entity in case.model.entities}}
    return bool(different) and all(
        any(
            case.what[1] in case.model.tables(before["class", new[known]])
            and _row_key(tables[before["class", new[known]]], other) == known[1]
            and all(before.get(("value", new[known], key)) is None for key in differing(one, other))
            for known in new.keys() & gone.keys()
        )
        for one, other in different or ()
    )


def _key_in_session(case: Case, name: str) -> tuple[str, tuple[Any, ...]]:
    before = case.former[1]
    if ("class", name) not in before:
        return "", ()
    return case.model.root(before["class", name]).name, before.get(("identity", name)) or tuple(before["key", name])


def _row_key(entity: Entity, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[key] for key, _ in entity.key_columns)
