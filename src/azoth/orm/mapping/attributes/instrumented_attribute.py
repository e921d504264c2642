"""InstrumentedAttribute: a mapped attribute as seen on its class, a SQL expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast, overload

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.attributes.queryable_attribute import QueryableAttribute
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.sql.elements import ColumnElement
from azoth.sql.operators import Operator

if TYPE_CHECKING:
    from azoth.orm.runtime.history import History
    from azoth.orm.runtime.passive import PassiveFlag

ValueT = TypeVar("ValueT", covariant=True)


class InstrumentedAttribute(Attribute, QueryableAttribute[ValueT]):
    """A mapped attribute on its class or on an alias of it.

    On the class it is an expression, on an instance it is the value.

    Args:
        class_: the mapped class.
        key: the attribute's name.
        parent: the mapper, or the inspected alias that the attribute was reached through.
        property: the attribute's configuration.
    """

    __update_pairs__: Any = None
    __bulk_values__: Any = None

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

    def __clause_element__(self) -> ColumnElement[ValueT]:
        """Give the SQL expression that the attribute stands for."""
        raise TypeError(f"{self} stands for no SQL expression")

    def operate(self, op: Operator, *other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with this attribute on its left side."""
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op: Operator, other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with this attribute on its right side."""
        return self.__clause_element__().reverse_operate(op, other, **kwargs)

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
    def impl(self) -> Attribute:
        """What holds the values on instances: the attribute of the class, whatever was derived from it."""
        attribute: Attribute = self.class_._azoth_manager.attributes.get(self.key, self)
        return attribute

    @property
    def comparator(self) -> Any:
        """The object whose methods are the attribute's operators."""
        return self

    def get_history(self, instance: object, passive: PassiveFlag | None = None) -> History:
        """Compare the attribute of an instance with its last committed value.

        Args:
            instance: the instance.
            passive: whether a value that is not loaded may be loaded; by default it is.

        Emits: the load of the attribute, if it is not loaded and ``passive`` allows it.
        """
        # What looks at instances comes with their first use, and not with the mapping.
        from azoth.orm.runtime.by_name import get_history  # noqa: PLC0415

        return get_history(instance, self.key) if passive is None else get_history(instance, self.key, passive)

    def adapt_to_entity(self, alias: Any) -> Any:
        """Make the same attribute of an alias."""
        raise TypeError(f"{self} has no counterpart in an alias")

    # What only relationships can do; the methods exist everywhere because Mapped[...] does not tell them apart.

    def any(self, /, criterion: Any = None, **values: Any) -> ColumnElement[bool]:
        """Ask whether any member of a collection meets a condition."""
        self._no_relationship("any")

    def has(self, /, criterion: Any = None, **values: Any) -> ColumnElement[bool]:
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


def element_of(subject: Any) -> Any:
    """Find the clause element of an attribute or other object that has one; anything else passes."""
    while hasattr(subject, "__clause_element__"):
        subject = cast(Any, subject).__clause_element__()
    return subject
