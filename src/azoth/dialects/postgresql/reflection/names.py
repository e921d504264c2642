"""The names of what there is: schemas, tables, views and sequences, and the SQL of a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from azoth.dialects.postgresql.reflection.existence import PGExistence
from azoth.dialects.postgresql.reflection.place import IN_NAMESPACE, Wanted, no_such_table, place_of
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["PGNames"]


class PGNames(PGExistence):
    """The part of the dialect that names what is there, in alphabetical order. Emits: one SELECT for each question."""

    def has_multi_table(
        self, connection: ReflectingConnection, table_names: Sequence[str], schema: str | None = None, **options: object
    ) -> Answers[bool]:
        """Tell of several tables and views whether they exist."""
        wanted = Wanted(schema, table_names, ObjectKind.ANY, ObjectScope.ANY)
        found = dict(wanted.rows(connection, "c.oid::bigint")) if table_names else {}
        return iter([((schema, name), name in found) for name in table_names])

    def get_schema_names(self, connection: ReflectingConnection, **options: object) -> list[str]:
        """Name the schemas, without those of the server itself."""
        sql = "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE NOT starts_with(nspname, 'pg_') ORDER BY nspname"
        return [name for (name,) in connection.exec_driver_sql(sql).all()]

    def get_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the tables of a schema, also those with partitions."""
        return _names(connection, schema, "rp", is_temporary=False)

    def get_foreign_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the foreign tables of a schema, whose rows are on other servers."""
        return _names(connection, schema, "f")

    def get_temp_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary tables of the connection."""
        return _names(connection, schema, "rp", is_temporary=True)

    def get_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the views of a schema."""
        return _names(connection, schema, "v", is_temporary=False)

    def get_temp_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary views of the connection."""
        return _names(connection, schema, "v", is_temporary=True)

    def get_materialized_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the materialized views of a schema."""
        return _names(connection, schema, "m")

    def get_sequence_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the sequences of a schema."""
        return _names(connection, schema, "S")

    def get_view_definition(
        self, connection: ReflectingConnection, view_name: str, schema: str | None = None, **options: object
    ) -> str:
        """Read the SQL of a view."""
        wanted = Wanted(schema, [view_name], ObjectKind.ANY_VIEW, ObjectScope.ANY)
        for _, definition in wanted.rows(connection, "pg_catalog.pg_get_viewdef(c.oid)"):
            text: str = definition
            return text
        raise no_such_table(view_name, schema)

    def get_table_oid(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> int:
        """Tell the number that the server has for a table or view."""
        wanted = Wanted(schema, [table_name], ObjectKind.ANY, ObjectScope.ANY)
        for _, oid in wanted.rows(connection, "c.oid::bigint"):
            number: int = oid
            return number
        raise no_such_table(table_name, schema)


def _names(
    connection: ReflectingConnection, schema: str | None, kinds: str, *, is_temporary: bool | None = None
) -> list[str]:
    """Name what ``pg_class`` has with one of some letters; temporary things, lasting ones, or both."""
    sql = (
        "SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind::text = ANY(%(kinds)s::text[]) "
        "AND (%(temporary)s::boolean IS NULL OR (c.relpersistence = 't') = %(temporary)s::boolean) "
        f"AND {IN_NAMESPACE['relation']} ORDER BY c.relname"
    )
    parameters = {"kinds": list(kinds), "temporary": is_temporary, **place_of(schema)}
    return [name for (name,) in connection.exec_driver_sql(sql, parameters).all()]
