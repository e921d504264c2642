"""Where questions look: in the schema that is named, or wherever a name without one is found."""

from __future__ import annotations

from typing import Final

__all__ = ["IN_NAMESPACE", "place_of"]

IN_NAMESPACE: Final = {
    "relation": "CASE WHEN %(schema)s::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) "
    "AND n.nspname <> 'pg_catalog' ELSE n.nspname = %(schema)s END",
    "type": "CASE WHEN %(schema)s::text IS NULL THEN pg_catalog.pg_type_is_visible(t.oid) "
    "AND n.nspname <> 'pg_catalog' ELSE n.nspname = %(schema)s END",
}
"""Conditions on ``pg_class c`` or ``pg_type t``, and ``pg_namespace n``: without a schema, the search path counts."""


def place_of(schema: str | None) -> dict[str, str | None]:
    """Give the parameters of the conditions.

    Args:
        schema: the schema; None for the search path.
    """
    return {"schema": schema}
