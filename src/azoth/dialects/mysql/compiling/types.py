"""Types as MySQL spells them, and what they become in CAST."""

from __future__ import annotations

from typing import Any

from azoth import exc, types
from azoth.dialects.mysql.compiling.texts import with_backslashes
from azoth.dialects.mysql.types import ENUM, SET
from azoth.dialects.mysql.types.numeric import NumberAttributes, WholeNumber
from azoth.dialects.mysql.types.text import Characters
from azoth.sql.compiler.types import TypeCompiler
from azoth.sql.types import BinaryType
from azoth.sql.types.string import text_literal

__all__ = ["MySQLTypeCompiler"]


class MySQLTypeCompiler(TypeCompiler):
    """Writes types as MySQL spells them."""

    # -- numbers --------------------------------------------------------------

    def visit_INTEGER(self, type_: types.Integer, **kw: object) -> str:
        """Write INTEGER."""
        return _whole_number("INTEGER", type_)

    def visit_BIGINT(self, type_: types.Integer, **kw: object) -> str:
        """Write BIGINT."""
        return _whole_number("BIGINT", type_)

    def visit_MEDIUMINT(self, type_: types.Integer, **kw: object) -> str:
        """Write MEDIUMINT."""
        return _whole_number("MEDIUMINT", type_)

    def visit_SMALLINT(self, type_: types.Integer, **kw: object) -> str:
        """Write SMALLINT."""
        return _whole_number("SMALLINT", type_)

    def visit_TINYINT(self, type_: types.Integer, **kw: object) -> str:
        """Write TINYINT."""
        return _whole_number("TINYINT", type_)

    def visit_NUMERIC(self, type_: types.Numeric, **kw: object) -> str:
        """Write NUMERIC."""
        return super().visit_NUMERIC(type_) + _attributes(type_)

    def visit_DECIMAL(self, type_: types.Numeric, **kw: object) -> str:
        """Write DECIMAL."""
        return super().visit_DECIMAL(type_) + _attributes(type_)

    def visit_DOUBLE(self, type_: types.Float, **kw: object) -> str:
        """Write DOUBLE."""
        return _floating("DOUBLE", type_)

    def visit_REAL(self, type_: types.Float, **kw: object) -> str:
        """Write REAL."""
        return _floating("REAL", type_)

    def visit_FLOAT(self, type_: types.Float, **kw: object) -> str:
        """Write FLOAT."""
        if getattr(type_, "scale", None) is None and type_.precision is not None:
            return f"FLOAT({type_.precision}){_attributes(type_)}"
        return _floating("FLOAT", type_)

    def visit_BIT(self, type_: Any, **kw: object) -> str:
        """Write BIT."""
        return "BIT" if type_.length is None else f"BIT({type_.length})"

    def visit_boolean(self, type_: types.Boolean, **kw: object) -> str:
        """Write Boolean."""
        return "BOOL"

    def visit_BOOLEAN(self, type_: types.Boolean, **kw: object) -> str:
        """Write BOOLEAN, which is a whole number of one byte."""
        return "BOOL"

    # -- text -----------------------------------------------------------------

    def visit_VARCHAR(self, type_: types.String, **kw: object) -> str:
        """Write VARCHAR, which needs a length."""
        return self._national("VARCHAR", self._with_length("VARCHAR", type_), type_)

    def visit_NVARCHAR(self, type_: types.String, **kw: object) -> str:
        """Write NVARCHAR, which needs a length."""
        return self._national("VARCHAR", self._with_length("VARCHAR", type_), type_, is_national=True)

    def visit_CHAR(self, type_: types.String, **kw: object) -> str:
        """Write CHAR."""
        return self._national("CHAR", _sized("CHAR", type_), type_)

    def visit_NCHAR(self, type_: types.String, **kw: object) -> str:
        """Write NCHAR."""
        return self._national("CHAR", _sized("CHAR", type_), type_, is_national=True)

    def visit_TEXT(self, type_: types.String, **kw: object) -> str:
        """Write TEXT."""
        return self._national("TEXT", _sized("TEXT", type_), type_)

    def visit_TINYTEXT(self, type_: types.String, **kw: object) -> str:
        """Write TINYTEXT."""
        return self._national("TINYTEXT", "TINYTEXT", type_)

    def visit_MEDIUMTEXT(self, type_: types.String, **kw: object) -> str:
        """Write MEDIUMTEXT."""
        return self._national("MEDIUMTEXT", "MEDIUMTEXT", type_)

    def visit_LONGTEXT(self, type_: types.String, **kw: object) -> str:
        """Write LONGTEXT."""
        return self._national("LONGTEXT", "LONGTEXT", type_)

    def visit_enum(self, type_: types.Enum, **kw: object) -> str:
        """Write Enum: ENUM, or VARCHAR where that was asked for."""
        return self._words("ENUM", type_.enums, type_) if type_.native_enum else super().visit_enum(type_)

    def visit_ENUM(self, type_: ENUM, **kw: object) -> str:
        """Write ENUM with its words."""
        return self._words("ENUM", type_.enums, type_)

    def visit_SET(self, type_: SET, **kw: object) -> str:
        """Write SET with its words."""
        return self._words("SET", type_.values, type_)

    def _words(self, name: str, words: Any, type_: types.String) -> str:
        quoted = ",".join([with_backslashes(text_literal(word), self.dialect) for word in words])
        return self._national(name, f"{name}({quoted})", type_)

    def _with_length(self, name: str, type_: types.String) -> str:
        if type_.length is None:
            raise exc.CompileError(
                f"{name} requires a length on dialect {self.dialect.name}",
                why="MySQL has no texts of variable length without a limit, other than TEXT",
                fix="write String(255), or Text()",
                code="AZ-D78",
            )
        return f"{name}({type_.length})"

    def _national(self, name: str, written: str, type_: types.String, is_national: bool = False) -> str:
        if is_national or getattr(type_, "national", False):
            collation = f" COLLATE {type_.collation}" if type_.collation else ""
            return f"NATIONAL {written}{collation}"
        if isinstance(type_, Characters):
            return written + type_.attributes()
        return f"{written} COLLATE {type_.collation}" if type_.collation else written

    # -- time, bytes and the rest ---------------------------------------------

    def visit_DATETIME(self, type_: types.DateTime, **kw: object) -> str:
        """Write DATETIME."""
        return _fractional("DATETIME", type_)

    def visit_TIMESTAMP(self, type_: types.DateTime, **kw: object) -> str:
        """Write TIMESTAMP."""
        return _fractional("TIMESTAMP", type_)

    def visit_TIME(self, type_: types.Time, **kw: object) -> str:
        """Write TIME."""
        return _fractional("TIME", type_)

    def visit_YEAR(self, type_: Any, **kw: object) -> str:
        """Write YEAR."""
        return "YEAR" if type_.display_width is None else f"YEAR({type_.display_width})"

    def visit_BLOB(self, type_: types.LargeBinary, **kw: object) -> str:
        """Write BLOB."""
        return "BLOB" if type_.length is None else f"BLOB({type_.length})"

    def visit_TINYBLOB(self, type_: types.TypeEngine[Any], **kw: object) -> str:
        """Write TINYBLOB."""
        return "TINYBLOB"

    def visit_MEDIUMBLOB(self, type_: types.TypeEngine[Any], **kw: object) -> str:
        """Write MEDIUMBLOB."""
        return "MEDIUMBLOB"

    def visit_LONGBLOB(self, type_: types.TypeEngine[Any], **kw: object) -> str:
        """Write LONGBLOB."""
        return "LONGBLOB"

    def visit_INET4(self, type_: types.TypeEngine[Any], **kw: object) -> str:
        """Write INET4."""
        return "INET4"

    def visit_INET6(self, type_: types.TypeEngine[Any], **kw: object) -> str:
        """Write INET6."""
        return "INET6"

    # -- CAST -----------------------------------------------------------------

    def for_cast(self, type_: types.TypeEngine[Any]) -> str | None:
        """Write what CAST converts to for a type; None where MySQL converts to nothing like it."""
        type_ = type_.load_variant(self.dialect.name)
        while isinstance(type_, types.TypeDecorator):
            type_ = type_.type_engine(self.dialect)
        affinity = type_._affinity
        if affinity == "integer" and isinstance(type_, types.Integer):
            return "UNSIGNED INTEGER" if getattr(type_, "unsigned", False) else "SIGNED INTEGER"
        if isinstance(type_, types.Numeric) and not isinstance(type_, types.Float):
            return self.process(type_).replace("NUMERIC", "DECIMAL")
        if isinstance(type_, types.JSON | types.Date | types.Time):
            return self.process(type_)
        if isinstance(type_, types.TIMESTAMP):
            return "DATETIME"
        if isinstance(type_, types.DateTime | types.Interval):
            return self.process(type_)
        if isinstance(type_, BinaryType | types.PickleType):
            return "BINARY"
        return self._text_for_cast(type_)

    def _text_for_cast(self, type_: types.TypeEngine[Any]) -> str | None:
        is_enum = isinstance(type_, types.Enum) and (type_.native_enum or isinstance(type_, ENUM))
        if not isinstance(type_, types.String):
            self.process(type_)  # refuses a type that is not known here
            return None
        if is_enum or isinstance(type_, SET):
            return None
        written = _sized("CHAR", type_)
        return written + type_.attributes() if isinstance(type_, Characters) else written


def _sized(name: str, type_: types.String) -> str:
    return name if type_.length is None else f"{name}({type_.length})"


def _fractional(name: str, type_: types.TypeEngine[Any]) -> str:
    digits = getattr(type_, "fsp", None)
    return name if digits is None else f"{name}({digits})"


def _attributes(type_: types.TypeEngine[Any]) -> str:
    return type_.attributes if isinstance(type_, NumberAttributes) else ""


def _whole_number(name: str, type_: types.Integer) -> str:
    width = type_.display_width if isinstance(type_, WholeNumber) else None
    return f"{name}{'' if width is None else f'({width})'}{_attributes(type_)}"


def _floating(name: str, type_: types.Float) -> str:
    scale = getattr(type_, "scale", None)
    digits = f"({type_.precision}, {scale})" if type_.precision is not None and scale is not None else ""
    return name + digits + _attributes(type_)
