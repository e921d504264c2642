"""The questions that the dialect answers: each with one or two SELECTs, however many tables it is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from azoth.dialects.postgresql.reflection.columns import read_columns
from azoth.dialects.postgresql.reflection.indexes import read_indexes
from azoth.dialects.postgresql.reflection.keys import read_foreign_keys, read_primary_keys, read_unique_constraints
from azoth.dialects.postgresql.reflection.named_types import read_domains, read_enums
from azoth.dialects.postgresql.reflection.names import PGNames
from azoth.dialects.postgresql.reflection.place import Wanted, no_such_table
from azoth.dialects.postgresql.reflection.tables import (
    read_check_constraints,
    read_table_comments,
    read_table_options,
)
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.named_types import ReflectedDomain, ReflectedEnum
    from azoth.engine.dialect_base.many_tables import Answers
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

__all__ = ["PGReflection"]

Answer = TypeVar("Answer")


class PGReflection(PGNames):
    """The part of the dialect that reads schemas; each method takes a connection.

    A question about one table is the question about many of them, for one name.

    Attributes:
        ischema_names: the types that the server has names for.
        default_schema_name: the schema that tables without one are created in.
    """

    ischema_names: Mapping[str, type[Any]]
    default_schema_name: str | None

    def get_enums(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[ReflectedEnum]:
        """Describe the ENUMs of a schema; ``*`` stands for all schemas."""
        return read_enums(connection, schema)

    def get_domains(
        self, connection: ReflectingConnection, schema: str | None = None, **options: object
    ) -> list[ReflectedDomain]:
        """Describe the DOMAINs of a schema; ``*`` stands for all schemas."""
        return read_domains(connection, schema)

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
        return _many(self._read_columns, connection, Wanted(schema, filter_names, kind, scope))

    def get_columns(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedColumn]:
        """Read the columns of a table or view."""
        return _one(self._read_columns, connection, table_name, schema)

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
        return _many(read_primary_keys, connection, Wanted(schema, filter_names, kind, scope))

    def get_pk_constraint(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedPrimaryKeyConstraint:
        """Read the primary key of a table."""
        return _one(read_primary_keys, connection, table_name, schema)

    def get_multi_foreign_keys(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedForeignKeyConstraint]]:
        """Read the foreign keys of many tables."""
        return _many(self._foreign_key_reader(options), connection, Wanted(schema, filter_names, kind, scope))

    def get_foreign_keys(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedForeignKeyConstraint]:
        """Read the foreign keys of a table."""
        return _one(self._foreign_key_reader(options), connection, table_name, schema)

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
        return _many(read_indexes, connection, Wanted(schema, filter_names, kind, scope))

    def get_indexes(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedIndex]:
        """Read the indexes of a table."""
        return _one(read_indexes, connection, table_name, schema)

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
        return _many(read_unique_constraints, connection, Wanted(schema, filter_names, kind, scope))

    def get_unique_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedUniqueConstraint]:
        """Read the UNIQUE constraints of a table."""
        return _one(read_unique_constraints, connection, table_name, schema)

    def get_multi_check_constraints(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedCheckConstraint]]:
        """Read the CHECK constraints of many tables."""
        return _many(read_check_constraints, connection, Wanted(schema, filter_names, kind, scope))

    def get_check_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedCheckConstraint]:
        """Read the CHECK constraints of a table."""
        return _one(read_check_constraints, connection, table_name, schema)

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
        """Read the comments of many tables."""
        return _many(read_table_comments, connection, Wanted(schema, filter_names, kind, scope))

    def get_table_comment(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> ReflectedTableComment:
        """Read the comment of a table."""
        return _one(read_table_comments, connection, table_name, schema)

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
        """Read the options of many tables."""
        return _many(read_table_options, connection, Wanted(schema, filter_names, kind, scope))

    def get_table_options(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> dict[str, Any]:
        """Read the options of a table."""
        return _one(read_table_options, connection, table_name, schema)

    def _read_columns(self, connection: ReflectingConnection, wanted: Wanted) -> dict[str, list[ReflectedColumn]]:
        return read_columns(connection, wanted, self.ischema_names)

    def _foreign_key_reader(
        self, options: Mapping[str, object]
    ) -> Callable[[ReflectingConnection, Wanted], dict[str, list[ReflectedForeignKeyConstraint]]]:
        ignore = bool(options.get("postgresql_ignore_search_path"))
        return lambda connection, wanted: read_foreign_keys(connection, wanted, self.default_schema_name, ignore)


_answers: type[DialectReflection] = PGReflection  # the type checker compares every method


def _many(
    read: Callable[[ReflectingConnection, Wanted], Mapping[str, Answer]],
    connection: ReflectingConnection,
    wanted: Wanted,
) -> Answers[Answer]:
    return iter([((wanted.schema, name), answer) for name, answer in read(connection, wanted).items()])


def _one(
    read: Callable[[ReflectingConnection, Wanted], Mapping[str, Answer]],
    connection: ReflectingConnection,
    name: str,
    schema: str | None,
) -> Answer:
    answers = read(connection, Wanted(schema, [name], ObjectKind.ANY, ObjectScope.ANY))
    if name not in answers:
        raise no_such_table(name, schema)
    return answers[name]
