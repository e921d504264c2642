"""MySQL through the driver ``mysqlclient``, whose module is named ``MySQLdb``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from azoth.dialects.mysql.server import ServerDialect
from azoth.dialects.mysql.url_options import tls_mode
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string

__all__ = ["MySQLDialect_mysqldb", "dialect"]

_FILES: Final = ("ca", "capath", "cert", "cipher", "key")


class MySQLDialect_mysqldb(ServerDialect):
    """MySQL through ``mysqlclient``.

    Args:
        json_serializer, json_deserializer, is_mariadb, arguments: as for ``MySQLDialect``.
    """

    module_name: ClassVar[str] = "MySQLdb"
    driver = "mysqldb"
    distribution: ClassVar[str] = "mysqlclient"

    def retrieve_dbapi_version(self, dbapi: object) -> VersionInfo:
        return parse_version_string(getattr(dbapi, "__version__", None))

    def _tls_arguments(self, options: Mapping[str, str | bool]) -> dict[str, object]:
        if not options:
            return {}
        files = {name: options[name] for name in _FILES if name in options}
        mode = tls_mode(options, checks_names=False)
        return {"ssl_mode": mode, "ssl": files} if files else {"ssl_mode": mode}


dialect = MySQLDialect_mysqldb
"""The name under which programs make one to compile for: ``mysql.dialect()``."""
