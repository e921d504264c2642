"""MariaDB, a kind of MySQL with types and words of its own."""

from __future__ import annotations

from azoth.dialects.mysql.dml import Insert, insert, limit
from azoth.dialects.mysql.expression import match
from azoth.dialects.mysql.json import JSON
from azoth.dialects.mysql.mariadb import MariaDBDialect, MariaDBDialect_mysqldb, MariaDBDialect_pymysql, dialect
from azoth.dialects.mysql.types import (
    BIGINT,
    BIT,
    CHAR,
    DATETIME,
    DECIMAL,
    DOUBLE,
    ENUM,
    FLOAT,
    INET4,
    INET6,
    INTEGER,
    LONGBLOB,
    LONGTEXT,
    MEDIUMBLOB,
    MEDIUMINT,
    MEDIUMTEXT,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SET,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    TINYBLOB,
    TINYINT,
    TINYTEXT,
    VARCHAR,
    YEAR,
)
from azoth.types import BINARY, BLOB, BOOLEAN, DATE, VARBINARY

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "DOUBLE", "ENUM", "FLOAT",
    "INET4", "INET6", "INTEGER", "JSON", "LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT", "NCHAR",
    "NUMERIC", "NVARCHAR", "REAL", "SET", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TINYBLOB", "TINYINT", "TINYTEXT",
    "VARBINARY", "VARCHAR", "YEAR", "Insert", "MariaDBDialect", "MariaDBDialect_mysqldb", "MariaDBDialect_pymysql",
    "dialect", "insert", "limit", "match",
]  # fmt: skip
