"""OrderByList: several expressions to order by that are handled as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from azoth.sql.elements.clause_list import ClauseList
from azoth.sql.elements.text import order_operand
from azoth.sql.operators import Operator, asc_op, comma_op, desc_op, nulls_first_op, nulls_last_op

__all__ = ["OrderByList"]

ORDERINGS: Final = frozenset({asc_op, desc_op, nulls_first_op, nulls_last_op})


class OrderByList(ClauseList):
    """Several expressions to order by; ``desc()``, ``nulls_last()`` and the like concern each of them.

    Args:
        clauses: expressions, names of labels, or further lists.
    """

    __visit_name__: ClassVar[str] = "clauselist"

    def __init__(self, clauses: Iterable[Any]) -> None:
        super().__init__(*[order_operand(clause) for clause in clauses], operator=comma_op, group=False)

    def operate(self, op: Operator, *other: object, **kwargs: object) -> Any:
        """Apply what orders to each expression; nothing else can be done with the list."""
        if op not in ORDERINGS:
            return super().operate(op, *other, **kwargs)
        return OrderByList([clause.operate(op) for clause in self.clauses])
