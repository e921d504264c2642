"""What reflection asks about many tables at once, answered by asking about each of them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from azoth.engine.dialect_base.reflection import NoReflection
from azoth.exc import NoSuchTableError

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
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["ManyTables", "ObjectKind", "ObjectScope"]

Answer = TypeVar("Answer")

TableKey: TypeAlias = tuple[str | None, str]
"""A schema and the name of a table in it."""

Answers: TypeAlias = Iterator[tuple[TableKey, Answer]]


class ObjectKind(enum.Flag):
    """What kinds of things ``get_multi_*`` look at."""

    TABLE = enum.auto()
    VIEW = enum.auto()
    MATERIALIZED_VIEW = enum.auto()
    ANY_VIEW = VIEW | MATERIALIZED_VIEW
    ANY = TABLE | VIEW | MATERIALIZED_VIEW


class ObjectScope(enum.Flag):
    """Whether ``get_multi_*`` look at lasting things, temporary ones, or both."""

    DEFAULT = enum.auto()
    TEMPORARY = enum.auto()
    ANY = DEFAULT | TEMPORARY


class ManyTables(NoReflection):
    """The part of a dialect that asks about many things, one after the other.

    A dialect that can ask about all of them at once has methods of its own under these names. ``filter_names`` are
    names of tables and views, none for all that there are; ``kind`` and ``scope`` say which of them are meant; the
    other options are those of the dialect. Emits: what the database needs to be asked, for each table.
    """

    def has_schema(self, connection: ReflectingConnection, schema_name: str, **options: object) -> bool:
        """Tell whether a schema exists."""
        return schema_name in self.get_schema_names(connection, **options)

    def has_index(
        self,
        connection: ReflectingConnection,
        table_name: str,
        index_name: str,
        schema: str | None = None,
        **options: object,
    ) -> bool:
        """Tell whether a table has an index of this name."""
        if not self.has_table(connection, table_name, schema, **options):
            return False
        found = self.get_indexes(connection, table_name, schema, **options)
        return any(index["name"] == index_name for index in found)

    def has_sequence(
        self, connection: ReflectingConnection, sequence_name: str, schema: str | None = None, **options: object
    ) -> bool:
        """Tell whether a sequence exists."""
        return sequence_name in self.get_sequence_names(connection, schema, **options)

    def has_multi_table(
        self, connection: ReflectingConnection, table_names: Sequence[str], schema: str | None = None, **options: object
    ) -> Answers[bool]:
        """Tell of several tables and views whether they exist."""
        for name in table_names:
            yield (schema, name), self.has_table(connection, name, schema, **options)

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
        return self._each(self.get_columns, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_pk_constraint, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_foreign_keys, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_indexes, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_unique_constraints, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_check_constraints, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_table_comment, connection, schema, filter_names, kind, scope, **options)

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
        return self._each(self.get_table_options, connection, schema, filter_names, kind, scope, **options)

    def _each(
        self,
        read: Callable[..., Answer],
        connection: ReflectingConnection,
        schema: str | None,
        filter_names: Collection[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
        **options: object,
    ) -> Answers[Answer]:
        for name in self._names_of(connection, schema, kind, scope, **options):
            if not filter_names or name in filter_names:
                try:
                    answer = read(connection, name, schema, **options)
                except NoSuchTableError:
                    # It was dropped since its name was read.
                    continue
                yield (schema, name), answer

    def _names_of(
        self,
        connection: ReflectingConnection,
        schema: str | None,
        kind: ObjectKind,
        scope: ObjectScope,
        **options: object,
    ) -> list[str]:
        names: list[str] = []
        if ObjectScope.DEFAULT in scope:
            if ObjectKind.TABLE in kind:
                names += self.get_table_names(connection, schema, **options)
            if ObjectKind.VIEW in kind:
                names += self.get_view_names(connection, schema, **options)
            if ObjectKind.MATERIALIZED_VIEW in kind:
                names += self.get_materialized_view_names(connection, schema, **options)
        if ObjectScope.TEMPORARY in scope:
            if ObjectKind.TABLE in kind:
                names += self.get_temp_table_names(connection, schema, **options)
            if ObjectKind.VIEW in kind:
                names += self.get_temp_view_names(connection, schema, **options)
        return names
