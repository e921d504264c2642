"""What libraries import from the modules of databases and drivers that azoth only compiles statements for."""

from __future__ import annotations

from typing import Final

from azoth.dialects.mysql import MySQLDialect_mysqldb

__all__ = ["NAMED_TYPES", "MySQLDialect_pymysql"]

NAMED_TYPES: Final[dict[str, type[object]]] = {}
"""Types that libraries have for names in a database; nobody looks at them where no schemas are read."""


class MySQLDialect_pymysql(MySQLDialect_mysqldb):
    """MySQL through ``PyMySQL``, whose statements and placeholders are those of ``mysqlclient``."""

    driver = "pymysql"
