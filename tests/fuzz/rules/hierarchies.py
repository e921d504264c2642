"""Meant differences of classes that inherit: statements about their rows in several tables."""

from __future__ import annotations

import re

from tests.fuzz.rules.case import Case, Facts, is_error, pairs, refused_alone
from tests.fuzz.rules.merging import merged_graph
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import names

RULES: list[Rule] = []
rule = collected_in(RULES)


def _changed_class(case: Case) -> str | None:
    """Name the class that a step changes the rows of, None if it is none of a hierarchy."""
    found = re.search(r"\b(?:update|delete|insert|query)\((\w+)\)", case.step.text)
    if found is None or case.step.kind not in ("update rows", "delete rows", "insert rows"):
        return None
    return None if case.model.root(found[1]).discriminator is None else found[1]


def _tables(case: Case, name: str) -> set[str]:
    """Name the tables that have rows of an entity's objects and of those that inherit from it."""
    return {table for one in case.model.family(name) for table in case.model.tables(one)}


@rule("`delete(X)` deletes the rows of the objects in all of their tables", ends=True)
def _deleted_whole(case: Case) -> bool:
    name = _changed_class(case)
    if name is None or case.step.kind != "delete rows" or len(_tables(case, name)) < 2:
        return False
    if case.kind == "outcome":
        refused = is_error(case.expected, "IntegrityError") and not is_error(case.found)
        return (refused or _has_parts(case, case.there, name)) and not _has_parts(case, case.here, name)
    if case.kind == "rows":
        whole = _has_parts(case, case.there, name) and not _has_parts(case, case.here, name)
        return whole or _leaves_base_rows(case, name)
    return False


def _leaves_base_rows(case: Case, name: str) -> bool:
    """Tell whether SQLAlchemy has more rows of the base, all of them without the class's own, which it deleted."""
    root, own = case.model.root(name), case.model.entity(name).table
    if case.what[1] != root.table:
        return False
    keys = [key for key, _ in root.key_columns]
    left = [tuple(row[key] for key in keys) for row in case.there["rows", own]]
    more = [row for row in case.expected if row not in case.found]
    fewer = all(row in case.expected for row in case.found)
    return fewer and bool(more) and all(tuple(row[key] for key in keys) not in left for row in more)


def _has_parts(case: Case, facts: Facts, name: str) -> bool:
    """Tell whether there are rows of objects of a hierarchy without those in their other tables."""
    root = case.model.root(name)
    keys = [key for key, _ in root.key_columns]
    rows = {
        table: {tuple(row[key] for key in keys) for row in facts["rows", table]} for table in _tables(case, root.name)
    }
    known = {case.model.identity(one): one for one in case.model.family(root.name)}
    wanted: dict[str, set[tuple[object, ...]]] = {table: set() for table in rows}
    for row in facts["rows", root.table]:
        for table in case.model.tables(known[row["kind"]]):
            wanted[table].add(tuple(row[key] for key in keys))
    return wanted != rows


@rule("`update(Engineer)` and `delete(Engineer)` concern the rows that `select(Engineer)`", ends=True)
def _as_selected(case: Case) -> bool:
    name = _changed_class(case)
    if name is None or case.kind not in ("outcome", "rows") or len(case.model.tables(name)) < 2:
        return False
    own = {column.name for one in case.model.line(name) for column in one.columns
           if one.table == case.model.entity(name).table}  # fmt: skip
    named = set(re.findall(rf"\b{name}\.(\w+)", case.step.text))
    return case.step.kind != "insert rows" and bool(named - own)


@rule("rows of a class whose queries load those of derived classes, too", ends=True)
def _changed_with_polymorphic(case: Case) -> bool:
    name = _changed_class(case)
    if name is None or case.kind != "outcome" or is_error(case.found, "AttributeError"):
        return False
    return is_error(case.expected, "AttributeError") and "'AnnotatedJoin' object has no attribute" in case.said


@rule("a query whose eager loads lead round among classes of a hierarchy comes to an end", ends=True)
def _comes_to_an_end(case: Case) -> bool:
    related = {
        (case.model.root(relation.owner).name, case.model.root(relation.member).name)
        for relation in case.model.relations
        if case.model.root(relation.owner).discriminator is not None
    }
    recursed = [is_error(value, "RecursionError", "MemoryError") for value in (case.expected, case.found)]
    if is_error(case.expected, "MemoryError"):
        # What leads there and back loads the same objects on and on.
        roots = [case.model.root(name) for one in case.model.relations for name in (one.owner, one.member)]
        return recursed == [True, False] and any(root.discriminator is not None for root in roots)
    return case.kind == "outcome" and recursed == [True, False] and any(owner == member for owner, member in related)


@rule(
    "`any()` and `has()` of a relationship between classes of one table ask for the class of the related row", ends=True
)
def _class_of_the_related(case: Case) -> bool:
    asked = re.findall(r"\b(\w+)\.(\w+)\.(?:any|has)\(", case.step.text)
    return case.kind == "outcome" and any(
        end.name == attribute
        and case.model.root(end.target) is case.model.root(name)
        and end.target != case.model.root(name).name
        for name, attribute in asked
        if name in {entity.name for entity in case.model.entities}
        for end in case.model.ends(name)
    )


@rule("an object whose row in a table of its class is missing has its key")
def _key_without_row(case: Case) -> bool:
    identity = case.here.get(("identity", case.subject))
    if not case.is_value or identity is None or case.row() is not None:
        return False
    entity = case.model.root(case.here["class", case.subject])
    key = dict(zip([name for name, _ in entity.key_columns], identity, strict=True))
    rows = [row for row in case.here["rows", entity.table] if key.items() <= row.items()]
    is_there = bool(rows)
    if is_error(case.expected, "ObjectDeletedError"):
        return is_there and case.found == rows[0].get(case.attribute, case)
    if case.expected is None:
        return is_there and key.get(case.attribute, case) == case.found
    # Of the missing row it has nothing, when it is loaded after that.
    return is_there and case.found is None and case.attribute not in key


@rule("`merge()` of an object whose key is that of an object of another class gives a new object", ends=True)
def _merged_into_another_class(case: Case) -> bool:
    given = re.search(r"merge\((\w+(?:\[\d\])?)", case.step.text)
    if case.step.kind == "merge" and case.kind == "value" and case.end is not None:
        return _holds_another_class(case)
    if given is None or case.step.kind != "merge" or case.kind not in ("outcome", "class"):
        return False
    entity = case.here.get(("class", str(case.here.get(("name", given[1]), given[1]))))
    if case.kind == "class":
        return case.found == entity != case.expected
    if not isinstance(case.found, list):
        return False
    if entity is None or case.here.get(("state", case.found[0])) != "pending":
        return False
    if is_error(case.expected, "StaleDataError") and "on merged state" in case.said:
        # SQLAlchemy compares the versions of both.
        return any(
            case.former[0].get(("identity", name)) == tuple(case.here.get(("key", case.found[0]), ()))
            and case.model.root(case.here["class", name]) == case.model.root(entity)
            for (_, name), state in pairs(case.former[0], "state")
            if state == "persistent" and case.here["class", name] != entity
        )
    if is_error(case.expected, "KeyError"):
        # Or of one that it leads to.
        classes = {case.here["class", name] for name in merged_graph(case) if ("class", name) in case.here}
        return any(case.model.root(one).discriminator is not None for one in classes)
    return isinstance(case.expected, list) and case.there.get(("class", case.expected[0])) != entity


def _holds_another_class(case: Case) -> bool:
    """Tell whether a copy leads to new objects of another class than those with their keys."""
    more = [name for name in names(case.found) if name not in names(case.expected)]
    classes = [str(case.here.get(("class", name), name)).partition("(")[0] for name in more]
    less = [
        str(case.there.get(("class", name), name)).partition("(")[0]
        for name in names(case.expected)
        if name not in names(case.found)
    ]
    # Objects that have no name yet are told of by their class, and by their key if they have a row.
    new = all(case.here.get(("state", name), "pending") == "pending" and "(" not in name for name in more)
    roots = [{case.model.root(name).name for name in one} for one in (classes, less)]
    return bool(more) and new and len(more) == len(less) and roots[0] == roots[1] and classes != less


@rule("Objects that are deleted and inserted with the same unique value in one flush, also with the key", ends=True)
def _key_goes_to_another_class(case: Case) -> bool:
    before = case.former[1]
    if case.kind == "rows":
        return _has_no_part(case)
    if case.kind != "outcome" or not is_error(case.expected, "StaleDataError") or is_error(case.found):
        return False
    gone = {
        name
        for (_, name), state in pairs(before, "state")
        if state == "persistent" and case.here.get(("state", name)) in ("deleted", "detached")
    }
    keys = {
        (case.model.root(before["class", name]).name, tuple(before["key", name])): before["class", name]
        for name in before["new",]
        if ("class", name) in before and ("key", name) in before
    }
    return any(
        keys.get((case.model.root(before["class", name]).name, before.get(("identity", name))), before["class", name])
        != before["class", name]
        for name in {*before["deleted",], *gone}
        if ("class", name) in before
    )


def _has_no_part(case: Case) -> bool:
    """Tell whether the rows of a new object in its class's own table are there in azoth alone."""
    before = case.former[1]
    rows = [
        dict(zip([key for key, _ in entity.key_columns], before["key", name], strict=True))
        for name in before["new",]
        if ("class", name) in before and ("key", name) in before
        for entity in [case.model.entity(before["class", name])]
        if entity.base is not None and case.what[1] in case.model.tables(entity.name)
        if any(before.get(("identity", other)) == tuple(before["key", name]) for other in before["deleted",])
    ]
    more = [row for row in case.found if row not in case.expected]
    fewer = all(row in case.found for row in case.expected)
    return fewer and bool(more) and all(any(key.items() <= row.items() for key in rows) for row in more)


@rule("merge() of an object of a base class into one of a derived class leaves what tells its class", ends=True)
def _merged_into_derived_class(case: Case) -> bool:
    if not any(step.kind == "merge" for step in case.steps):
        return False
    if case.kind == "value":
        kept = case.attribute == "kind" and case.found == case.model.identity(case.here["class", case.subject])
        return case.step.kind == "merge" and kept
    if case.kind == "rows" and len(case.expected) == len(case.found):
        pairs = [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]
        return all("kind" in one and {**one, "kind": other["kind"]} == other for one, other in pairs)
    refused = case.kind == "outcome" and is_error(case.expected, "InvalidRequestError") and not is_error(case.found)
    return refused and "can't be loaded into an object; the polymorphic discriminator column" in case.said


@rule("`with_loader_criteria(Base, ...)` holds for queries of classes derived from `Base`", ends=True)
def _criteria_of_the_base(case: Case) -> bool:
    named = re.findall(r"with_loader_criteria\((\w+),", case.step.text)
    bases = [name for name in named if len(case.model.family(name)) > 1]
    # SQLAlchemy's may name a table that its statement does not have.
    both_read = not is_error(case.found) and (
        not is_error(case.expected) or is_error(case.expected, "OperationalError")
    )
    if case.kind in ("identity", "name", "class") and case.step.kind == "query":
        # Of the first difference one may only see which object has got a name.
        return bool(bases) and case.subject.startswith(f"{case.step.names[0]}[")
    return case.kind == "outcome" and bool(bases) and both_read and case.step.kind in ("query", "ask")


@rule("a statement about objects with rows in several tables that fails in one of them has changed no other", ends=True)
def _changed_whole(case: Case) -> bool:
    name = _changed_class(case)
    if name is None or case.kind not in ("rows", "outcome") or len(_tables(case, name)) < 2:
        return False
    return is_error(case.here.get(("outcome",))) and is_error(case.there.get(("outcome",)))


@rule("An eager option for a relationship of a derived class works in a query for its base", ends=True)
def _loaded_with_the_base(case: Case) -> bool:
    changed = re.match(r"(\w+(?:\[\d\])?)\.(\w+)", case.step.text)
    if changed is None or case.kind != "outcome" or is_error(case.found):
        return False
    subject = str(case.here.get(("name", changed[1]), changed[1]))
    entity = case.here.get(("class", subject))
    refused = is_error(case.expected, "DetachedInstanceError") or "is not available due to lazy='raise'" in case.said
    if entity is None or not refused or ("value", subject, changed[2]) not in case.former[1]:
        return False
    own = {end.name for end in case.model.ends(case.model.root(entity).name)}
    return changed[2] in {end.name for end in case.model.ends(entity)} - own


@rule("a part of `with_polymorphic()` names values of the whole", ends=True)
def _compared_part(case: Case) -> bool:
    compared = re.search(r"where\(x\.\w+\.\w+ == ", case.step.text)
    both_read = not is_error(case.expected) and not is_error(case.found)
    return compared is not None and case.kind == "outcome" and both_read


@rule('a collection of a derived class with `lazy="joined"` comes by a SELECT of its own', ends=True)
def _joins_nothing(case: Case) -> bool:
    """So that the statement can be read in portions."""
    derived = {entity.name for entity in case.model.entities if entity.base is not None}
    joined = any(
        (relation.lazy == "joined" and relation.owner in derived and relation.has_many)
        or (relation.member_lazy == "joined" and relation.member in derived and relation.has_one)
        for relation in case.model.relations
    )
    refused = refused_alone(case, "InvalidRequestError") and "unique() method must be invoked" in case.said
    return refused and joined and case.step.kind == "query" and "yield_per=" in case.step.text
