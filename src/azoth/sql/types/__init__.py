"""Types of columns and expressions, one family per file."""

from __future__ import annotations

from azoth.sql.types import arithmetic as _arithmetic
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

assert _arithmetic  # imported for the table that it fills

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
