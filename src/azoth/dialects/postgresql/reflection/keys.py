"""Primary keys, UNIQUE constraints and foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.place import Wanted
    from azoth.engine.dialect_base.reflected import (
        ReflectedForeignKeyConstraint,
        ReflectedPrimaryKeyConstraint,
        ReflectedUniqueConstraint,
    )
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["deferral", "read_foreign_keys", "read_primary_keys", "read_unique_constraints"]


class _KeyRow(NamedTuple):
    """How the catalog describes a PRIMARY KEY or UNIQUE constraint."""

    name: str
    comment: str | None
    deferrable: bool
    deferred: bool
    columns: list[str]
    include: list[str]
    nulls_not_distinct: bool


class _ForeignKeyRow(NamedTuple):
    """How the catalog describes a foreign key; actions are letters."""

    name: str
    comment: str | None
    deferrable: bool
    deferred: bool
    columns: list[str]
    schema: str
    is_visible: bool
    table: str
    referred: list[str]
    on_update: str
    on_delete: str
    set_on_delete: list[str]
    match: str
    is_validated: bool


_ACTIONS: Final = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCHES: Final = {"f": "FULL", "p": "PARTIAL"}


def _named(numbers: str, table: str) -> str:
    """Write the names of columns, in the order in which their numbers stand."""
    return (
        f"ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY s(number, place) "
        f"JOIN pg_catalog.pg_attribute a ON a.attrelid = {table} AND a.attnum = s.number ORDER BY s.place)"
    )


_CONSTRAINT: Final = (
    "k.conname::text, pg_catalog.obj_description(k.oid, 'pg_constraint'), k.condeferrable, k.condeferred, "
    + _named("k.conkey", "k.conrelid")
)

_KEY: Final = (
    _CONSTRAINT + ", ARRAY(SELECT a.attname::text FROM generate_series(i.indnkeyatts, i.indnatts - 1) p(place) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place] ORDER BY p.place), "
    # By way of JSON, because servers before version 15 do not have the column.
    "COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)"
)
_KEY_JOINS: Final = (
    "LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = '{kind}' "
    "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid"
)

_FOREIGN_KEY: Final = (
    f"{_CONSTRAINT}, rn.nspname::text, pg_catalog.pg_table_is_visible(k.confrelid), r.relname::text, "
    f"{_named('k.confkey', 'k.confrelid')}, k.confupdtype::text, k.confdeltype::text, "
    # By way of JSON for the same reason.
    "ARRAY(SELECT quote_ident(a.attname) "
    "FROM jsonb_array_elements_text(COALESCE(NULLIF(to_jsonb(k) -> 'confdelsetcols', 'null'::jsonb), '[]'::jsonb)) "
    "WITH ORDINALITY s(number, place) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = s.number::int ORDER BY s.place), "
    "k.confmatchtype::text, k.convalidated"
)
# A foreign key to a table with partitions has one of its own to each of these, which are the server's business.
_FOREIGN_KEY_JOINS: Final = (
    "LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' "
    "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint u WHERE u.oid = k.conparentid AND u.conrelid = k.conrelid) "
    "LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid "
    "LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace"
)


def read_primary_keys(connection: ReflectingConnection, wanted: Wanted) -> dict[str, ReflectedPrimaryKeyConstraint]:
    """Read the primary keys of tables; those without one, and views, have a key without columns.

    Args:
        connection: the connection.
        wanted: the tables.

    Emits: a SELECT.
    """
    found: dict[str, ReflectedPrimaryKeyConstraint] = {}
    for table, rows in _keys(connection, wanted, "p").items():
        found[table] = {"name": None, "constrained_columns": []}
        for row in rows:
            found[table] = {
                "name": row.name,
                "constrained_columns": row.columns,
                "comment": row.comment,
                "dialect_options": {"postgresql_include": row.include},
            }
            found[table].update({"options": deferral(row.deferrable, row.deferred)} if row.deferrable else {})
    return found


def read_unique_constraints(
    connection: ReflectingConnection, wanted: Wanted
) -> dict[str, list[ReflectedUniqueConstraint]]:
    """Read the UNIQUE constraints of tables.

    Args:
        connection: the connection.
        wanted: the tables.

    Emits: a SELECT.
    """
    return {table: [_unique(row) for row in rows] for table, rows in _keys(connection, wanted, "u").items()}


def read_foreign_keys(
    connection: ReflectingConnection, wanted: Wanted, default_schema: str | None, ignore_search_path: bool
) -> dict[str, list[ReflectedForeignKeyConstraint]]:
    """Read the foreign keys of tables.

    Args:
        connection: the connection.
        wanted: the tables.
        default_schema: the schema that tables without one are created in.
        ignore_search_path: name the schema of a table that is referred to wherever it is not the default one, even if
            the search path leads to it.

    Emits: a SELECT.
    """
    found: dict[str, list[ReflectedForeignKeyConstraint]] = {}
    rows = wanted.rows(connection, _FOREIGN_KEY, _FOREIGN_KEY_JOINS, "k.conname")
    for table, *fields in rows:
        keys = found.setdefault(table, [])
        if fields[0] is not None:
            row = _ForeignKeyRow(*fields)
            needs_no_schema = row.schema == default_schema if ignore_search_path else row.is_visible
            keys.append(
                {
                    "name": row.name,
                    "constrained_columns": row.columns,
                    "referred_schema": None if needs_no_schema and row.schema != wanted.schema else row.schema,
                    "referred_table": row.table,
                    "referred_columns": row.referred,
                    "options": _options(row),
                    "comment": row.comment,
                }
            )
    return found


def _keys(connection: ReflectingConnection, wanted: Wanted, kind: str) -> dict[str, list[_KeyRow]]:
    found: dict[str, list[_KeyRow]] = {}
    rows = wanted.rows(connection, _KEY, _KEY_JOINS.format(kind=kind), "k.conname")
    for table, *fields in rows:
        rows = found.setdefault(table, [])
        if fields[0] is not None:
            rows.append(_KeyRow(*fields))
    return found


def _unique(row: _KeyRow) -> ReflectedUniqueConstraint:
    unique: ReflectedUniqueConstraint = {
        "name": row.name,
        "column_names": row.columns,
        "comment": row.comment,
        "dialect_options": {
            "postgresql_include": row.include,
            "postgresql_nulls_not_distinct": row.nulls_not_distinct,
        },
    }
    if row.deferrable:
        unique["options"] = deferral(row.deferrable, row.deferred)
    return unique


def _options(row: _ForeignKeyRow) -> dict[str, object]:
    on_delete = _ACTIONS[row.on_delete]
    if row.set_on_delete:
        on_delete = f"{on_delete} ({', '.join(row.set_on_delete)})"
    named: dict[str, object] = {
        "onupdate": _ACTIONS[row.on_update],
        "ondelete": on_delete,
        "match": _MATCHES.get(row.match),
        "postgresql_not_valid": None if row.is_validated else True,
    }
    return {
        name: value for name, value in {**named, **deferral(row.deferrable, row.deferred)}.items() if value is not None
    }


def deferral(deferrable: bool | None, deferred: bool | None) -> dict[str, object]:
    """Give the options of a constraint that say when it is checked.

    Args:
        deferrable: whether it may be checked at the end of a transaction.
        deferred: whether it is, without being told to.
    """
    if not deferrable:
        return {}
    return {"deferrable": True, "initially": "DEFERRED"} if deferred else {"deferrable": True}
