"""Types as SQL Server spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth import types
from azoth.sql.compiler.types import TypeCompiler

if TYPE_CHECKING:
    from azoth.dialects.mssql.types import DATETIME2, DATETIMEOFFSET, TIMESTAMP, TINYINT

__all__ = ["MSTypeCompiler"]

Type = types.TypeEngine[object]


class MSTypeCompiler(TypeCompiler):
    """Writes types as SQL Server spells them."""

    # -- numbers --------------------------------------------------------------

    def visit_boolean(self, type_: types.Boolean, **kw: object) -> str:
        """Write Boolean."""
        return "BIT"

    def visit_BIT(self, type_: types.Boolean, **kw: object) -> str:
        """Write BIT."""
        return "BIT"

    def visit_TINYINT(self, type_: TINYINT, **kw: object) -> str:
        """Write TINYINT."""
        return "TINYINT"

    def visit_double(self, type_: types.Double, **kw: object) -> str:
        """Write Double."""
        return self.visit_DOUBLE_PRECISION(type_, **kw)

    def visit_MONEY(self, type_: Type, **kw: object) -> str:
        """Write MONEY."""
        return "MONEY"

    def visit_SMALLMONEY(self, type_: Type, **kw: object) -> str:
        """Write SMALLMONEY."""
        return "SMALLMONEY"

    # -- text and documents ---------------------------------------------------

    def visit_unicode(self, type_: types.Unicode, **kw: object) -> str:
        """Write Unicode."""
        return self.visit_NVARCHAR(type_, **kw)

    def visit_text(self, type_: types.Text, **kw: object) -> str:
        """Write Text; newer servers want a VARCHAR."""
        return self.visit_VARCHAR(type_, **kw) if self._has_large_varchar else self.visit_TEXT(type_, **kw)

    def visit_unicode_text(self, type_: types.UnicodeText, **kw: object) -> str:
        """Write UnicodeText; newer servers want an NVARCHAR."""
        return self.visit_NVARCHAR(type_, **kw) if self._has_large_varchar else self.visit_NTEXT(type_, **kw)

    def visit_VARCHAR(self, type_: types.String, **kw: object) -> str:
        """Write VARCHAR with its length."""
        return self._sized("VARCHAR", type_)

    def visit_NVARCHAR(self, type_: types.String, **kw: object) -> str:
        """Write NVARCHAR with its length."""
        return self._sized("NVARCHAR", type_)

    def visit_NTEXT(self, type_: types.String, **kw: object) -> str:
        """Write NTEXT."""
        return self._text("NTEXT", type_)

    def visit_XML(self, type_: Type, **kw: object) -> str:
        """Write XML."""
        return "XML"

    def visit_JSON(self, type_: types.JSON, **kw: object) -> str:
        """Write JSON, which is kept as text."""
        return "NVARCHAR(max)"

    def _sized(self, name: str, type_: types.String) -> str:
        if type_.length not in (None, "max"):
            return self._text(name, type_)
        # The same type without the length, which the name has already.
        return self._text(f"{name}(max)", types.String(collation=type_.collation))

    @property
    def _has_large_varchar(self) -> bool:
        found: bool = self.dialect.deprecate_large_types
        return found

    # -- time -----------------------------------------------------------------

    def visit_date(self, type_: types.Date, **kw: object) -> str:
        """Write Date; servers before 2008 have none."""
        return self.visit_DATE(type_, **kw) if self.dialect.has_dates else self.visit_DATETIME(type_, **kw)

    def visit_time(self, type_: types.Time, **kw: object) -> str:
        """Write Time; servers before 2008 have none."""
        return self.visit_TIME(type_, **kw) if self.dialect.has_dates else self.visit_DATETIME(type_, **kw)

    def visit_datetime(self, type_: types.DateTime, **kw: object) -> str:
        """Write DateTime."""
        return _precise("DATETIMEOFFSET", type_) if type_.timezone else self.visit_DATETIME(type_, **kw)

    def visit_TIME(self, type_: types.Time, **kw: object) -> str:
        """Write TIME."""
        return _precise("TIME", type_)

    def visit_DATETIME2(self, type_: DATETIME2, **kw: object) -> str:
        """Write DATETIME2."""
        return _precise("DATETIME2", type_)

    def visit_DATETIMEOFFSET(self, type_: DATETIMEOFFSET, **kw: object) -> str:
        """Write DATETIMEOFFSET."""
        return _precise("DATETIMEOFFSET", type_)

    def visit_SMALLDATETIME(self, type_: types.DateTime, **kw: object) -> str:
        """Write SMALLDATETIME."""
        return "SMALLDATETIME"

    # -- bytes and the rest ---------------------------------------------------

    def visit_large_binary(self, type_: types.LargeBinary, **kw: object) -> str:
        """Write LargeBinary; newer servers want a VARBINARY."""
        return self.visit_VARBINARY(type_, **kw) if self._has_large_varchar else "IMAGE"

    def visit_IMAGE(self, type_: types.LargeBinary, **kw: object) -> str:
        """Write IMAGE."""
        return "IMAGE"

    def visit_VARBINARY(self, type_: types.LargeBinary, **kw: object) -> str:
        """Write VARBINARY with its length."""
        length = "max" if type_.length is None else type_.length
        return f"VARBINARY({length}){' FILESTREAM' if getattr(type_, 'filestream', False) else ''}"

    def visit_ROWVERSION(self, type_: TIMESTAMP, **kw: object) -> str:
        """Write ROWVERSION."""
        return "ROWVERSION"

    def visit_SQL_VARIANT(self, type_: Type, **kw: object) -> str:
        """Write SQL_VARIANT."""
        return "SQL_VARIANT"

    def visit_uuid(self, type_: types.Uuid, **kw: object) -> str:
        """Write Uuid."""
        return "UNIQUEIDENTIFIER" if type_.native_uuid else super().visit_uuid(type_, **kw)

    def visit_UNIQUEIDENTIFIER(self, type_: types.Uuid, **kw: object) -> str:
        """Write UNIQUEIDENTIFIER."""
        return "UNIQUEIDENTIFIER"


def _precise(name: str, type_: types.DateTime | types.Time) -> str:
    precision = getattr(type_, "precision", None)
    return name if precision is None else f"{name}({precision})"
