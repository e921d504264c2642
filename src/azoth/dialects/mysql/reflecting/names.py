"""What there is: schemas, tables, views, sequences; and the SQL of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.dialects.mysql.reflecting.place import InformationSchema, as_text, texts

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["MySQLNames"]


class MySQLNames(InformationSchema):
    """The part of the dialect that names what there is. Emits: one SELECT for each question."""

    def get_schema_names(self, connection: ReflectingConnection, **options: object) -> list[str]:
        """Name the schemas, which are databases here."""
        sql = "SELECT schema_name FROM information_schema.schemata"
        return sorted(texts(connection.exec_driver_sql(sql).all()))

    def get_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the tables of a schema."""
        return self._names_of_type(connection, schema, "'BASE TABLE', 'SYSTEM VERSIONED'")

    def get_temp_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary tables of the connection; older servers than MariaDB 11.2 do not list them."""
        return self._names_of_type(connection, schema, "'TEMPORARY'")

    def get_temp_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary views of the connection, of which there are none."""
        return []

    def get_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the views of a schema."""
        return self._names_of_type(connection, schema, "'VIEW', 'SYSTEM VIEW'")

    def get_sequence_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the sequences of a schema, which MariaDB has."""
        return self._names_of_type(connection, schema, "'SEQUENCE'")

    def _names_of_type(self, connection: ReflectingConnection, schema: str | None, types: str) -> list[str]:
        return sorted(texts(self._ask(connection, "1", "tables", schema, None, f"AND table_type IN ({types})")))

    def get_view_definition(
        self, connection: ReflectingConnection, view_name: str, schema: str | None = None, **options: object
    ) -> str:
        """Read the SQL of a view. Emits: a SHOW CREATE VIEW."""
        (row,) = self._shown(connection, "SHOW CREATE VIEW", view_name, schema)
        return as_text(row[1]) or ""
