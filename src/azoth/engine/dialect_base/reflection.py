"""What reflection asks of a dialect, and the dialect that has no answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflected import (
        ReflectedCheckConstraint,
        ReflectedColumn,
        ReflectedForeignKeyConstraint,
        ReflectedIndex,
        ReflectedPrimaryKeyConstraint,
        ReflectedTableComment,
        ReflectedUniqueConstraint,
    )

__all__ = ["DialectReflection", "NoReflection", "ReflectingConnection"]


if TYPE_CHECKING:

    class ReflectedRows(Protocol):
        """The rows that a question to the database gives."""

        def all(self) -> Sequence[Any]:
            """Fetch all rows."""

    class DriverConnectionHolder(Protocol):
        """What has a connection of the driver."""

        @property
        def dbapi_connection(self) -> Any:
            """The driver's connection."""

    class ReflectingConnection(Protocol):
        """A connection, as a dialect uses it by itself: to look into a schema, or for two phases."""

        @property
        def connection(self) -> DriverConnectionHolder:
            """What has the driver's connection."""

        def exec_driver_sql(self, statement: str, parameters: Any = None) -> ReflectedRows:
            """Execute SQL with the driver's own placeholders."""

        def execute(self, statement: Any, parameters: Any = None) -> ReflectedRows:
            """Execute a statement."""


class DialectReflection(Protocol):
    """What an ``Inspector`` asks of a dialect.

    Each method takes a connection, what it is about, and options of the dialect's own. Those about one table raise
    ``NoSuchTableError`` where it does not exist. Emits: what the database needs to be asked.
    """

    def has_table(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a table or view exists."""

    def get_schema_names(self, connection: ReflectingConnection, **options: object) -> list[str]:
        """Name the schemas."""

    def get_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the tables of a schema."""

    def get_temp_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary tables of the connection."""

    def get_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the views of a schema."""

    def get_temp_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary views of the connection."""

    def get_materialized_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the materialized views of a schema; none where the database has no such thing."""

    def get_sequence_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the sequences of a schema; none where the database has no such thing."""

    def get_view_definition(
        self, connection: ReflectingConnection, view_name: str, schema: str | None = None, **options: object
    ) -> str:
        """Read the SQL of a view."""

    def get_columns(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedColumn]:
        """Read the columns of a table or view."""

    def get_pk_constraint(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedPrimaryKeyConstraint:
        """Read the primary key of a table."""

    def get_foreign_keys(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedForeignKeyConstraint]:
        """Read the foreign keys of a table."""

    def get_indexes(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedIndex]:
        """Read the indexes of a table, without those that stand behind constraints."""

    def get_unique_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedUniqueConstraint]:
        """Read the UNIQUE constraints of a table."""

    def get_check_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedCheckConstraint]:
        """Read the CHECK constraints of a table."""

    def get_table_comment(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedTableComment:
        """Read the comment of a table."""

    def get_table_options(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> dict[str, Any]:
        """Read the options of a table that only its dialect knows, under the names that ``Table`` takes them by."""


class NoReflection:
    """The part of a dialect that looks into schemas, where nobody has written it: each question is refused clearly.

    A dialect that answers some of them refuses the others so.
    """

    name: str

    def has_table(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a table or view exists."""
        raise self._cannot_tell("whether a table exists")

    def get_schema_names(self, connection: ReflectingConnection, **options: object) -> list[str]:
        """Name the schemas."""
        raise self._cannot_tell("the names of schemas")

    def get_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the tables of a schema."""
        raise self._cannot_tell("the names of tables")

    def get_temp_table_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary tables of the connection."""
        raise self._cannot_tell("the names of temporary tables")

    def get_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the views of a schema."""
        raise self._cannot_tell("the names of views")

    def get_temp_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the temporary views of the connection."""
        raise self._cannot_tell("the names of temporary views")

    def get_materialized_view_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the materialized views of a schema; none where the database has no such thing."""
        return []

    def get_sequence_names(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[str]:
        """Name the sequences of a schema; none where the database has no such thing."""
        raise self._cannot_tell("the names of sequences")

    def get_view_definition(
        self, connection: ReflectingConnection, view_name: str, schema: str | None = None, **options: object
    ) -> str:
        """Read the SQL of a view."""
        raise self._cannot_tell("the SQL of a view")

    def get_columns(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedColumn]:
        """Read the columns of a table or view."""
        raise self._cannot_tell("the columns of a table")

    def get_pk_constraint(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedPrimaryKeyConstraint:
        """Read the primary key of a table."""
        raise self._cannot_tell("the primary key of a table")

    def get_foreign_keys(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedForeignKeyConstraint]:
        """Read the foreign keys of a table."""
        raise self._cannot_tell("the foreign keys of a table")

    def get_indexes(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedIndex]:
        """Read the indexes of a table, without those that stand behind constraints."""
        raise self._cannot_tell("the indexes of a table")

    def get_unique_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedUniqueConstraint]:
        """Read the UNIQUE constraints of a table."""
        raise self._cannot_tell("the UNIQUE constraints of a table")

    def get_check_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedCheckConstraint]:
        """Read the CHECK constraints of a table."""
        raise self._cannot_tell("the CHECK constraints of a table")

    def get_table_comment(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedTableComment:
        """Read the comment of a table."""
        raise self._cannot_tell("the comment of a table")

    def get_table_options(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> dict[str, Any]:
        """Read the options of a table that only its dialect knows, under the names that ``Table`` takes them by."""
        raise self._cannot_tell("the options of a table")

    def _cannot_tell(self, what: str) -> InvalidRequestError:
        return InvalidRequestError(
            f"the dialect {self.name!r} cannot tell {what}",
            why="it does not have the method that reads this from the database.",
            fix="declare the tables, or use a dialect that can look into a schema.",
            code="AZ-E33",
        )
