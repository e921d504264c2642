"""PropComparator: operators of one's own for a mapped attribute."""

from __future__ import annotations

from typing import Any, Generic, NoReturn, TypeVar

from azoth.exc import InvalidRequestError
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
        parentmapper: the mapper of the class that has it.
        adapt_to_entity: the inspected alias that the attribute was reached through, or None for the class.
    """

    _adapt_to_entity: Any = None
    _expression: Any = None

    def __init__(self, prop: Any, parentmapper: Any, adapt_to_entity: Any = None) -> None:
        self.prop = self.property = prop
        self._parentmapper = parentmapper
        self._adapt_to_entity = adapt_to_entity

    @property
    def parent(self) -> Any:
        """The mapper, or the inspected alias, that the attribute was reached through."""
        return self._parentmapper if self._adapt_to_entity is None else self._adapt_to_entity

    @property
    def adapter(self) -> Any:
        """What moves expressions of the class to the alias; None where the attribute is of the class itself."""
        return None if self._adapt_to_entity is None else self._adapt_to_entity.adapt

    def adapt_to_entity(self, adapt_to_entity: Any) -> PropComparator[ValueT]:
        """Make the same for an alias.

        Args:
            adapt_to_entity: the inspected alias.
        """
        return type(self)(self.prop, self._parentmapper, adapt_to_entity)

    @property
    def key(self) -> str:
        """The attribute's name."""
        key: str = self.prop.key
        return key

    @property
    def expression(self) -> Any:
        """The column or expression behind the attribute."""
        if self._expression is None:
            self._expression = element_behind(getattr(self.parent.entity, self.key))
        return self._expression

    def __clause_element__(self) -> Any:
        """Give the column or expression behind the attribute."""
        return self.expression

    def operate(self, op: Operator, *other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with the attribute on its left side."""
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op: Operator, other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with the attribute on its right side."""
        return self.__clause_element__().reverse_operate(op, other, **kwargs)

    # What relationships can do; a comparator for one derives from theirs.

    def any(self, criterion: object = None, **kwargs: object) -> object:
        """Ask whether any member of a collection meets a condition."""
        self._no_relationship("any")

    def has(self, criterion: object = None, **kwargs: object) -> object:
        """Ask whether the object on the other side meets a condition."""
        self._no_relationship("has")

    def of_type(self, class_: object) -> object:
        """Name the alias or class that stands on the other side."""
        self._no_relationship("of_type")

    def and_(self, *criteria: object) -> object:
        """Narrow the join condition."""
        self._no_relationship("and_")

    def _no_relationship(self, method: str) -> NoReturn:
        raise InvalidRequestError(
            f"{type(self).__name__} has no {method}()",
            why="it compares what is not a relationship",
            fix="compare its value, or derive the comparator from RelationshipProperty.Comparator",
            code="AZ-L633",
        )


def standing_for(comparator: Any, expression: object) -> Any:
    """Let a comparator that was just made stand for an expression, and give it back.

    Args:
        comparator: what a ``comparator_factory`` gave.
        expression: what the attribute is within statements.
    """
    if isinstance(comparator, PropComparator):
        comparator._expression = expression
    return comparator


def element_behind(subject: Any) -> Any:
    """Find what an attribute is within statements."""
    part = getattr(subject, "_as_part", None)
    return subject.__clause_element__() if part is None else part
