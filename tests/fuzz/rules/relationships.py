"""Meant differences of relationships: both sides, places in one-to-one relationships, members of collections."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.fuzz.models import End, Relation
from tests.fuzz.rules.case import (
    FLUSHING,
    READING,
    Case,
    Facts,
    alters,
    compared_objects,
    different_rows,
    differing,
    has_no_row,
    is_error,
    is_left_over,
    made_columns,
    pairs,
)
from tests.fuzz.rules.merging import merged_graph
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.steps import Step
from tests.fuzz.stored import names

RULES: list[Rule] = []
rule = collected_in(RULES)


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
    if case.is_value and end is None and case.expected is None and case.states[1] == "transient":
        # Its foreign key follows when it is flushed.
        return any(
            relation.kind == "one-to-one" and case.here.get(("value", case.subject, relation.one), case) is None
            for relation, columns in case.model.flows(case.here.get(("class", case.subject), ""))
            if case.attribute in [key for key, _, _ in columns]
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


@rule("who loses the place in a one-to-one relationship lets go of its owner at once", ends=True)
def _inserted_later(case: Case) -> bool:
    """Its key may have been given to another row since then."""
    members = {relation.member for relation in case.model.relations if relation.kind == "one-to-one"}
    if case.kind == "outcome" and is_error(case.found, "ObjectDeletedError") and not is_error(case.expected):
        # Or there is no row any more that could be written.
        before = replace(case, there=case.former[1])
        changed = set(case.former[1]["dirty",]) - set(case.former[0]["dirty",])
        return any(has_no_row(before, name) and case.here.get(("class", name)) in members for name in changed)
    refused = is_error(case.found, "IntegrityError") and not is_error(case.expected)
    later = [name for name in case.former[1]["new",] if case.there.get(("state", name)) == "persistent"]
    return case.kind == "outcome" and refused and any(case.here.get(("class", name)) in members for name in later)


@rule("who loses the place in a one-to-one relationship lets go of its owner at once", ends=True)
def _written_without_owner(case: Case) -> bool:
    """Its row refers to nobody then, which the table may not allow."""
    lost = _has_lost_place(case)
    keys = {key for relation in lost for key, _, _ in case.model.foreign_key(relation)}
    if case.kind == "outcome" and case.step.kind in FLUSHING:
        refused = is_error(case.found, "IntegrityError", "NullRefusedError") and not is_error(case.expected)
        return refused and any(relation.required for relation in lost)
    different = different_rows(case) or []
    return bool(different) and all(
        differing(one, other) <= keys | made_columns(case)
        and any(other[key] is None for key in differing(one, other) & keys)
        for one, other in different
    )


def _has_lost_place(case: Case) -> list[Relation]:
    """List the one-to-one relations whose members have an owner in SQLAlchemy's memory alone."""
    there, here = case.former
    return [
        relation
        for relation in case.model.relations
        if relation.kind == "one-to-one"
        and any(
            what[0] == "value" and what[2] == relation.one and value is None and isinstance(there.get(what), str)
            for what, value in here.items()
        )
    ]


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
        merged = case.step.kind == "merge" and case.here["outcome",] == [case.subject]
        return case.subject in removed or (merged and not removed.isdisjoint(merged_graph(case)))
    rows = [row for row in case.expected if row not in case.found] + [
        row for row in case.found if row not in case.expected
    ]
    return bool(removed) and all(any(_is_row_of(case, row, name) for name in removed) for row in rows)


def _is_row_of(case: Case, row: dict[str, Any], name: str) -> bool:
    entity, identity = case.here.get(("class", name)), case.here.get(("identity", name))
    if entity is None or identity is None or case.what[1] not in case.model.tables(entity):
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
        and case.what[1] in case.model.tables(relation.member)
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


@rule("which of two owners an object belongs to that stands in the collections of both is open", ends=True)
def _of_two_owners(case: Case) -> bool:
    if case.kind != "rows" or len(case.expected) != len(case.found):
        return False
    different = [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]
    for relation in case.model.relations:
        keys = {key for key, _, _ in case.model.foreign_key(relation)} if relation.kind == "one-to-many" else set()
        # A flush may have expired one of the collections.
        in_two = any(
            held.count(name) > 1
            for facts in (case.here, case.former[1])
            for held in [_held(facts, relation.many)]
            for name in held
        )
        if in_two and all({key for key in one if one[key] != other[key]} <= keys for one, other in different):
            return True
    return False


def _held(facts: Facts, attribute: str) -> list[str]:
    """List the members of all collections of one relationship."""
    return [
        name
        for what, value in facts.items()
        if what[0] == "value" and what[2] == attribute
        for name in dict.fromkeys(names(value))
    ]


@rule("a member is not put twice into a list by the other side")
def _put_twice(case: Case) -> bool:
    end = case.end
    if end is None or not end.many or not isinstance(case.expected, list) or not isinstance(case.found, list):
        return False
    before = case.former[0].get(case.what)
    if end.relation.kind == "many-to-many" and isinstance(before, list):
        # One that stood there twice in SQLAlchemy has left the other side, and is there once more.
        kept = [name for name in case.expected if name not in case.found]
        if kept and [name for name in case.expected if name not in kept] == case.found:
            return all(before.count(name) > 1 for name in kept)
    if end.relation.kind == "many-to-many" and list(dict.fromkeys(case.found)) == case.expected != case.found:
        # It stands there as often as it was put into the other side, once less now.
        return True
    once = list(dict.fromkeys(case.expected))
    # One that stood there twice, and has left once since then, belongs to another owner in both worlds.
    other = end.relation.one if end.name == end.relation.many else end.relation.many
    left = [
        name
        for name in once
        if any(facts.get(("value", name, other), case.subject) != case.subject for facts in (case.there, case.here))
    ]
    return case.found == once or (
        end.relation.kind == "one-to-many" and case.found == [name for name in once if name not in left]
    )


@rule("both sides of a relationship agree in memory")
def _both_sides(case: Case) -> bool:
    end = case.end
    if end is None or is_error(case.expected) or is_error(case.found):
        return False
    if end.relation.kind != "one-to-many" or not end.many:
        return False
    more = [name for name in names(case.found) if name not in names(case.expected)]
    less = [name for name in names(case.expected) if name not in names(case.found)]
    said = {_other_side(case, facts, name) for name in more for facts in (case.there, case.here)}
    return said == {case.subject} and not less


@rule("both sides of a relationship agree in memory", ends=True)
def _member_follows(case: Case) -> bool:
    """The owner has let go of it with both."""
    end = case.end
    if case.kind != "value" or end is None or end.many or end.relation.kind != "one-to-many" or case.found is not None:
        return False
    sides = [_other_side(case, facts, case.expected) for facts in (case.there, case.here)]
    return all(isinstance(side, list) and case.subject not in names(side) for side in sides)


@rule("replacing a collection by the same members is no change", ends=True)
def _same_members(case: Case) -> bool:
    if case.step.kind == "change collection" and is_left_over(case):
        attribute, _, value = case.attribute.partition(" = ")
        given = [case.here.get(("name", name), name) for name in re.findall(r"[a-z]\w*", value)]
        gone = [name for name in given if case.former[0].get(("state", name)) == "deleted"]
        return set(gone) <= set(names(case.former[1].get(("value", case.subject, attribute))))
    if _are_in_another_order(case):
        return True
    end = case.end
    put = re.fullmatch(r"(\S+)\.(\w+)\[(?:0|:)\] = \[?(\S+?)\]?", case.step.text)
    if end is None or end.many or put is None or case.kind != "value" or case.step.kind != "change collection":
        return False
    owner, member = (case.here.get(("name", name), name) for name in (put[1], put[3]))
    kept = case.found == case.former[1].get(case.what) and member == case.subject and owner == case.expected
    return kept and case.subject in names(_other_side(case, case.here, owner))


def _are_in_another_order(case: Case) -> bool:
    """Tell whether what has been put anew into the collection of its members is at another place in SQLAlchemy."""
    put = re.fullmatch(r"(\S+)\.(\w+)(?:\[:\] = \[.*\]| = \[.*\]|\[0\] = \w+(?:\[\d\])?)", case.step.text)
    end = case.end
    if put is None or end is None or not end.many or end.relation.kind != "many-to-many" or case.kind != "value":
        return False
    other = end.relation.one if end.name == end.relation.many else end.relation.many
    kept = case.found == case.former[1].get(case.what) and _known(case, put[1]) in names(case.found)
    return put[2] == other and kept and sorted(case.expected) == sorted(case.found)


@rule("a collection that cannot be replaced stays as it is", ends=True)
def _not_replaced(case: Case) -> bool:
    if case.kind == "rows":
        return any(_keeps_members(case, relation) for relation in _not_replaced_before(case))
    step, end = case.step, case.end
    refused = step.kind == "change collection" and is_error(case.here["outcome",]) and is_error(case.there["outcome",])
    if not refused or end is None or not end.many or case.kind != "value":
        return False
    attribute = step.text.partition(" = ")[0].partition(".")[2]
    # Or the other side of it.
    is_it = attribute.partition("[")[0] in (end.relation.one, end.relation.many)
    return (
        is_it
        and set(names(case.expected)) != set(names(case.found))
        and ((case.related(end) or []) == case.keys(case.found) or case.found == case.former[1].get(case.what))
    )


def _not_replaced_before(case: Case) -> list[Relation]:
    """List the relations of the collections that could not be replaced."""
    refused = [
        _replaced(case, step)
        for (one, other), step in zip(case.outcomes, case.steps, strict=False)
        if is_error(one) and is_error(other) and step.kind == "change collection" and " = " in step.text
    ]
    return [relation for relation in refused if relation is not None]


def _replaced(case: Case, step: Step) -> Relation | None:
    owner, _, attribute = step.text.partition(" = ")[0].partition("[")[0].rpartition(".")
    ends = case.model.ends(_class_of(case, owner))
    return next((end.relation for end in ends if end.name == attribute), None)


def _keeps_members(case: Case, relation: Relation) -> bool:
    """Tell whether members have kept the owner that SQLAlchemy took from them."""
    if relation.kind == "many-to-many":
        fewer = all(row in case.expected for row in case.found)
        return case.what[1] == f"between{relation.name}" and fewer
    different = different_rows(case)
    if case.what[1] != case.model.entity(relation.member).table or not different:
        return False
    keys = {key for key, _, _ in case.model.foreign_key(relation)}
    before = [{key: row[key] for key in keys} for row in case.former[1].get(case.what, ())]
    return all(
        differing(one, other) <= keys and {key: other[key] for key in keys} in before for one, other in different
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
    if case.kind == "outcome" and is_error(case.expected, "IntegrityError") and relation.kind != "many-to-many":
        # What was taken from its owner cannot be written, or others refer to the orphan.
        held = relation.required or "delete-orphan" in relation.cascade
        return held and not is_error(case.found)
    if case.kind == "outcome" and case.step.kind not in (*READING, "history"):
        # The next one may be refused as well, before which SQLAlchemy flushes.
        errors = "ValueError", "KeyError", "IndexError", "IntegrityError"
        refused = not is_error(case.found) or is_error(case.found, *errors)
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
    if case.what[1] != case.model.entity(end.relation.member).table or end.relation.kind == "many-to-many":
        return False
    keys = [key for key, _, _ in case.model.foreign_key(end.relation)]
    return len(less) < len(more) or all(row[key] is None for row in less for key in keys)


def _class_of(case: Case, name: str) -> str:
    return str(case.there.get(("class", _known(case, name)), ""))


def _known(case: Case, name: str) -> str:
    return str(case.there.get(("name", name), name))


@rule("a pair of a many-to-many list is one row, however often the list has it", ends=True)
def _twice_in_list(case: Case) -> bool:
    refused = _is_unique(case) or (case.kind == "rows" and _fails_later(case))
    return refused and any(
        isinstance(value, list) and value[:1] != ["set"] and len(value) > len(set(value)) and end is not None
        for what, value in case.former[0].items()
        if what[0] == "value"
        for end in [_many_to_many(case, what[1], what[2])]
    )


def _is_unique(case: Case) -> bool:
    """Tell whether a flush fails in SQLAlchemy alone; what it was made for may fail in azoth."""
    refused = case.kind == "outcome" and is_error(case.expected, "IntegrityError")
    if is_error(case.expected, "StaleDataError") and "DELETE statement on table 'between" in case.said:
        # It is to be deleted as often.
        return case.kind == "outcome" and (not is_error(case.found) or is_error(case.found, "IntegrityError"))
    return refused and (not is_error(case.found) or alters(case, "ValueError", "KeyError", "IndexError"))


def _fails_later(case: Case) -> bool:
    """Tell whether a flush has written links in azoth, and what comes after it has failed."""
    failed = all(is_error(facts["outcome",], "IntegrityError") for facts in (case.there, case.here))
    return failed and "UNIQUE constraint failed: between" in case.said


def _many_to_many(case: Case, name: str, attribute: str) -> End | None:
    ends = case.model.ends(case.there["class", name]) if ("class", name) in case.there else []
    return next((end for end in ends if end.name == attribute and end.relation.kind == "many-to-many"), None)


@rule("a unique value goes from one row to another in one flush", ends=True)
def _unique_value_moves(case: Case) -> bool:
    return _is_unique(case) and any(
        _moves_value(case, entity.name) or _leaves_with_its_row(case, entity.name) for entity in case.model.entities
    )


def _leaves_with_its_row(case: Case, name: str) -> bool:
    """Tell whether rows that refer to each other in a one-to-one relationship are deleted with their last owner."""
    entity = case.model.entity(name)
    owned = any(
        relation.kind == "one-to-one" and "delete-orphan" in relation.cascade and relation.owner == name
        for relation, _ in case.model.own_flows(name)
    )
    before, after = (facts["rows", entity.table] for facts in (case.former[1], case.here))
    return owned and "UNIQUE constraint failed" in case.said and len(after) < len(before)


def _moves_value(case: Case, name: str) -> bool:
    """Tell whether two rows of a table have a unique value (or the key of a one-to-one owner) in turn."""
    entity = case.model.entity(name)
    keys = [key for key, _ in entity.key_columns]
    unique = [[column.name] for column in entity.columns if column.unique]
    unique += [
        [key for key, _, _ in flow] for relation, flow in case.model.own_flows(name) if relation.kind == "one-to-one"
    ]
    before, after = (
        {tuple(row[key] for key in keys): row for row in facts["rows", entity.table]}
        for facts in (case.former[1], case.here)
    )
    made = [case.here.get(("identity", name)) for name in case.former[1]["new",]]
    for columns in unique:
        held = {tuple(row[column] for column in columns): key for key, row in before.items()}
        for key, row in after.items():
            value = tuple(row[column] for column in columns)
            # A row of another class, or a new one, may have got the key of one that was deleted.
            is_another = key in before and before[key].get("kind") != row.get("kind")
            is_new = value in held and key in made
            if None not in value and (held.get(value, key) != key or is_new or (is_another and value in held)):
                return True
    return False


@rule("a detached object is known by its key, expired or not", ends=True)
def _known_by_key(case: Case) -> bool:
    return (
        case.kind == "outcome"
        and is_error(case.expected, "StatementError", "DetachedInstanceError", "ObjectDeletedError")
        # The database may refuse what the statement does.
        and (not is_error(case.found) or is_error(case.found, "IntegrityError"))
        and case.step.kind in ("query", "ask", "update rows", "delete rows")
        and bool(compared_objects(case))
    )


@rule("a relationship of a detached object can be set", ends=True)
def _set_detached(case: Case) -> bool:
    if case.kind == "value" and case.step.kind == "set reference" and isinstance(case.found, list):
        # Nobody looks up what it had, where that is not loaded.
        member = str(case.here.get(("name", case.step.text.partition(".")[0]), ""))
        had = ("value", member, case.step.text.partition(".")[2].partition(" ")[0])
        unknown = had not in case.former[1] and case.here.get(("state", member)) in ("detached", "deleted")
        return unknown and set(names(case.found)) - set(names(case.expected)) == {member}
    if case.kind == "value" and case.end is not None and not case.end.many and case.expected is None:
        # Nobody looks up who has its place, either.
        end, owner = case.end.relation, case.found
        had = ("value", owner, end.many)
        unknown = had in case.former[0] and had not in case.former[1]
        outside = case.here.get(("state", owner)) in ("transient", "detached")
        return end.kind == "one-to-one" and case.end.name == end.one and unknown and outside
    return (
        case.step.kind in ("change collection", "set reference", "set key")
        and case.kind == "outcome"
        and is_error(case.expected, "DetachedInstanceError")
        and not is_error(case.found)
    )


@rule("an orphan that its own member has owned for a moment is deleted with its members", ends=True)
def _orphan_in_a_circle(case: Case) -> bool:
    owned = any(
        relation.owner == relation.member and "delete-orphan" in relation.cascade and relation.kind != "many-to-many"
        for relation in case.model.relations
    )
    if case.kind == "outcome" and case.step.kind == "merge" and isinstance(case.expected, list):
        # It is merged into the one that SQLAlchemy leaves.
        [name] = case.expected
        states = [facts.get(("state", name)) for facts in (case.there, case.here)]
        return owned and states[0] == "persistent" and states[1] in ("deleted", "detached")
    fewer = case.kind == "rows" and all(row in case.expected for row in case.found)
    left = [row for row in case.expected if row not in case.found] if fewer else []
    keys = {key for relation in case.model.relations if relation.owner == relation.member
            for key, _, _ in case.model.foreign_key(relation)}  # fmt: skip
    # SQLAlchemy leaves a row that refers to one that it has deleted.
    return owned and bool(left) and all(any(row.get(key) is not None for key in keys) for row in left)


@rule("references in a circle are written", ends=True)
def _circle(case: Case) -> bool:
    failed = case.kind in ("outcome", "active", "rows") and case.there["outcome",]
    return is_error(failed, "CircularDependencyError")


@rule("Many-to-many links between rows of one table may go both ways between two rows", ends=True)
def _linked_both_ways(case: Case) -> bool:
    if case.kind != "rows" or not case.what[1].startswith("between"):
        return False
    relation = next(one for one in case.model.relations if f"between{one.name}" == case.what[1])
    more = [row for row in case.found if row not in case.expected]

    def ends(row: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        sides = ("owner_", "member_")
        owner, member = ([value for key, value in sorted(row.items()) if key.startswith(side)] for side in sides)
        return owner, member

    known = [ends(row) for row in case.found]
    itself = case.model.root(relation.owner) is case.model.root(relation.member)
    fewer = all(row in case.found for row in case.expected)
    return itself and fewer and bool(more) and all(ends(row)[::-1] in known for row in more)


@rule("removing what a delete-orphan collection does not have is an error and nothing else", ends=True)
def _removed_of_another(case: Case) -> bool:
    owned = [relation.many for relation in case.model.relations if "delete-orphan" in relation.cascade]
    removals = [found for step in case.steps for found in re.findall(r"\.(\w+)\.remove\((.+)\)$", step.text)]
    subjects = {case.here.get(("name", text), text) for attribute, text in removals if attribute in owned}
    if case.kind == "state":
        left = case.expected in ("deleted", "detached", "transient") and case.found in ("persistent", "pending")
        return case.subject in subjects and left
    gone = [name for name in subjects if case.there.get(("state", name)) in ("deleted", "detached", "transient")]
    before = case.former[1] if is_error(case.found) else case.here
    stays = any(before.get(("state", name)) in ("persistent", "pending") for name in gone)
    # What is inserted there may meet another row.
    done = not is_error(case.found) or is_error(case.found, "IntegrityError")
    return case.kind in ("outcome", "rows", "dirty", "deleted") and done and stays


@rule("a link that has left a many-to-many relationship is removed", ends=True)
def _link_removed(case: Case) -> bool:
    """One end of it is detached, so that SQLAlchemy leaves the row."""
    if case.kind != "rows" or not case.what[1].startswith("between"):
        return False
    relation = next(one for one in case.model.relations if f"between{one.name}" == case.what[1])
    less = [row for row in case.expected if row not in case.found]
    fewer = bool(less) and all(row in case.expected for row in case.found)
    return fewer and all(
        any(_is_changed_link(case, relation, row, *sides) for sides in (("owner", "member"), ("member", "owner")))
        for row in less
    )


def _is_changed_link(case: Case, relation: Relation, row: dict[str, Any], side: str, other: str) -> bool:
    """Tell whether a link leads from a changed object to a detached one."""
    before = case.former[1]
    changed, detached = (
        [
            name
            for (_, name), identity in pairs(facts, "identity")
            if facts["class", name] in case.model.family(getattr(relation, one))
            and identity
            == tuple(row[f"{one}_{key}"] for key, _ in case.model.entity(getattr(relation, one)).key_columns)
        ]
        for facts in (before,)
        for one in (side, other)
    )
    return any(name in before["dirty",] for name in changed) and any(
        "detached" in (case.here.get(("state", name)), before.get(("state", name))) for name in detached
    )


@rule("what leaves a collection with `post_update` that has no way back loses its foreign key", ends=True)
def _post_update_of_left(case: Case) -> bool:
    different = different_rows(case)
    return bool(different) and any(
        all(
            differing(one, other) & keys
            and differing(one, other) <= keys | made_columns(case)
            and all(other[key] is None and one[key] is not None for key in differing(one, other) & keys)
            for one, other in different or ()
        )
        for relation in case.model.relations
        if relation.post_update
        and relation.kind != "many-to-many"
        and not (relation.linked and relation.sides == "both")
        and case.model.entity(relation.member).table == case.what[1]
        for keys in [{key for key, _, _ in case.model.foreign_key(relation)}]
    )
