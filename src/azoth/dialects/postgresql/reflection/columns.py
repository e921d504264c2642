"""The columns of tables and views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from azoth import types
from azoth.dialects.postgresql.named_types import DOMAIN
from azoth.dialects.postgresql.reflection.named_types import TypeRow, read_named_types
from azoth.dialects.postgresql.reflection.type_maker import TypeMaker, collation_of
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.place import Wanted
    from azoth.engine.dialect_base.reflected import ReflectedColumn, ReflectedIdentity
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["read_columns"]


class _ColumnRow(NamedTuple):
    """How the catalog describes a column."""

    name: str
    not_null: bool
    expression: str | None
    sequence_schema: str | None
    generated: str
    identity: str
    comment: str | None
    collation: str | None
    collation_schema: str | None
    start: int | None
    increment: int | None
    minvalue: int | None
    maxvalue: int | None
    cache: int | None
    cycle: bool | None
    type: TypeRow


_COLUMNS: Final = (
    "a.attname::text, a.attnotnull OR (t.typtype = 'd' AND t.typnotnull), "
    "pg_catalog.pg_get_expr(f.adbin, f.adrelid), "
    # The schema of the sequence that a default takes numbers from: the text does not always tell.
    "CASE WHEN f.oid IS NOT NULL AND a.attgenerated = '' THEN (SELECT sn.nspname::text FROM pg_catalog.pg_depend d "
    "JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' "
    "JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace "
    "WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid "
    "AND d.refclassid = 'pg_catalog.pg_class'::regclass LIMIT 1) END, "
    "a.attgenerated::text, a.attidentity::text, pg_catalog.col_description(c.oid, a.attnum), "
    "o.collname::text, CASE WHEN NOT pg_catalog.pg_collation_is_visible(o.oid) THEN p.nspname::text END, "
    "q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle, "
    + TypeRow.columns("t", "e", "a.atttypmod")
)
_JOINS: Final = (
    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
    "LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid "
    "LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum "
    "LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation AND a.attcollation <> t.typcollation "
    "LEFT JOIN pg_catalog.pg_namespace p ON p.oid = o.collnamespace "
    "LEFT JOIN LATERAL (SELECT s.* FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid "
    "WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass "
    "AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.deptype = 'i') q ON a.attidentity <> ''"
)


def read_columns(
    connection: ReflectingConnection, wanted: Wanted, names: Mapping[str, type[Any]]
) -> dict[str, list[ReflectedColumn]]:
    """Read the columns of tables and views.

    Args:
        connection: the connection.
        wanted: the tables.
        names: the dialect's table of names of types.

    Emits: a SELECT; another one where a column has an ENUM or a DOMAIN.
    """
    rows = wanted.rows(connection, _COLUMNS, _JOINS, "a.attnum")
    found: dict[str, list[_ColumnRow]] = {}
    own = len(_ColumnRow._fields) - 1
    for table, *fields in rows:
        columns = found.setdefault(table, [])
        if fields[0] is not None:
            columns.append(_ColumnRow._make([*fields[:own], TypeRow._make(fields[own:])]))
    every = [row for columns in found.values() for row in columns]
    named = read_named_types(connection, [row.type.oid for row in every if row.type.kind in ("e", "d")])
    make = TypeMaker(names, named)
    return {table: [_column(row, make, wanted.schema) for row in columns] for table, columns in found.items()}


def _column(row: _ColumnRow, make: TypeMaker, schema: str | None) -> ReflectedColumn:
    type_ = make.type_of(row.type, collation_of(row.collation, row.collation_schema))
    if type_ is None:
        _warn_of_unknown_type(row)
    default = row.expression
    if default is None and isinstance(type_, DOMAIN):
        default = make.named[row.type.oid].default
    column: ReflectedColumn = {
        "name": row.name,
        "type": types.NullType() if type_ is None else type_,
        "nullable": not row.not_null,
        "default": None if row.generated else _default(default, row.sequence_schema, schema),
        "autoincrement": bool(row.identity) or (not row.generated and (default or "").startswith("nextval(")),
        "comment": row.comment,
    }
    if row.generated:
        # PostgreSQL 18 computes columns when they are read, too.
        column["computed"] = {"sqltext": default or "", "persisted": row.generated == "s"}
    if row.identity:
        column["identity"] = _identity(row)
    return column


def _default(default: str | None, sequence_schema: str | None, schema: str | None) -> str | None:
    """Name the schema of a sequence where the table's was named: the default holds for other search paths, too."""
    opening = "nextval('"
    if default is None or schema is None or sequence_schema != schema or not default.startswith(opening):
        return default
    name = default[len(opening) :].partition("'::regclass")[0]
    return default if _has_schema(name) else f'{opening}"{schema}".{default[len(opening) :]}'


def _has_schema(name: str) -> bool:
    """Tell whether a name, perhaps between quotes, has that of a schema before it."""
    inside = False
    for letter in name:
        if letter == '"':
            inside = not inside
        elif letter == "." and not inside:
            return True
    return False


def _identity(row: _ColumnRow) -> ReflectedIdentity:
    assert row.start is not None
    assert row.increment is not None
    assert row.minvalue is not None
    assert row.maxvalue is not None
    return {
        "always": row.identity == "a",
        "start": row.start,
        "increment": row.increment,
        "minvalue": row.minvalue,
        "maxvalue": row.maxvalue,
        "cache": row.cache,
        "cycle": bool(row.cycle),
    }


def _warn_of_unknown_type(row: _ColumnRow) -> None:
    warn(
        f"Did not recognize type '{row.type.name}' of column '{row.name}'",
        why="the dialect's table of names of types does not have it",
        fix="add a class of yours to azoth.dialects.postgresql.base.ischema_names, or ignore the warning",
        code="AZ-D102",
    )
