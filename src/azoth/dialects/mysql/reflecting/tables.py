"""Comments and options of tables."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from azoth.dialects.mysql.reflecting.place import InformationSchema, TableFacts, as_text
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflected import ReflectedTableComment
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["MySQLTables"]

_OPTION: Final = re.compile(r"`?(\w+)`?=(?:\"([^\"]*)\"|'([^']*)'|(\S*))")
_COUNTED: Final = frozenset({"HASH", "LINEAR HASH", "KEY", "LINEAR KEY"})
"""The kinds of partitions that are told by their number; others are told one by one."""


class MySQLTables(InformationSchema):
    """The part of the dialect that reads what belongs to whole tables."""

    def get_table_comment(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedTableComment:
        """Read the comment of a table. Emits: a SELECT."""
        return _comment(self._one(connection, table_name, schema))

    def get_multi_table_comment(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[ReflectedTableComment]:
        """Read the comments of many tables. Emits: a SELECT."""
        for table in self._tables(connection, schema, filter_names, kind, scope).values():
            yield (schema, table.name), _comment(table)

    def get_table_options(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> dict[str, Any]:
        """Read the options of a table. Emits: a SELECT; another one, where it is partitioned."""
        names, kind, scope = (table_name,), ObjectKind.ANY, ObjectScope.ANY
        for _, found in self.get_multi_table_options(
            connection, schema=schema, filter_names=names, kind=kind, scope=scope, **options
        ):
            return found
        self._shown(connection, "DESCRIBE", table_name, schema)
        return {}

    def get_multi_table_options(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[dict[str, Any]]:
        """Read the options of many tables. Emits: a SELECT; another one, where some are partitioned."""
        tables = self._tables(connection, schema, filter_names, kind, scope)
        partitioned = {name: table for name, table in tables.items() if "partitioned" in table.options}
        partitions = self._partitions(connection, schema, partitioned)
        for name, table in tables.items():
            found = {**_options(table), **partitions.get(name, {})}
            yield (schema, table.name), {f"{self.name}_{option}": value for option, value in found.items()}

    def _one(self, connection: ReflectingConnection, table_name: str, schema: str | None) -> TableFacts:
        for table in self._tables(connection, schema, (table_name,), ObjectKind.ANY, ObjectScope.ANY).values():
            return table
        self._shown(connection, "DESCRIBE", table_name, schema)
        return TableFacts(table_name, "TEMPORARY", None, None, "", "")

    def _partitions(
        self, connection: ReflectingConnection, schema: str | None, tables: dict[str, TableFacts]
    ) -> dict[str, dict[str, str]]:
        columns = "partition_method, partition_expression"
        found: dict[str, dict[str, str]] = {}
        for name, rows in self._by_table(connection, columns, "partitions", schema, tables, list(tables)).items():
            method, expression = (as_text(value) for value in rows[0]) if rows else (None, None)
            if method in _COUNTED:
                found[name] = {"partition_by": f"{method} ({expression or ''})", "partitions": str(len(rows))}
        return found


def _comment(table: TableFacts) -> ReflectedTableComment:
    # The server has this word in the place of a view's comment.
    return {"text": None if table.type == "VIEW" else table.comment or None}


def _options(table: TableFacts) -> dict[str, str]:
    if table.engine is None:
        return {}
    found = {"engine": table.engine}
    if table.type == "SEQUENCE":
        return found
    if table.collation is not None:
        found["default charset"] = table.collation.partition("_")[0]
        found["collate"] = table.collation
    for name, *values in _OPTION.findall(table.options):
        found[name.lower()] = "".join(values)
    if table.comment:
        found["comment"] = table.comment
    return found
