"""MySQL through the driver ``PyMySQL``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from azoth.dialects.mysql.mysqldb import MySQLDialect_mysqldb
from azoth.dialects.mysql.running.url_options import tls_mode
from azoth.dialects.mysql.server import ServerDialect
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string

__all__ = ["MySQLDialect_pymysql", "dialect"]

_NAMES: Final = {"ca": "ca", "capath": "capath", "cert": "cert", "cipher": "cipher", "key": "key"} | {
    "key_password": "password"
}


class MySQLDialect_pymysql(ServerDialect):
    """MySQL through ``PyMySQL``.

    Args:
        json_serializer, json_deserializer, is_mariadb, arguments: as for ``MySQLDialect``.
    """

    module_name: ClassVar[str] = "pymysql"
    driver = "pymysql"
    extra: ClassVar[str] = "mysql"
    preferred: ClassVar[type[DefaultDialect] | None] = MySQLDialect_mysqldb

    def retrieve_dbapi_version(self, dbapi: object) -> VersionInfo:
        # Its __version__ is that of the API of mysqlclient that it has.
        return parse_version_string(getattr(dbapi, "VERSION_STRING", None))

    def _tls_arguments(self, options: Mapping[str, str | bool]) -> dict[str, object]:
        mode = tls_mode(options, checks_names=True)
        if mode == "PREFERRED":
            return {}
        if mode == "DISABLED":
            return {"ssl_disabled": True}
        given: dict[str, object] = {_NAMES[name]: value for name, value in options.items() if name in _NAMES}
        given["verify_mode"] = mode != "REQUIRED"
        given["check_hostname"] = mode == "VERIFY_IDENTITY"
        return {"ssl": given}


dialect = MySQLDialect_pymysql
"""The name under which programs make one to compile for."""
