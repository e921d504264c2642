"""Values: rows written in the statement, ``VALUES (1, 2), (3, 4)``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.cache_key import Shape, shape_of
from azoth.sql.elements import BindParameter, ClauseElement, ColumnClause, ColumnElement
from azoth.sql.operators import Operator
from azoth.sql.selectable.common_table import CTE
from azoth.sql.selectable.derived_shape import derived_shape
from azoth.sql.selectable.from_clause import AnonymousName, NamedFromClause
from azoth.sql.selectable.proxy_column import ProxyColumn
from azoth.sql.types import TupleType
from azoth.util.arguments import as_list

__all__ = ["ScalarValues", "Values", "values"]


class Values(NamedFromClause):
    """Rows written in the statement.

    Args:
        columns: the columns, made by ``column()`` with a type.
        name: the name; the compiler makes one up where none is given.
        literal_binds: write the values into the text.
    """

    __visit_name__: ClassVar[str] = "values"
    _fields: ClassVar[tuple[str, ...]] = (
        "_column_args",
        "name",
        "literal_binds",
        "_data",
        "_lateral",
        "_independent_ctes",
    )
    _independent_ctes: tuple[CTE, ...] = ()
    name_cte_columns: ClassVar[bool] = True
    _data: tuple[tuple[ClauseElement, ...], ...] = ()
    _lateral: bool = False

    def __init__(self, *columns: ColumnClause[Any], name: str | None = None, literal_binds: bool = False) -> None:
        self._column_args = columns
        self.name = AnonymousName("anon") if name is None else name
        self.literal_binds = literal_binds

    def data(self, values: Iterable[Sequence[Any]]) -> Self:
        """Add rows.

        Args:
            values: the rows, each with a value for each column.

        Raises:
            ArgumentError: where a row has another number of values.
        """
        copy: Self = self._copy_with(
            _data=self._data + tuple([self._row(row) for row in as_list("values().data()", values, "a list of rows")])
        )
        return copy

    def _row(self, row: Sequence[Any]) -> tuple[ClauseElement, ...]:
        row = as_list("values().data(): each row", row, "a tuple of values")
        if len(row) != len(self._column_args):
            raise exc.ArgumentError(
                f"a row of values() has {len(row)} values for {len(self._column_args)} columns",
                why="each row has a value for each column",
                fix="give as many values as there are columns",
                code="AZ-C17",
            )
        return tuple(
            value if isinstance(value, ClauseElement) else BindParameter(None, value, column.type)
            for value, column in zip(row, self._column_args, strict=True)
        )

    def alias(self, name: str | None = None, flat: bool = False) -> Self:
        """Give the rows another name."""
        copy: Self = self._copy_with(name=AnonymousName("anon") if name is None else name)
        return copy

    def lateral(self, name: str | None = None) -> Self:
        """Let the values refer to the selectables before: ``LATERAL``."""
        copy: Self = self._copy_with(name=self.name if name is None else name, _lateral=True)
        return copy

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """Make a common table expression of the rows."""
        return CTE(self, name, recursive, nesting)

    def add_cte(self, *ctes: CTE, nest_here: bool = False) -> Self:
        """Copy this with CTEs in front of the statement that it becomes part of.

        Args:
            ctes: the CTEs, made by ``cte()``.
            nest_here: keep them in the statement that selects from this.
        """
        added = tuple([cte._copy_with(nesting=True) for cte in ctes]) if nest_here else ctes
        copy: Self = self._copy_with(_independent_ctes=(*self._independent_ctes, *added))
        return copy

    def scalar_values(self) -> ScalarValues:
        """Use the rows as an operand, of IN for instance."""
        return ScalarValues.of(self)

    def _as_in_operand(self) -> ClauseElement:
        return self.scalar_values()

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        return self._proxied_columns(self)

    def _proxied_columns(self, selectable: Any) -> Iterable[tuple[str, Any]]:
        for column in self._column_args:
            yield column.key, ProxyColumn(selectable, column.name, column.key, (column,))

    def _compute_shape(self) -> Shape:
        name = None if isinstance(self.name, AnonymousName) else self.name
        structure: tuple[Shape, ...] = (
            shape_of(self._column_args),
            name,
            self.literal_binds,
            shape_of(self._data),
            self._lateral,
        )
        structure = (*structure, shape_of(self._independent_ctes)) if self._independent_ctes else structure
        return derived_shape("values", structure)


class ScalarValues(ColumnElement[Any]):
    """Rows written in the statement, as an operand: ``x IN (VALUES (1), (2))``.

    Args:
        columns: the columns, made by ``column()`` with a type.
        data: lists of rows, as ``Values.data()`` took them one after the other.
        literal_binds: write the values into the text.
    """

    __visit_name__: ClassVar[str] = "scalar_values"
    _fields: ClassVar[tuple[str, ...]] = ("element",)
    _is_atomic: ClassVar[bool] = True

    element: Values

    def __init__(
        self, columns: Sequence[ColumnClause[Any]], data: Iterable[Iterable[Sequence[Any]]], literal_binds: bool = False
    ) -> None:
        rows = Values(*columns, literal_binds=literal_binds)
        for portion in data:
            rows = rows.data(portion)
        self._take(rows)

    @classmethod
    def of(cls, rows: Values) -> ScalarValues:
        """Make an operand of rows."""
        made = object.__new__(cls)
        made._take(rows)
        return made

    def _take(self, rows: Values) -> None:
        self.element = rows
        types = [column.type for column in rows._column_args]
        self.type = types[0] if len(types) == 1 else TupleType(*types)

    def _as_in_operand(self) -> ClauseElement:
        return self

    def self_group(self, against: Operator | None = None) -> ScalarValues:
        """Have parentheses of its own."""
        return self


def values(*columns: ColumnClause[Any], name: str | None = None, literal_binds: bool = False) -> Values:
    """Write rows in a statement; arguments as for ``Values``."""
    return Values(*columns, name=name, literal_binds=literal_binds)
