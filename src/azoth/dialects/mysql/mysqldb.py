"""MySQL through the driver ``mysqlclient``, whose module is named ``MySQLdb``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from azoth.dialects.mysql.server import ServerDialect
from azoth.dialects.mysql.url_options import tls_mode
from azoth.driver.mysql import connection_of
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string

if TYPE_CHECKING:
    from azoth.driver import DBAPICursor, DBAPIModule

__all__ = ["MySQLDialect_mysqldb", "dialect"]

_FILES: Final = ("ca", "capath", "cert", "cipher", "key")


class MySQLDialect_mysqldb(ServerDialect):
    """MySQL through ``mysqlclient``.

    Args:
        json_serializer, json_deserializer, is_mariadb, arguments: as for ``MySQLDialect``.
    """

    driver = "mysqldb"
    distribution: ClassVar[str] = "mysqlclient"

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        """Import the driver."""
        module: DBAPIModule = importlib.import_module("MySQLdb")
        return module

    def retrieve_dbapi_version(self, dbapi: object) -> VersionInfo:
        return parse_version_string(getattr(dbapi, "__version__", None))

    def _tls_arguments(self, options: Mapping[str, str | bool]) -> dict[str, object]:
        if not options:
            return {}
        files = {name: options[name] for name in _FILES if name in options}
        mode = tls_mode(options, checks_names=False)
        return {"ssl_mode": mode, "ssl": files} if files else {"ssl_mode": mode}

    def streaming_cursor(self, dbapi_connection: object) -> DBAPICursor:
        """Make a cursor that reads its rows from the connection one by one."""
        return connection_of(dbapi_connection).cursor(importlib.import_module("MySQLdb.cursors").SSCursor)


dialect = MySQLDialect_mysqldb
"""The name under which programs make one to compile for: ``mysql.dialect()``."""
