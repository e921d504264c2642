"""Tables and views made of the rows of a SELECT: CREATE TABLE AS, CREATE VIEW, DROP VIEW."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from azoth.sql.ddl.elements import ExecutableDDLElement, _Drop
from azoth.sql.schema import Column, MetaData, Table
from azoth.sql.selectable import SelectBase, builders
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.visitors import walk
from azoth.util.arguments import check_text, wrong_value

__all__ = ["CreateTableAs", "CreateView", "DropView"]


class TableViaSelect(DialectKWArgs, ExecutableDDLElement):
    """DDL that makes a table, or a view, of what a statement selects.

    Args:
        selectable: the statement.
        name: the name of the table or view.
        metadata: where its ``Table`` is to be; a new MetaData by default.
        schema: its schema; that of the metadata by default.
        temporary: whether it lives as long as the connection.
        dialect_kwargs: options of one dialect.

    Raises:
        ArgumentError: the first argument is no SELECT.
    """

    creates_view: ClassVar[bool] = False
    _other_arguments: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        selectable: object,
        name: str,
        metadata: MetaData | None,
        schema: str | None,
        temporary: bool,
        dialect_kwargs: dict[str, Any],
    ) -> None:
        element = selectable.__clause_element__() if hasattr(selectable, "__clause_element__") else selectable
        if not isinstance(element, SelectBase):
            raise wrong_value(f"{type(self).__name__}(): selectable", "a SELECT", selectable, "pass select(...)")
        check_text(f"the name given to {type(self).__name__}", name)
        self.selectable: SelectBase = element
        self.temporary = temporary
        self.metadata: MetaData = MetaData() if metadata is None else metadata
        if dialect_kwargs:
            self._take_dialect_options(type(self).__name__, dialect_kwargs)
        named = [one for one in element._named_columns() if one.column.__visit_name__ != "textclause"]
        columns: list[Column[Any]] = [Column(one.name, one.column.type, key=one.key) for one in named]
        self.table: Table = Table(name, self.metadata, *columns, schema=schema)
        self.element = self.target = self.table
        for part in walk(element):
            for source in (part, getattr(part, "table", None)):
                if isinstance(source, Table) and source.metadata is self.metadata and source is not self.table:
                    self.table.add_is_dependent_on(source)
        self.table.set_creator_ddl(self)

    def to_metadata(self, metadata: MetaData, table: Table) -> Self:
        """Copy this statement for the copy of its table in another metadata; ``Table.to_metadata()`` calls it."""
        return self._copy_with(metadata=metadata, table=table, element=table, target=table)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.table.name!r})"


class CreateTableAs(TableViaSelect):
    """``CREATE TABLE name AS SELECT ...``: a table with the rows that a statement selects now.

    ``table`` is its ``Table``, to select from. Execute this, or let ``metadata.create_all()`` do it.

    Args:
        selectable: the SELECT.
        table_name: the name of the table.
        metadata: where its ``Table`` is to be; a new MetaData by default.
        schema: its schema; that of the metadata by default.
        temporary: whether it lives as long as the connection.
        if_not_exists: leave it alone if it exists.
        dialect_kwargs: options of one dialect.

    Raises:
        ArgumentError: the first argument is no SELECT.
    """

    __visit_name__: ClassVar[str] = "create_table_as"

    def __init__(
        self,
        selectable: object,
        table_name: str,
        *,
        metadata: MetaData | None = None,
        schema: str | None = None,
        temporary: bool = False,
        if_not_exists: bool = False,
        **dialect_kwargs: object,
    ) -> None:
        super().__init__(selectable, table_name, metadata, schema, temporary, dialect_kwargs)
        self.if_not_exists = if_not_exists


class CreateView(TableViaSelect):
    """``CREATE VIEW name AS SELECT ...``.

    ``table`` is its ``Table``, to select from; dropping that drops the view. Execute this, or let
    ``metadata.create_all()`` do it.

    Args:
        selectable: the SELECT.
        view_name: the name of the view.
        metadata: where its ``Table`` is to be; a new MetaData by default.
        schema: its schema; that of the metadata by default.
        temporary: whether it lives as long as the connection.
        or_replace: replace a view of that name, where the database can.
        materialized: keep the rows, where the database can.
        dialect_kwargs: options of one dialect.

    Raises:
        ArgumentError: the first argument is no SELECT.
    """

    __visit_name__: ClassVar[str] = "create_view"
    creates_view: ClassVar[bool] = True

    def __init__(
        self,
        selectable: object,
        view_name: str,
        *,
        metadata: MetaData | None = None,
        schema: str | None = None,
        temporary: bool = False,
        or_replace: bool = False,
        materialized: bool = False,
        **dialect_kwargs: object,
    ) -> None:
        super().__init__(selectable, view_name, metadata, schema, temporary, dialect_kwargs)
        self.or_replace = or_replace
        self.materialized = materialized
        self.table.set_dropper_ddl(DropView(self.table, materialized=materialized))


class DropView(_Drop):
    """DROP VIEW.

    Args:
        element: the ``Table`` of the view.
        if_exists: do nothing if it does not exist.
        materialized: whether it keeps its rows.
    """

    __visit_name__: ClassVar[str] = "drop_view"

    def __init__(self, element: object, *, if_exists: bool = False, materialized: bool = False) -> None:
        super().__init__(element, if_exists)
        self.materialized = materialized

    def to_metadata(self, metadata: MetaData, table: Table) -> Self:
        """Copy this statement for the copy of its table in another metadata; ``Table.to_metadata()`` calls it."""
        return self._about(table)


builders.create_table_as = CreateTableAs
