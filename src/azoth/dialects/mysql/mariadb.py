"""MariaDB, where it differs from MySQL."""

from __future__ import annotations

from typing import Any

from azoth.dialects.mysql.base import MySQLDialect
from azoth.dialects.mysql.compiling.mariadb import MariaDBDDLCompiler, MariaDBStatementCompiler, MariaDBTypeCompiler
from azoth.dialects.mysql.mysqldb import MySQLDialect_mysqldb
from azoth.dialects.mysql.pymysql import MySQLDialect_pymysql

__all__ = ["MariaDBDialect", "MariaDBDialect_mysqldb", "MariaDBDialect_pymysql", "dialect"]


class MariaDBDialect(MySQLDialect):
    """The dialect of MariaDB, whatever the driver is.

    Args:
        json_serializer, json_deserializer, is_mariadb, arguments: as for ``MySQLDialect``.
    """

    name = "mariadb"
    is_mariadb: bool = True
    statement_compiler: type[Any] = MariaDBStatementCompiler
    ddl_compiler: type[Any] = MariaDBDDLCompiler
    type_compiler: type[Any] = MariaDBTypeCompiler

    supports_returning = True
    supports_sequences = True
    supports_native_uuid = True


class MariaDBDialect_mysqldb(MariaDBDialect, MySQLDialect_mysqldb):
    """MariaDB through ``mysqlclient``."""


class MariaDBDialect_pymysql(MariaDBDialect, MySQLDialect_pymysql):
    """MariaDB through ``PyMySQL``."""

    preferred = MariaDBDialect_mysqldb


dialect = MariaDBDialect_mysqldb
"""The name under which programs make one to compile for: ``mariadb.dialect()``."""
