"""Index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements import ClauseElement, ColumnClause
from azoth.sql.schema.constraints import (
    ColumnCollectionMixin,
    attach_with_columns,
    columns_exchanged,
    find_column,
    unique_columns,
)
from azoth.sql.schema.defaults import _bind_of
from azoth.sql.schema.item import HasConditionalDDL, SchemaItem
from azoth.sql.schema.naming import convention_name
from azoth.sql.schema.ports import CheckFirst, schema_work
from azoth.sql.schema.quoted_name import quoted_name
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.util.arguments import checked


class Index(ColumnCollectionMixin, DialectKWArgs, HasConditionalDDL, SchemaItem):
    """An index on columns or expressions.

    Args:
        name: its name; None takes one from the naming convention.
        expressions: columns, names of columns, or SQL expressions.
        unique: whether no two rows may have the same values.
        quote: whether to quote the name; None: where needed.
        info: notes of the user.
        _table: the table, where none of the expressions names it.
        dialect_kw: options of one dialect, such as ``sqlite_where``.

    Raises:
        ConstraintColumnNotFoundError: a name is no column of the table.
    """

    __visit_name__: ClassVar[str] = "index"
    _kind_of_name: ClassVar[str | None] = "ix"
    parent: Any = None

    @checked
    def __init__(
        self,
        name: str | None,
        *expressions: Any,
        unique: bool = False,
        quote: bool | None = None,
        info: Mapping[Any, Any] | None = None,
        _table: Any = None,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = quoted_name.construct(name, quote)
        self.unique = unique
        self.table: Any = None
        self._column_flag = _column_flag
        if info is not None:
            self.info = info
        if dialect_kw:
            self._take_dialect_options("Index", dialect_kw)
        self._declared = [_as_expression(expression) for expression in expressions]
        self.expressions: list[Any] = [one for one in self._declared if not isinstance(one, str)]
        self.columns = ColumnCollection()
        if _table is not None:
            self._join(_table)
        else:
            columns = [column for one in self.expressions for column in unique_columns(one)]
            attach_with_columns(self, [column for column in columns if hasattr(column, "_when_attached")])

    def _attach(self, parent: Any) -> None:
        """Become an index of a table."""
        if self.parent is parent:
            return
        if self.parent is not None:
            raise exc.ArgumentError(
                f"index {self.name} belongs to table {self.parent.description} already",
                why=f"it cannot belong to {parent.description} as well",
                fix="make a new Index for each table",
                code="AZ-C64",
            )
        self.expressions = [
            find_column(parent, one, "Index") if isinstance(one, str) or _is_foreign(one, parent) else one
            for one in self._declared
        ]
        self.parent = self.table = parent
        for expression in self.expressions:
            for column in unique_columns(expression):
                if not self.columns.contains_column(column):
                    self.columns.add(column)
        parent.indexes.add(self)
        self.name = convention_name(self, parent)

    def create(self, bind: object = None, checkfirst: bool | CheckFirst = False) -> None:
        """Create this index in a database."""
        schema_work().create(self, _bind_of(self.table.metadata, self, bind), checkfirst)

    def drop(self, bind: object = None, checkfirst: bool | CheckFirst = False) -> None:
        """Drop this index from a database."""
        schema_work().drop(self, _bind_of(self.table.metadata, self, bind), checkfirst)

    def _copy_to(self, table: Any) -> Index:
        expressions = [columns_exchanged(one, self.table, table) for one in self.expressions]
        copied = Index(
            self.name,
            *expressions,
            unique=self.unique,
            info=self.info or None,
            _table=table,
            _column_flag=self._column_flag,
            **{name: columns_exchanged(value, self.table, table) for name, value in self._copied_options.items()},
        )
        copied._ddl_if = self._ddl_if
        return copied

    def __repr__(self) -> str:
        parts = [repr(str(self.name)) if self.name else "None"]
        parts += [repr(str(getattr(one, "name", one))) for one in self._declared]
        if self.unique:
            parts.append("unique=True")
        return f"Index({', '.join(parts)})"


def _is_foreign(expression: Any, table: Any) -> bool:
    """Tell whether a column belongs to another table, as that of a mixin does, and must be found anew."""
    return isinstance(expression, ColumnClause) and not expression.is_literal and expression.table is not table


def _as_expression(expression: Any) -> Any:
    element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    if isinstance(element, str | ClauseElement):
        return element
    raise exc.ArgumentError(
        f"an index is on columns, names of columns or SQL expressions, not on {type(expression).__name__}",
        why="the database can index what its rows have",
        fix='use text("...") for SQL text',
        code="AZ-C63",
    )
