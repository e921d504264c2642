"""QueryableAttribute: what reading an attribute on a mapped class gives, a SQL expression."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.attributes.comparator import SQLORMExpression, element_behind
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.sql.elements import ColumnElement, clause_of
from azoth.sql.operators import Operator

ValueT = TypeVar("ValueT", covariant=True)


class QueryableAttribute(InspectionAttr, SQLORMExpression[ValueT], Generic[ValueT]):
    """An attribute as a mapped class or an alias of it shows it: the base of mapped ones, and of those of extensions.

    An extension makes one from a comparator, which has the operators and names what the attribute stands for. Whatever
    else is asked of the attribute, the comparator answers. Two methods of the comparator are asked for, where it has
    them: ``__update_pairs__(value)`` gives (attribute, value) pairs for a statement that sets the attribute, and
    ``__bulk_values__(values, value)`` writes them into the row of a statement with many rows.

    Args:
        class_: the mapped class, or the alias.
        key: the attribute's name, which is its name in the rows of a result.
        parententity: the mapper of the class, or the inspected alias; found when it is asked for if it is None.
        comparator: has ``__clause_element__()`` and the operators, such as a ``PropComparator``.
        descriptor: what stands on the class, whose ``info``, ``extension_type`` and ``__doc__`` the attribute has.
    """

    is_attribute = True
    key: str
    class_: Any

    def __init__(self, class_: Any, key: str, parententity: Any, comparator: Any, descriptor: Any = None) -> None:
        self.class_ = class_
        self.key = key
        if parententity is not None:
            self.parent = parententity
        self._comparator = comparator
        self._descriptor = descriptor
        if descriptor is not None:
            self.extension_type = descriptor.extension_type
            self.__doc__ = descriptor.__doc__

    @property
    def comparator(self) -> Any:
        """The object whose methods are the attribute's operators."""
        return self._comparator

    @property
    def expression(self) -> ColumnElement[ValueT]:
        """The SQL expression that the attribute stands for."""
        return self.__clause_element__()

    def __clause_element__(self) -> ColumnElement[ValueT]:
        """Give the SQL expression that the attribute stands for."""
        return self._element

    @cached_property
    def _element(self) -> ColumnElement[ValueT]:
        # Once, so that shape, values and what is compiled are of the same expression.
        element = self._comparator.__clause_element__()
        found = clause_of(element)
        return cast("ColumnElement[ValueT]", element if found is None else found)

    @cached_property
    def _shape(self) -> Any:
        return ("attribute", self.key, cast(Any, self._element)._shape)

    @cached_property
    def _binds(self) -> tuple[Any, ...]:
        binds: tuple[Any, ...] = cast(Any, self._element)._binds
        return binds

    @cached_property
    def parent(self) -> Any:
        """The mapper of the class, or the inspected alias."""
        return entity_of(self.class_)

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        info: dict[Any, Any] = (self._comparator if self._descriptor is None else self._descriptor).info
        return info

    @property
    def parententity(self) -> Any:
        """The mapper or alias that the attribute was reached through."""
        return self.parent

    @property
    def adapter(self) -> Any:
        """What moves expressions of the class to the alias; None where the attribute is of the class itself."""
        return None if self.parent.is_mapper else self.parent.adapt

    @property
    def entity_namespace(self) -> Any:
        """The class or alias whose attributes ``filter_by()`` means."""
        return self.parent.entity

    def operate(self, op: Operator, *other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with this attribute on its left side."""
        return op(self.comparator, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with this attribute on its right side."""
        return self.comparator.reverse_operate(op, other, **kwargs)

    def label(self, name: str | None) -> ColumnElement[ValueT]:
        """Give the expression a name in the result."""
        labelled: ColumnElement[ValueT] = expression_of(self).label(name)
        return labelled

    def cast(self, type_: Any) -> Any:
        """Convert in the database: ``CAST(a AS type)``."""
        return expression_of(self).cast(type_)

    def adapt_to_entity(self, alias: Any) -> Any:
        """Make the same attribute of an alias.

        Args:
            alias: the inspected alias.
        """
        return getattr(alias.entity, self.key)

    def __update_pairs__(self, value: object) -> Iterable[tuple[Any, Any]]:
        """Give the attributes that a statement sets which sets this one, each with its value.

        Raises:
            InvalidRequestError: the comparator does not say which.
        """
        pairs = getattr(self.comparator, "__update_pairs__", None)
        if pairs is None:
            raise InvalidRequestError(
                f"{self} cannot be set by a statement",
                why="it does not say which attributes it stands for",
                fix="give it what makes pairs of attributes and values, as hybrid_property.update_expression() does",
                code="AZ-L620",
            )
        found: Iterable[tuple[Any, Any]] = pairs(value)
        return found

    def __bulk_values__(self, values: MutableMapping[str, Any], value: object) -> None:
        """Write the values of the attributes for which this one stands into a row of a statement with many rows.

        Args:
            values: attribute key -> value, without this one.
            value: what this one was given.
        """
        fill = getattr(self.comparator, "__bulk_values__", None)
        if fill is not None:
            fill(values, value)
            return
        for key, part in self.__update_pairs__(value):
            values[key if isinstance(key, str) else key.key] = part

    def any(self, /, criterion: Any = None, **values: Any) -> ColumnElement[bool]:
        """Ask whether any member of a collection meets a condition."""
        condition: ColumnElement[bool] = self.comparator.any(criterion, **values)
        return condition

    def has(self, /, criterion: Any = None, **values: Any) -> ColumnElement[bool]:
        """Ask whether the object on the other side meets a condition."""
        condition: ColumnElement[bool] = self.comparator.has(criterion, **values)
        return condition

    def of_type(self, entity: Any) -> Any:
        """Name the alias or class that stands on the other side."""
        return self.comparator.of_type(entity)

    def and_(self, *criteria: Any) -> Any:
        """Narrow the join condition."""
        return self.comparator.and_(*criteria)

    def __getattr__(self, name: str) -> Any:
        # Runs only for names that the attribute does not have.
        if name.startswith("__") and name.endswith("__") and name not in ANSWERED:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        comparator = self.__dict__.get("_comparator")
        if comparator is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(comparator, name)

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return f"{self.class_.__name__}.{self.key}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as a reference to the attribute of the class or alias."""
        return getattr, (self.parent.entity, self.key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self} is a SQL expression and has no truth value in Python; compare with 'is None'")


ANSWERED = frozenset({"__join_steps__"})
"""Names with underscores on both sides that a comparator may answer."""


def expression_of(attribute: QueryableAttribute[Any]) -> ColumnElement[Any]:
    """Give what an attribute stands for within an expression."""
    element: ColumnElement[Any] = element_behind(attribute)
    return element
