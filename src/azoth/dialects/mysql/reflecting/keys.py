"""Primary keys, indexes, UNIQUE constraints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from azoth.dialects.mysql.reflecting.place import InformationSchema, Row, as_text
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflected import (
        ReflectedIndex,
        ReflectedPrimaryKeyConstraint,
        ReflectedUniqueConstraint,
    )
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["MySQLKeys"]

Found = TypeVar("Found")

PRIMARY: Final = "PRIMARY"
"""The name of each primary key."""

_KINDS: Final = frozenset({"FULLTEXT", "SPATIAL"})
FIRST_WITH_EXPRESSIONS: Final = (8, 0, 13)


class _Index:
    """An index, as its rows of ``information_schema.statistics`` tell it, one for each column.

    Args:
        rows: the rows, in the order of the columns.
    """

    def __init__(self, rows: list[Row]) -> None:
        first = rows[0]
        self.name = as_text(first[0]) or ""
        self.is_unique = not int(str(first[1]))
        self.kind = as_text(first[4]) or ""
        self.columns = [as_text(row[2]) for row in rows]
        self.lengths = {
            column: int(str(row[3]))
            for column, row in zip(self.columns, rows, strict=True)
            if column is not None and row[3] is not None and self.kind not in _KINDS
        }
        self.expressions = [as_text(row[5]) for row in rows]

    def reflected(self, dialect: str) -> ReflectedIndex:
        """Tell of it as a dialect does."""
        index: ReflectedIndex = {"name": self.name, "column_names": self.columns, "unique": self.is_unique}
        if None in self.columns:
            index["expressions"] = [
                column or expression or "" for column, expression in zip(self.columns, self.expressions, strict=True)
            ]
        options: dict[str, object] = {}
        if self.lengths:
            options[f"{dialect}_length"] = self.lengths
        if self.kind in _KINDS:
            options[f"{dialect}_prefix"] = self.kind
        if options:
            index["dialect_options"] = options
        return index


class MySQLKeys(InformationSchema):
    """The part of the dialect that reads keys and indexes. Emits: two SELECTs, for one table or many."""

    def get_pk_constraint(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedPrimaryKeyConstraint:
        """Read the primary key of a table."""
        return self._of_one(_primary_key, connection, table_name, schema)

    def get_multi_pk_constraint(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[ReflectedPrimaryKeyConstraint]:
        """Read the primary keys of many tables."""
        return self._of_many(_primary_key, connection, schema, filter_names, kind, scope)

    def get_indexes(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedIndex]:
        """Read the indexes of a table, also those that stand behind UNIQUE constraints."""
        return self._of_one(self._reflected_indexes, connection, table_name, schema)

    def get_multi_indexes(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedIndex]]:
        """Read the indexes of many tables."""
        return self._of_many(self._reflected_indexes, connection, schema, filter_names, kind, scope)

    def get_unique_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedUniqueConstraint]:
        """Read the UNIQUE constraints of a table, which are its unique indexes."""
        return self._of_one(_unique_constraints, connection, table_name, schema)

    def get_multi_unique_constraints(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedUniqueConstraint]]:
        """Read the UNIQUE constraints of many tables."""
        return self._of_many(_unique_constraints, connection, schema, filter_names, kind, scope)

    def _reflected_indexes(self, indexes: list[_Index]) -> list[ReflectedIndex]:
        return [index.reflected(self.name) for index in indexes if index.name != PRIMARY]

    def _of_one(
        self,
        read: Callable[[list[_Index]], Found],
        connection: ReflectingConnection,
        table_name: str,
        schema: str | None,
    ) -> Found:
        for _, found in self._of_many(read, connection, schema, (table_name,), ObjectKind.ANY, ObjectScope.ANY):
            return found
        shown = self._shown(connection, "SHOW INDEX FROM", table_name, schema)
        return read(_indexes([(row[2], row[1], row[4], row[7], row[10], None) for row in shown]))

    def _of_many(
        self,
        read: Callable[[list[_Index]], Found],
        connection: ReflectingConnection,
        schema: str | None,
        names: Collection[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
    ) -> Iterator[tuple[tuple[str | None, str], Found]]:
        tables = self._tables(connection, schema, names, kind, scope)
        has_expressions = not self.is_mariadb and (self.server_version_info or ()) >= FIRST_WITH_EXPRESSIONS
        columns = "index_name, non_unique, column_name, sub_part, index_type, "
        columns += "expression" if has_expressions else "NULL"
        order = "ORDER BY table_name, index_name, seq_in_index"
        for name, rows in self._by_table(connection, columns, "statistics", schema, tables, names, order).items():
            yield (schema, tables[name].name), read(_indexes(rows))


def _indexes(rows: list[Row]) -> list[_Index]:
    by_index: dict[object, list[Row]] = {}
    for row in rows:
        by_index.setdefault(row[0], []).append(row)
    return sorted([_Index(own) for own in by_index.values()], key=lambda index: index.name)


def _primary_key(indexes: list[_Index]) -> ReflectedPrimaryKeyConstraint:
    for index in indexes:
        if index.name == PRIMARY:
            return {"constrained_columns": [name for name in index.columns if name is not None], "name": None}
    return {"constrained_columns": [], "name": None}


def _unique_constraints(indexes: list[_Index]) -> list[ReflectedUniqueConstraint]:
    return [
        {
            "name": index.name,
            "column_names": [name for name in index.columns if name is not None],
            "duplicates_index": index.name,
        }
        for index in indexes
        if index.is_unique and index.name != PRIMARY
    ]
