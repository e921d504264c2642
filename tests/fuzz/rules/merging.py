"""Meant differences of merge()."""

from __future__ import annotations

from typing import Any

from tests.fuzz.rules.case import Case, differing, is_error, refused_alone
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import names

RULES: list[Rule] = []
rule = collected_in(RULES)


@rule("merge() of an object that is in the session gives that object", ends=True)
def _merged_itself(case: Case) -> bool:
    if case.step.kind != "merge" or case.kind not in ("outcome", "dirty"):
        return False
    merged = case.step.text.partition("merge(")[2].partition(",")[0].rstrip(")")
    known = case.here.get(("name", merged), merged)
    refused = "load=False" in case.step.text and is_error(case.found, "InvalidRequestError")
    itself = case.here["outcome",] in ([known], [merged]) or (refused and case.expected == [known])
    return case.former[1].get(("member", known)) is True and itself


@rule("merge() copies None that stands in a collection, which the flush refuses", ends=True)
def _merged_none(case: Case) -> bool:
    held = [value for what, value in case.former[1].items() if what[0] == "value" and what[1] in merged_graph(case)]
    nothing = case.said.endswith("'NoneType' object has no attribute '_sa_instance_state'")
    merges = case.step.kind == "merge" and refused_alone(case, "AttributeError") and nothing
    return merges and any(isinstance(value, list) and None in value for value in held)


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
    if case.kind == "value" and _is_met_on_the_way(case):
        return True
    # What it leads to was copied, and the copies were put where the objects are.
    return (
        in_place
        and bool(more)
        and any(case.former[1].get(("state", one)) == "transient" for one in names(case.expected))
    )


def _is_met_on_the_way(case: Case) -> bool:
    """Tell whether the object is behind one that is in the session, where SQLAlchemy's merge() stops."""
    graph = merged_graph(case) if case.step.kind == "merge" else []
    before = case.former[1]
    known = [name for name in graph if before.get(("state", name)) == "persistent"]
    if case.subject in known and any(before.get(("state", one)) == "transient" for one in names(case.expected)):
        return True
    detached = [before.get(("identity", name)) for name in graph if before.get(("state", name)) == "detached"]
    return graph[:1] == known[:1] != [] and case.here.get(("identity", case.subject)) in detached


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


@rule("an object that is deleted while it is expired is not loaded for that", ends=True)
def _merged_after_that(case: Case) -> bool:
    """A copy of it has what is known of it: its key."""
    if case.kind != "rows" or len(case.expected) != len(case.found):
        return False
    merged = any(step.kind == "merge" for step in case.steps)
    gone = any(step.kind == "delete" for step in case.steps)
    gone &= any(step.kind in ("expire", "commit", "rollback") for step in case.steps)
    different = [(one, other) for one, other in zip(case.expected, case.found, strict=True) if one != other]
    # What it was not given gets its default.
    made = {
        column.name: column.default or column.server_default
        for entity in case.model.entities
        if entity.table == case.what[1]
        for column in entity.columns
    }
    return (
        merged
        and gone
        and all(other[key] in (None, made.get(key)) for one, other in different for key in differing(one, other))
    )


@rule("merge() of a graph with two objects for one row: which of them wins is open", ends=True)
def _merged_twice(case: Case) -> bool:
    if case.step.kind == "merge" and case.kind == "value":
        graph, outcome = merged_graph(case), case.here["outcome",]
        keys = [
            (case.model.root(case.here["class", name]).name, _own_key(case, name))
            for name in graph
            if ("class", name) in case.here
        ]
        known = {key for key in keys if None not in key[1] and keys.count(key) > 1}
        own = case.model.root(case.here["class", case.subject]).name, _own_key(case, case.subject)
        return own in known and outcome == [case.subject]
    if case.kind != "rows" or not any(step.kind == "merge" for step in case.steps):
        return False
    keys = {entity.name: [name for name, _ in entity.key_columns] for entity in case.model.entities}
    made = [
        (case.model.root(step.entity).name, *[value for name, value in step.values if name in keys[step.entity]])
        for step in case.steps
        if step.entity in keys and keys[step.entity] != ["id"]
    ]
    about = {case.model.root(entity.name).name for entity in case.model.entities if entity.table == case.what[1]}
    return any(made.count(one) > 1 for one in made if one[0] in about)


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
    changed = [pair for pair in zip(case.expected, case.found, strict=True) if pair[0] != pair[1]]
    return gone and all(other[key] in (value, None) for one, other in changed for key, value in one.items())
