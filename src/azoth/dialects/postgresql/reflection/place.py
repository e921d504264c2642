"""Where questions look: in the schema that is named, or wherever a name without one is found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from azoth import exc
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["IN_NAMESPACE", "Wanted", "no_such_table", "place_of"]

IN_NAMESPACE: Final = {
    "relation": "CASE WHEN %(schema)s::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) "
    "AND n.nspname <> 'pg_catalog' ELSE n.nspname = %(schema)s END",
    "type": "CASE WHEN %(schema)s::text IS NULL THEN pg_catalog.pg_type_is_visible(t.oid) "
    "AND n.nspname <> 'pg_catalog' WHEN %(schema)s = '*' THEN n.nspname <> 'pg_catalog' "
    "ELSE n.nspname = %(schema)s END",
}
"""Conditions on ``pg_class c`` or ``pg_type t``, and ``pg_namespace n``: without a schema, the search path counts.

Types are looked for in all schemas where the schema is ``*``.
"""

_KINDS: Final = {
    ObjectKind.TABLE: ("r", "p", "f"),
    ObjectKind.VIEW: ("v",),
    ObjectKind.MATERIALIZED_VIEW: ("m",),
}
"""What ``pg_class`` calls them; tables may be partitioned or foreign."""

_IS_TEMPORARY: Final = {False: ObjectScope.DEFAULT, True: ObjectScope.TEMPORARY}


def place_of(schema: str | None) -> dict[str, str | None]:
    """Give the parameters of the conditions.

    Args:
        schema: the schema; None for the search path.
    """
    return {"schema": schema}


@dataclass(frozen=True)
class Wanted:
    """Which tables and views a question is about.

    Args:
        schema: their schema; None for those that are found without one.
        names: their names; all where there are none.
        kind: whether tables, views or both are meant.
        scope: whether lasting ones, temporary ones or both are meant.
    """

    schema: str | None
    names: Collection[str] | None = None
    kind: ObjectKind = ObjectKind.TABLE
    scope: ObjectScope = ObjectScope.DEFAULT

    def rows(
        self, connection: ReflectingConnection, columns: str, joins: str = "", order_by: str = ""
    ) -> Sequence[tuple[Any, ...]]:
        """Ask about the tables: about ``pg_class c`` in ``pg_namespace n``, by name.

        Args:
            connection: the connection.
            columns: what to select beside the name of each table, which comes first.
            joins: further tables; LEFT JOINs, so that each table has a row.
            order_by: the order of the rows of one table.

        Emits: a SELECT.
        """
        return connection.exec_driver_sql(self._select(columns, joins, order_by), self._parameters()).all()

    def _parameters(self) -> dict[str, object]:
        kinds = [letter for kind, letters in _KINDS.items() if kind in self.kind for letter in letters]
        temporary = [flag for flag, scope in _IS_TEMPORARY.items() if scope in self.scope]
        given: dict[str, object] = {"schema": self.schema, "kinds": kinds, "temporary": temporary}
        if self.names:
            given["names"] = list(self.names)
        return given

    def _select(self, columns: str, joins: str, order_by: str) -> str:
        named = " AND c.relname = ANY(%(names)s::text[])" if self.names else ""
        return (
            f"SELECT c.relname::text, {columns} "
            f"FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace {joins} "
            "WHERE c.relkind::text = ANY(%(kinds)s::text[]) "
            f"AND (c.relpersistence = 't') = ANY(%(temporary)s::boolean[]){named} AND {IN_NAMESPACE['relation']} "
            f"ORDER BY c.relname{order_by and f', {order_by}'}"
        )


def no_such_table(name: str, schema: str | None) -> exc.NoSuchTableError:
    """Make the error about a table or view that does not exist.

    Args:
        name: its name.
        schema: its schema; None for the search path.
    """
    return exc.NoSuchTableError(
        f"{schema}.{name}" if schema else name,
        why="the database has no table or view of this name",
        fix="inspect(engine).get_table_names() lists the tables",
        code="AZ-D103",
    )
