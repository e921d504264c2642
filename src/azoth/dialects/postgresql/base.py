"""What PostgreSQL is like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth import types
from azoth.dialects.postgresql.compiling.ddl import PGDDLCompiler
from azoth.dialects.postgresql.compiling.preparer import PGIdentifierPreparer
from azoth.dialects.postgresql.compiling.statements import PGStatementCompiler
from azoth.dialects.postgresql.compiling.types import PGTypeCompiler
from azoth.dialects.postgresql.ext import ExcludeConstraint
from azoth.dialects.postgresql.named_types import ENUM, NamedType
from azoth.dialects.postgresql.ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
)
from azoth.dialects.postgresql.reflection import PGReflection
from azoth.dialects.postgresql.types import json
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.dialects.postgresql.types.bitstring import BIT
from azoth.dialects.postgresql.types.hstore import HSTORE
from azoth.dialects.postgresql.types.scalars import (
    BYTEA,
    CIDR,
    CITEXT,
    INET,
    INTERVAL,
    MACADDR,
    MACADDR8,
    MONEY,
    OID,
    REGCLASS,
    REGCONFIG,
    TIME,
    TIMESTAMP,
    TSQUERY,
    TSVECTOR,
    NativeInterval,
    PGUuid,
)
from azoth.engine.dialect_base.bind_typing import BindTyping
from azoth.engine.dialect_base.dialect import SERVER_ISOLATION_LEVELS, DefaultDialect
from azoth.sql.schema import Column, Constraint, stored_text

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.inspector import PGInspector
    from azoth.engine.dialect_base.reflected import ReflectedIndex

__all__ = ["PGCompiler", "PGDialect", "ischema_names"]

PGCompiler = PGStatementCompiler
"""The name by which programs know the compiler that they derive from."""

ischema_names: Final[dict[str, type[Any]]] = {
    "bigint": types.BIGINT,
    "int8": types.BIGINT,
    "bit": BIT,
    "bit varying": BIT,
    "varbit": BIT,
    "boolean": types.BOOLEAN,
    "bool": types.BOOLEAN,
    "bytea": BYTEA,
    '"char"': types.String,
    "character": types.CHAR,
    "bpchar": types.CHAR,
    "character varying": types.VARCHAR,
    "varchar": types.VARCHAR,
    "cidr": CIDR,
    "citext": CITEXT,
    "date": types.DATE,
    "datemultirange": DATEMULTIRANGE,
    "daterange": DATERANGE,
    "double precision": types.DOUBLE_PRECISION,
    "float8": types.DOUBLE_PRECISION,
    "float": types.FLOAT,
    "hstore": HSTORE,
    "inet": INET,
    "int4multirange": INT4MULTIRANGE,
    "int4range": INT4RANGE,
    "int8multirange": INT8MULTIRANGE,
    "int8range": INT8RANGE,
    "integer": types.INTEGER,
    "int4": types.INTEGER,
    "interval": INTERVAL,
    "json": json.JSON,
    "jsonb": json.JSONB,
    "jsonpath": json.JSONPATH,
    "macaddr": MACADDR,
    "macaddr8": MACADDR8,
    "money": MONEY,
    "name": types.String,
    "numeric": types.NUMERIC,
    "nummultirange": NUMMULTIRANGE,
    "numrange": NUMRANGE,
    "oid": OID,
    "real": types.REAL,
    "float4": types.REAL,
    "regclass": REGCLASS,
    "regconfig": REGCONFIG,
    "smallint": types.SMALLINT,
    "int2": types.SMALLINT,
    "text": types.TEXT,
    "time": TIME,
    "time without time zone": TIME,
    "time with time zone": TIME,
    "timetz": TIME,
    "timestamp": TIMESTAMP,
    "timestamp without time zone": TIMESTAMP,
    "timestamp with time zone": TIMESTAMP,
    "timestamptz": TIMESTAMP,
    "tsmultirange": TSMULTIRANGE,
    "tsquery": TSQUERY,
    "tsrange": TSRANGE,
    "tstzmultirange": TSTZMULTIRANGE,
    "tstzrange": TSTZRANGE,
    "tsvector": TSVECTOR,
    "uuid": types.UUID,
}
"""From the name that the server has for a type, the standard's and its own short one, to the type.

Lengths, precisions and time zones stand beside the name. Programs add the names of types of their own.
"""


class PGDialect(PGReflection, DefaultDialect):
    """The dialect of PostgreSQL, whatever the driver is.

    Args:
        dbapi: the driver's module.
        arguments: those of ``DefaultDialect``.
    """

    name = "postgresql"
    default_paramstyle: ClassVar[str] = "pyformat"

    statement_compiler: type[Any] = PGStatementCompiler
    ddl_compiler: type[Any] = PGDDLCompiler
    type_compiler: type[Any] = PGTypeCompiler
    preparer: ClassVar[type[Any]] = PGIdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = {
        INTERVAL: INTERVAL,
        types.Interval: NativeInterval,
        types.Enum: ENUM,
        types.Uuid: PGUuid,
        types.ARRAY: ARRAY,
        types.LargeBinary: BYTEA,
        types.JSON.JSONPathType: json.JSONPathType,
        types.JSON.JSONIntIndexType: json.IntIndexType,
        types.JSON.JSONStrIndexType: json.StrIndexType,
    }
    ischema_names: Mapping[str, type[Any]] = ischema_names
    reads_many_tables_at_once = True
    reflection_options: Sequence[str] = ("postgresql_ignore_search_path",)

    bind_typing = BindTyping.RENDER_CASTS

    supports_native_boolean = True
    supports_native_decimal = True
    supports_native_enum = True
    supports_native_uuid = True
    supports_returning = True
    supports_sequences = True
    sequences_optional = True
    preexecute_autoincrement_sequences = True
    supports_identity_columns = True
    returns_native_bytes = True
    supports_comments = True
    supports_constraint_comments = True
    supports_twophase = True
    supports_multivalues_insert = True
    supports_empty_insert = False
    update_returning_multifrom = True
    delete_returning_multifrom = True
    max_identifier_length = 63
    max_bind_variables: int | None = 65_535
    default_schema_name: str | None = "public"
    isolation_levels: ClassVar[tuple[str, ...]] = SERVER_ISOLATION_LEVELS
    default_isolation_level: str | None = "READ COMMITTED"

    @property
    def inspector(self) -> type[PGInspector]:
        """The class of inspectors, which answer a few questions more here."""
        # Late: most programs never ask what their database contains.
        from azoth.dialects.postgresql.reflection.inspector import PGInspector  # noqa: PLC0415

        return PGInspector

    def constraint_of_index(self, index: ReflectedIndex, columns: Mapping[str, Column[Any]]) -> Constraint | None:
        """Make the EXCLUDE constraint that an index stands behind; None where there is none.

        Args:
            index: what reflection has read.
            columns: the columns of the table, by their names.
        """
        operators = index.get("operators")
        if not operators:
            return None
        texts = index.get("expressions") or [str(name) for name in index["column_names"]]
        options = index.get("dialect_options", {})
        where = options.get("postgresql_where")
        return ExcludeConstraint(
            *zip([columns[text] if text in columns else stored_text(text) for text in texts], operators, strict=True),
            name=index["name"],
            using=options.get("postgresql_using", "btree"),
            where=None if where is None else stored_text(where),
            ops=options.get("postgresql_ops"),
            **index.get("options", {}),
        )

    def identifier_length(self, ident: str) -> int:
        """Count bytes: the server cuts off what is beyond the 63rd, with no more than a notice.

        Args:
            ident: the name.
        """
        return len(ident.encode())

    def types_to_create(self, type_: types.TypeEngine[Any]) -> Iterator[NamedType]:
        """Find the types that must be there before a table can have a column of a type.

        Args:
            type_: the type of the column.
        """
        stored = type_.load_variant(self.name)
        while isinstance(stored, types.TypeDecorator | types.ARRAY):
            inner = stored.item_type if isinstance(stored, types.ARRAY) else stored.type_engine(self)
            stored = inner.load_variant(self.name)
        stored = stored.dialect_impl(self)
        if isinstance(stored, NamedType) and stored.create_type:
            yield stored

    def bind_cast(self, type_: types.TypeEngine[Any]) -> str | None:
        """Name the type that a placeholder is cast to; None where the driver tells the server the type.

        Args:
            type_: the type of the value.
        """
        return None
