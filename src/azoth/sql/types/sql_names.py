"""Types under the exact names that SQL has for them: VARCHAR, INTEGER, TIMESTAMP and so on."""

from __future__ import annotations

from azoth.sql.types.binary import BinaryType, LargeBinary
from azoth.sql.types.boolean import Boolean
from azoth.sql.types.numeric import BigInteger, Double, Float, Integer, Numeric, SmallInteger
from azoth.sql.types.string import String, Text, Unicode
from azoth.sql.types.temporal import Date, DateTime, Time
from azoth.sql.types.uuid import Uuid


class INTEGER(Integer):
    """The SQL type INTEGER."""

    __visit_name__ = "INTEGER"


INT = INTEGER


class SMALLINT(SmallInteger):
    """The SQL type SMALLINT."""

    __visit_name__ = "SMALLINT"


class BIGINT(BigInteger):
    """The SQL type BIGINT."""

    __visit_name__ = "BIGINT"


class NUMERIC(Numeric):
    """The SQL type NUMERIC."""

    __visit_name__ = "NUMERIC"


class DECIMAL(Numeric):
    """The SQL type DECIMAL."""

    __visit_name__ = "DECIMAL"


class FLOAT(Float):
    """The SQL type FLOAT."""

    __visit_name__ = "FLOAT"


class REAL(Float):
    """The SQL type REAL."""

    __visit_name__ = "REAL"


class DOUBLE(Double):
    """The SQL type DOUBLE."""

    __visit_name__ = "DOUBLE"


class DOUBLE_PRECISION(Double):
    """The SQL type DOUBLE PRECISION."""

    __visit_name__ = "DOUBLE_PRECISION"


class BOOLEAN(Boolean):
    """The SQL type BOOLEAN."""

    __visit_name__ = "BOOLEAN"


class DATE(Date):
    """The SQL type DATE."""

    __visit_name__ = "DATE"


class TIME(Time):
    """The SQL type TIME."""

    __visit_name__ = "TIME"


class DATETIME(DateTime):
    """The SQL type DATETIME."""

    __visit_name__ = "DATETIME"


class TIMESTAMP(DateTime):
    """The SQL type TIMESTAMP."""

    __visit_name__ = "TIMESTAMP"


class VARCHAR(String):
    """The SQL type VARCHAR."""

    __visit_name__ = "VARCHAR"


class CHAR(String):
    """The SQL type CHAR."""

    __visit_name__ = "CHAR"


class NVARCHAR(Unicode):
    """The SQL type NVARCHAR."""

    __visit_name__ = "NVARCHAR"


class NCHAR(Unicode):
    """The SQL type NCHAR."""

    __visit_name__ = "NCHAR"


class TEXT(Text):
    """The SQL type TEXT."""

    __visit_name__ = "TEXT"


class CLOB(Text):
    """The SQL type CLOB."""

    __visit_name__ = "CLOB"


class BLOB(LargeBinary):
    """The SQL type BLOB."""

    __visit_name__ = "BLOB"


class BINARY(BinaryType):
    """The SQL type BINARY."""

    __visit_name__ = "BINARY"


class VARBINARY(BinaryType):
    """The SQL type VARBINARY."""

    __visit_name__ = "VARBINARY"


class UUID(Uuid):
    """The SQL type UUID.

    Args:
        as_uuid: False gives and takes strings instead.
    """

    __visit_name__ = "UUID"

    def __init__(self, as_uuid: bool = True) -> None:
        super().__init__(as_uuid=as_uuid, native_uuid=True)
