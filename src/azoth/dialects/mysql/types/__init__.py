"""MySQL's own types, by family."""

from __future__ import annotations

from azoth.dialects.mysql.types.enumerated import ENUM, SET
from azoth.dialects.mysql.types.numeric import (
    BIGINT,
    BIT,
    DECIMAL,
    DOUBLE,
    FLOAT,
    INTEGER,
    MEDIUMINT,
    NUMERIC,
    REAL,
    SMALLINT,
    TINYINT,
)
from azoth.dialects.mysql.types.other import (
    DATETIME,
    INET4,
    INET6,
    LONGBLOB,
    MEDIUMBLOB,
    TIME,
    TIMESTAMP,
    TINYBLOB,
    YEAR,
)
from azoth.dialects.mysql.types.text import CHAR, LONGTEXT, MEDIUMTEXT, NCHAR, NVARCHAR, TEXT, TINYTEXT, VARCHAR

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BIGINT", "BIT", "CHAR", "DATETIME", "DECIMAL", "DOUBLE", "ENUM", "FLOAT", "INET4", "INET6", "INTEGER", "LONGBLOB",
    "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT", "NCHAR", "NUMERIC", "NVARCHAR", "REAL", "SET", "SMALLINT",
    "TEXT", "TIME", "TIMESTAMP", "TINYBLOB", "TINYINT", "TINYTEXT", "VARCHAR", "YEAR",
]  # fmt: skip
