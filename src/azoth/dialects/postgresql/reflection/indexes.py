"""Indexes, with those that stand behind UNIQUE and EXCLUDE constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from azoth.dialects.postgresql.reflection.keys import deferral

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.place import Wanted
    from azoth.engine.dialect_base.reflected import ReflectedIndex
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["read_indexes"]


class _IndexRow(NamedTuple):
    """How the catalog describes an index.

    Its lists have an entry for each part; ``columns`` has None for expressions, ``classes`` for usual operator classes.
    """

    name: str
    unique: bool
    keys: int
    constraint: str | None
    operators: list[str]
    deferrable: bool | None
    deferred: bool | None
    condition: str | None
    method: str
    storage: list[str] | None
    tablespace: str | None
    nulls_not_distinct: bool
    columns: list[str | None]
    texts: list[str]
    orders: list[int]
    classes: list[str | None]
    collations: list[str | None]


_DESCENDING: Final = 1
_NULLS_FIRST: Final = 2

_COLUMNS: Final = (
    "x.relname::text, i.indisunique, i.indnkeyatts, "
    "k.conname::text, ARRAY(SELECT e.oprname::text FROM unnest(k.conexclop) WITH ORDINALITY s(oid, place) "
    "JOIN pg_catalog.pg_operator e ON e.oid = s.oid ORDER BY s.place), k.condeferrable, k.condeferred, "
    "pg_catalog.pg_get_expr(i.indpred, i.indrelid), m.amname::text, x.reloptions::text[], ts.spcname::text, "
    # By way of JSON, because servers before version 15 do not have the column.
    "COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), "
    "parts.columns, parts.texts, parts.orders, parts.classes, parts.collations"
)
_JOINS: Final = (
    "LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary "
    # The keys of other tables that refer to a key stand on its index, too.
    "LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = c.oid "
    "AND k.contype IN ('u', 'x') "
    "LEFT JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
    "LEFT JOIN pg_catalog.pg_am m ON m.oid = x.relam "
    "LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = x.reltablespace "
    "LEFT JOIN LATERAL (SELECT array_agg(a.attname::text ORDER BY p.place) AS columns, "
    "array_agg(COALESCE(a.attname::text, pg_catalog.pg_get_indexdef(i.indexrelid, p.place, true)) ORDER BY p.place) "
    "AS texts, "
    "array_agg(COALESCE(i.indoption[p.place - 1], 0)::int ORDER BY p.place) AS orders, "
    "array_agg(oc.opcname::text ORDER BY p.place) AS classes, "
    "array_agg(o.collname::text ORDER BY p.place) AS collations "
    "FROM generate_series(1, i.indnatts::int) p(place) "
    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place - 1] "
    "AND a.attnum <> 0 "
    "LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = i.indclass[p.place - 1] AND NOT oc.opcdefault "
    # What an expression has by itself is not known, so that what it has is told unless it is the usual one.
    "LEFT JOIN pg_catalog.pg_collation o ON o.oid = i.indcollation[p.place - 1] AND o.collname <> 'default' "
    "AND o.oid IS DISTINCT FROM a.attcollation AND pg_catalog.pg_collation_is_visible(o.oid)) parts ON true"
)


def read_indexes(connection: ReflectingConnection, wanted: Wanted) -> dict[str, list[ReflectedIndex]]:
    """Read the indexes of tables and materialized views, but not those of primary keys.

    Args:
        connection: the connection.
        wanted: the tables.

    Emits: a SELECT.
    """
    found: dict[str, list[ReflectedIndex]] = {}
    rows = wanted.rows(connection, _COLUMNS, _JOINS, "x.relname")
    for table, *fields in rows:
        indexes = found.setdefault(table, [])
        if fields[0] is not None:
            indexes.append(_index(_IndexRow(*fields)))
    return found


def _index(row: _IndexRow) -> ReflectedIndex:
    keys = row.keys
    columns = row.columns[:keys]
    index: ReflectedIndex = {"name": row.name, "unique": row.unique, "column_names": columns}
    if None in columns:
        index["expressions"] = row.texts[:keys]
    sorting = {text: words for text, flags in zip(row.texts, row.orders, strict=True) if (words := _order(flags))}
    if sorting:
        index["column_sorting"] = sorting
    collations = {text: name for text, name in zip(row.texts, row.collations, strict=True) if name is not None}
    if collations:
        index["collations"] = collations
    if row.constraint is not None:
        index["duplicates_constraint"] = row.constraint
    if row.operators:
        index["operators"] = row.operators
        index["options"] = deferral(row.deferrable, row.deferred)
    index["dialect_options"] = _options(row)
    return index


def _order(flags: int) -> tuple[str, ...]:
    if flags & _DESCENDING:
        return ("desc",) if flags & _NULLS_FIRST else ("desc", "nulls_last")
    return ("nulls_first",) if flags & _NULLS_FIRST else ()


def _options(row: _IndexRow) -> dict[str, Any]:
    classes = {text: name for text, name in zip(row.texts, row.classes, strict=True) if name is not None}
    found: dict[str, object] = {
        "postgresql_ops": classes,
        "postgresql_using": None if row.method == "btree" else row.method,
        "postgresql_with": dict([one.split("=", 1) for one in row.storage or ()]),
        "postgresql_where": row.condition,
        "postgresql_tablespace": row.tablespace,
        "postgresql_nulls_not_distinct": row.nulls_not_distinct,
    }
    given: dict[str, Any] = {name: value for name, value in found.items() if value}
    return {**given, "postgresql_include": row.texts[row.keys :]}
