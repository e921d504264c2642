"""PostgreSQL's ORDER BY inside of an aggregate, ``array_agg()`` of its own arrays, and EXCLUDE constraints."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from azoth import exc, types
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.sql.elements import ClauseElement, ClauseList, ColumnClause, ColumnElement, clause_of, plain_operand
from azoth.sql.functions import func
from azoth.sql.operators import Operator, comma_op
from azoth.sql.schema import ColumnCollectionConstraint
from azoth.sql.schema.constraints import attach_with_columns, columns_exchanged, find_column, unique_columns
from azoth.sql.schema.sql_text import schema_text
from azoth.sql.selectable.executable import TakesExtensions
from azoth.sql.selectable.syntax_extension import SyntaxExtension

__all__ = ["DistinctOnClause", "ExcludeConstraint", "aggregate_order_by", "array_agg", "distinct_on"]


class aggregate_order_by(ColumnElement[Any]):
    """The argument of an aggregate function with an order: ``array_agg(target ORDER BY a, b)``.

    Args:
        target: the argument.
        order_by: what to order by.

    Raises:
        ArgumentError: there is nothing to order by.
    """

    __visit_name__: ClassVar[str] = "postgresql_ordered_argument"
    _fields: ClassVar[tuple[str, ...]] = ("target", "order_by", "type")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, target: object, *order_by: Any) -> None:
        if not order_by:
            raise exc.ArgumentError(
                "aggregate_order_by() needs something to order by",
                why="without an order the argument stands alone",
                fix="write aggregate_order_by(target, column.desc())",
                code="AZ-D65",
            )
        self.target: ClauseElement = plain_operand(target)
        self.type = getattr(self.target, "type", types.NULLTYPE)
        self.order_by = ClauseList(*[plain_operand(one) for one in order_by], operator=comma_op)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand without parentheses as the argument of a function."""
        return self


def array_agg(*arg: Any, **kw: object) -> Any:
    """Collect the values of all rows in an array of PostgreSQL's: ``func.array_agg()`` with the type ``ARRAY``.

    Args:
        arg: the arguments of the function.
        kw: ``type_`` for another type of the result.
    """
    if kw.get("type_") is None:
        first = plain_operand(arg[0]) if arg else None
        item_type = getattr(first, "type", types.NULLTYPE)
        kw["type_"] = item_type if isinstance(item_type, ARRAY) else _array_of(item_type)
    return func.array_agg(*arg, **kw)


def _array_of(item_type: types.TypeEngine[Any]) -> ARRAY:
    if isinstance(item_type, types.ARRAY):
        return ARRAY(item_type.item_type, dimensions=item_type.dimensions)
    return ARRAY(item_type)


class ExcludeConstraint(ColumnCollectionConstraint):
    """EXCLUDE: no two rows for which all comparisons hold.

    Args:
        elements: pairs of a column (or its name, or an expression) and the operator that compares it.
        name, deferrable, initially, info: as for every constraint.
        using: the kind of the index.
        where: a condition; only rows that meet it are compared.
        ops: from the key of a column to its operator class.
    """

    __visit_name__: ClassVar[str] = "exclude_constraint"

    def __init__(
        self,
        *elements: tuple[Any, str],
        using: str = "gist",
        where: Any = None,
        ops: dict[str, str] | None = None,
        **kw: Any,
    ) -> None:
        self._elements = [(_excluded(one), operator) for one, operator in elements]
        self.operators = {getattr(one, "name", one): operator for one, operator in self._elements}
        self.using = using
        self.where = schema_text(where) if isinstance(where, str) else clause_of(where)
        self.ops = dict(ops or {})
        columns = [column for one, _ in self._elements for column in _columns_of(one)]
        super().__init__(*columns, _column_flag=True, **kw)
        self._column_flag = False
        attach_with_columns(self, [one for one in self._declared if not isinstance(one, str)])

    def _resolve_columns(self, table: Any) -> None:
        super()._resolve_columns(table)
        self._elements = [
            (find_column(table, one, type(self).__name__) if isinstance(one, str) else one, operator)
            for one, operator in self._elements
        ]

    @property
    def elements(self) -> list[tuple[Any, str]]:
        """The compared columns and expressions, each with its operator."""
        return list(self._elements)

    def _copy(self, *, target_table: Any = None, **kw: object) -> Self:
        elements: list[tuple[Any, str]] = []
        for one, operator in self._elements:
            if isinstance(one, ColumnClause) and not one.is_literal:
                elements.append((one.key, operator))
            else:
                elements.append((columns_exchanged(one, self.parent, target_table), operator))
        common = {name: value for name, value in self._common_arguments().items() if name != "comment"}
        where = columns_exchanged(self.where, self.parent, target_table)
        return type(self)(*elements, using=self.using, where=where, ops=self.ops, **common)


def _excluded(one: Any) -> Any:
    if isinstance(one, str):
        return one
    found = clause_of(one)
    if found is None:
        raise exc.ArgumentError(
            f"ExcludeConstraint takes pairs of a column and an operator, got an object of class {type(one).__name__}",
            why="rows are compared by columns, or by expressions on them",
            fix='write ExcludeConstraint(("room", "="), ("during", "&&"))',
            code="AZ-D66",
        )
    return found.self_group() if isinstance(found, ColumnElement) else found


def _columns_of(one: Any) -> list[Any]:
    return [one] if isinstance(one, str) else list(unique_columns(one))


class DistinctOnClause(SyntaxExtension, ClauseElement):
    """DISTINCT ON before the columns of a SELECT.

    Args:
        expr: the expressions of which each combination of values comes once.
    """

    __visit_name__: ClassVar[str] = "postgresql_distinct_on"
    _fields: ClassVar[tuple[str, ...]] = ("expressions",)

    def __init__(self, *expr: object) -> None:
        self.expressions: tuple[ClauseElement, ...] = tuple([plain_operand(one) for one in expr])

    def apply_to_select(self, select_stmt: TakesExtensions) -> None:
        """Stand before the columns.

        Raises:
            InvalidRequestError: the SELECT has a DISTINCT already.
        """
        if getattr(select_stmt, "_distinct", False):
            raise exc.InvalidRequestError(
                "distinct_on() and distinct() cannot be combined",
                why="a SELECT has one DISTINCT",
                fix="leave one of them out",
                code="AZ-D87",
            )
        select_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "pre_columns")


def distinct_on(*expr: object) -> DistinctOnClause:
    """Keep one row for each combination of values: ``select(table).ext(distinct_on(table.c.a))``.

    Args:
        expr: the expressions.
    """
    return DistinctOnClause(*expr)
