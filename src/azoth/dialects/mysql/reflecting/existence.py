"""Whether things are there: tables, sequences, schemas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from azoth.dialects.mysql.reflecting.place import InformationSchema, texts
from azoth.exc import NoSuchTableError

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["MySQLExistence"]


class MySQLExistence(InformationSchema):
    """The part of the dialect that tells whether something is there."""

    def has_table(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a table or view exists, a temporary one too. Emits: a DESCRIBE."""
        try:
            self._shown(connection, "DESCRIBE", table_name, schema)
        except NoSuchTableError:
            return False
        return True

    def has_multi_table(
        self, connection: ReflectingConnection, table_names: Sequence[str], schema: str | None = None, **options: object
    ) -> Answers[bool]:
        """Tell of several tables and views whether they exist.

        Emits: one SELECT; and a DESCRIBE for each that it has not found, which may be a temporary table.
        """
        found = frozenset(texts(self._ask(connection, "1", "tables", schema, table_names)) if table_names else ())
        for name in table_names:
            yield (schema, name), name in found or self.has_table(connection, name, schema, **options)

    def has_sequence(
        self, connection: ReflectingConnection, sequence_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a sequence exists. Emits: a SELECT."""
        found = self._ask(connection, "1", "tables", schema, (sequence_name,), "AND table_type = 'SEQUENCE'")
        return bool(found)

    def has_schema(self, connection: ReflectingConnection, schema_name: str, **options: object) -> bool:
        """Tell whether a schema exists, which is a database here. Emits: a SELECT."""
        sql = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s"
        return bool(connection.exec_driver_sql(sql, (schema_name,)).all())
