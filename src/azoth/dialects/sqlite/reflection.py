"""What a SQLite database contains: its tables, columns, keys, indexes and constraints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc
from azoth.sql.schema import stored_text
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.dialects.sqlite.table_text import TableText
    from azoth.engine.dialect_base.reflected import (
        ReflectedCheckConstraint,
        ReflectedColumn,
        ReflectedForeignKeyConstraint,
        ReflectedIndex,
        ReflectedPrimaryKeyConstraint,
        ReflectedTableComment,
        ReflectedUniqueConstraint,
    )
    from azoth.engine.dialect_base.reflection import DialectReflection, ReflectingConnection

__all__ = ["SQLiteReflection"]


class SQLiteReflection:
    """The part of the SQLite dialect that reads schemas; each method takes a connection.

    Attributes:
        ischema_names: the types that declarations name.
    """

    ischema_names: Mapping[str, type[Any]]

    reads_expression_indexes: ClassVar[bool] = True
    """Whether indexes on expressions are read; where not, they are passed over with a warning."""

    def has_table(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a table or view exists."""
        return bool(self._pragma(connection, "table_info", table_name, schema))

    def get_schema_names(self, connection: ReflectingConnection, **options: object) -> list[str]:
        """Name the database files that the connection has attached."""
        return [row[1] for row in self._rows(connection, "PRAGMA database_list") if row[1] != "temp"]

    def get_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the tables."""
        return self._names(connection, "table", _master(schema), bool(options.get("sqlite_include_internal")))

    def get_temp_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary tables, which are in the schema "temp"."""
        if schema not in (None, "temp"):
            return []
        return self._names(connection, "table", "sqlite_temp_master", bool(options.get("sqlite_include_internal")))

    def get_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the views."""
        return self._names(connection, "view", _master(schema), include_internal=True)

    def get_temp_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary views, which are in the schema "temp"."""
        if schema not in (None, "temp"):
            return []
        return self._names(connection, "view", "sqlite_temp_master", include_internal=True)

    def get_materialized_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the materialized views, of which SQLite has none."""
        return []

    def get_view_definition(
        self, connection: ReflectingConnection, view_name: str, schema: str | None = None, **options: object
    ) -> str:
        """Read the text of a view."""
        definition = self._definition(connection, view_name, schema, "view")
        if definition is None:
            raise _no_such_table(view_name, schema)
        return definition

    def get_sequence_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the sequences, of which SQLite has none."""
        return []

    def get_table_comment(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedTableComment:
        """Read the comment of a table, which SQLite does not keep."""
        return {"text": None}

    def get_table_options(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> dict[str, Any]:
        """Read WITHOUT ROWID, STRICT and AUTOINCREMENT."""
        found = self._table_text(connection, table_name, schema)
        words = found.options.upper()
        kept: dict[str, Any] = {}
        if "WITHOUT ROWID" in words:
            kept["sqlite_with_rowid"] = False
        if re.search(r"\bSTRICT\b", words):
            kept["sqlite_strict"] = True
        if found.autoincrement:
            kept["sqlite_autoincrement"] = True
        return kept

    def get_columns(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedColumn]:
        """Read the columns of a table or view."""
        rows = self._pragma(connection, "table_xinfo", table_name, schema)
        if not rows:
            raise _no_such_table(table_name, schema)
        generated = any(row[6] for row in rows)
        computed = self._table_text(connection, table_name, schema).computed if generated else {}
        return [_column(row, computed, self.ischema_names) for row in rows if row[6] != 1]

    def get_pk_constraint(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedPrimaryKeyConstraint:
        """Read the primary key of a table."""
        rows = self._pragma(connection, "table_info", table_name, schema)
        if not rows:
            raise _no_such_table(table_name, schema)
        columns = [row[1] for row in sorted(rows, key=lambda row: int(row[5])) if row[5]]
        name = self._table_text(connection, table_name, schema).primary_key_name if columns else None
        return {"constrained_columns": columns, "name": name}

    def get_foreign_keys(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedForeignKeyConstraint]:
        """Read the foreign keys of a table."""
        self._require(connection, table_name, schema)
        by_number: dict[int, ReflectedForeignKeyConstraint] = {}
        for row in self._pragma(connection, "foreign_key_list", table_name, schema):
            number, _, target, column, referred, on_update, on_delete, match = row[:8]
            if number not in by_number:
                by_number[number] = _foreign_key(target, schema, on_update, on_delete, match)
            by_number[number]["constrained_columns"].append(column)
            if referred is not None:
                by_number[number]["referred_columns"].append(referred)
        # SQLite lists the last one first.
        keys = [by_number[number] for number in sorted(by_number, reverse=True)]
        for key in keys:
            if not key["referred_columns"]:
                key["referred_columns"] = self._key_columns(connection, key["referred_table"], schema)
        _add_names(keys, self._table_text(connection, table_name, schema))
        return keys

    def get_indexes(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedIndex]:
        """Read the indexes of a table, without those that stand behind constraints."""
        self._require(connection, table_name, schema)
        indexes = []
        for row in self._pragma(connection, "index_list", table_name, schema):
            name, unique, origin, partial = row[1], bool(row[2]), row[3], bool(row[4])
            if origin == "c" or options.get("include_auto_indexes"):
                index = self._index(connection, name, unique, partial, schema)
                if "expressions" not in index or self.reads_expression_indexes:
                    indexes.append(index)
                else:
                    _warn_of_skipped_index(name)
        return sorted(indexes, key=lambda index: str(index["name"]))

    def get_unique_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedUniqueConstraint]:
        """Read the UNIQUE constraints of a table."""
        self._require(connection, table_name, schema)
        found = self._table_text(connection, table_name, schema)
        return [{"name": name, "column_names": columns} for name, columns in found.uniques]

    def get_check_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedCheckConstraint]:
        """Read the CHECK constraints of a table."""
        self._require(connection, table_name, schema)
        found = self._table_text(connection, table_name, schema)
        checks: list[ReflectedCheckConstraint] = [
            {"sqltext": condition, "name": name} for name, condition in found.checks
        ]
        return sorted(checks, key=lambda check: check["name"] or "~")

    # -- questions to the database --------------------------------------------

    def _rows(self, connection: ReflectingConnection, sql: str, parameters: tuple[Any, ...] = ()) -> Sequence[Any]:
        return connection.exec_driver_sql(sql, parameters).all()

    def _pragma(self, connection: ReflectingConnection, pragma: str, name: str, schema: str | None) -> Sequence[Any]:
        prefix = f"{_quoted(schema)}." if schema is not None else ""
        return self._rows(connection, f"PRAGMA {prefix}{pragma}({_quoted(name)})")

    def _names(self, connection: ReflectingConnection, kind: str, master: str, include_internal: bool) -> list[str]:
        internal = "" if include_internal else " AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        rows = self._rows(connection, f"SELECT name FROM {master} WHERE type = ?{internal} ORDER BY name", (kind,))
        return [row[0] for row in rows]

    def _definition(self, connection: ReflectingConnection, name: str, schema: str | None, kind: str) -> str | None:
        masters = [_master(schema)] if schema is not None else ["sqlite_master", "sqlite_temp_master"]
        for master in masters:
            sql = f"SELECT sql FROM {master} WHERE type = ? AND name = ? COLLATE NOCASE"
            rows = self._rows(connection, sql, (kind, name))
            if rows:
                definition: str | None = rows[0][0]
                return definition
        return None

    def _table_text(self, connection: ReflectingConnection, name: str, schema: str | None) -> TableText:
        # Late, like what reads declared types: most programs never ask what their database's tables are.
        from azoth.dialects.sqlite.table_text import table_text  # noqa: PLC0415

        return table_text(self._definition(connection, name, schema, "table") or "")

    def _require(self, connection: ReflectingConnection, table_name: str, schema: str | None) -> None:
        if not self.has_table(connection, table_name, schema):
            raise _no_such_table(table_name, schema)

    def _key_columns(self, connection: ReflectingConnection, table_name: str, schema: str | None) -> list[str]:
        """Name the key of a table that a foreign key refers to without naming columns."""
        rows = self._pragma(connection, "table_info", table_name, schema)
        return [row[1] for row in sorted(rows, key=lambda row: int(row[5])) if row[5]]

    def _index(
        self, connection: ReflectingConnection, name: str, unique: bool, partial: bool, schema: str | None
    ) -> ReflectedIndex:
        columns = [row[2] for row in self._pragma(connection, "index_info", name, schema)]
        index: ReflectedIndex = {
            "name": name,
            "column_names": columns,
            "unique": unique,
            "dialect_options": {},
        }
        if partial or None in columns:
            from azoth.dialects.sqlite.table_text import index_text  # noqa: PLC0415  # few indexes are read

            expressions, where = index_text(self._definition(connection, name, schema, "index") or "")
            if None in columns:
                index["expressions"] = [
                    expression if column is None else column
                    for column, expression in zip(columns, expressions, strict=False)
                ]
            if partial and where is not None:
                index["dialect_options"]["sqlite_where"] = stored_text(where)
        return index


_answers: type[DialectReflection] = SQLiteReflection  # the type checker compares every method


def _column(row: Any, computed: Mapping[str, str], type_names: Mapping[str, type[Any]]) -> ReflectedColumn:
    _, name, declared, not_null, default, key_position, hidden = row[:7]
    from azoth.dialects.sqlite.declared_types import type_of_declaration  # noqa: PLC0415

    generated = hidden in (2, 3)
    declared = re.sub(r"\s*GENERATED\s+ALWAYS.*$", "", declared or "", flags=re.IGNORECASE)
    column: ReflectedColumn = {
        "name": name,
        "type": type_of_declaration(declared, type_names),
        "nullable": not not_null,
        "default": default,
        "primary_key": key_position,
    }
    if generated:
        column["computed"] = {"sqltext": computed.get(name, ""), "persisted": hidden == 3}
    return column


def _foreign_key(
    target: str, schema: str | None, on_update: str, on_delete: str, match: str
) -> ReflectedForeignKeyConstraint:
    options: dict[str, Any] = {}
    if on_update and on_update != "NO ACTION":
        options["onupdate"] = on_update
    if on_delete and on_delete != "NO ACTION":
        options["ondelete"] = on_delete
    if match and match != "NONE":
        options["match"] = match
    return {
        "name": None,
        "constrained_columns": [],
        "referred_schema": schema,
        "referred_table": target,
        "referred_columns": [],
        "options": options,
    }


def _add_names(keys: list[ReflectedForeignKeyConstraint], found: TableText) -> None:
    """Add what only the text of CREATE TABLE tells about foreign keys; it lists them in the same order."""
    unused = list(found.foreign_keys)
    for key in keys:
        columns = [column.lower() for column in key["constrained_columns"]]
        match = next((one for one in unused if [name.lower() for name in one[1]] == columns), None)
        if match is not None:
            unused.remove(match)
            key["name"] = match[0]
            key["options"].update(match[2])


def _master(schema: str | None) -> str:
    return "sqlite_master" if schema is None else f"{_quoted(schema)}.sqlite_master"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _warn_of_skipped_index(name: str) -> None:
    warn(
        f"Skipped unsupported reflection of expression-based index {name}",
        why="a library that is used here compares indexes by their columns, and would take it for a new one each time",
        fix="filter the warning; the index stays as it is",
        code="AZ-E67",
    )


def _no_such_table(name: str, schema: str | None) -> exc.NoSuchTableError:
    return exc.NoSuchTableError(
        f"{schema}.{name}" if schema else name,
        why="the database has no table or view of this name",
        fix="inspect(engine).get_table_names() lists the tables",
        code="AZ-E60",
    )
