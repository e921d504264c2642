"""Whether things are there: tables, sequences, schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

from azoth.driver.mysql import error_number
from azoth.exc import DBAPIError

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflection import ReflectingConnection
    from azoth.sql.compiler import IdentifierPreparer

__all__ = ["MySQLExistence"]

_MISSING: Final = frozenset({1049, 1146})
"""The numbers of the errors that a schema, or a table, does not exist."""


class MySQLExistence:
    """The part of the dialect that tells whether something is there."""

    identifier_preparer: IdentifierPreparer

    def has_table(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a table or view exists, a temporary one too. Emits: a DESCRIBE."""
        quote = self.identifier_preparer.quote_identifier
        name = quote(table_name) if schema is None else f"{quote(schema)}.{quote(table_name)}"
        # It is no failure of the program that a table is missing: its listeners do not hear of it.
        quietly = getattr(connection, "private_errors", nullcontext)
        try:
            with quietly():
                connection.exec_driver_sql(f"DESCRIBE {name.replace('%', '%%')}").all()
        except DBAPIError as error:
            if error.orig is None or error_number(error.orig) not in _MISSING:
                raise
            return False
        return True

    def has_multi_table(
        self, connection: ReflectingConnection, table_names: Sequence[str], schema: str | None = None, **options: object
    ) -> Answers[bool]:
        """Tell of several tables and views whether they exist.

        Emits: one SELECT; and a DESCRIBE for each that it has not found, which may be a temporary table.
        """
        found = self._found(connection, table_names, schema) if table_names else frozenset()
        for name in table_names:
            yield (schema, name), name in found or self.has_table(connection, name, schema, **options)

    def _found(
        self, connection: ReflectingConnection, table_names: Sequence[str], schema: str | None
    ) -> frozenset[str]:
        marks = ", ".join(["%s"] * len(table_names))
        rows = connection.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables "
            f"WHERE table_schema = COALESCE(%s, DATABASE()) AND table_name IN ({marks})",
            (schema, *table_names),
        )
        return frozenset(_texts(rows.all()))

    def has_sequence(
        self, connection: ReflectingConnection, sequence_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a sequence exists. Emits: a SELECT."""
        sql = (
            "SELECT 1 FROM information_schema.tables WHERE table_type = 'SEQUENCE' AND table_name = %s "
            "AND table_schema = COALESCE(%s, DATABASE())"
        )
        return bool(connection.exec_driver_sql(sql, (sequence_name, schema)).all())

    def has_schema(self, connection: ReflectingConnection, schema_name: str, **options: object) -> bool:
        """Tell whether a schema exists, which is a database here. Emits: a SELECT."""
        sql = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s"
        return bool(connection.exec_driver_sql(sql, (schema_name,)).all())


def _texts(rows: Sequence[Any]) -> Iterator[str]:
    for (value,) in rows:
        yield value.decode() if isinstance(value, bytes) else value
