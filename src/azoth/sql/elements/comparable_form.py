"""The form in which expressions are compared: what makes no difference to their meaning is the same in all of them."""

from __future__ import annotations

from typing import Final, Protocol

from azoth.sql.cache_key import Shaped
from azoth.sql.operators import Operator, add, and_, eq, mul, ne, or_
from azoth.sql.visitors import Node, Visitable, cloned_traverse, replace

__all__ = ["comparable_form"]

EXCHANGEABLE: Final[frozenset[Operator]] = frozenset({eq, ne, add, mul})
"""Operators between two operands that may change places."""

SUMMING: Final[frozenset[Operator]] = frozenset({add, mul})
"""Those of them that make sums and products of any length."""

JOINING: Final[frozenset[Operator]] = frozenset({and_, or_})
"""Operators between operands of which each may stand anywhere."""


class _Pair(Protocol):
    operator: Operator
    modifiers: object
    left: Shaped
    right: Shaped


class _Joined(Protocol):
    operator: Operator
    clauses: tuple[Shaped, ...]


def comparable_form(node: Node) -> Node:
    """Copy an expression in the form in which it is compared.

    The operands of commutative operators stand in an order that depends on these alone (pairs do, not the terms of a
    longer sum), and the columns of a class that is mapped to several tables for themselves, as in the text of the
    expression. Statements keep the latter, which say what they select from.

    Args:
        node: the expression.
    """
    copy = cloned_traverse(replace(node, _by_itself), {}, {"binary": _order_pair, "clauselist": _order_list})
    assert copy is not None
    return copy


def _by_itself(node: Visitable) -> Visitable | None:
    if getattr(node, "supports_execution", False):
        return node
    return getattr(node, "element", None) if node.__visit_name__ == "part" else None


def _order_pair(expression: _Pair) -> None:
    operator = expression.operator
    if operator in EXCHANGEABLE and not expression.modifiers and not _continues(expression.left, operator):
        expression.left, expression.right = sorted((expression.left, expression.right), key=_place)


def _order_list(clauses: _Joined) -> None:
    if clauses.operator in JOINING:
        clauses.clauses = tuple(sorted(clauses.clauses, key=_place))


def _continues(left: Visitable, operator: Operator) -> bool:
    """Tell whether a term is a further one of a sum or product; each of them would look at all those before it."""
    return operator in SUMMING and getattr(left, "operator", None) in SUMMING


def _place(operand: Shaped) -> tuple[int, str]:
    return hash(operand._shape), repr([bind.effective_value for bind in operand._binds])
