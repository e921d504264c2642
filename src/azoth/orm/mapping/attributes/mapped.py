"""Mapped[...]: the annotation of a mapped attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from azoth.orm.mapping.attributes.comparator import SQLORMExpression
from azoth.sql.operators import Operator

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute

ValueT = TypeVar("ValueT", covariant=True)
MappedT = TypeVar("MappedT", covariant=True)


class ORMDescriptor(Generic[ValueT]):
    """What gives a SQL expression when it is read on a class, and a value on an instance; for annotations."""

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Any: ...


class MappedClassProtocol(Protocol[MappedT]):
    """A mapped class, for annotations: ``def count(class_: MappedClassProtocol[Any])``.

    Attributes:
        __name__: its name.
        __mapper__: its mapper.
        __table__: its table.
    """

    __name__: str
    __mapper__: Any
    __table__: Any

    def __call__(self, **kw: Any) -> MappedT:
        """Make an instance."""
        ...


class Mapped(SQLORMExpression[ValueT], ORMDescriptor[ValueT]):
    """Annotate a mapped attribute with the type of its values: ``name: Mapped[str]``.

    Read on the class, the attribute is a SQL expression; on an instance it is the value. What stands in the body of a
    declared class has the operators where it is a column, or a SQL expression, already then.
    """

    def operate(self, op: Operator, *other: object, **kwargs: object) -> object:
        """Leave an operator to the other side: not all that stands in a class body is an expression."""
        return NotImplemented

    def reverse_operate(self, op: Operator, other: object, **kwargs: object) -> object:
        """Leave an operator to the other side."""
        return NotImplemented

    def __hash__(self) -> int:
        return id(self)

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[ValueT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> ValueT: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: Any) -> None: ...
        def __delete__(self, instance: Any) -> None: ...


class DynamicMapped(Mapped[ValueT]):
    """Annotate a collection that is queried instead of loaded."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[ValueT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> Any: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...


class WriteOnlyMapped(Mapped[ValueT]):
    """Annotate a collection that is changed without ever being loaded."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[ValueT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> Any: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...
