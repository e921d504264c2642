"""Meant differences of what is known: what is in memory at another time, and what was told of there."""

from __future__ import annotations

import re

from tests.fuzz.rules.case import READING, Case, Facts, alters, is_error, loads_eagerly, pairs, refused_alone
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import is_stored, is_unchanged, names, row_of

RULES: list[Rule] = []
rule = collected_in(RULES)


def _aliases(case: Case, name: str) -> list[str]:
    """List the names that steps have for an object."""
    return [name, *[what[1] for what, known in case.here.items() if what[0] == "name" and known == name]]


@rule("what is loaded at another time is as the database had it then")
def _loaded_for_peers(case: Case) -> bool:
    """A collection of a detached object, loaded before the foreign key of a member was set by hand."""
    end = case.end
    if end is None or not end.many or end.relation.kind == "many-to-many" or case.step.kind not in READING:
        return False
    what = "value", case.subject, end.name
    known = case.former[1].get(what, case) == case.found
    if not is_error(case.expected) and not (end.relation.linked and end.relation.sides == "both"):
        # Nobody tells it of what has left it since then; SQLAlchemy loads it now.
        return known and what not in case.former[0] and is_stored(case.model, case.there, case.subject, end)
    refused = is_error(case.expected, "DetachedInstanceError") and case.states == ("detached", "detached")
    stored, held = case.related(end), case.keys(case.found)
    if not known or not refused or stored is None:
        return False
    keys = [key for key, _, _ in case.model.foreign_key(end.relation)]
    set_by_hand = {
        str(case.here.get(("name", found[1]), found[1]))
        for step in case.steps
        if step.kind == "set foreign key" and (found := re.match(r"(.+)\.(\w+) = ", step.text)) and found[2] in keys
    }
    return {key for key in (*stored, *held) if (key in stored) != (key in held)} <= {
        case.here.get(("identity", name)) for name in set_by_hand
    }


@rule("what is loaded at another time is as the database had it then")
def _has_strangers(case: Case) -> bool:
    """A collection was loaded before the flush that passed over members outside of the session, in azoth alone."""
    end = case.end
    if case.kind != "value" or end is None or end.relation.kind != "many-to-many" or case.what in case.former[0]:
        return False
    more = set(names(case.found)) - set(names(case.expected))
    return (
        case.former[1].get(case.what) == case.found
        and set(names(case.expected)) <= set(names(case.found))
        and bool(more)
        and all(case.here.get(("state", name)) in ("transient", "detached") for name in more)
    )


@rule("what is loaded at another time is as the database had it then", ends=True)
def _made_transient_unloaded(case: Case) -> bool:
    """The flush of an expired object has loaded nothing of it, so that nothing is left when it is made transient."""
    lost = case.step.text.startswith("make_transient(") and case.kind == "key" and set(case.found) == {None}
    entity = case.model.entity(case.here["class", case.subject]) if lost else None
    keys = [key for key, _ in entity.key_columns] if entity is not None else []
    there, here = case.former
    return lost and all(
        ("value", case.subject, key) in there and ("value", case.subject, key) not in here for key in keys
    )


@rule("an attribute set to the value that it has is no change")
def _is_not_modified(case: Case) -> bool:
    asked = re.fullmatch(r"s\.is_modified\((\S+)\)", case.step.text)
    if asked is None or (case.kind, case.expected, case.found) != ("outcome", True, False):
        return False
    name = str(case.here.get(("name", asked[1]), asked[1]))
    own = [(what, value) for what, value in case.there.items() if what[:2] == ("value", name)]
    return is_unchanged(case.model, case.here, name) and all(case.here.get(what, case) == value for what, value in own)


@rule("an attribute set to the value that it has is no change", ends=True)
def _key_set_after_reference(case: Case) -> bool:
    """The reference was there already, so that the foreign key that was set after it counts."""
    refused = is_error(case.found, "IntegrityError") and not is_error(case.expected) and case.kind == "outcome"
    return refused and any(_is_set_again(case, name) for name in case.former[1]["dirty",])


def _is_set_again(case: Case, name: str) -> bool:
    """Tell whether an object has got the owner that its row has, and another foreign key after that."""
    row = row_of(case.model, case.former[1], name)
    entity = case.here.get(("class", name))
    if row is None or entity is None:
        return False
    texts = [step.text for step in case.steps]
    for relation, columns in case.model.flows(str(entity)):
        owner = case.former[1].get(("value", name, relation.one))
        same = case.former[1].get(("identity", owner)) == tuple(row[key] for key, _, _ in columns)
        referred = [
            place for place, text in enumerate(texts)
            if any(text.startswith(f"{one}.{relation.one} = ") for one in _aliases(case, name))
        ]  # fmt: skip
        by_hand = [
            place for place, text in enumerate(texts) for key, _, _ in columns
            if any(text.startswith(f"{one}.{key} = ") for one in _aliases(case, name))
        ]  # fmt: skip
        if same and referred and by_hand and referred[-1] < by_hand[-1]:
            return True
    return False


@rule("what an INSERT has left out is known to be NULL")
def _changed_since(case: Case) -> bool:
    """So a change of many rows puts its value there, which a detached object keeps."""
    what = "value", case.subject, case.attribute
    known = case.former[1].get(what, case) == case.found
    texts = (f"values({case.attribute}={case.found!r})", f"{{'{case.attribute}': {case.found!r}}}")
    changed = any(step.kind == "update rows" and any(text in step.text for text in texts) for step in case.steps)
    unknown = case.step.kind in READING and case.expected is None and what not in case.former[0]
    return unknown and known and changed and case.states == ("detached", "detached")


@rule("cascades reach what is loaded, and loads differ", ends=True)
def _expired_along(case: Case) -> bool:
    """SQLAlchemy has loaded the collection along which the expiry goes on, and gives up a change of a member."""
    more = set(case.found) - set(case.expected) if case.kind == "dirty" else set()
    if case.step.kind != "expire" or not more or not set(case.expected) <= set(case.found):
        return False
    there, here = case.former
    return loads_eagerly(case) and all(
        any(what[0] == "value" and name in names(value) and what not in here for what, value in there.items())
        for name in more
    )


@rule("`populate_existing` also forgets attributes", ends=True)
def _refreshed_along(case: Case) -> bool:
    """What it has forgotten leads to no member whose change would be given up by a refresh of the owner."""
    renewed = any("populate_existing" in step.text for step in case.steps[:-1])
    found = re.match(r"s\.refresh\((\S+?)[,)]", case.step.text)
    if not renewed or found is None or case.kind != "rows":
        return False
    owner = case.here.get(("name", found[1]), found[1])
    there, here = case.former
    members = {
        name
        for what, value in there.items()
        if what[:2] == ("value", owner) and what not in here
        for name in names(value)
    }
    kept = [name for name in members if name in here["dirty",]]
    rows = [row_of(case.model, case.here, name) for name in kept]
    return case.expected == there[case.what] and all(row in rows for row in case.found if row not in case.expected)


@rule("what looks up what is in the database flushes before", ends=True)
def _flushed_with_delete(case: Case) -> bool:
    """The change of a detached object that delete() takes in is flushed before its cascade looks further."""
    if case.step.kind != "delete" or case.kind != "rows" or case.expected != case.former[0][case.what]:
        return False
    taken = [name for name in case.here["deleted",] if case.former[1].get(("state", name)) == "detached"]
    rows = [row_of(case.model, case.here, name) for name in taken]
    return bool(taken) and all(row in rows for row in case.found if row not in case.expected)


@rule(
    "options such as `raiseload` and `defer` hold for an object when it was expired and loads itself again", ends=True
)
def _cascades_along_option(case: Case) -> bool:
    """A collection that an earlier query has asked for is loaded again with its owner, and a cascade follows it."""
    more = set(case.found) - set(case.expected) if case.kind == "deleted" else set()
    if case.step.kind != "delete" or not more or not set(case.expected) <= set(case.found):
        return False
    there, here = case.former
    return all(
        any(
            what[0] == "value"
            and name in names(value)
            and what not in there
            and any(re.search(rf"load\(\w+\.{what[2]}\b", step.text) for step in case.steps)
            for what, value in here.items()
        )
        for name in more
    )


@rule(
    "an option that a statement has for an attribute of an object stays when another statement finds the object",
    ends=True,
)
def _first_option(case: Case) -> bool:
    attribute = re.match(r"\w*", case.attribute)
    refused = refused_alone(case, "InvalidRequestError") and attribute is not None
    if not refused or attribute is None or f".{attribute[0]}' is not available due to lazy='raise'" not in case.said:
        return False
    if not (case.step.kind in READING or alters(case)):
        return False
    named = [
        [place for place, step in enumerate(case.steps) if re.search(rf"\b{option}\(\w+\.{attribute[0]}\b", step.text)]
        for option in ("lazyload", "raiseload")
    ]
    return bool(named[0]) and bool(named[1]) and named[0][0] < named[1][0]


@rule("criteria of `with_loader_criteria()` hold for later loads from the objects", ends=True)
def _criteria_of_joins(case: Case) -> bool:
    """SQLAlchemy names a table that the join of a class with its base does not have."""
    refused = refused_alone(case, "OperationalError") and "no such column" in case.said
    return refused and "with_loader_criteria(" in case.step.text and "joinedload(" in case.step.text


@rule("a member is not put twice into a list by the other side", ends=True)
def _left_once(case: Case) -> bool:
    """SQLAlchemy's list has the member once more, so that it does not leave."""
    end, removed = case.end, re.match(r"(\S+?)\.(\w+)\.(?:remove|pop)\(", case.step.text)
    if case.kind == "outcome":
        return _has_left_twice(case)
    if end is None or end.many or case.kind != "value" or case.found is not None or removed is None:
        return False
    owner = str(case.here.get(("name", removed[1]), removed[1]))
    lists = [facts.get(("value", owner, removed[2]), []) for facts in (case.there, case.here)]
    is_other_side = removed[2] == end.relation.many and owner == case.expected
    return is_other_side and case.subject in names(lists[0]) and case.subject not in names(lists[1])


def _has_left_twice(case: Case) -> bool:
    """Tell whether SQLAlchemy's list has members still that belong to another owner in both worlds."""
    if not alters(case, "IndexError") or is_error(case.expected):
        return False
    changed = re.match(r"(\S+?)\.(\w+)", case.step.text)
    owner = str(case.here.get(("name", changed[1]), changed[1])) if changed else ""
    end = next((end for end in case.model.ends(str(case.here.get(("class", owner), "")))
                if changed and end.name == changed[2]), None)  # fmt: skip
    if end is None or end.relation.kind != "one-to-many":
        return False
    there, here = (facts.get(("value", owner, end.name)) for facts in case.former)
    return (
        bool(names(there))
        and here == []
        and all(
            facts.get(("value", name, end.relation.one), owner) != owner
            for name in names(there)
            for facts in case.former
        )
    )


@rule("who loses the place in a one-to-one relationship lets go of its owner at once", ends=True)
def _written_for_last_owner(case: Case) -> bool:
    """In SQLAlchemy two objects have the same member in memory, and either may be written as its owner."""
    before = case.former[0]
    for relation in case.model.relations:
        if relation.kind != "one-to-one" or case.kind not in ("rows", "outcome", "value"):
            continue
        held = [value for what, value in before.items() if what[0] == "value" and what[2] == relation.many and value]
        table = case.model.entity(relation.member).table
        keys = {key for key, _, _ in case.model.foreign_key(relation)}
        plain = [
            [{key: value for key, value in row.items() if key not in keys} for row in facts["rows", table]]
            for facts in (case.there, case.here)
        ]
        twice = any(held.count(name) > 1 for name in held)
        if twice and plain[0] == plain[1] and case.there["rows", table] != case.here["rows", table]:
            return not is_error(case.expected) and not is_error(case.found)
    return False


@rule("rows of one class are inserted in the order of add()", ends=True)
def _rows_of_swapped_keys(case: Case) -> bool:
    """Other rows refer to the keys that they got."""
    if case.kind != "rows":
        return False
    swapped = {
        (entity.name, case.there.get(("identity", name))): case.here.get(("identity", name))
        for what, state in case.here.items()
        if what[0] == "state" and state == "persistent"
        for name in [what[1]]
        for entity in [case.model.root(case.here["class", name])]
        if entity.key == "auto" and case.there.get(("identity", name)) != case.here.get(("identity", name))
        if name in case.former[0]["new",] and name in case.former[1]["new",]
    }
    relation = next((one for one in case.model.relations if f"between{one.name}" == case.what[1]), None)
    if not swapped or relation is None:
        return False
    renamed = []
    for row in case.expected:
        changed = dict(row)
        for side, target in (("owner", relation.owner), ("member", relation.member)):
            key = f"{side}_id"
            if key in row:
                new = swapped.get((case.model.root(target).name, (row[key],)))
                changed[key] = new[0] if new else row[key]
        renamed.append(changed)
    return sorted(renamed, key=repr) == case.found


@rule("a change of an object whose row is gone is not written into a new row that has got its key", ends=True)
def _not_written_into_another(case: Case) -> bool:
    before = case.former[1]
    if case.kind == "rows":
        # SQLAlchemy has deleted the new row.
        made = _with_reused_keys(case, case.here, "deleted")
        rows = [row_of(case.model, case.here, name) for name in made]
        more = [row for row in case.found if row not in case.expected]
        return bool(more) and all(row in rows for row in more) and all(row in case.found for row in case.expected)
    refused = case.kind == "outcome" and is_error(case.found, "StaleDataError") and not is_error(case.expected)
    return refused and bool(before["dirty",]) and bool(_with_reused_keys(case, case.there, "dirty"))


def _with_reused_keys(case: Case, facts: Facts, kind: str) -> list[str]:
    """List the new objects whose rows have got the keys of objects that were to be written."""
    before = case.former[1]
    written = [
        (case.model.root(before["class", name]).name, before.get(("identity", name)))
        for name in before[kind,]
        if ("class", name) in before
    ]
    return [
        name
        for name in before["new",]
        if ("class", name) in before
        and (case.model.root(before["class", name]).name, facts.get(("identity", name))) in written
    ]


@rule("options such as `raiseload` and `defer` hold for an object when it was expired and loads itself again")
def _left_unloaded(case: Case) -> bool:
    """What a query has left out of an object is not there when it is made transient."""
    put_off = any(
        re.search(r"(?:load_only|defer)\(", step.text) for step in case.steps if step.kind in ("query", "get")
    )
    texts = {f"make_transient({name})" for name in _aliases(case, case.subject)}
    made = any(step.text in texts for step in case.steps) and case.states == ("transient", "transient")
    what = "value", case.subject, case.attribute
    read = case.step.kind in READING and case.kind == "outcome" and case.found is None and case.end is None
    known = case.former[0].get(what, case) == case.expected and what not in case.former[1]
    return put_off and made and read and known


@rule("a change of many rows by evaluation leaves objects alone whose rows the database has left", ends=True)
def _is_left(case: Case) -> bool:
    """A change that waits for its flush makes an object meet the criteria."""
    deletes = case.step.kind == "delete rows" and case.kind == "state" and case.states == ("deleted", "persistent")
    waits = case.subject in case.former[0]["dirty",] and case.subject in case.former[1]["dirty",]
    return deletes and waits and case.row() is not None and row_of(case.model, case.here, case.subject) is not None


@rule("a rollback takes back what it can, whatever has become of the objects", ends=True)
def _rolled_back_all_the_same(case: Case) -> bool:
    ends = case.step.kind == "end savepoint" or case.step.text == "s.rollback()"
    made = any(step.text.startswith("make_transient(") for step in case.steps)
    return ends and made and refused_alone(case, "InvalidRequestError") and case.said.endswith("is not persisted")


@rule("who loses the place in a one-to-one relationship lets go of its owner at once", ends=True)
def _loses_its_place_there(case: Case) -> bool:
    """Who has lost it before takes it from the one that has it, when it gets another owner."""
    there, here = case.former
    gone = [
        name
        for (_, name), state in pairs(there, "state")
        if state == "persistent" and name not in there["deleted",] and case.there.get(("state", name)) == "deleted"
    ]
    emptied = [
        (relation.member, what[1])
        for relation in case.model.relations
        if relation.kind == "one-to-one" and "delete-orphan" in relation.cascade
        for what, value in there.items()
        if what[0] == "value" and what[2] == relation.many and value is None
        if what[1] in there["dirty",] and what[1] not in here["dirty",]
    ]
    return case.kind in ("outcome", "rows") and any(
        there["class", name] in case.model.family(member) for name in gone for member, _ in emptied
    )
