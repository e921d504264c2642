"""SQL Server: its types and its SQL. Statements are compiled for it; nothing runs on it."""

from __future__ import annotations

from azoth.dialects.mssql.base import MSDialect
from azoth.dialects.mssql.pyodbc import MSDialect_pyodbc, dialect
from azoth.dialects.mssql.types import (
    BIT,
    DATETIME2,
    DATETIMEOFFSET,
    DOUBLE_PRECISION,
    IMAGE,
    JSON,
    MONEY,
    NTEXT,
    REAL,
    ROWVERSION,
    SMALLDATETIME,
    SMALLMONEY,
    SQL_VARIANT,
    TIME,
    TIMESTAMP,
    TINYINT,
    UNIQUEIDENTIFIER,
    VARBINARY,
    XML,
)
from azoth.sql.elements import try_cast
from azoth.types import (
    BIGINT,
    BINARY,
    CHAR,
    DATE,
    DATETIME,
    DECIMAL,
    FLOAT,
    INTEGER,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    SMALLINT,
    TEXT,
    VARCHAR,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BIGINT", "BINARY", "BIT", "CHAR", "DATE", "DATETIME", "DATETIME2", "DATETIMEOFFSET", "DECIMAL", "DOUBLE_PRECISION",
    "FLOAT", "IMAGE", "INTEGER", "JSON", "MONEY", "NCHAR", "NTEXT", "NUMERIC", "NVARCHAR", "REAL", "ROWVERSION",
    "SMALLDATETIME", "SMALLINT", "SMALLMONEY", "SQL_VARIANT", "TEXT", "TIME", "TIMESTAMP", "TINYINT",
    "UNIQUEIDENTIFIER", "VARBINARY", "VARCHAR", "XML", "MSDialect", "MSDialect_pyodbc", "dialect", "try_cast",
]  # fmt: skip
