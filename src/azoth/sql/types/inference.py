"""Which type the result of an operation has: a table from operator and type families to result types."""

from __future__ import annotations

from typing import Any

from azoth.sql.operators import is_comparison

_results: dict[tuple[Any, str, str], Any] = {}
_comparison_type: list[Any] = []


def comparison_result(op: Any) -> Any:
    """Find the type of a comparison's result; None when the operator does not compare."""
    return _comparison_type[0] if is_comparison(op) else None


def result_of(op: Any, left: Any, right: Any) -> Any:
    """Find the type of an operation's result.

    Args:
        op: the operator.
        left, right: the types of both sides.

    Returns:
        the type that the table names for these families, and where it names none, the left side's own type.
    """
    found = _results.get((op, left._affinity, right._affinity))
    if found is None or found._affinity == left._affinity:
        return left
    if found._affinity == right._affinity:
        return right
    return found


def declare_results(op: Any, left: Any, results: dict[Any, Any]) -> None:
    """Add to the table the results of an operator whose left side belongs to a family.

    Args:
        op: the operator.
        left: a type of the left family.
        results: from a type of the right family to the type of the result.
    """
    for right, result in results.items():
        _results[op, left._affinity, right._affinity] = result


def declare_comparison_type(boolean: Any) -> None:
    """Set the type that all comparisons have, whatever the families of their sides are."""
    _comparison_type[:] = [boolean]
