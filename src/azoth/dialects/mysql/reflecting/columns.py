"""The columns of tables and views."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth import types
from azoth.dialects.mysql.reflecting.column_types import column_type
from azoth.dialects.mysql.reflecting.place import InformationSchema, Row, TableFacts, as_text
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope
from azoth.sql.types.string import text_literal

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflected import ReflectedColumn
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["MySQLColumns"]

_FACTS: Final = (
    "column_name, column_type, is_nullable, column_default, extra, column_comment, character_set_name, collation_name, "
    "generation_expression"
)

_PLAIN_DEFAULT: Final = re.compile(r"-?[\d.]+|NULL|current_timestamp\(\d*\)|b'[01]*'", re.IGNORECASE)
_UNLISTED: Final = TableFacts("", "TEMPORARY", None, None, "", "")

FIRST_TO_QUOTE_DEFAULTS: Final = (10, 2, 7)
"""From this version on, MariaDB tells defaults as they stand in SQL."""


class MySQLColumns(InformationSchema):
    """The part of the dialect that reads columns. Emits: two SELECTs, for one table or many.

    Attributes:
        ischema_names: from names of types to classes.
    """

    ischema_names: Mapping[str, type[Any]]

    def get_columns(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedColumn]:
        """Read the columns of a table or view."""
        names, kind, scope = (table_name,), ObjectKind.ANY, ObjectScope.ANY
        for _, columns in self.get_multi_columns(
            connection, schema=schema, filter_names=names, kind=kind, scope=scope, **options
        ):
            return columns
        shown = self._shown(connection, "SHOW FULL COLUMNS FROM", table_name, schema)
        return [self._column(self._as_listed(row), _UNLISTED) for row in shown]

    def _as_listed(self, row: Row) -> Row:
        """Bring what is shown of a column into the order of the information schema."""
        name, declared, _, nullable, _, default, extra, _, comment = map(as_text, row)
        if default is not None and self._quotes_defaults:
            is_plain = _PLAIN_DEFAULT.fullmatch(default) is not None
            default = default if is_plain else text_literal(default)
        return (name, declared, nullable, default, extra, comment, None, None, None)

    def get_multi_columns(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedColumn]]:
        """Read the columns of many tables."""
        tables = self._tables(connection, schema, filter_names, kind, scope)
        order = "ORDER BY table_name, ordinal_position"
        found = self._by_table(connection, _FACTS, "columns", schema, tables, filter_names, order)
        for name, rows in found.items():
            yield (schema, tables[name].name), [self._column(row, tables[name]) for row in rows]

    def _column(self, row: Row, table: TableFacts) -> ReflectedColumn:
        name, declared, nullable, default, extra, comment, charset, collation, generated = map(as_text, row)
        assert name is not None
        assert declared is not None
        if table.collation is None or collation == table.collation:
            # What the column has from its table is not told again.
            charset = collation = None
        type_ = column_type(declared, name, self.ischema_names, charset, collation)
        words = (extra or "").lower()
        column: ReflectedColumn = {
            "name": name,
            "type": type_,
            "default": None if generated else self._default(default, declared, words),
            "comment": comment or None,
            "nullable": nullable == "YES",
        }
        if isinstance(type_, types.Integer):
            column["autoincrement"] = "auto_increment" in words
        if generated:
            written = generated if generated.startswith("(") else f"({generated})"
            column["computed"] = {"sqltext": written, "persisted": "stored" in words or "persistent" in words}
        return column

    def _default(self, default: str | None, declared: str, extra: str) -> str | None:
        """Write a default as it stands in SQL, with ON UPDATE behind it."""
        _, is_updated, updated = extra.partition("on update ")
        if default is not None and not self._quotes_defaults:
            default = self._as_sql(default, declared, extra)
        if is_updated:
            return f"{default or 'NULL'} ON UPDATE {updated}"
        return None if default == "NULL" else default

    @property
    def _quotes_defaults(self) -> bool:
        return self.is_mariadb and (self.server_version_info or ()) >= FIRST_TO_QUOTE_DEFAULTS

    def _as_sql(self, default: str, declared: str, extra: str) -> str:
        """Write a default of MySQL as SQL: an expression is told as one, everything else as a text."""
        if default.upper().startswith("CURRENT_TIMESTAMP") or declared.startswith("bit"):
            return default
        if "default_generated" in extra:
            return default if default.startswith("(") else f"({default})"
        return text_literal(default)
