"""Types of columns and expressions, one family per file."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.types.base import (
        NULLTYPE,
        Concatenable,
        ExternalType,
        Indexable,
        NullType,
        Processor,
        TypeArgument,
        TypeEngine,
        install_type_rendering,
        to_instance,
    )
    from azoth.sql.types.binary import BinaryType, LargeBinary
    from azoth.sql.types.boolean import Boolean, MatchType
    from azoth.sql.types.composite import ARRAY, TupleType
    from azoth.sql.types.decorator import TypeDecorator, UserDefinedType
    from azoth.sql.types.dialect import TypeDialect
    from azoth.sql.types.enumeration import Enum
    from azoth.sql.types.json import JSON, JSONElementType, JSONIndexType, JSONNull, JSONPathType
    from azoth.sql.types.numeric import BigInteger, Double, Float, Integer, Numeric, NumericCommon, SmallInteger
    from azoth.sql.types.pickled import PickleType
    from azoth.sql.types.schema_type import SchemaType
    from azoth.sql.types.sql_names import (
        BIGINT,
        BINARY,
        BLOB,
        BOOLEAN,
        CHAR,
        CLOB,
        DATE,
        DATETIME,
        DECIMAL,
        DOUBLE,
        DOUBLE_PRECISION,
        FLOAT,
        INT,
        INTEGER,
        NCHAR,
        NUMERIC,
        NVARCHAR,
        REAL,
        SMALLINT,
        TEXT,
        TIME,
        TIMESTAMP,
        UUID,
        VARBINARY,
        VARCHAR,
    )
    from azoth.sql.types.string import String, Text, Unicode, UnicodeText
    from azoth.sql.types.temporal import Date, DateTime, Interval, Time
    from azoth.sql.types.uuid import Uuid
    from azoth.sql.types.values import BOOLEANTYPE, INTEGERTYPE, STRINGTYPE, type_for_class, type_for_value
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.sql.types.arithmetic")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "ARRAY", "BIGINT", "BINARY", "BLOB", "BOOLEAN", "BOOLEANTYPE", "CHAR", "CLOB", "DATE", "DATETIME", "DECIMAL",
    "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "INTEGERTYPE", "JSON", "NCHAR", "NULLTYPE", "NUMERIC",
    "NVARCHAR", "REAL", "SMALLINT", "STRINGTYPE", "TEXT", "TIME", "TIMESTAMP", "UUID", "VARBINARY", "VARCHAR",
    "BigInteger", "BinaryType", "Boolean", "Concatenable", "Date", "DateTime", "Double", "Enum", "ExternalType",
    "Float", "Indexable", "Integer", "Interval", "JSONElementType", "JSONIndexType", "JSONNull", "JSONPathType",
    "LargeBinary", "MatchType", "NullType", "Numeric", "NumericCommon", "PickleType", "Processor", "SchemaType",
    "SmallInteger", "String", "Text", "Time", "TupleType", "TypeArgument", "TypeDecorator", "TypeDialect", "TypeEngine",
    "Unicode", "UnicodeText", "UserDefinedType", "Uuid", "install_type_rendering", "to_instance", "type_for_class",
    "type_for_value",
]  # fmt: skip
_HOMES = {
    "azoth.sql.types.base": (
        "NULLTYPE", "Concatenable", "ExternalType", "Indexable", "NullType", "Processor", "TypeArgument", "TypeEngine",
        "install_type_rendering", "to_instance",
    ),
    "azoth.sql.types.binary": ("BinaryType", "LargeBinary"),
    "azoth.sql.types.boolean": ("Boolean", "MatchType"),
    "azoth.sql.types.composite": ("ARRAY", "TupleType"),
    "azoth.sql.types.decorator": ("TypeDecorator", "UserDefinedType"),
    "azoth.sql.types.dialect": ("TypeDialect",),
    "azoth.sql.types.enumeration": ("Enum",),
    "azoth.sql.types.json": ("JSON", "JSONElementType", "JSONIndexType", "JSONNull", "JSONPathType"),
    "azoth.sql.types.numeric": (
        "BigInteger", "Double", "Float", "Integer", "Numeric", "NumericCommon", "SmallInteger",
    ),
    "azoth.sql.types.pickled": ("PickleType",),
    "azoth.sql.types.schema_type": ("SchemaType",),
    "azoth.sql.types.sql_names": (
        "BIGINT", "BINARY", "BLOB", "BOOLEAN", "CHAR", "CLOB", "DATE", "DATETIME", "DECIMAL", "DOUBLE",
        "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "NCHAR", "NUMERIC", "NVARCHAR", "REAL", "SMALLINT", "TEXT",
        "TIME", "TIMESTAMP", "UUID", "VARBINARY", "VARCHAR",
    ),
    "azoth.sql.types.string": ("String", "Text", "Unicode", "UnicodeText"),
    "azoth.sql.types.temporal": ("Date", "DateTime", "Interval", "Time"),
    "azoth.sql.types.uuid": ("Uuid",),
    "azoth.sql.types.values": ("BOOLEANTYPE", "INTEGERTYPE", "STRINGTYPE", "type_for_class", "type_for_value"),
}  # fmt: skip
"""Where each name is at home."""
