"""Building a table from what the database knows about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from azoth import exc
from azoth.engine.dialect_base.reflected import ReflectedColumn, ReflectedForeignKeyConstraint
from azoth.sql.elements import ClauseElement, ColumnElement, asc, desc, literal_column, nulls_first, nulls_last
from azoth.sql.schema import (
    BLANK_SCHEMA,
    CheckConstraint,
    Column,
    Computed,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    stored_text,
)

__all__ = ["TableReflection"]

_ORDERS: Final[Mapping[str, Callable[[Any], ClauseElement]]] = {
    "asc": asc,
    "desc": desc,
    "nulls_first": nulls_first,
    "nulls_last": nulls_last,
}
"""The words by which inspectors say how an index is sorted."""


class TableReflection:
    """Adds columns, keys, indexes and constraints to one table.

    Args:
        inspector: where to ask.
        table: the table.
        include_columns: only these columns, None for all.
        exclude_columns: not these columns.
        resolve_fks: whether to read the tables that it refers to, too.
        overridden: columns that the user gave and that stand in the place of those read.
    """

    def __init__(
        self,
        inspector: Any,
        table: Any,
        include_columns: Collection[str] | None,
        exclude_columns: Collection[str],
        resolve_fks: bool,
        overridden: Iterable[Any],
    ) -> None:
        self.inspector = inspector
        self.table = table
        self.include_columns = include_columns
        self.exclude_columns = exclude_columns
        self.resolve_fks = resolve_fks
        self.overridden = {column.name: column for column in overridden}
        self.columns: dict[str, Any] = {}
        self.subject = (table.name, table.schema)
        given = table.dialect_kwargs
        self.options = {name: given[name] for name in inspector.dialect.reflection_options if name in given}

    def add_columns(self) -> None:
        """Read and add what other tables may refer to.

        Raises:
            NoSuchTableError: the database has no such table.
        """
        self._add_columns()
        self._add_primary_key()

    def add_the_rest(self) -> None:
        """Read and add everything else; tables that are referred to are begun with, and follow later."""
        self._add_foreign_keys()
        self._add_indexes()
        self._add_uniques_and_checks()
        comment = self.inspector.get_table_comment(*self.subject, **self.options).get("text")
        if comment is not None and self.table.comment is None:
            self.table.comment = comment
        for name, value in self.inspector.get_table_options(*self.subject, **self.options).items():
            self.table.dialect_kwargs.setdefault(name, value)

    def _add_columns(self) -> None:
        for described in self.inspector.get_columns(*self.subject, **self.options):
            name = described["name"]
            if name in self.exclude_columns or (self.include_columns is not None and name not in self.include_columns):
                continue
            for listener in self.table.metadata.dispatch.column_reflect + self.table.dispatch.column_reflect:
                listener(self.inspector, self.table, described)
            column = self.overridden.get(name)
            if column is None:
                column = self._column(described)
            self.columns[name] = column
            self.table.append_column(column, replace_existing=True)

    def _column(self, described: ReflectedColumn) -> Column[Any]:
        items: list[Any] = []
        default = described.get("default")
        if described.get("computed") is not None:
            computed = described["computed"]
            items.append(Computed(stored_text(computed["sqltext"]), computed["persisted"]))
        elif described.get("identity") is not None:
            items.append(Identity(**described["identity"]))
        elif default is not None:
            items.append(DefaultClause(stored_text(default), _reflected=True))
        given: Mapping[str, Any] = described
        options = {name: given[name] for name in ("autoincrement", "comment", "info") if name in given}
        nullable = described.get("nullable", True)
        return Column(
            described["name"], described["type"], *items, key=described.get("key"), nullable=nullable, **options
        )

    def _add_primary_key(self) -> None:
        described = self.inspector.get_pk_constraint(*self.subject, **self.options)
        columns = [self.columns[name] for name in described["constrained_columns"] if name in self.columns]
        if not columns:
            return
        constraint = PrimaryKeyConstraint(name=described.get("name"), _implicit=True, **_more(described))
        for column in columns:
            column.primary_key = True
            constraint.columns.add(column)
        self.table.append_constraint(constraint)

    def _add_foreign_keys(self) -> None:
        for described in self.inspector.get_foreign_keys(*self.subject, **self.options):
            columns = [self.columns.get(name) for name in described["constrained_columns"]]
            if any(column is None or (column.foreign_keys and column.name in self.overridden) for column in columns):
                continue
            if len(columns) != len(described["referred_columns"]):
                # SQLite keeps foreign keys that cannot work, such as one column to a key of two.
                continue
            target = self._referred_table(described)
            schema = described["referred_schema"]
            prefix = f"{schema}.{described['referred_table']}" if schema else described["referred_table"]
            referred = [
                _referred(target, name) if target is not None else f"{prefix}.{name}"
                for name in described["referred_columns"]
            ]
            self.table.append_constraint(
                ForeignKeyConstraint(
                    [column.key for column in columns if column is not None],
                    referred,
                    name=described.get("name"),
                    link_to_name=True,
                    comment=described.get("comment"),
                    **described.get("options", {}),
                )
            )

    def _referred_table(self, described: ReflectedForeignKeyConstraint) -> Any:
        """Find or read the table that a foreign key refers to; None where it is not to be read."""
        if not self.resolve_fks:
            return None
        schema = described["referred_schema"]
        key = f"{schema}.{described['referred_table']}" if schema else described["referred_table"]
        known = self.table.metadata.tables.get(key)
        if known is not None:
            return known
        try:
            return Table(
                described["referred_table"],
                self.table.metadata,
                schema=schema if schema is not None else BLANK_SCHEMA,
                autoload_with=self.inspector,
                **self.options,
            )
        except exc.NoSuchTableError:
            # SQLite accepts foreign keys to tables that do not exist (yet).
            return None

    def _add_indexes(self) -> None:
        for described in self.inspector.get_indexes(*self.subject, **self.options):
            names = described.get("expressions") or described["column_names"]
            plain = set(described["column_names"])
            if any(name in plain and name not in self.columns for name in names):
                continue
            if "duplicates_constraint" in described:
                # What is UNIQUE is read below; others only the dialect knows.
                constraint = self.inspector.dialect.constraint_of_index(described, self.columns)
                if constraint is not None:
                    self.table.append_constraint(constraint)
                continue
            sorting, collations = described.get("column_sorting", {}), described.get("collations", {})
            items = [
                _sorted(_collated(name, self.columns.get(name), collations.get(name)), sorting.get(name, ()))
                for name in names
            ]
            options = _index_options(described.get("dialect_options", {}))
            Index(described["name"], *items, unique=described["unique"], _table=self.table, **options)

    def _add_uniques_and_checks(self) -> None:
        for described in self.inspector.get_unique_constraints(*self.subject, **self.options):
            if described.get("duplicates_index"):
                # It has been added as an index, which it is.
                continue
            columns = [self.columns[name] for name in described["column_names"] if name in self.columns]
            if columns and len(columns) == len(described["column_names"]):
                names = [one.key for one in columns]
                self.table.append_constraint(UniqueConstraint(*names, name=described["name"], **_more(described)))
        for described in self.inspector.get_check_constraints(*self.subject, **self.options):
            condition = stored_text(described["sqltext"])
            more: dict[str, Any] = {"comment": described.get("comment")}
            # PostgreSQL's options, which are told without its name.
            for option, value in described.get("dialect_options", {}).items():
                more[f"{self.inspector.dialect.name}_{option}"] = value
            self.table.append_constraint(CheckConstraint(condition, name=described["name"], **more))


def _more(described: Mapping[str, Any]) -> dict[str, Any]:
    """Give what else a constraint has; what is false or empty says nothing, and older servers have no words for it."""
    given = {name: value for name, value in described.get("dialect_options", {}).items() if value}
    return {**given, **described.get("options", {}), "comment": described.get("comment")}


def _index_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the condition of an index as the database has written it."""
    return {
        name: stored_text(value) if name.endswith("_where") and isinstance(value, str) else value
        for name, value in options.items()
    }


def _collated(text: str, column: Column[Any] | None, collation: str | None) -> ClauseElement:
    if collation is None:
        return stored_text(text) if column is None else column
    expression: ColumnElement[Any] = literal_column(text) if column is None else column
    return expression.collate(collation)


def _sorted(item: ClauseElement, words: Iterable[str]) -> ClauseElement:
    for word in words:
        item = _ORDERS[word](item)
    return item


def _referred(target: Any, name: str) -> Any:
    column = next((column for column in target.c if column.name == name), None)
    if column is None:
        column = next((column for column in target.c if column.name.lower() == name.lower()), None)
    return column if column is not None else f"{target.fullname}.{name}"
