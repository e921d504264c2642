"""Meant differences of loading: loader options, and what is there without a load."""

from __future__ import annotations

import re

from tests.fuzz.rules.case import (
    EXPIRING,
    READING,
    Case,
    alters,
    is_as_stored,
    is_error,
    key_is_given_again,
    refused_alone,
    value_named,
)
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import is_stored, names

RULES: list[Rule] = []
rule = collected_in(RULES)


@rule("history tells what the other side has put into a collection that is not loaded")
def _queued_history(case: Case) -> bool:
    return (
        case.step.kind == "history" and case.expected == [[], [], []] and case.kind == "outcome" and case.found[1] == []
    )


@rule("a relationship loads whatever options its object came with", ends=True)
def _loads_anyway(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "InvalidRequestError") and not is_error(case.found)
    renewed = case.kind == "outcome" and is_error(case.expected, "AttributeError") and not is_error(case.found)
    if _has_nothing_to_change(case):
        return "is in conflict with existing strategy" in case.said
    if renewed and case.step.kind == "query" and "populate_existing" in case.step.text:
        return "subquery" in case.step.text or any(
            "subquery" in (relation.lazy, relation.member_lazy) for relation in case.model.relations
        )
    other = "is not available due to lazy='raise'" in case.said and f".{case.attribute}'" not in case.said
    if not refused or not (other or "is in conflict with existing strategy" in case.said):
        return False
    if case.step.kind in ("query", "get", "refresh"):
        return True
    if case.step.kind in ("delete", "flush", "commit") and not other:
        # A cascade or a flush loads it.
        return True
    return case.row() is not None and is_as_stored(case)


def _has_nothing_to_change(case: Case) -> bool:
    """Tell whether a step names an object of a result that has none, once the collection is loaded."""
    named = re.findall(r"\w+\[\d\]", case.step.text)
    missing = any(("name", name) not in case.here for name in named)
    return alters(case, "IndexError") and is_error(case.expected, "InvalidRequestError") and missing


def _asks_to_raise(case: Case, attribute: str) -> bool:
    """Tell whether a query has asked for errors where an attribute is read."""
    return any(re.search(rf"raiseload\(\w+\.{attribute}\b", step.text) for step in case.steps)


@rule("options such as `raiseload` hold for an object when it was expired, too")
def _raises_still(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.found, "InvalidRequestError") and not is_error(case.expected)
    asked = any(re.search(rf"raiseload\(\w+\.{case.attribute}\b", step.text) for step in case.steps if case.end)
    return refused and asked and case.step.kind in READING


@rule("options such as `raiseload` hold for an object when it was expired, too", ends=True)
def _raises_at_replacing(case: Case) -> bool:
    replaced = re.fullmatch(r"(\w+) = .*", case.attribute) if case.step.kind == "change collection" else None
    if case.kind == "outcome" and case.step.kind == "change collection" and replaced is None:
        # Or at any other change that looks at what was in it.
        what = value_named(case)
        known = what in case.former[0] and what not in case.former[1]
        raises = is_error(case.found, "InvalidRequestError")
        # SQLAlchemy may find nothing there to take out.
        raises &= not is_error(case.expected) or is_error(case.expected, "IndexError", "ValueError", "KeyError")
        known |= what not in case.former[1] and is_error(case.expected)
        return raises and known and _asks_to_raise(case, what[2])
    refused = case.kind == "outcome" and is_error(case.found, "InvalidRequestError") and not is_error(case.expected)
    return refused and replaced is not None and any(f".{replaced[1]})" in step.text for step in case.steps
                                                    if "raiseload(" in step.text)  # fmt: skip


@rule("`subqueryload` works beside `load_only` and `defer`", ends=True)
def _subquery_of_part(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "NoSuchColumnError") and not is_error(case.found)
    lazy = any("subquery" in (relation.lazy, relation.member_lazy) for relation in case.model.relations)
    in_part = re.search(r"load_only\(|defer\(", case.step.text) is not None
    return refused and in_part and (lazy or "subqueryload(" in case.step.text)


@rule("Options such as `raiseload` and `defer` hold for an object")
def _raises_no_longer(case: Case) -> bool:
    """The statement that has loaded the expired object gives it its own options, in SQLAlchemy those of before."""
    refused = refused_alone(case, "InvalidRequestError") and case.step.kind in READING
    raised = refused and "is not available due to lazy='raise'" in case.said and f".{case.attribute}'" in case.said
    if not raised or case.end is None or not is_as_stored(case):
        return False
    asks = re.compile(rf"raiseload\(\w+\.{case.attribute}\b")
    asked = [place for place, step in enumerate(case.steps) if asks.search(step.text)]
    expired = [place for place, step in enumerate(case.steps) if asked and place > asked[0] and step.kind in EXPIRING]
    line = "|".join(entity.name for entity in case.model.line(case.there["class", case.subject]))
    loads = re.compile(rf"(?:select|get|query|aliased)\((?:{line})\b")
    return bool(expired) and any(
        step.kind in ("query", "get", "ask") and loads.search(step.text) is not None and asks.search(step.text) is None
        for step in case.steps[expired[0] :]
    )


@rule(
    "Options such as `raiseload` and `defer` hold for an object when it was expired and loads itself again", ends=True
)
def _loads_later(case: Case) -> bool:
    """A collection that an earlier query has put off is not loaded along by another one."""
    what = value_named(case)
    refused = alters(case, "DetachedInstanceError") and not is_error(case.expected)
    put_off = any(
        re.search(rf"lazyload\(\w+\.{what[2]}\b", step.text) for step in case.steps[:-1] if step.kind == "query"
    )
    return refused and put_off and what in case.former[0] and what not in case.former[1]


@rule("`populate_existing` also forgets attributes", ends=True)
def _forgotten(case: Case) -> bool:
    """What SQLAlchemy finds in a collection that is loaded no longer keeps its owner in memory."""
    end = case.end
    renewed = any("populate_existing" in step.text for step in case.steps[:-1])
    if not renewed or end is None or end.many or case.expected is not None or is_error(case.found):
        return False
    other = end.relation.one if end.name == end.relation.many else end.relation.many
    collection = "value", case.found, other
    states = {case.here.get(("state", name)) for name in (case.subject, case.found)}
    outside = states <= {"transient", "detached"}
    changed = case.step.kind == "change collection" and re.match(r"[^.]+", case.step.text)
    owner = case.here.get(("name", changed[0]), changed[0]) if changed else None
    forgotten = collection in case.former[0] and collection not in case.former[1]
    return owner == case.found and outside and forgotten


@rule("`immediateload()` and `subqueryload()` load for all results together by an IN list", ends=True)
def _subquery_in_portions(case: Case) -> bool:
    """They work with ``yield_per``, too."""
    refused = refused_alone(case, "InvalidRequestError") and "yield_per" in case.said
    strategies = {one for relation in case.model.relations for one in (relation.lazy, relation.member_lazy)}
    return refused and "yield_per=" in case.step.text and ("subquery" in strategies or "subquery" in case.step.text)


@rule('`lazy="subquery"` of a derived class finds its objects behind a LIMIT', ends=True)
def _subquery_behind_limit(case: Case) -> bool:
    limited = case.step.kind == "query" and re.search(r"\.(?:limit|offset)\(", case.step.text) is not None
    end = case.end
    if not limited or end is None or case.kind != "value":
        return False
    relation = end.relation
    lazy = relation.lazy if end.name == relation.many else relation.member_lazy
    by_subquery = lazy == "subquery" or "subqueryload(" in case.step.text
    entity = case.there["class", case.subject]
    stored = [is_stored(case.model, facts, case.subject, end) for facts in (case.here, case.there)]
    return by_subquery and case.model.root(entity).name != entity and stored == [True, False]


@rule("a detached object has what was loaded before", ends=True)
def _kept_when_made_transient(case: Case) -> bool:
    names_it = [
        text.partition("(")[2].rstrip(")") for step in case.steps if (text := step.text).startswith("make_transient(")
    ]
    made = case.subject in [case.here.get(("name", name), name) for name in names_it]
    known = case.former[1].get(("value", case.subject, case.attribute), case) == case.found
    unknown = case.kind == "outcome" and case.step.kind in READING and case.expected is None
    return unknown and made and known and case.states == ("transient", "transient")


@rule("a detached object has what was loaded before", ends=True)
def _has_what_was_put_there(case: Case) -> bool:
    """One that was made transient has what others have put into its collections, loaded or not."""
    made = case.states == ("transient", "transient") and ("class", case.subject) in case.here
    if not is_error(case.expected, "IndexError") or not alters(case) or not made:
        return False
    what = value_named(case)
    end = next((end for end in case.model.ends(case.here["class", case.subject]) if end.name == what[2]), None)
    return end is not None and end.many and what not in case.former[1] and bool(names(case.found))


@rule("a detached object has what was loaded before")
def _keeps_computed(case: Case) -> bool:
    """What was loaded of a column that the database computes stays, though a rollback has changed the row since."""
    what = "value", case.subject, "shout"
    same = [facts.get(what, case) for facts in case.former] == [case.expected, case.found]
    return case.is_value and case.attribute == "shout" and same and case.states == ("detached", "detached")


@rule("a detached object has what was loaded before", ends=True)
def _comes_along(case: Case) -> bool:
    """What a collection was loaded with for the peers comes along when its owner is added."""
    added = case.step.kind == "add" and case.kind == "state" and case.states == ("detached", "persistent")
    return added and any(
        what[0] == "value" and case.subject in names(value) and what not in case.former[0]
        for what, value in case.former[1].items()
    )


@rule("a detached object has what was loaded before")
def _loaded_before(case: Case) -> bool:
    if is_error(case.expected, "DetachedInstanceError") and alters(case, "IndexError", "ValueError", "KeyError"):
        return case.states == ("detached", "detached") and value_named(case) in case.former[1]
    refused = is_error(case.expected, "DetachedInstanceError") and case.kind == "outcome" and case.step.kind in READING
    if not refused or case.states != ("detached", "detached"):
        return False
    known = case.former[1].get(("value", case.subject, case.attribute), case) == case.found
    return known and (is_as_stored(case) or _all_refer_to_it(case) or key_is_given_again(case))


def _all_refer_to_it(case: Case) -> bool:
    """Tell whether each member of a collection says that it belongs to the object."""
    end = case.end
    if end is None or not end.many or not end.relation.linked:
        return False
    other = end.relation.one if end.name == end.relation.many else end.relation.many
    stored = case.related(end) or []
    return all(
        case.subject in names(case.here.get(("value", name, other)))
        or case.here.get(("identity", name)) in stored
        or _was_put(case, name, other)
        for name in names(case.found)
    ) and set(stored) <= {case.here.get(("identity", name)) for name in names(case.found)}


def _was_put(case: Case, member: str, attribute: str) -> bool:
    """Tell whether a step has set the reference of a member to the object, which has not been flushed."""
    aliases = {name: [what[1] for what, known in case.here.items() if what[0] == "name" and known == name] + [name]
               for name in (member, case.subject)}  # fmt: skip
    texts = {f"{one}.{attribute} = {other}" for one in aliases[member] for other in aliases[case.subject]}
    return any(step.text in texts for step in case.steps)


@rule("Criteria of `with_loader_criteria()` hold for later loads from the objects", ends=True)
def _criteria_at_once(case: Case) -> bool:
    """What is loaded along is part of the statement; SQLAlchemy's ``immediate`` is a load of the object by itself."""
    end = case.end
    if end is None or case.kind != "value" or case.step.kind != "query":
        return False
    lazy = end.relation.lazy if end.name == end.relation.many else end.relation.member_lazy
    immediate = lazy == "immediate" or "immediateload(" in case.step.text
    names_of_target = {entity.name for entity in case.model.line(end.target)}
    named = set(re.findall(r"with_loader_criteria\((\w+),", case.step.text))
    fewer = set(names(case.found)) < set(names(case.expected))
    return immediate and fewer and bool(named & names_of_target) and case.what not in case.former[0]
