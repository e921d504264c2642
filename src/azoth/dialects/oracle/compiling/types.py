"""Types as Oracle spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth import exc, types
from azoth.sql.compiler.types import TypeCompiler

if TYPE_CHECKING:
    from azoth.dialects.oracle.types import INTERVAL, NUMBER, RAW
    from azoth.dialects.oracle.vector import VECTOR

__all__ = ["OracleTypeCompiler"]

Type = types.TypeEngine[object]


class OracleTypeCompiler(TypeCompiler):
    """Writes types as Oracle spells them."""

    # -- numbers --------------------------------------------------------------

    def visit_big_integer(self, type_: types.BigInteger, **kw: object) -> str:
        """Write BigInteger."""
        return "NUMBER(19)"

    def visit_NUMBER(self, type_: NUMBER, **kw: object) -> str:
        """Write NUMBER with its digits."""
        return super().visit_NUMERIC(type_).replace("NUMERIC", "NUMBER", 1)

    def visit_FLOAT(self, type_: types.Float, **kw: object) -> str:
        """Write FLOAT, whose precision is one of binary digits here."""
        binary = getattr(type_, "binary_precision", None)
        if binary is None and type_.precision is not None:
            raise exc.CompileError(
                "Oracle FLOAT has a precision of binary digits, and the type has one of decimal digits",
                why="precision= means another number on other databases",
                fix=f"write Float({type_.precision}).with_variant(oracle.FLOAT(binary_precision="
                f'{int(type_.precision / 0.30103)}), "oracle")',
                code="AZ-D97",
            )
        return "FLOAT" if binary is None else f"FLOAT({binary})"

    def visit_double(self, type_: types.Double, **kw: object) -> str:
        """Write Double."""
        return self.visit_DOUBLE_PRECISION(type_, **kw)

    def visit_BINARY_DOUBLE(self, type_: types.Double, **kw: object) -> str:
        """Write BINARY_DOUBLE."""
        return "BINARY_DOUBLE"

    def visit_BINARY_FLOAT(self, type_: types.Float, **kw: object) -> str:
        """Write BINARY_FLOAT."""
        return "BINARY_FLOAT"

    def visit_boolean(self, type_: types.Boolean, **kw: object) -> str:
        """Write Boolean, which is a number where the server has no truth values."""
        return "BOOLEAN" if self.dialect.supports_native_boolean else "SMALLINT"

    # -- text and documents ---------------------------------------------------

    def visit_string(self, type_: types.String, **kw: object) -> str:
        """Write String."""
        return self._characters("VARCHAR2", type_)

    def visit_unicode(self, type_: types.Unicode, **kw: object) -> str:
        """Write Unicode."""
        if self.dialect.use_nchar_for_unicode:
            return self.visit_NVARCHAR(type_, **kw)
        return self._characters("VARCHAR2", type_)

    def visit_VARCHAR2(self, type_: types.String, **kw: object) -> str:
        """Write VARCHAR2."""
        return self._characters("VARCHAR2", type_)

    def visit_VARCHAR(self, type_: types.String, **kw: object) -> str:
        """Write VARCHAR."""
        return self._characters("VARCHAR", type_)

    def visit_NVARCHAR(self, type_: types.String, **kw: object) -> str:
        """Write NVARCHAR2."""
        return self._text("NVARCHAR2", type_)

    def visit_text(self, type_: types.Text, **kw: object) -> str:
        """Write Text."""
        return self._without_length("CLOB", type_)

    def visit_unicode_text(self, type_: types.UnicodeText, **kw: object) -> str:
        """Write UnicodeText."""
        return self._without_length("NCLOB" if self.dialect.use_nchar_for_unicode else "CLOB", type_)

    def visit_CLOB(self, type_: types.Text, **kw: object) -> str:
        """Write CLOB."""
        return self._without_length("CLOB", type_)

    def visit_NCLOB(self, type_: types.Text, **kw: object) -> str:
        """Write NCLOB."""
        return self._without_length("NCLOB", type_)

    def visit_LONG(self, type_: types.Text, **kw: object) -> str:
        """Write LONG."""
        return "LONG"

    def _characters(self, name: str, type_: types.String) -> str:
        """Write a length that counts characters, not bytes; servers before 9 cannot tell them apart."""
        written = self._text(name, type_)
        if type_.length is None or not self.dialect.counts_characters:
            return written
        return written.replace(f"({type_.length})", f"({type_.length} CHAR)", 1)

    def _without_length(self, name: str, type_: types.String) -> str:
        return self._text(name, types.Text(collation=type_.collation))

    def visit_JSON(self, type_: types.JSON, **kw: object) -> str:
        """Write JSON, which is kept in a BLOB on servers before 21."""
        in_blob = getattr(type_, "use_blob", None)
        return "BLOB" if (in_blob if in_blob is not None else not self.dialect.has_json) else "JSON"

    # -- time -----------------------------------------------------------------

    def visit_datetime(self, type_: types.DateTime, **kw: object) -> str:
        """Write DateTime."""
        return self.visit_DATE(type_, **kw)

    def visit_TIMESTAMP(self, type_: types.DateTime, **kw: object) -> str:
        """Write TIMESTAMP."""
        if getattr(type_, "local_timezone", False):
            return "TIMESTAMP WITH LOCAL TIME ZONE"
        return "TIMESTAMP WITH TIME ZONE" if type_.timezone else "TIMESTAMP"

    def visit_interval(self, type_: types.Interval, **kw: object) -> str:
        """Write Interval."""
        return self.visit_INTERVAL(type_, **kw) if type_.native else self.visit_DATE(type_, **kw)

    def visit_INTERVAL(self, type_: INTERVAL | types.Interval, **kw: object) -> str:
        """Write INTERVAL DAY TO SECOND."""
        days = "" if type_.day_precision is None else f"({type_.day_precision})"
        seconds = "" if type_.second_precision is None else f"({type_.second_precision})"
        return f"INTERVAL DAY{days} TO SECOND{seconds}"

    # -- bytes and the rest ---------------------------------------------------

    def visit_RAW(self, type_: RAW, **kw: object) -> str:
        """Write RAW."""
        return "RAW" if type_.length is None else f"RAW({type_.length})"

    def visit_BFILE(self, type_: types.LargeBinary, **kw: object) -> str:
        """Write BFILE."""
        return "BFILE"

    def visit_ROWID(self, type_: Type, **kw: object) -> str:
        """Write ROWID."""
        return "ROWID"

    def visit_VECTOR(self, type_: VECTOR, **kw: object) -> str:
        """Write VECTOR with what is known of it."""
        kept = [one and one.value for one in (type_.storage_format, type_.storage_type)]
        parts = [type_.dim, *kept]
        return f"VECTOR({','.join(['*' if part is None else str(part) for part in parts])})"
