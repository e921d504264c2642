"""Oracle: its types and its SQL. Statements are compiled for it; nothing runs on it."""

from __future__ import annotations

from azoth.dialects.oracle.base import OracleDialect
from azoth.dialects.oracle.oracledb import OracleDialect_oracledb, dialect
from azoth.dialects.oracle.types import (
    BFILE,
    BINARY_DOUBLE,
    BINARY_FLOAT,
    DATE,
    FLOAT,
    INTERVAL,
    JSON,
    LONG,
    NCLOB,
    NUMBER,
    NVARCHAR2,
    RAW,
    ROWID,
    TIMESTAMP,
    VARCHAR2,
)
from azoth.dialects.oracle.vector import (
    VECTOR,
    SparseVector,
    VectorDistanceType,
    VectorIndexConfig,
    VectorIndexType,
    VectorStorageFormat,
    VectorStorageType,
)
from azoth.types import BLOB, BOOLEAN, CHAR, CLOB, DOUBLE_PRECISION, NCHAR, NVARCHAR, REAL, VARCHAR

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BFILE", "BINARY_DOUBLE", "BINARY_FLOAT", "BLOB", "BOOLEAN", "CHAR", "CLOB", "DATE", "DOUBLE_PRECISION", "FLOAT",
    "INTERVAL", "JSON", "LONG", "NCHAR", "NCLOB", "NUMBER", "NVARCHAR", "NVARCHAR2", "RAW", "REAL", "ROWID",
    "TIMESTAMP", "VARCHAR", "VARCHAR2", "VECTOR", "OracleDialect", "OracleDialect_oracledb", "SparseVector",
    "VectorDistanceType", "VectorIndexConfig", "VectorIndexType", "VectorStorageFormat", "VectorStorageType", "dialect",
]  # fmt: skip
