"""InstrumentedAttribute: a mapped attribute as seen on its class, a SQL expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast, overload

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.sql.elements import ColumnElement, SQLColumnExpression
from azoth.sql.operators import Operator

ValueT = TypeVar("ValueT", covariant=True)


class InstrumentedAttribute(Attribute, SQLColumnExpression[ValueT], Generic[ValueT]):
    """A mapped attribute on its class or on an alias of it.

    On the class it is an expression, on an instance it is the value.

    Args:
        class_: the mapped class.
        key: the attribute's name.
        parent: the mapper, or the inspected alias that the attribute was reached through.
        property: the attribute's configuration.
    """

    is_attribute = True
    is_selectable = False
    is_clause_element = False
    impl: Any

    def __init__(self, class_: type[Any], key: str, parent: Any, property: Any) -> None:
        Attribute.__init__(self, class_, key)
        self.parent = parent
        self.property: Any = property
        self._shape: Any = ("attribute", parent._shape, key)
        self._binds: tuple[Any, ...] = ()

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[ValueT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> ValueT: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...

        # The type checker reads this for assignments; at run time the class's __setattr__ sees them first, and the
        # attribute must not have the method, or Python would no longer read loaded values by itself.
        def __set__(self, instance: Any, value: Any) -> None: ...

    @property
    def expression(self) -> ColumnElement[ValueT]:
        """The SQL expression that the attribute stands for."""
        return self.__clause_element__()

    def __clause_element__(self) -> ColumnElement[ValueT]:
        """Give the SQL expression that the attribute stands for."""
        raise TypeError(f"{self} stands for no SQL expression")

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this attribute on its left side."""
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this attribute on its right side."""
        return self.__clause_element__().reverse_operate(op, other, **kwargs)

    def label(self, name: str | None) -> Any:
        """Give the expression a name in the result."""
        return expression_of(self).label(name)

    def cast(self, type_: Any) -> Any:
        """Convert in the database: ``CAST(a AS type)``."""
        return expression_of(self).cast(type_)

    @property
    def info(self) -> dict[Any, Any]:
        """The property's own dictionary of the user."""
        info: dict[Any, Any] = self.property.info
        return info

    @property
    def prop(self) -> Any:
        """The attribute's configuration; older name of ``property``."""
        return self.property

    @property
    def comparator(self) -> Any:
        """The object whose methods are the attribute's operators."""
        return self

    @property
    def parententity(self) -> Any:
        """The mapper or alias that the attribute was reached through."""
        return self.parent

    @property
    def entity_namespace(self) -> Any:
        """The class or alias whose attributes ``filter_by()`` means."""
        return self.parent.entity

    def adapt_to_entity(self, alias: Any) -> Any:
        """Make the same attribute of an alias."""
        raise TypeError(f"{self} has no counterpart in an alias")

    # What only relationships can do; the methods exist everywhere because Mapped[...] does not tell them apart.

    def any(self, /, criterion: Any = None, **values: Any) -> Any:
        """Ask whether any member of a collection meets a condition."""
        self._no_relationship("any")

    def has(self, /, criterion: Any = None, **values: Any) -> Any:
        """Ask whether the object on the other side meets a condition."""
        self._no_relationship("has")

    def of_type(self, entity: Any) -> Any:
        """Name the alias or class that stands on the other side."""
        self._no_relationship("of_type")

    def and_(self, *criteria: Any) -> Any:
        """Narrow the join condition."""
        self._no_relationship("and_")

    def _no_relationship(self, method: str) -> NoReturn:
        raise InvalidRequestError(
            f"{self} has no {method}()",
            why="it is not a relationship",
            fix="compare its value, or use a relationship",
            code="AZ-M02",
        )

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return f"{self.class_.__name__}.{self.key}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self} is a SQL expression and has no truth value in Python; compare with 'is None'")


QueryableAttribute = InstrumentedAttribute
"""The name of what SQLAlchemy derives its attributes from."""


def expression_of(attribute: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Give what an attribute stands for within an expression."""
    part: ColumnElement[Any] | None = getattr(attribute, "_as_part", None)
    return attribute.__clause_element__() if part is None else part


def element_of(subject: Any) -> Any:
    """Find the clause element of an attribute or other object that has one; anything else passes."""
    while hasattr(subject, "__clause_element__"):
        subject = cast(Any, subject).__clause_element__()
    return subject
