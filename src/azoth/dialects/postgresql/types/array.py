"""Arrays: the type ARRAY with its operators, and the literal ``ARRAY[...]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc, types
from azoth.dialects.postgresql.operators import CONTAINED_BY, CONTAINS, OVERLAP, OwnOperators
from azoth.sql.elements import (
    ArrayComparator,
    BinaryExpression,
    ClauseElement,
    ColumnElement,
    Grouping,
    all_,
    any_,
    clause_of,
    compared_with_elements,
    literal,
)
from azoth.sql.operators import Operator, add, comma_op, concat_op, getitem
from azoth.sql.operators import all_op as all_operator
from azoth.sql.operators import any_op as any_operator
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["ARRAY", "All", "Any_", "array"]


class ARRAY(types.ARRAY):
    """A list of values of one type, with PostgreSQL's operators.

    ``contains()``, ``contained_by()`` and ``overlap()`` compare whole arrays, ``any()`` and ``all()`` a value with the
    elements.

    Args:
        item_type: the type of the elements.
        as_tuple: give tuples instead of lists.
        dimensions: how deep the lists nest; None: as they come.
        zero_indexes: count positions in expressions from 0, as Python does.
    """

    class Comparator(OwnOperators, ArrayComparator):
        """The operators of arrays."""

        def contains(self, other: object, **kwargs: object) -> ColumnElement[Any]:  # type: ignore[override]
            """Have all elements of another array: ``a @> b``."""
            return self._apply(CONTAINS, other)

        def contained_by(self, other: object) -> ColumnElement[Any]:
            """Have no elements but those of another array: ``a <@ b``."""
            return self._apply(CONTAINED_BY, other)

        def overlap(self, other: object) -> ColumnElement[Any]:
            """Have an element in common: ``a && b``."""
            return self._apply(OVERLAP, other)

    comparator_factory = Comparator

    @checked
    def __init__(
        self, item_type: Any, as_tuple: bool = False, dimensions: int | None = None, zero_indexes: bool = False
    ) -> None:
        super().__init__(item_type, as_tuple, dimensions, zero_indexes)

    def adapt_operator(self, op: object, other_type: types.TypeEngine[Any]) -> tuple[Any, types.TypeEngine[Any]]:
        """Let ``+`` put arrays together."""
        return (concat_op, self) if op is add else super().adapt_operator(op, other_type)

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take lists as this type takes them."""
        return self if isinstance(value, list | tuple) else super().coerce_compared_value(op, value)

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write ``ARRAY[...]`` where the elements can be written."""
        write = self.item_type.dialect_impl(dialect).literal_processor(dialect)
        if write is None:
            return None

        def written(value: object) -> str:
            if isinstance(value, list | tuple):
                return f"ARRAY[{', '.join([written(part) for part in value])}]"
            return "NULL" if value is None else write(value)

        return written


def Any_(other: object, arrexpr: object, operator: Operator | None = None) -> BinaryExpression[Any]:
    """Compare a value with the elements of an array, of which one must fit: ``value = ANY (array)``.

    Args:
        other: the value.
        arrexpr: the array.
        operator: the comparison; ``eq`` by default.
    """
    return compared_with_elements(_element(arrexpr), other, operator, any_)


def All(other: object, arrexpr: object, operator: Operator | None = None) -> BinaryExpression[Any]:
    """Compare a value with the elements of an array, of which all must fit: ``value = ALL (array)``.

    Args:
        other: the value.
        arrexpr: the array.
        operator: the comparison; ``eq`` by default.
    """
    return compared_with_elements(_element(arrexpr), other, operator, all_)


def _element(array_expression: Any) -> ColumnElement[Any]:
    found = clause_of(array_expression)
    if not isinstance(found, ColumnElement):
        raise exc.ArgumentError(
            f"an array was expected, got an object of class {type(array_expression).__name__}",
            why="a value is compared with the elements of an array",
            fix="give a column of the type ARRAY, or postgresql.array([...])",
            code="AZ-D60",
        )
    return found


class array(ColumnElement[Any]):
    """An array written by its elements: ``ARRAY[a, b, c]``.

    Args:
        clauses: the elements; values are bound.
        type_: the type of the elements, or of the whole as an ARRAY; that of the first element by default.
        kw: no further arguments.

    Raises:
        TypeError: the elements are no list.
    """

    __visit_name__: ClassVar[str] = "array"
    _fields: ClassVar[tuple[str, ...]] = ("clauses", "type")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, clauses: Iterable[Any], *, type_: Any = None) -> None:
        given = list(_listed(clauses))
        item_type = None if type_ is None else types.to_instance(type_)
        whole = item_type if isinstance(item_type, types.ARRAY) else None
        if whole is not None:
            item_type = whole.item_type
        elements = [_array_element(value, item_type) for value in given]
        self.clauses: tuple[ClauseElement, ...] = tuple([element.self_group(against=comma_op) for element in elements])
        self.type = whole if whole is not None else _type_of_array(elements, item_type)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses where an element is taken, and behind ANY and ALL."""
        return Grouping(self) if against in (any_operator, all_operator, getitem) else self

    def __len__(self) -> int:
        return len(self.clauses)

    def __iter__(self) -> Iterator[ClauseElement]:
        return iter(self.clauses)


def _listed(clauses: Any) -> Iterable[Any]:
    if isinstance(clauses, ClauseElement) and not isinstance(clauses, array):
        raise TypeError(
            "postgresql.array() takes a list of elements\n  fix: for the rows of a SELECT use func.array(subquery)"
        )
    return clauses  # type: ignore[no-any-return]


def _array_element(value: object, item_type: types.TypeEngine[Any] | None) -> Any:
    found = clause_of(value)
    if found is not None:
        return found._as_operand()
    return literal(value) if item_type is None else literal(value, item_type)


def _type_of_array(elements: list[Any], item_type: types.TypeEngine[Any] | None) -> types.TypeEngine[Any]:
    inner = elements[0].type if elements else None
    if isinstance(inner, types.ARRAY):
        return ARRAY(item_type or inner.item_type, dimensions=(inner.dimensions or 1) + 1)
    return ARRAY(item_type or inner or types.NULLTYPE, dimensions=1)
