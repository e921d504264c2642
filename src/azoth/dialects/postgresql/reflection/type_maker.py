"""The types of columns: arrays, ENUMs and DOMAINs, and those that have a name from the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth import types
from azoth.dialects.postgresql.named_types import DOMAIN, ENUM
from azoth.dialects.postgresql.reflection.named_types import NamedTypeRow, TypeRow
from azoth.dialects.postgresql.reflection.type_text import type_of_text
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.sql.schema import stored_text

__all__ = ["TypeMaker", "collation_of"]


class TypeMaker:
    """Makes types of what the catalog says of them.

    Args:
        names: the dialect's table of names.
        named: the ENUMs and DOMAINs that occur.
    """

    def __init__(self, names: Mapping[str, type[Any]], named: Mapping[int, NamedTypeRow]) -> None:
        self.names = names
        self.named = named

    def type_of(self, row: TypeRow, collation: Mapping[str, str]) -> types.TypeEngine[Any] | None:
        """Make a type; None where it is unknown.

        Args:
            row: what the catalog says.
            collation: the arguments that say its collation.
        """
        named = self.named.get(row.oid)
        if named is None:
            type_ = type_of_text(row.text, row.name, self.names, collation)
        elif named.kind == "e":
            type_ = ENUM(*named.labels, name=named.name, schema=_schema(named))
        else:
            type_ = self._domain(named)
        return type_ if type_ is None or not row.is_array else ARRAY(type_)

    def _domain(self, row: NamedTypeRow) -> DOMAIN | None:
        made_from = self.type_of(row.base, collation_of(row.collation, row.collation_schema))
        if made_from is None:
            return None
        several = len(row.checks) > 1
        check = " AND ".join([f"({one})" if several else one for one in row.checks])
        return DOMAIN(
            row.name,
            made_from,
            schema=_schema(row),
            collation=row.collation,
            collation_schema=row.collation_schema,
            default=None if row.default is None else stored_text(row.default),
            not_null=row.not_null,
            constraint_name=row.check_names[0] if row.checks else None,
            check=stored_text(check) if row.checks else None,
            create_type=False,
        )


def _schema(row: NamedTypeRow) -> str | None:
    return None if row.visible else row.schema


def collation_of(collation: str | None, schema: str | None) -> dict[str, str]:
    """Give the arguments of a type that say its collation.

    Args:
        collation: the collation; None for the usual one.
        schema: its schema, where it must be named.
    """
    named = {} if collation is None else {"collation": collation}
    return {**named, "collation_schema": schema} if named and schema is not None else named
