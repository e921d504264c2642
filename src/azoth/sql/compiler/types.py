"""Types as SQL."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.sql.compiler.generic import GenericDialect
from azoth.sql.compiler.handlers import written_by_handler
from azoth.sql.types import TypeEngine, install_type_rendering


class TypeCompiler:
    """Writes types as SQL; a dialect subclasses it where it spells them differently.

    Args:
        dialect: whose SQL.
    """

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self._collations: list[str] | None = None

    def process(self, type_: TypeEngine[Any], **kw: Any) -> str:
        """Write a type.

        Args:
            type_: the type.
            kw: what a method for one type may want to know, such as the column as ``type_expression``.

        Raises:
            UnsupportedCompilationError: the dialect has no name for it.
        """
        type_ = type_.load_variant(self.dialect.name)
        visit = getattr(self, type_._visit_method, None)
        if visit is None:
            if self.dialect.name == GenericDialect.name and type_.__visit_name__.isupper():
                # SQL for a reader: a type that only one database has is shown by its name.
                return type_.__visit_name__
            raise self._unsupported(type_)
        written: str = visit(type_, **kw)
        return written

    def visit_by_handler(self, type_: TypeEngine[Any], **kw: object) -> str:
        """Write a type by the function that ``@compiles`` has given its class."""
        return written_by_handler(self, type_, kw)

    def process_apart(self, type_: TypeEngine[Any]) -> tuple[str, str]:
        """Write a type for CAST, in which no collation can stand.

        Args:
            type_: the type.

        Returns:
            the type without its collation, and the COLLATE that follows the CAST (nothing where it has none).
        """
        collations: list[str] = []
        self._collations = collations
        written = self.process(type_)
        self._collations = None
        return written, "".join(collations)

    def _unsupported(self, type_: TypeEngine[Any]) -> exc.UnsupportedCompilationError:
        return exc.UnsupportedCompilationError(
            f"the dialect {self.dialect.name} has no type {type(type_).__name__}",
            fix=f'use another type, or .with_variant(..., "{self.dialect.name}")',
            code="AZ-C77",
        )

    # -- numbers --------------------------------------------------------------

    def visit_integer(self, type_: Any, **kw: object) -> str:
        """Write Integer."""
        return self.visit_INTEGER(type_, **kw)

    def visit_small_integer(self, type_: Any, **kw: object) -> str:
        """Write SmallInteger."""
        return self.visit_SMALLINT(type_, **kw)

    def visit_big_integer(self, type_: Any, **kw: object) -> str:
        """Write BigInteger."""
        return self.visit_BIGINT(type_, **kw)

    def visit_numeric(self, type_: Any, **kw: object) -> str:
        """Write Numeric."""
        return self.visit_NUMERIC(type_, **kw)

    def visit_float(self, type_: Any, **kw: object) -> str:
        """Write Float."""
        return self.visit_FLOAT(type_, **kw)

    def visit_double(self, type_: Any, **kw: object) -> str:
        """Write Double."""
        return self.visit_DOUBLE(type_, **kw)

    def visit_boolean(self, type_: Any, **kw: object) -> str:
        """Write Boolean."""
        return self.visit_BOOLEAN(type_, **kw)

    def visit_INTEGER(self, type_: Any, **kw: object) -> str:
        """Write INTEGER."""
        return "INTEGER"

    def visit_SMALLINT(self, type_: Any, **kw: object) -> str:
        """Write SMALLINT."""
        return "SMALLINT"

    def visit_BIGINT(self, type_: Any, **kw: object) -> str:
        """Write BIGINT."""
        return "BIGINT"

    def visit_NUMERIC(self, type_: Any, **kw: object) -> str:
        """Write NUMERIC with its digits."""
        return "NUMERIC" + _digits(type_)

    def visit_DECIMAL(self, type_: Any, **kw: object) -> str:
        """Write DECIMAL with its digits."""
        return "DECIMAL" + _digits(type_)

    def visit_FLOAT(self, type_: Any, **kw: object) -> str:
        """Write FLOAT."""
        return "FLOAT" if type_.precision is None else f"FLOAT({type_.precision})"

    def visit_REAL(self, type_: Any, **kw: object) -> str:
        """Write REAL."""
        return "REAL"

    def visit_DOUBLE(self, type_: Any, **kw: object) -> str:
        """Write DOUBLE."""
        return "DOUBLE"

    def visit_DOUBLE_PRECISION(self, type_: Any, **kw: object) -> str:
        """Write DOUBLE PRECISION."""
        return "DOUBLE PRECISION"

    def visit_BOOLEAN(self, type_: Any, **kw: object) -> str:
        """Write BOOLEAN."""
        return "BOOLEAN"

    # -- text -----------------------------------------------------------------

    def visit_string(self, type_: Any, **kw: object) -> str:
        """Write String."""
        return self.visit_VARCHAR(type_, **kw)

    def visit_unicode(self, type_: Any, **kw: object) -> str:
        """Write Unicode."""
        return self.visit_VARCHAR(type_, **kw)

    def visit_text(self, type_: Any, **kw: object) -> str:
        """Write Text."""
        return self.visit_TEXT(type_, **kw)

    def visit_unicode_text(self, type_: Any, **kw: object) -> str:
        """Write UnicodeText."""
        return self.visit_TEXT(type_, **kw)

    def visit_enum(self, type_: Any, **kw: object) -> str:
        """Write Enum."""
        return self.visit_VARCHAR(type_, **kw)

    def visit_VARCHAR(self, type_: Any, **kw: object) -> str:
        """Write VARCHAR with its length."""
        return self._text("VARCHAR", type_)

    def visit_CHAR(self, type_: Any, **kw: object) -> str:
        """Write CHAR with its length."""
        return self._text("CHAR", type_)

    def visit_NVARCHAR(self, type_: Any, **kw: object) -> str:
        """Write NVARCHAR with its length."""
        return self._text("NVARCHAR", type_)

    def visit_NCHAR(self, type_: Any, **kw: object) -> str:
        """Write NCHAR with its length."""
        return self._text("NCHAR", type_)

    def visit_TEXT(self, type_: Any, **kw: object) -> str:
        """Write TEXT."""
        return self._text("TEXT", type_)

    def visit_CLOB(self, type_: Any, **kw: object) -> str:
        """Write CLOB."""
        return self._text("CLOB", type_)

    def _text(self, name: str, type_: Any) -> str:
        if isinstance(type_.length, str):
            raise exc.CompileError(
                f"{type(type_).__name__} has the length {type_.length!r}",
                why=f"the dialect {self.dialect.name} knows lengths that are numbers",
                fix="give a number, or write the type for this dialect with @compiles",
                code="AZ-C607",
            )
        written = name if type_.length is None else f"{name}({type_.length})"
        if type_.collation is None:
            return written
        preparer = self.dialect.identifier_preparer
        schema = "" if type_.collation_schema is None else f"{preparer.quote(type_.collation_schema)}."
        collation = f" COLLATE {schema}{preparer.format_collation(type_.collation)}"
        if self._collations is None:
            return written + collation
        self._collations.append(collation)
        return written

    # -- time -----------------------------------------------------------------

    def visit_date(self, type_: Any, **kw: object) -> str:
        """Write Date."""
        return self.visit_DATE(type_, **kw)

    def visit_time(self, type_: Any, **kw: object) -> str:
        """Write Time."""
        return self.visit_TIME(type_, **kw)

    def visit_datetime(self, type_: Any, **kw: object) -> str:
        """Write DateTime."""
        return self.visit_DATETIME(type_, **kw)

    def visit_interval(self, type_: Any, **kw: object) -> str:
        """Write Interval, which is stored as a point in time."""
        return self.visit_DATETIME(type_, **kw)

    def visit_DATE(self, type_: Any, **kw: object) -> str:
        """Write DATE."""
        return "DATE"

    def visit_TIME(self, type_: Any, **kw: object) -> str:
        """Write TIME."""
        return "TIME"

    def visit_DATETIME(self, type_: Any, **kw: object) -> str:
        """Write DATETIME."""
        return "DATETIME"

    def visit_TIMESTAMP(self, type_: Any, **kw: object) -> str:
        """Write TIMESTAMP."""
        return "TIMESTAMP"

    # -- bytes and the rest ---------------------------------------------------

    def visit_large_binary(self, type_: Any, **kw: object) -> str:
        """Write LargeBinary."""
        return self.visit_BLOB(type_, **kw)

    def visit_BLOB(self, type_: Any, **kw: object) -> str:
        """Write BLOB."""
        return "BLOB"

    def visit_BINARY(self, type_: Any, **kw: object) -> str:
        """Write BINARY with its length."""
        return "BINARY" if type_.length is None else f"BINARY({type_.length})"

    def visit_VARBINARY(self, type_: Any, **kw: object) -> str:
        """Write VARBINARY with its length."""
        return "VARBINARY" if type_.length is None else f"VARBINARY({type_.length})"

    def visit_uuid(self, type_: Any, **kw: object) -> str:
        """Write Uuid."""
        if type_.native_uuid and self.dialect.supports_native_uuid:
            return self.visit_UUID(type_, **kw)
        return "CHAR(32)"

    def visit_UUID(self, type_: Any, **kw: object) -> str:
        """Write UUID."""
        return "UUID"

    def visit_JSON(self, type_: Any, **kw: object) -> str:
        """Write JSON."""
        return "JSON"

    def visit_null(self, type_: Any, **kw: object) -> str:
        """Refuse a type that is not known."""
        column = kw.get("type_expression")
        raise exc.CompileError(
            f"column {column} has no type" if column is not None else "an expression has no type",
            why="its type is not known and cannot be written",
            fix="give it a type; a column with a ForeignKey takes that of its target, once the target is defined",
            code="AZ-C78",
        )

    def visit_type_decorator(self, type_: Any, **kw: object) -> str:
        """Write the type that a TypeDecorator adds to."""
        return self.process(type_.type_engine(self.dialect), **kw)

    def visit_user_defined(self, type_: Any, **kw: object) -> str:
        """Write a type that the user made."""
        written: str = type_.get_col_spec(**kw)
        return written


def _digits(type_: Any) -> str:
    if type_.precision is None:
        return ""
    return f"({type_.precision})" if type_.scale is None else f"({type_.precision}, {type_.scale})"


def render_type(type_: TypeEngine[Any], dialect: Any = None) -> str:
    """Write a type as SQL.

    Args:
        type_: the type.
        dialect: whose SQL; None for the generic one.
    """
    chosen = _GENERIC_DIALECT if dialect is None else dialect
    written: str = chosen.type_compiler_instance.process(type_)
    return written


GenericDialect.type_compiler = TypeCompiler
_GENERIC_DIALECT = GenericDialect()
install_type_rendering(render_type)
