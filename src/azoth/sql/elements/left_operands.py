"""Chains of binary expressions, such as ``x + 1 + 1 + 1``, from their end to their beginning.

Each term makes the tree of such an expression one level deeper on the left side. What is done with all levels goes
through the list of them, so that a chain of 10,000 terms needs no deeper stack than one of two.
"""

from __future__ import annotations

from typing import Any

from azoth.sql.elements.grouping import Grouping

__all__ = ["chain_of", "left_expression"]


def left_expression(expression: Any) -> Any:
    """Give the left operand of a binary expression, out of its parentheses."""
    left = expression.left
    return left.element if left.__class__ is Grouping else left


def chain_of(expression: Any) -> list[Any]:
    """List a binary expression, the one that is its left operand, the left operand of that, and so on.

    Args:
        expression: the binary expression.

    Returns:
        the binary expressions, the outermost first; operands in parentheses count.
    """
    class_ = expression.__class__
    chain = [expression]
    while (left := left_expression(chain[-1])).__class__ is class_:
        chain.append(left)
    return chain
