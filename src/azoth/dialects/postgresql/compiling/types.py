"""Types as PostgreSQL spells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.dialects.postgresql.named_types import DOMAIN
from azoth.dialects.postgresql.types.bitstring import BIT
from azoth.dialects.postgresql.types.scalars import CITEXT, INTERVAL
from azoth.sql.compiler.types import TypeCompiler
from azoth.types import ARRAY, Enum, Interval, TypeEngine

__all__ = ["PGTypeCompiler"]


class PGTypeCompiler(TypeCompiler):
    """Writes types as PostgreSQL spells them.

    A type of which PostgreSQL has only the name, such as INET, is written by its name: ``visit_<NAME>()`` is made
    below for each of them.
    """

    def visit_double(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write Double."""
        return self.visit_DOUBLE_PRECISION(type_, **kw)

    def visit_DOUBLE(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write DOUBLE."""
        return "DOUBLE"

    def visit_datetime(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write DateTime."""
        return self.visit_TIMESTAMP(type_, **kw)

    def visit_TIMESTAMP(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write TIMESTAMP."""
        return _with_zone("TIMESTAMP", type_)

    def visit_TIME(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write TIME."""
        return _with_zone("TIME", type_)

    def visit_interval(self, type_: Interval, **kw: object) -> str:
        """Write Interval."""
        if not type_.native:
            return self.visit_TIMESTAMP(type_, **kw)
        return "INTERVAL" if type_.second_precision is None else f"INTERVAL ({type_.second_precision})"

    def visit_INTERVAL(self, type_: INTERVAL, **kw: object) -> str:
        """Write INTERVAL."""
        written = "INTERVAL" if type_.fields is None else f"INTERVAL {type_.fields}"
        return written if type_.precision is None else f"{written} ({type_.precision})"

    def visit_BIT(self, type_: BIT, **kw: object) -> str:
        """Write BIT."""
        if not type_.varying:
            return "BIT" if type_.length is None else f"BIT({type_.length})"
        return "BIT VARYING" if type_.length is None else f"BIT VARYING({type_.length})"

    def visit_CITEXT(self, type_: CITEXT, **kw: object) -> str:
        """Write CITEXT."""
        return self._text("CITEXT", type_)

    def visit_large_binary(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write LargeBinary."""
        return "BYTEA"

    def visit_json_path(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write the type of the steps into a document."""
        return "JSONPATH"

    def visit_json_int_index(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write the type of a position in a list."""
        return "INT"

    def visit_json_str_index(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write the type of a key."""
        return "TEXT"

    def visit_enum(self, type_: Enum, **kw: object) -> str:
        """Write Enum: the name of its type, or VARCHAR where it is not to have one."""
        if type_.native_enum and self.dialect.supports_native_enum:
            return self.visit_ENUM(type_, **kw)
        return super().visit_enum(type_, **kw)

    def visit_ENUM(self, type_: Enum, **kw: object) -> str:
        """Write the name of an enum's type."""
        written: str = self.dialect.identifier_preparer.format_type(type_)
        return written

    def visit_DOMAIN(self, type_: DOMAIN, **kw: object) -> str:
        """Write the name of a domain."""
        written: str = self.dialect.identifier_preparer.format_type(type_)
        return written

    def visit_ARRAY(self, type_: ARRAY, **kw: object) -> str:
        """Write the type of the elements with brackets behind it, before any collation."""
        inner, collation = (
            self.process_apart(type_.item_type)
            if self._collations is None
            else (
                self.process(type_.item_type, **kw),
                "",
            )
        )
        return f"{inner}{'[]' * (type_.dimensions or 1)}{collation}"


def _with_zone(name: str, type_: TypeEngine[Any]) -> str:
    precision = getattr(type_, "precision", None)
    digits = "" if precision is None else f"({precision})"
    return f"{name}{digits} {'WITH' if getattr(type_, 'timezone', False) else 'WITHOUT'} TIME ZONE"


def _written_by_name(name: str) -> Callable[..., str]:
    def visit(self: PGTypeCompiler, type_: TypeEngine[Any], **kw: object) -> str:
        return name

    visit.__name__ = f"visit_{name}"
    visit.__doc__ = f"Write {name}."
    return visit


for _name in (
    *("BYTEA", "CIDR", "HSTORE", "INET", "JSONB", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "OID", "REGCLASS"),
    *("REGCONFIG", "TSQUERY", "TSVECTOR", "INT4RANGE", "INT8RANGE", "NUMRANGE", "DATERANGE", "TSRANGE", "TSTZRANGE"),
    *("INT4MULTIRANGE", "INT8MULTIRANGE", "NUMMULTIRANGE", "DATEMULTIRANGE", "TSMULTIRANGE", "TSTZMULTIRANGE"),
):
    setattr(PGTypeCompiler, f"visit_{_name}", _written_by_name(_name))
