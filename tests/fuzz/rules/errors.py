"""Meant differences of errors: where azoth says more."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.rules.case import Case, compared_objects, is_error
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


ERRORS: dict[tuple[str, str], Callable[[Case], bool]] = {
    ("AssertionError", "UnmappedInstanceError"): lambda case: "with_parent(" in case.step.text,
    ("AttributeError", "UnmappedInstanceError"): lambda case: case.step.kind == "make transient",
    ("StatementError", "ObjectDeletedError"): _compares,
    ("StatementError", "DetachedInstanceError"): _compares,
    ("StatementError", "InvalidRequestError"): _compares,
    ("CompileError", "InvalidRequestError"): _compares,
    ("ObjectDeletedError", "StaleDataError"): _deletes_unseen,
    ("ObjectDeletedError", "IntegrityError"): _deletes_unseen,
    ("IntegrityError", "NullRefusedError"): _needs_values,
    ("KeyError", "InvalidRequestError"): lambda case: _has_no_version(case) or case.step.kind == "change collection",
    ("InvalidRequestError", "DetachedInstanceError"): _compares,
    ("DetachedInstanceError", "InvalidRequestError"): lambda case: (
        case.step.kind == "make transient" or (_compares(case) and "='evaluate'" in case.step.text)
    ),
    ("StaleDataError", "IntegrityError"): _deletes_unseen,
    ("InvalidRequestError", "ObjectDeletedError"): lambda case: case.step.kind == "refresh",
}
"""Errors of SQLAlchemy and of azoth, which say more -> where this is so."""


@rule("errors say what is wrong", ends=True)
def _before_the_flush(case: Case) -> bool:
    """What cannot be merged is refused before anything is written."""
    refused = case.step.kind == "merge" and is_error(case.found, "UnmappedInstanceError")
    return refused and case.kind == "outcome" and is_error(case.expected, "IntegrityError")


@rule("errors say what is wrong")
def _errors(case: Case) -> bool:
    return case.kind == "outcome" and any(
        is_error(case.expected, one) and is_error(case.found, other) and holds(case)
        for (one, other), holds in ERRORS.items()
    )
