"""CHECK constraints, comments and options of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.place import Wanted
    from azoth.engine.dialect_base.reflected import ReflectedCheckConstraint, ReflectedTableComment
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["read_check_constraints", "read_table_comments", "read_table_options"]

_CHECK: Final = (
    "k.conname::text, pg_catalog.pg_get_expr(k.conbin, k.conrelid, true), "
    "pg_catalog.obj_description(k.oid, 'pg_constraint'), k.convalidated, k.connoinherit"
)
_CHECK_JOINS: Final = "LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = 'c'"

_OPTIONS: Final = (
    "c.reloptions::text[], ts.spcname::text, NULLIF(m.amname::text, 'heap'), "
    "CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END, "
    "ARRAY(SELECT f.relname::text FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class f ON f.oid = h.inhparent "
    "WHERE h.inhrelid = c.oid ORDER BY h.inhseqno)"
)
_OPTIONS_JOINS: Final = (
    "LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam"
)


def read_check_constraints(
    connection: ReflectingConnection, wanted: Wanted
) -> dict[str, list[ReflectedCheckConstraint]]:
    """Read the CHECK constraints of tables.

    Args:
        connection: the connection.
        wanted: the tables.

    Emits: a SELECT.
    """
    found: dict[str, list[ReflectedCheckConstraint]] = {}
    rows = wanted.rows(connection, _CHECK, _CHECK_JOINS, "k.conname")
    for table, name, condition, comment, is_validated, is_alone in rows:
        checks = found.setdefault(table, [])
        if name is not None:
            check: ReflectedCheckConstraint = {"name": name, "sqltext": condition, "comment": comment}
            options = {"not_valid": not is_validated, "no_inherit": is_alone}
            if any(options.values()):
                check["dialect_options"] = {option: True for option, is_set in options.items() if is_set}
            checks.append(check)
    return found


def read_table_comments(connection: ReflectingConnection, wanted: Wanted) -> dict[str, ReflectedTableComment]:
    """Read the comments of tables and views.

    Args:
        connection: the connection.
        wanted: the tables.

    Emits: a SELECT.
    """
    rows = wanted.rows(connection, "pg_catalog.obj_description(c.oid, 'pg_class')")
    return {table: {"text": text} for table, text in rows}


def read_table_options(connection: ReflectingConnection, wanted: Wanted) -> dict[str, dict[str, Any]]:
    """Read how tables are stored, divided, and from which they inherit, under the names that ``Table`` takes it by.

    Args:
        connection: the connection.
        wanted: the tables.

    Emits: a SELECT.
    """
    found: dict[str, dict[str, Any]] = {}
    rows = wanted.rows(connection, _OPTIONS, _OPTIONS_JOINS)
    for table, storage, tablespace, method, partition_by, inherits in rows:
        options: dict[str, object] = {
            "postgresql_with": dict([one.split("=", 1) for one in storage or ()]),
            "postgresql_tablespace": tablespace,
            "postgresql_using": method,
            "postgresql_partition_by": partition_by,
            "postgresql_inherits": tuple(inherits),
        }
        found[table] = {name: value for name, value in options.items() if value}
    return found
