"""The types of columns and expressions, as programs import them."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.operators import OperatorClass
    from azoth.sql.types import (
        ARRAY,
        BIGINT,
        BINARY,
        BLOB,
        BOOLEAN,
        BOOLEANTYPE,
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
        INTEGERTYPE,
        JSON,
        NCHAR,
        NULLTYPE,
        NUMERIC,
        NVARCHAR,
        REAL,
        SMALLINT,
        STRINGTYPE,
        TEXT,
        TIME,
        TIMESTAMP,
        UUID,
        VARBINARY,
        VARCHAR,
        BigInteger,
        Boolean,
        Concatenable,
        Date,
        DateTime,
        Double,
        Enum,
        ExternalType,
        Float,
        Indexable,
        Integer,
        Interval,
        LargeBinary,
        MatchType,
        NullType,
        Numeric,
        NumericCommon,
        PickleType,
        SchemaType,
        SmallInteger,
        String,
        Text,
        Time,
        TupleType,
        TypeDecorator,
        TypeEngine,
        Unicode,
        UnicodeText,
        UserDefinedType,
        Uuid,
        to_instance,
    )
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "ARRAY", "BIGINT", "BINARY", "BLOB", "BOOLEAN", "BOOLEANTYPE", "CHAR", "CLOB", "DATE", "DATETIME", "DECIMAL",
    "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "INTEGERTYPE", "JSON", "NCHAR", "NULLTYPE", "NUMERIC",
    "NVARCHAR", "REAL", "SMALLINT", "STRINGTYPE", "TEXT", "TIME", "TIMESTAMP", "UUID", "VARBINARY", "VARCHAR",
    "BigInteger", "Boolean", "Concatenable", "Date", "DateTime", "Double", "Enum", "ExternalType", "Float", "Indexable",
    "Integer", "Interval", "LargeBinary", "MatchType", "NullType", "Numeric", "NumericCommon", "OperatorClass",
    "PickleType", "SchemaType", "SmallInteger", "String", "Text", "Time", "TupleType", "TypeDecorator", "TypeEngine",
    "Unicode", "UnicodeText", "UserDefinedType", "Uuid", "to_instance",
]  # fmt: skip
_HOMES = {
    "azoth.sql.operators": ("OperatorClass",),
    "azoth.sql.types": (
        "ARRAY", "BIGINT", "BINARY", "BLOB", "BOOLEAN", "BOOLEANTYPE", "CHAR", "CLOB", "DATE", "DATETIME", "DECIMAL",
        "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "INTEGERTYPE", "JSON", "NCHAR", "NULLTYPE", "NUMERIC",
        "NVARCHAR", "REAL", "SMALLINT", "STRINGTYPE", "TEXT", "TIME", "TIMESTAMP", "UUID", "VARBINARY", "VARCHAR",
        "BigInteger", "Boolean", "Concatenable", "Date", "DateTime", "Double", "Enum", "ExternalType", "Float",
        "Indexable", "Integer", "Interval", "LargeBinary", "MatchType", "NullType", "Numeric", "NumericCommon",
        "PickleType", "SchemaType", "SmallInteger", "String", "Text", "Time", "TupleType", "TypeDecorator",
        "TypeEngine", "Unicode", "UnicodeText", "UserDefinedType", "Uuid", "to_instance",
    ),
}  # fmt: skip
"""Where each name is at home."""
