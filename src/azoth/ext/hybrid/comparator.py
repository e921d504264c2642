"""What compares a hybrid on its class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from azoth.inspection import inspect
from azoth.orm import PropComparator
from azoth.orm.interfaces import InspectionAttrInfo

ValueT = TypeVar("ValueT")


class Comparator(PropComparator[ValueT]):
    """The base of operators of one's own for a hybrid.

    Override single operators, or ``operate()`` for all of them.

    Args:
        expression: what the hybrid stands for in a statement.
    """

    expression: Any = None

    def __init__(self, expression: Any) -> None:
        self.expression = expression

    def __clause_element__(self) -> Any:
        """Give what the hybrid stands for."""
        return element_behind(self.expression)

    @property
    def property(self) -> Any:
        """The configuration of the attribute that the expression is."""
        attribute = inspect(self.expression, raiseerr=False)
        if attribute is None:
            raise AttributeError("property: the expression is no attribute of a mapped class")
        return attribute.property

    def adapt_to_entity(self, adapt_to_entity: Any) -> Comparator[ValueT]:
        """Be the same for an alias: the hybrid makes one from the alias itself."""
        return self


class ExprComparator(Comparator[ValueT]):
    """Compares a hybrid as its expression is compared.

    Args:
        cls: the class or alias.
        expression: what the hybrid stands for.
        hybrid: the descriptor.
    """

    def __init__(self, cls: Any, expression: Any, hybrid: InspectionAttrInfo) -> None:
        super().__init__(expression)
        self.cls = cls
        self.hybrid = hybrid

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or "expression" not in self.__dict__:
            raise AttributeError(key)
        return getattr(self.expression, key)

    def any(self, criterion: object = None, **kwargs: object) -> object:
        """Ask whether any member of the collection that the hybrid stands for meets a condition."""
        made: object = self.expression.any(criterion, **kwargs)
        return made

    def has(self, criterion: object = None, **kwargs: object) -> object:
        """Ask whether the object that the hybrid stands for meets a condition."""
        made: object = self.expression.has(criterion, **kwargs)
        return made

    def of_type(self, class_: object) -> object:
        """Name the alias or class that stands on the other side of the relationship."""
        made: object = self.expression.of_type(class_)
        return made

    def and_(self, *criteria: object) -> object:
        """Narrow the join condition of the relationship."""
        made: object = self.expression.and_(*criteria)
        return made

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary of the hybrid."""
        return self.hybrid.info

    def operate(self, op: Callable[..., Any], *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with the hybrid on its left side."""
        return op(self.expression, *other, **kwargs)

    def reverse_operate(self, op: Callable[..., Any], other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with the hybrid on its right side."""
        return op(other, self.expression, **kwargs)


def element_behind(expression: Any) -> Any:
    """Give the SQL expression that stands behind attributes and comparators; a plain value passes."""
    while hasattr(expression, "__clause_element__"):
        expression = expression.__clause_element__()
    return expression
