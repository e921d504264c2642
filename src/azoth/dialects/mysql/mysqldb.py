"""MySQL through the driver ``mysqlclient``, whose module is named ``MySQLdb``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.dialects.mysql.running.url_options import query_of, tls_mode, tls_options
from azoth.dialects.mysql.server import ServerDialect
from azoth.driver.mysql import first_row
from azoth.driver.mysqlclient import make_interruptible
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string
from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.engine.url import URL

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

    def connect(self, *arguments: object, **named: object) -> object:
        """Open a driver's connection; Ctrl-C reaches who waits for its answers, unless ``read_timeout`` is given."""
        opened = super().connect(*arguments, **named)
        return opened if named.get("read_timeout") or not self._has_own_module else make_interruptible(opened)

    def retrieve_dbapi_version(self, dbapi: object) -> VersionInfo:
        return parse_version_string(getattr(dbapi, "__version__", None))

    def on_connect_url(self, url: URL) -> Callable[[Any], object] | None:
        """Give what refuses a connection that is not encrypted, where it was to be.

        MariaDB's client library goes on without TLS where the server has none, whatever it was told.
        """
        options = tls_options(query_of(url))
        is_wanted = bool(options) and tls_mode(options, checks_names=False) not in ("DISABLED", "PREFERRED")
        return _refuse_plain if is_wanted else self.on_connect()

    def _tls_arguments(self, options: Mapping[str, str | bool]) -> dict[str, object]:
        if not options:
            return {}
        files = {name: options[name] for name in _FILES if name in options}
        mode = tls_mode(options, checks_names=False)
        return {"ssl_mode": mode, "ssl": files} if files else {"ssl_mode": mode}


def _refuse_plain(dbapi_connection: object) -> None:
    found = first_row(dbapi_connection, "SHOW STATUS LIKE 'Ssl_cipher'")
    if found is None or not found[1]:
        raise InvalidRequestError(
            "the connection is not encrypted",
            why="the URL asks for TLS, and the server does not offer it",
            fix="switch TLS on in the server, or leave the options of TLS out of the URL",
            code="AZ-D116",
        )


dialect = MySQLDialect_mysqldb
"""The name under which programs make one to compile for: ``mysql.dialect()``."""
