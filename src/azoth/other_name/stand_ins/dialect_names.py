"""What libraries import from the modules of databases and drivers that azoth only compiles statements for."""

from __future__ import annotations

from azoth.dialects.mysql import MySQLDialect_mysqldb

__all__ = ["MySQLDialect_pymysql"]


class MySQLDialect_pymysql(MySQLDialect_mysqldb):
    """MySQL through ``PyMySQL``, whose statements and placeholders are those of ``mysqlclient``."""

    driver = "pymysql"
