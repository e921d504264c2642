"""CompositeAttribute: an object made of several columns, as seen on its class."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute, element_of
from azoth.sql.elements import ClauseList, ColumnElement, Tuple, and_, or_, tuple_
from azoth.sql.operators import Operator


class CompositeAttribute(InstrumentedAttribute[Any]):
    """A composite on its class or on an alias; the base of classes that give composites operators of their own.

    A statement that selects it gives the objects. Comparisons are made column by column: all of them have to hold.

    Args:
        entity: the class or alias.
        key: the attribute's name.
        parent: its mapper or inspected form.
        property: the composite property.

    Attributes:
        parts: the attributes that the object is made of.
        result_key: the name in the rows of a result.
    """

    _gathers_columns = True

    def __init__(self, entity: Any, key: str, parent: Any, property: Any) -> None:
        super().__init__(parent.class_, key, parent, property)
        self.entity = entity
        self.result_key = key
        self.parts: list[Any] = [getattr(entity, part) for part in property.keys]

    @property
    def active_history(self) -> bool:
        """Whether columns that are not loaded are loaded before they are replaced."""
        return all(part.impl.active_history for part in self.parts)

    @active_history.setter
    def active_history(self, wanted: bool) -> None:
        for part in self.parts:
            part.impl.active_history = wanted

    @property
    def composite(self) -> Any:
        """The composite property."""
        return self.property

    def __clause_element__(self) -> ClauseList:
        """Give the columns as a list."""
        return ClauseList(*[element_of(part) for part in self.parts], group=False)

    @property
    def clauses(self) -> ClauseList:
        """The columns as a list; a statement that selects it has one value for each."""
        return self.__clause_element__()

    def label(self, name: str | None) -> CompositeAttribute:  # type: ignore[override]  # several columns, not one
        """Give the object a name in the result."""
        labelled = type(self)(self.entity, self.key, self.parent, self.property)
        labelled.result_key = name or self.key
        labelled._shape = (self._shape, "label", name)
        return labelled

    def __reduce__(self) -> tuple[object, ...]:
        return _named, (self.entity, self.key, self.result_key)

    def values_of(self, other: object) -> Sequence[Any]:
        """Take what this is compared with, or set to, apart into one value for each column.

        Args:
            other: an object of the composite's class, None, or another composite of as many columns.
        """
        if isinstance(other, CompositeAttribute):
            return [element_of(part) for part in other.parts]
        values: Sequence[Any] = self.property.values_of(other)
        return values

    def __update_pairs__(self, value: object) -> Iterable[tuple[Any, Any]]:
        """Give the columns with their values, where a statement sets the composite to an object."""
        return zip([element_of(part) for part in self.parts], self.values_of(value), strict=True)

    def __eq__(self, other: object) -> Any:
        return and_(*self._each(operator.eq, other))

    def __ne__(self, other: object) -> Any:
        return or_(*self._each(operator.ne, other))

    def __lt__(self, other: object) -> ColumnElement[bool]:
        return and_(*self._each(operator.lt, other))

    def __le__(self, other: object) -> ColumnElement[bool]:
        return and_(*self._each(operator.le, other))

    def __gt__(self, other: object) -> ColumnElement[bool]:
        return and_(*self._each(operator.gt, other))

    def __ge__(self, other: object) -> ColumnElement[bool]:
        return and_(*self._each(operator.ge, other))

    def __hash__(self) -> int:
        return id(self)

    def is_(self, other: object) -> ColumnElement[bool]:
        """Be equal, where both may be NULL."""
        return and_(*self._each(lambda part, value: part.is_(value), other))

    def is_not(self, other: object) -> ColumnElement[bool]:
        """Differ, where both may be NULL."""
        return or_(*self._each(lambda part, value: part.is_not(value), other))

    def in_(self, other: Iterable[object]) -> Any:
        """Be one of a list of objects."""
        return self._row.in_([tuple(self.values_of(one)) for one in other])

    def not_in(self, other: Iterable[object]) -> Any:
        """Be none of a list of objects."""
        return self._row.not_in([tuple(self.values_of(one)) for one in other])

    def desc(self) -> ClauseList:
        """Order downwards, by the first column first."""
        return ClauseList(*[part.desc() for part in self.parts], group=False)

    def asc(self) -> ClauseList:
        """Order upwards, by the first column first."""
        return ClauseList(*[part.asc() for part in self.parts], group=False)

    def operate(self, op: Operator, *other: object, **kwargs: object) -> NoReturn:
        """Refuse: what an operator means for several columns together, only the user can say.

        Raises:
            InvalidRequestError: always.
        """
        raise InvalidRequestError(
            f"{self} has no operator {op.__name__}",
            why="it stands for several columns, which are compared one by one",
            fix="use its columns, or derive a comparator_factory from CompositeProperty.Comparator",
            code="AZ-M05",
        )

    @property
    def _row(self) -> Tuple:
        return tuple_(*[element_of(part) for part in self.parts])

    def _each(self, compare: Callable[[Any, Any], Any], other: object) -> list[ColumnElement[bool]]:
        return [compare(part, value) for part, value in zip(self.parts, self.values_of(other), strict=True)]


def _named(entity: object, key: str, name: str) -> CompositeAttribute:
    """Give the composite of a class or alias that was unpickled, under the name that it had in a statement."""
    attribute: CompositeAttribute = getattr(entity, key)
    return attribute if name == key else attribute.label(name)
