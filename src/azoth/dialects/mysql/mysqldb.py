"""MySQL through the driver ``mysqlclient``. Running on it comes with the driver layer."""

from __future__ import annotations

import importlib
from typing import Any, ClassVar

from azoth.dialects.mysql.base import MySQLDialect
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string

__all__ = ["MySQLDialect_mysqldb", "dialect"]


class MySQLDialect_mysqldb(MySQLDialect):
    """MySQL through ``mysqlclient``.

    Args:
        json_serializer, json_deserializer, is_mariadb, arguments: as for ``MySQLDialect``.
    """

    driver = "mysqldb"
    extra: ClassVar[str] = "mysql"

    @classmethod
    def import_dbapi(cls) -> Any:
        """Import the driver."""
        return importlib.import_module("MySQLdb")

    def retrieve_dbapi_version(self, dbapi: Any) -> VersionInfo:
        return parse_version_string(getattr(dbapi, "__version__", None))


dialect = MySQLDialect_mysqldb
"""The name under which programs make one to compile for: ``mysql.dialect()``."""
