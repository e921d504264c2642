"""ColumnAttribute: a mapped column (or SQL expression) as seen on its class."""

from __future__ import annotations

from typing import Any, TypeVar

from azoth.orm.mapping.attributes.comparator import standing_for
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
from azoth.orm.mapping.lookup import note_entity, noted_entity
from azoth.sql.elements import ColumnElement, Part
from azoth.sql.operators import Operator
from azoth.sql.selectable import Join, Narrowed

ValueT = TypeVar("ValueT", covariant=True)


class ColumnAttribute(InstrumentedAttribute[ValueT]):
    """A mapped column on its class or on an alias of it: comparing it makes SQL.

    Args:
        class_: the mapped class.
        key: the attribute's name.
        parent: the mapper, or the inspected alias.
        property: the column property.
        expression: the column, the alias's column, or the SQL expression.
    """

    def __init__(self, class_: type[Any], key: str, parent: Any, property: Any, expression: Any) -> None:
        super().__init__(class_, key, parent, property)
        self._stored = self._expression = expression
        self.follow_whole()
        if property.is_expression:
            self._shape = (self._shape, expression._shape)
            self._binds = expression._binds
            if noted_entity(expression) is None or not parent.is_mapper:
                # It may read its class's table within subqueries only.
                note_entity(expression, parent)

    def follow_whole(self) -> None:
        """Belong to what queries for the class select from, as it is now."""
        parent = self.parent
        if parent.is_mapper:
            # A class may be selected from something else than its tables.
            self._expression = parent.adapt(self._stored)
        expression = self._expression
        # A column of a part names the rows of its whole: those of other classes lack a value.
        whole = (parent if parent.is_mapper or parent.part_of is None else parent.part_of).selectable
        # What is selected from, where that is more than the column's own table, and the expression as a part of it;
        # statements ask for them by these names.
        self._whole_from = whole if isinstance(whole, Join | Narrowed) or whole._column_for is not None else None
        self._as_part = None if self._whole_from is None else Part(expression, self._whole_from)
        operand = expression if self._as_part is None else self._as_part
        # What the operators work on: the expression itself, unless the property brought a comparator of its own.
        factory = self.property.comparator_factory
        self._operand = operand
        if factory is not None:
            alias = None if parent.is_mapper else parent
            self._operand = standing_for(factory(self.property, parent.mapper, alias), operand)

    def __clause_element__(self) -> ColumnElement[ValueT]:
        """Give the column or expression."""
        return self._expression  # type: ignore[no-any-return]

    @property
    def comparator(self) -> Any:
        """The object whose methods are the attribute's operators."""
        return self._operand

    @property
    def columns(self) -> list[Any]:
        """The columns behind the attribute."""
        return list(self.property.columns) if self.parent.is_mapper else [self._expression]

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this attribute on its left side."""
        return op(self._operand, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this attribute on its right side."""
        return self._operand.reverse_operate(op, other, **kwargs)

    # The comparisons are the hot path of building statements: they skip operate().

    def __eq__(self, other: object) -> Any:
        return self._operand == other

    def __ne__(self, other: object) -> Any:
        return self._operand != other

    def __lt__(self, other: Any) -> Any:
        return self._operand < other

    def __le__(self, other: Any) -> Any:
        return self._operand <= other

    def __gt__(self, other: Any) -> Any:
        return self._operand > other

    def __ge__(self, other: Any) -> Any:
        return self._operand >= other

    def __hash__(self) -> int:
        return id(self)

    def in_(self, other: Any) -> Any:
        """Be one of a list of values, or of a subquery's rows."""
        return self._operand.in_(other)

    def desc(self) -> Any:
        """Order downwards."""
        return self._operand.desc()

    def asc(self) -> Any:
        """Order upwards."""
        return self._operand.asc()

    # The types of columns have operators of such names, too, as arrays do; other attributes refuse them.

    def any(self, /, *arguments: Any, **options: Any) -> ColumnElement[bool]:
        """Compare with the elements, as the column's type does it."""
        return self._own_operator("any", arguments, options)

    def has(self, /, *arguments: Any, **options: Any) -> ColumnElement[bool]:
        """Do what the column's type does under this name."""
        return self._own_operator("has", arguments, options)

    def _own_operator(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> ColumnElement[bool]:
        operator = getattr(self._operand, name, None)
        if operator is None:
            self._no_relationship(name)
        made: ColumnElement[bool] = operator(*arguments, **options)
        return made

    def adapt_to_entity(self, alias: Any) -> ColumnAttribute[ValueT]:
        """Make the same attribute of an alias."""
        return ColumnAttribute(self.class_, self.key, alias, self.property, alias.adapt(self._stored))

    def __getattr__(self, name: str) -> Any:
        # Runs only for names that neither the attribute nor its class has: operators of a type or of a comparator.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        try:
            return getattr(self._operand, name)
        except AttributeError as error:
            raise AttributeError(
                f"{self}: {error}; on the class it is a SQL expression, so what its values have is not there: use "
                f"func.{name}({self}) or another expression, for a hybrid in its expression()",
                name=name,
                obj=self,
            ) from None
