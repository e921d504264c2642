"""Whether things are there: tables, sequences, types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azoth.dialects.postgresql.reflection.place import IN_NAMESPACE, place_of

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["PGExistence"]

_RELATIONS: Final = "'r', 'p', 'f', 'v', 'm'"
"""The kinds of ``pg_class`` that hold rows: tables, partitioned and foreign ones, views, materialized views."""


class PGExistence:
    """The part of the dialect that tells whether something is there. Emits: one SELECT for each question."""

    def has_table(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a table or view exists."""
        return self._is_there(connection, "relation", _RELATIONS, table_name, schema)

    def has_sequence(
        self, connection: ReflectingConnection, sequence_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a sequence exists."""
        return self._is_there(connection, "relation", "'S'", sequence_name, schema)

    def has_schema(self, connection: ReflectingConnection, schema_name: str, **options: object) -> bool:
        """Tell whether a schema exists."""
        sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %(name)s"
        return bool(connection.exec_driver_sql(sql, {"name": schema_name}).all())

    def has_type(
        self, connection: ReflectingConnection, type_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a type exists that has a name of its own, such as an ENUM or a DOMAIN."""
        sql = (
            "SELECT 1 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
            f"WHERE t.typname = %(name)s AND {IN_NAMESPACE['type']}"
        )
        return bool(connection.exec_driver_sql(sql, {"name": type_name, **place_of(schema)}).all())

    def _is_there(self, connection: ReflectingConnection, what: str, kinds: str, name: str, schema: str | None) -> bool:
        sql = (
            "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE c.relname = %(name)s AND c.relkind IN ({kinds}) AND {IN_NAMESPACE[what]}"
        )
        return bool(connection.exec_driver_sql(sql, {"name": name, **place_of(schema)}).all())
