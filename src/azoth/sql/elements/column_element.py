"""ColumnElement, the root of everything that stands for a value in SQL; its operators are filled in from above.

The operators build expressions whose classes derive from ColumnElement, so ``OPERATIONS`` is a table that
``azoth.sql.elements.operations`` fills: from the operator to the function that builds its expression.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, overload

from azoth import exc
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.operators import (
    ColumnOperators,
    Operator,
    and_,
    as_,
    asbool_op,
    asc_op,
    cast_op,
    custom_op,
    desc_op,
    eq,
    ge,
    gt,
    in_op,
    is_,
    is_false,
    is_not,
    is_true,
    le,
    lt,
    ne,
    or_,
)
from azoth.sql.types import NULLTYPE, TypeEngine

if TYPE_CHECKING:
    from decimal import Decimal

    NumberT = TypeVar("NumberT", int, float, Decimal)

__all__ = ["OPERATIONS", "REVERSE_OPERATIONS", "ColumnElement", "SQLColumnExpression"]

ValueT = TypeVar("ValueT", covariant=True)

OPERATIONS: Final[dict[Operator, Callable[..., ColumnElement[Any]]]] = {}
"""From operator to ``function(left, op, *others, **options)``; ``custom_op`` stands for those without an entry."""

REVERSE_OPERATIONS: Final[dict[Operator, Callable[..., ColumnElement[Any]]]] = {}
"""From operator to ``function(right, op, left)``."""


class SQLColumnExpression(ColumnOperators, Generic[ValueT]):
    """What is like a column: column elements, and mapped attributes."""

    if TYPE_CHECKING:
        # What the operators give, which build it from tables that no type checker reads.
        def __lt__(self, other: object) -> ColumnElement[bool]: ...
        def __le__(self, other: object) -> ColumnElement[bool]: ...
        def __eq__(self, other: object) -> ColumnElement[bool]: ...  # type: ignore[override]
        def __ne__(self, other: object) -> ColumnElement[bool]: ...  # type: ignore[override]
        def __gt__(self, other: object) -> ColumnElement[bool]: ...
        def __ge__(self, other: object) -> ColumnElement[bool]: ...
        def like(self, other: object, escape: str | None = None) -> ColumnElement[bool]: ...
        def ilike(self, other: object, escape: str | None = None) -> ColumnElement[bool]: ...
        def not_like(self, other: object, escape: str | None = None) -> ColumnElement[bool]: ...
        def not_ilike(self, other: object, escape: str | None = None) -> ColumnElement[bool]: ...
        def in_(self, other: Any) -> ColumnElement[bool]: ...
        def not_in(self, other: Any) -> ColumnElement[bool]: ...
        def is_(self, other: object) -> ColumnElement[bool]: ...
        def is_not(self, other: object) -> ColumnElement[bool]: ...
        def isnot(self, other: object) -> ColumnElement[bool]: ...
        def is_distinct_from(self, other: object) -> ColumnElement[bool]: ...
        def is_not_distinct_from(self, other: object) -> ColumnElement[bool]: ...
        def startswith(
            self, other: object, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def istartswith(
            self, other: object, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def endswith(
            self, other: object, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def iendswith(
            self, other: object, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def contains(
            self, other: object, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def icontains(
            self, other: object, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def match(self, other: object, **kwargs: object) -> ColumnElement[bool]: ...
        def regexp_match(self, pattern: object, flags: str | None = None) -> ColumnElement[bool]: ...
        def between(self, cleft: object, cright: object, symmetric: bool = False) -> ColumnElement[bool]: ...
        def __and__(self, other: object) -> ColumnElement[bool]: ...
        def __rand__(self, other: object) -> ColumnElement[bool]: ...
        def __or__(self, other: object) -> ColumnElement[bool]: ...
        def __ror__(self, other: object) -> ColumnElement[bool]: ...
        def desc(self) -> ColumnElement[ValueT]: ...
        def asc(self) -> ColumnElement[ValueT]: ...
        def nulls_first(self) -> ColumnElement[ValueT]: ...
        def nulls_last(self) -> ColumnElement[ValueT]: ...
        def distinct(self) -> ColumnElement[ValueT]: ...
        def any_(self) -> ColumnElement[ValueT]: ...
        def all_(self) -> ColumnElement[ValueT]: ...
        def __neg__(self) -> ColumnElement[ValueT]: ...
        def __invert__(self) -> ColumnElement[ValueT]: ...
        def label(self, name: str | None) -> ColumnElement[ValueT]: ...
        def bitwise_and(self, other: object) -> ColumnElement[ValueT]: ...
        def bitwise_or(self, other: object) -> ColumnElement[ValueT]: ...
        def bitwise_xor(self, other: object) -> ColumnElement[ValueT]: ...
        def bitwise_not(self) -> ColumnElement[ValueT]: ...
        def bitwise_lshift(self, other: object) -> ColumnElement[ValueT]: ...
        def bitwise_rshift(self, other: object) -> ColumnElement[ValueT]: ...
        def __lshift__(self, other: object) -> ColumnElement[ValueT]: ...
        def __rshift__(self, other: object) -> ColumnElement[ValueT]: ...
        def concat(self, other: object) -> ColumnElement[str]: ...
        def collate(self, collation: str, collation_schema: str | None = None) -> ColumnElement[str]: ...
        def regexp_replace(
            self, pattern: object, replacement: object, flags: str | None = None
        ) -> ColumnElement[str]: ...
        @overload
        def __add__(
            self: SQLColumnExpression[str] | SQLColumnExpression[str | None], other: Any
        ) -> ColumnElement[str]: ...
        @overload
        def __add__(
            self: SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
            other: NumberT | SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
        ) -> ColumnElement[NumberT]: ...
        @overload
        def __add__(self, other: Any) -> ColumnElement[Any]: ...
        def __add__(self, other: Any) -> ColumnElement[Any]: ...
        @overload
        def __sub__(
            self: SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
            other: NumberT | SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
        ) -> ColumnElement[NumberT]: ...
        @overload
        def __sub__(self, other: Any) -> ColumnElement[Any]: ...
        def __sub__(self, other: Any) -> ColumnElement[Any]: ...
        @overload
        def __mul__(
            self: SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
            other: NumberT | SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
        ) -> ColumnElement[NumberT]: ...
        @overload
        def __mul__(self, other: Any) -> ColumnElement[Any]: ...
        def __mul__(self, other: Any) -> ColumnElement[Any]: ...
        @overload
        def __mod__(
            self: SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
            other: NumberT | SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
        ) -> ColumnElement[NumberT]: ...
        @overload
        def __mod__(self, other: Any) -> ColumnElement[Any]: ...
        def __mod__(self, other: Any) -> ColumnElement[Any]: ...
        @overload
        def __truediv__(
            self: SQLColumnExpression[int] | SQLColumnExpression[int | None], other: Any
        ) -> ColumnElement[float | Decimal]: ...
        @overload
        def __truediv__(
            self: SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
            other: NumberT | SQLColumnExpression[NumberT] | SQLColumnExpression[NumberT | None],
        ) -> ColumnElement[NumberT]: ...
        @overload
        def __truediv__(self, other: Any) -> ColumnElement[Any]: ...
        def __truediv__(self, other: Any) -> ColumnElement[Any]: ...
        def __radd__(self, other: object) -> ColumnElement[ValueT]: ...
        def __rmul__(self, other: object) -> ColumnElement[ValueT]: ...
        def __rsub__(self, other: object) -> ColumnElement[Any]: ...
        def __rmod__(self, other: object) -> ColumnElement[Any]: ...
        def __rtruediv__(self, other: object) -> ColumnElement[Any]: ...
        def __floordiv__(self, other: object) -> ColumnElement[Any]: ...
        def __rfloordiv__(self, other: object) -> ColumnElement[Any]: ...
        def __getitem__(self, index: object) -> ColumnElement[Any]: ...


class ColumnElement(ClauseElement, SQLColumnExpression[ValueT]):
    """An expression that has a value and a type."""

    __visit_name__: ClassVar[str] = "column_element"

    type: TypeEngine[Any] = NULLTYPE
    key: str | None = None
    """The name under which collections of columns have this expression; None where it has none."""
    name: str | None
    primary_key: bool = False
    foreign_keys: Any = frozenset()
    is_literal: bool = False
    _omit_from_statements: bool = False
    """Whether a SELECT of the whole table, and an INSERT without values, leave it out."""
    _anonymous_hint: str = "anon"
    """From what an anonymous label for this expression is made."""
    _value_hint: str = "param"
    """From what the name of a value compared with this expression is made."""
    _is_atomic: ClassVar[bool] = False
    """Whether this never needs parentheses, whatever stands beside it."""

    __hash__ = object.__hash__

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Put parentheses around this element where it needs them; as a truth value, make it one."""
        if (against is and_ or against is or_ or against is asbool_op) and self.type._affinity == "boolean":
            return OPERATIONS[is_true](self, is_true)
        return self

    def _negate(self) -> ColumnElement[Any]:
        """Build the opposite of this expression."""
        return OPERATIONS[is_false](self, is_false)

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        """Build the expression of an operator with this element on its left side."""
        if self.type.comparator_factory is not None:
            return self._operate_by_type(op, *other, **kwargs)
        return OPERATIONS.get(op, OPERATIONS[custom_op])(self, op, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this element on its right side."""
        if self.type.comparator_factory is not None:
            return self.type.comparator_factory(self).reverse_operate(op, other, **kwargs)
        return REVERSE_OPERATIONS.get(op, REVERSE_OPERATIONS[custom_op])(self, op, other, **kwargs)

    def _operate_plainly(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator without asking the type; what a type's own comparator falls back on."""
        return OPERATIONS.get(op, OPERATIONS[custom_op])(self, op, *other, **kwargs)

    def _reverse_operate_plainly(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        return REVERSE_OPERATIONS.get(op, REVERSE_OPERATIONS[custom_op])(self, op, other, **kwargs)

    def _operate_by_type(self, op: Operator, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        built: ColumnElement[Any] = op(self.type.comparator_factory(self), *other, **kwargs)
        return built

    # The comparisons are the hot path of building statements: they skip operate().

    def __eq__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        if self.type.comparator_factory is not None:
            return self._operate_by_type(eq, other)
        return OPERATIONS[eq](self, eq, other)

    def __ne__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        if self.type.comparator_factory is not None:
            return self._operate_by_type(ne, other)
        return OPERATIONS[ne](self, ne, other)

    def __lt__(self, other: Any) -> ColumnElement[bool]:
        if self.type.comparator_factory is not None:
            return self._operate_by_type(lt, other)
        return OPERATIONS[lt](self, lt, other)

    def __le__(self, other: Any) -> ColumnElement[bool]:
        if self.type.comparator_factory is not None:
            return self._operate_by_type(le, other)
        return OPERATIONS[le](self, le, other)

    def __gt__(self, other: Any) -> ColumnElement[bool]:
        if self.type.comparator_factory is not None:
            return self._operate_by_type(gt, other)
        return OPERATIONS[gt](self, gt, other)

    def __ge__(self, other: Any) -> ColumnElement[bool]:
        if self.type.comparator_factory is not None:
            return self._operate_by_type(ge, other)
        return OPERATIONS[ge](self, ge, other)

    def in_(self, other: Any) -> ColumnElement[bool]:
        """Be one of a list of values, of tuples, of an expanding parameter's values or of a subquery's rows."""
        return self.operate(in_op, other)

    def is_(self, other: Any) -> ColumnElement[bool]:
        """Compare with IS."""
        return self.operate(is_, other)

    def is_not(self, other: Any) -> ColumnElement[bool]:
        """Compare with IS NOT."""
        return self.operate(is_not, other)

    isnot = is_not

    def desc(self) -> ColumnElement[ValueT]:
        """Order downwards."""
        return self.operate(desc_op)

    def asc(self) -> ColumnElement[ValueT]:
        """Order upwards."""
        return self.operate(asc_op)

    def label(self, name: str | None) -> ColumnElement[ValueT]:
        """Give this expression a name in the result: ``a AS name``.

        Args:
            name: the name; None makes one up.
        """
        return OPERATIONS[as_](self, as_, name)

    def cast(self, type_: Any) -> Any:
        """Convert in the database: ``CAST(a AS type)``."""
        return OPERATIONS[cast_op](self, cast_op, type_)

    @property
    def expression(self) -> ColumnElement[Any]:
        """This element itself, as mapped attributes have it too."""
        return self

    @property
    def anon_label(self) -> str:
        """The name from which an anonymous label is made."""
        return self._anonymous_hint

    @property
    def anon_key_label(self) -> str:
        """The key from which an anonymous label is made."""
        return self.key or self._anonymous_hint

    @property
    def comparator(self) -> Any:
        """The object whose methods are the operators of this element's type."""
        factory = self.type.comparator_factory
        return self if factory is None else factory(self)

    def shares_lineage(self, othercolumn: ColumnElement[Any]) -> bool:
        """Tell whether this column and another come from the same column."""
        return bool(self.proxy_set & othercolumn.proxy_set)

    @property
    def base_columns(self) -> frozenset[ColumnElement[Any]]:
        """The columns from which this one is derived, that are not derived themselves."""
        return frozenset(column for column in self.proxy_set if not column._proxies)

    @property
    def proxy_set(self) -> frozenset[ColumnElement[Any]]:
        """This column and all from which it is derived."""
        found: set[ColumnElement[Any]] = {self}
        for proxied in self._proxies:
            found |= proxied.proxy_set
        return frozenset(found)

    _proxies: tuple[ColumnElement[Any], ...] = ()
    """The columns of the selectables below that this column stands for."""

    def _missing_attribute(self, name: str) -> Any:
        # A type may add operators of its own, such as JSON's astext.
        if not name.startswith("_"):
            factory = self.type.comparator_factory
            if factory is not None and hasattr(factory, name):
                return getattr(factory(self), name)
        raise AttributeError(
            f"Neither {type(self).__name__!r} object nor its type {type(self.type).__name__} has an attribute {name!r}"
        )


def refuse(value: Any, wanted: str, fix: str = "") -> exc.ArgumentError:
    """Make the error for an argument that cannot stand where an expression is wanted."""
    return exc.ArgumentError(
        f"{wanted} expected, got an object of class {type(value).__name__}",
        why="it is no SQL expression and has no __clause_element__()",
        fix=fix,
        code="AZ-C01",
    )
