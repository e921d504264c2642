"""Meant differences of errors: where azoth says more."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.rules.case import Case, compared_objects, is_error, pairs
from tests.fuzz.rules.flushes import written_without_rows
from tests.fuzz.rules.rule import Rule, collected_in

RULES: list[Rule] = []
rule = collected_in(RULES)


def _compares(case: Case) -> bool:
    return bool(compared_objects(case))


def _deletes_unseen(case: Case) -> bool:
    cascades = any(relation.ondelete == "CASCADE" for relation in case.model.relations)
    supposed = any(step.text.startswith("make_transient_to_detached") for step in case.steps)
    deletes = any(step.kind == "delete rows" or (cascades and step.kind == "delete") for step in case.steps)
    return deletes or supposed


def _needs_values(case: Case) -> bool:
    given = any(entity.key != "auto" for entity in case.model.entities)
    return given or any(relation.required for relation in case.model.relations)


def _has_no_version(case: Case) -> bool:
    versioned = any(
        case.model.root(entity.name).versioned and f"({entity.name})" in case.step.text
        for entity in case.model.entities
    )
    return versioned and case.step.kind == "update rows"


def _supposed_version(case: Case) -> bool:
    """Tell whether an object that was said to have a row needs the version of it."""
    supposed = any(step.text.startswith("make_transient_to_detached") for step in case.steps)
    versioned = any(entity.versioned for entity in case.model.entities)
    # close() is a rollback, too.
    undone = any(step.kind in ("rollback", "close") for step in case.steps) or any(
        is_error(one) for one, _ in case.outcomes[:-1]
    )
    return supposed and versioned and undone


def _deletes_without_rows(case: Case) -> bool:
    deletes = any(step.kind in ("delete", "delete rows") for step in case.steps)
    return deletes and bool(written_without_rows(case))


def _has_twin(case: Case) -> bool:
    """Tell whether a changed object has the identity of one that was deleted."""
    before = case.former[1]
    known = [
        (case.model.root(before["class", name]).name, before.get(("identity", name)), state)
        for (_, name), state in pairs(before, "state")
    ]
    changed = [
        (case.model.root(before["class", name]).name, before.get(("identity", name)))
        for name in before["dirty",]
        if ("class", name) in before
    ]
    return any((*one, "deleted") in known for one in changed)


def _takes_over_twice(case: Case) -> bool:
    """Tell whether two new objects have the key of one that is deleted."""
    before = case.former[1]
    keys = [
        (case.model.root(before["class", name]).name, tuple(before["key", name]))
        for name in before["new",]
        if ("class", name) in before and ("key", name) in before
    ]
    gone = [
        (case.model.root(before["class", name]).name, before.get(("identity", name)))
        for name in before["deleted",]
        if ("class", name) in before
    ]
    return any(keys.count(key) > 1 for key in gone)


def _holds_none(case: Case) -> bool:
    """Tell whether None stands in a collection that was to be flushed."""
    return any(
        what[0] == "value" and isinstance(value, list) and None in value and what[1] in case.former[1][kind,]
        for what, value in case.former[1].items()
        for kind in ("new", "dirty")
    )


ERRORS: dict[tuple[str, str], Callable[[Case], bool]] = {
    ("AssertionError", "UnmappedInstanceError"): lambda case: "with_parent(" in case.step.text,
    ("AttributeError", "UnmappedInstanceError"): lambda case: case.step.kind == "make transient",
    ("StatementError", "ObjectDeletedError"): _compares,
    ("StatementError", "DetachedInstanceError"): _compares,
    ("StatementError", "UnresolvedValueError"): _compares,
    ("CompileError", "UnresolvedValueError"): _compares,
    ("ObjectDeletedError", "IntegrityError"): _deletes_unseen,
    ("IntegrityError", "NullRefusedError"): _needs_values,
    ("KeyError", "InvalidRequestError"): lambda case: _has_no_version(case) or case.step.kind == "change collection",
    ("InvalidRequestError", "DetachedInstanceError"): _compares,
    ("InvalidRequestError", "UnresolvedValueError"): _compares,
    ("IntegrityError", "FlushError"): _holds_none,
    ("StaleDataError", "FlushError"): _holds_none,
    ("DetachedInstanceError", "InvalidRequestError"): lambda case: (
        case.step.kind == "make transient" or (_compares(case) and "='evaluate'" in case.step.text)
    ),
    ("StaleDataError", "IntegrityError"): lambda case: _deletes_unseen(case) or _takes_over_twice(case),
    ("StaleDataError", "ObjectDeletedError"): _supposed_version,
    ("ObjectDeletedError", "StaleDataError"): lambda case: (
        _deletes_unseen(case) or _deletes_without_rows(case) or _has_twin(case)
    ),
    ("InvalidRequestError", "IndexError"): lambda case: (
        case.step.kind == "change collection" and "[0] = " in case.step.text and "has been deleted" in case.said
    ),
    ("InvalidRequestError", "ObjectDeletedError"): lambda case: case.step.kind == "refresh",
}
"""Errors of SQLAlchemy and of azoth, which say more -> where this is so."""


@rule("errors say what is wrong", ends=True)
def _before_the_flush(case: Case) -> bool:
    """What cannot be merged, or evaluated, is refused before anything is written."""
    if case.step.kind in ("update rows", "delete rows") and "='evaluate'" in case.step.text:
        refused = is_error(case.found, "InvalidRequestError") and is_error(case.expected, "IntegrityError")
        return case.kind == "outcome" and refused
    refused = case.step.kind == "merge" and is_error(case.found, "UnmappedInstanceError")
    return refused and case.kind == "outcome" and is_error(case.expected, "IntegrityError")


@rule("errors say what is wrong", ends=True)
def _within_the_flush(case: Case) -> bool:
    """The flush before a query finds that a row is gone, of which SQLAlchemy says that the session is to roll back."""
    hidden = is_error(case.expected, "PendingRollbackError") and is_error(case.found, "ObjectDeletedError")
    looks = case.step.kind in ("query", "get") and "previous exception during flush" in case.said
    return case.kind == "outcome" and hidden and looks and not case.failed and _deletes_unseen(case)


@rule("errors say what is wrong")
def _errors(case: Case) -> bool:
    return case.kind == "outcome" and any(
        is_error(case.expected, one) and is_error(case.found, other) and holds(case)
        for (one, other), holds in ERRORS.items()
    )
