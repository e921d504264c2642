"""TableClause, a table as SQL sees it: a name and columns."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth import exc
from azoth.sql.cache_key import next_identity
from azoth.sql.elements import ColumnClause
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.from_clause import NamedFromClause, builders
from azoth.util.arguments import wrong_value

__all__ = ["TableClause", "table"]


class TableClause(NamedFromClause):
    """A table by its name, without the details that a schema knows.

    Args:
        name: the table's name.
        columns: its columns, made by ``column()``.
        schema: the schema that it is in.
    """

    __visit_name__: ClassVar[str] = "table"
    implicit_returning: bool = False

    def __init__(self, name: str, *columns: ColumnClause[Any], schema: str | None = None) -> None:
        if not isinstance(name, str):
            raise wrong_value("table(): name", "a text", name)
        for column in columns:
            if not isinstance(column, ColumnClause):
                raise wrong_value("table(): each column", "a column()", column)
            if column.name is None:
                raise wrong_value("table(): the name of each column", "a text", None)
        self.name = name
        self.schema = schema
        self.fullname = f"{schema}.{name}" if schema else name
        self._shape = ("table", next_identity())
        self._binds = ()
        self.c = self.columns = ColumnCollection()
        for column in columns:
            self.append_column(column)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.update(_shape=("table", next_identity()), _binds=())

    def append_column(self, column: ColumnClause[Any]) -> None:
        """Add a column.

        Args:
            column: the column; it belongs to this table afterwards.

        Raises:
            ArgumentError: where it belongs to another table.
        """
        owner = getattr(column, "table", None)
        if owner is not None and owner is not self:
            raise exc.ArgumentError(
                f"column {column.key!r} already belongs to table {owner.description!r}",
                why="a column names one table",
                fix="make a new column() for each table()",
                code="AZ-C23",
            )
        column.table = self
        # Its shape names its table.
        column.__dict__.pop("_shape", None)
        self.c.add(column)

    def insert_column(self, column: ColumnClause[Any], index: int) -> None:
        """Add a column at a position.

        Args:
            column: the column; it belongs to this table afterwards.
            index: how many columns stand before it.
        """
        self.append_column(column)
        self.c.move(column, index)

    def __str__(self) -> str:
        return self.fullname

    def insert(self, *arguments: Any, **options: Any) -> Any:
        """Make an INSERT into this table; arguments as for ``insert()`` after the table."""
        return builders.insert(self, *arguments, **options)

    def update(self, *arguments: Any, **options: Any) -> Any:
        """Make an UPDATE of this table; arguments as for ``update()`` after the table."""
        return builders.update(self, *arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        """Make a DELETE from this table; arguments as for ``delete()`` after the table."""
        return builders.delete(self, *arguments, **options)


def table(name: str, *columns: ColumnClause[Any], schema: str | None = None) -> TableClause:
    """Name a table for use in statements.

    Args:
        name: the table's name.
        columns: its columns, made by ``column()``.
        schema: the schema that it is in.
    """
    return TableClause(name, *columns, schema=schema)
