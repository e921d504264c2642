"""Meant differences of flushes: when there is one, and what it needs."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.fuzz.rules.case import (
    EXPIRING,
    FLUSHING,
    READING,
    Case,
    Facts,
    alters,
    has_no_row,
    is_error,
    loads_eagerly,
    refused_alone,
    value_named,
)
from tests.fuzz.rules.rule import Rule, collected_in
from tests.fuzz.stored import names

RULES: list[Rule] = []
rule = collected_in(RULES)


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
        and is_error(case.expected, "IntegrityError", "ObjectDeletedError")
        and is_error(case.found, "InvalidRequestError")
    ):
        # What the flush has deleted cannot be put into a relationship.
        return case.subject in gone
    if refused_alone(case, "ObjectDeletedError") and _is_unflushed(case.here, case.former[1]):
        # Nor can its attributes be loaded.
        return case.subject in gone
    there, here = (_is_unflushed(*pair) for pair in zip((case.there, case.here), case.former, strict=True))
    looked = case.kind == "outcome" and case.step.kind in READING and case.end is not None and there and not here
    if looked and not is_error(case.found):
        return not is_error(case.expected)
    if case.kind == "outcome":
        failures = "IntegrityError", "FlushError", "NullRefusedError", "StaleDataError"
        one, other = (is_error(value, *failures) for value in (case.expected, case.found))
        return (one and here and not other) or (other and there and not one)
    return case.kind in ("rows", "dirty") and there != here


def _is_unflushed(facts: Facts, former: Facts) -> bool:
    """Tell whether what waited for a flush still waits for it."""
    waits = any(former[kind,] for kind in ("new", "dirty", "deleted"))
    # What was changed may be about to be deleted now.
    waiting = set(facts["new",]) | set(facts["dirty",]) | set(facts["deleted",])
    still = all(set(former[kind,]) <= waiting for kind in ("new", "dirty", "deleted"))
    return waits and still and all(facts[what] == rows for what, rows in former.items() if what[0] == "rows")


@rule("a flush fails with no errors of Python", ends=True)
def _internal_error(case: Case) -> bool:
    if case.kind == "outcome" and is_error(case.expected, "KeyError") and is_error(case.found, "IntegrityError"):
        # Another statement failed, after the flush.
        return any(relation.post_update for relation in case.model.relations)
    # That of an object may need a load, before which the session flushes.
    flushes = case.step.kind in ("flush", "commit", "savepoint", "end savepoint", "delete")
    removes = is_error(case.expected, "ValueError") and case.said == "list.remove(x): x not in list"
    if case.kind == "outcome" and removes and flushes and is_error(case.found, "NullRefusedError"):
        # It is refused for another reason, before anything is written.
        return True
    if case.kind == "outcome" and is_error(case.expected, "AssertionError") and is_error(case.found, "IntegrityError"):
        # It is refused for what is wrong with its rows.
        return flushes and not case.failed
    if case.kind != "outcome" or is_error(case.found):
        return False
    if is_error(case.expected, "ProgrammingError"):
        # A value that is not loaded is no value to write.
        return "LoaderCallableStatus" in case.said
    if is_error(case.expected, "KeyError") and _names_an_object(case):
        return True
    if is_error(case.expected, "KeyError"):
        waiting = any(case.former[0][kind,] for kind in ("new", "dirty", "deleted"))
        return waiting and any(relation.post_update for relation in case.model.relations)
    return removes and (flushes or case.step.kind in ("merge", *READING))


def _names_an_object(case: Case) -> bool:
    """Tell whether a KeyError is about an object of a many-to-many list that lost its row with a rollback."""
    between = any(relation.kind == "many-to-many" for relation in case.model.relations)
    undone = any(step.kind == "rollback" for step in case.steps[:-1])
    known = {entity.name for entity in case.model.entities}
    named = re.search(r"<(?:\w+\.)*(\w+) (?:object )?at ", case.said)
    return between and undone and named is not None and named[1] in known


@rule("what looks up what is in the database flushes before", ends=True)
def _loaded_before_flush(case: Case) -> bool:
    """An expired object loads its eager relationships at once, before the flush that changes them."""
    before = case.former[0]
    waits = bool(before["new",] or before["dirty",]) and any(step.kind in EXPIRING for step in case.steps)
    failed = is_error(case.expected, "IndexError", "ValueError", "KeyError")
    # Or it was loaded so, which azoth has not done yet.
    unknown = value_named(case) not in before or value_named(case) not in case.former[1]
    return alters(case) and failed and waits and unknown and loads_eagerly(case)


@rule("a flush needs no values of objects whose rows a change of many rows has removed unseen", ends=True)
def _gone_unseen(case: Case) -> bool:
    refused = case.kind == "outcome" and is_error(case.expected, "ObjectDeletedError")
    # A foreign key that leads to such a row is an error of the database.
    refused &= not is_error(case.found) or is_error(case.found, "IntegrityError")
    # Another object of the row may have been deleted, too.
    unseen = any(step.kind in ("delete rows", "delete") for step in case.steps)
    return refused and unseen and case.step.kind in (*FLUSHING, "refresh") and bool(written_without_rows(case))


def written_without_rows(case: Case) -> list[str]:
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


@rule("a value that is replaced is looked up where it is not known")
def _looked_up(case: Case) -> bool:
    sets = case.step.kind in ("set", "set reference", "change collection", "set foreign key", "new")
    sets |= case.step.kind in ("merge", "add")
    sets |= case.step.kind in ("update rows", "delete rows") and is_error(case.there["outcome",])
    return sets and case.kind == "transaction" and (case.expected, case.found) == ((False, False), (True, False))


@rule("a change of an attribute begins no transaction")
def _begin(case: Case) -> bool:
    return case.kind == "transaction" and (case.expected, case.found) == ((True, False), (False, False))
