"""ENUMs and DOMAINs: which there are, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from azoth.dialects.postgresql.reflection.place import IN_NAMESPACE, place_of

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = [
    "NamedTypeRow",
    "ReflectedDomain",
    "ReflectedDomainConstraint",
    "ReflectedEnum",
    "ReflectedNamedType",
    "TypeRow",
    "read_domains",
    "read_enums",
    "read_named_types",
]


class ReflectedNamedType(TypedDict):
    """A type with a name of its own; it is visible where its name is found without its schema."""

    name: str
    schema: str
    visible: bool


class ReflectedEnum(ReflectedNamedType):
    """An ENUM, with its words in their order."""

    labels: list[str]


class ReflectedDomainConstraint(TypedDict):
    """A CHECK constraint of a domain."""

    name: str
    check: str


class ReflectedDomain(ReflectedNamedType):
    """A DOMAIN: what it is made from, and what is asked of its values."""

    type: str
    nullable: bool
    default: str | None
    constraints: list[ReflectedDomainConstraint]
    collation: str | None
    collation_schema: str | None


class TypeRow(NamedTuple):
    """How the catalog describes a type: of an array, the elements.

    ``kind`` is "e" for an ENUM and "d" for a DOMAIN.
    """

    oid: int
    text: str
    name: str
    kind: str
    is_array: bool

    @classmethod
    def columns(cls, type_alias: str, element_alias: str, modifier: str) -> str:
        """Write the columns of a SELECT that become the fields.

        Args:
            type_alias: the name of a ``pg_type`` in the SELECT.
            element_alias: the name of another, which is there where the first is an array of its values.
            modifier: what has the lengths and precisions.
        """
        t, e = type_alias, element_alias
        return (
            f"COALESCE({e}.oid, {t}.oid)::bigint, "
            f"pg_catalog.format_type(COALESCE({e}.oid, {t}.oid), {modifier}), "
            f"COALESCE({e}.typname, {t}.typname)::text, COALESCE({e}.typtype, {t}.typtype)::text, {e}.oid IS NOT NULL"
        )


class NamedTypeRow(NamedTuple):
    """How the catalog describes an ENUM or a DOMAIN."""

    oid: int
    name: str
    schema: str
    visible: bool
    kind: str
    labels: list[str]
    text: str
    not_null: bool
    default: str | None
    collation: str | None
    collation_schema: str | None
    check_names: list[str]
    checks: list[str]
    base: TypeRow


_COLUMNS: Final = (
    "t.oid::bigint, t.typname::text, n.nspname::text, pg_catalog.pg_type_is_visible(t.oid), t.typtype::text, "
    "ARRAY(SELECT l.enumlabel::text FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder), "
    "pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, "
    "o.collname::text, CASE WHEN NOT pg_catalog.pg_collation_is_visible(o.oid) THEN p.nspname::text END, "
    "ARRAY(SELECT k.conname::text FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' "
    "ORDER BY k.conname), "
    "ARRAY(SELECT pg_catalog.pg_get_expr(k.conbin, 0, true) FROM pg_catalog.pg_constraint k "
    "WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.conname), " + TypeRow.columns("b", "e", "t.typtypmod")
)
_TABLES: Final = (
    "pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
    "LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype "
    "LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem AND e.typarray = b.oid "
    "LEFT JOIN pg_catalog.pg_collation o ON o.oid = t.typcollation AND o.collname <> 'default' "
    "LEFT JOIN pg_catalog.pg_namespace p ON p.oid = o.collnamespace"
)
# Domains may be made from others, and from arrays of them.
_NEEDED: Final = (
    "WITH RECURSIVE needed(oid) AS (SELECT unnest(%(oids)s::oid[]) UNION "
    "SELECT COALESCE(e.oid, b.oid) FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid AND t.typtype = 'd' "
    "JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype "
    "LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem AND e.typarray = b.oid) "
)


def read_named_types(connection: ReflectingConnection, oids: Iterable[int]) -> dict[int, NamedTypeRow]:
    """Read ENUMs and DOMAINs, and those that these are made from.

    Args:
        connection: the connection.
        oids: their numbers; without any, nothing is read.
    """
    wanted = sorted(set(oids))
    if not wanted:
        return {}
    sql = (
        f"{_NEEDED}SELECT {_COLUMNS} FROM {_TABLES} WHERE t.oid IN (SELECT oid FROM needed) AND t.typtype IN ('e', 'd')"
    )
    return {row.oid: row for row in _rows(connection, sql, {"oids": wanted})}


def read_enums(connection: ReflectingConnection, schema: str | None) -> list[ReflectedEnum]:
    """Describe the ENUMs of a schema.

    Args:
        connection: the connection.
        schema: the schema; None for the search path, ``*`` for all schemas.
    """
    return [
        {"name": row.name, "schema": row.schema, "visible": row.visible, "labels": row.labels}
        for row in _rows(connection, _of_kind("e"), place_of(schema))
    ]


def read_domains(connection: ReflectingConnection, schema: str | None) -> list[ReflectedDomain]:
    """Describe the DOMAINs of a schema.

    Args:
        connection: the connection.
        schema: the schema; None for the search path, ``*`` for all schemas.
    """
    return [
        {
            "name": row.name,
            "schema": row.schema,
            "visible": row.visible,
            "type": row.text,
            "nullable": not row.not_null,
            "default": row.default,
            "constraints": [
                {"name": name, "check": check} for name, check in zip(row.check_names, row.checks, strict=True)
            ],
            "collation": row.collation,
            "collation_schema": row.collation_schema,
        }
        for row in _rows(connection, _of_kind("d"), place_of(schema))
    ]


def _of_kind(kind: str) -> str:
    where = f"t.typtype = '{kind}' AND {IN_NAMESPACE['type']}"
    return f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {where} ORDER BY n.nspname, t.typname"


def _rows(connection: ReflectingConnection, sql: str, parameters: Mapping[str, object]) -> list[NamedTypeRow]:
    rows = connection.exec_driver_sql(sql, parameters).all()
    own = len(NamedTypeRow._fields) - 1
    return [NamedTypeRow._make([*row[:own], TypeRow._make(row[own:])]) for row in rows]
