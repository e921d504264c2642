"""PropComparator: operators of one's own for a mapped attribute."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from azoth.sql.elements import SQLColumnExpression
from azoth.sql.operators import Operator

ValueT = TypeVar("ValueT", covariant=True)


class SQLORMExpression(SQLColumnExpression[ValueT], Generic[ValueT]):
    """What acts as a SQL expression and belongs to the ORM: mapped attributes, and what stands for them.

    For annotations of functions that take or give such attributes.
    """


class PropComparator(SQLORMExpression[ValueT], Generic[ValueT]):
    """Derive from this to change operators of an attribute, and give the class as ``comparator_factory``.

    Args:
        prop: the property.
        parententity: the mapper, or the inspected alias.
        expression: the column or expression behind the attribute.
    """

    def __init__(self, prop: Any, parententity: Any, expression: Any) -> None:
        self.prop = self.property = prop
        self._parententity = parententity
        self._expression = expression

    @property
    def key(self) -> str:
        """The attribute's name."""
        key: str = self.prop.key
        return key

    @property
    def expression(self) -> Any:
        """The column or expression behind the attribute."""
        return self._expression

    def __clause_element__(self) -> Any:
        """Give the column or expression behind the attribute."""
        return self._expression

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with the attribute on its left side."""
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with the attribute on its right side."""
        return self.__clause_element__().reverse_operate(op, other, **kwargs)
