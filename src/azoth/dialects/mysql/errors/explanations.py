"""What the errors of MySQL and MariaDB mean where their class does not say it: while connecting, and in a cluster.

Source: the references of MySQL's and MariaDB's error codes, and Galera's documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from azoth.driver.mysql import error_number
from azoth.engine.dialect_base.explanation import Explanation

__all__ = ["explanation_of"]

_DEADLOCK: Final = 1213
_ERROR_DURING_COMMIT: Final = 1180
_UNKNOWN_COMMAND: Final = 1047
_SEVERAL_CAUSES: Final = frozenset({2002, 2003})
_UNRESOLVED: Final = ("Name or service not known", "nodename nor servname", "name resolution", "getaddrinfo")

_HOST: Final = Explanation(
    "Unknown server host",
    why="no host of this name is known here.",
    fix="check the host in the URL, and whether this machine's DNS or /etc/hosts knows it.",
    code="AZ-D230",
)
_ABSENT: Final = Explanation(
    "Can't connect to server",
    why="no server answers there: it does not run, or host, port or socket are others, or a firewall stands between.",
    fix="start the server, check the URL's host and port, and bind-address and skip-networking of the server; "
    "localhost may mean the server's socket: write 127.0.0.1 or ?unix_socket=/path.",
    code="AZ-D231",
)
_CONNECTING: Final = {
    2002: _ABSENT,
    2003: _ABSENT,
    2005: _HOST,
    1045: Explanation(
        "Access denied for user",
        why="the server knows no such user with this password from this host: the password is wrong or missing, there "
        "is no such user, or it must use TLS (the server does not tell which).",
        fix="check user and password of the URL; characters such as @ / : in them are written as %40 %2F %3A, or use "
        "URL.create(). SHOW GRANTS FOR 'name'@'host' tells whether TLS is required: ?ssl_mode=REQUIRED.",
        code="AZ-D232",
    ),
    1044: Explanation(
        "Access denied for user to database",
        why="the user may not use this database, or there is none of this name (the server does not tell which).",
        fix="check the database in the URL, or let the user in: GRANT ALL ON name.* TO 'name'@'host'.",
        code="AZ-D233",
    ),
    1049: Explanation(
        "Unknown database",
        why="the server has no database of this name.",
        fix="check the URL's part behind the last slash, or make it: CREATE DATABASE name.",
        code="AZ-D234",
    ),
    2026: Explanation(
        "TLS/SSL error",
        why="TLS could not be agreed on: the URL asks for it and the server does not offer it, or a certificate is "
        "missing or does not fit.",
        fix="switch TLS on in the server, or name the right ssl_ca; leave the options of TLS out of the URL where the "
        "network is trusted.",
        code="AZ-D235",
    ),
    1040: Explanation(
        "Too many connections",
        why="the server has as many connections as it allows (max_connections), of all programs together.",
        fix="keep pool_size + max_overflow times the number of processes below it, or raise max_connections.",
        code="AZ-D236",
    ),
    1130: Explanation(
        "Host is not allowed to connect",
        why="no user of the server may come from this host.",
        fix="make one that may: CREATE USER 'name'@'host'.",
        code="AZ-D237",
    ),
}

_CERTIFICATION: Final = Explanation(
    "Deadlock found when trying to get lock",
    why="the server is a node of a Galera cluster, where transactions on several nodes are certified when they commit: "
    "one that has committed first on another node has changed the same rows, or the two have waited for each other's "
    "locks on this node. The whole transaction was rolled back.",
    fix="roll back and repeat the whole transaction; let what writes the same rows go to one node.",
    code="AZ-D240",
)
_NO_CLUSTER: Final = Explanation(
    "WSREP has not yet prepared node for application use",
    why="the server is a node of a Galera cluster that has lost the majority of the others, or has not joined them "
    "yet; it takes connections, and refuses statements.",
    fix="roll back and repeat the transaction, which gets a new connection; name another node, or a proxy that knows "
    "which of them work. The node comes back by itself with its cluster.",
    code="AZ-D241",
)
_LOST_CLUSTER: Final = Explanation(
    "Got error during COMMIT",
    why="the server is a node of a Galera cluster and has lost the majority of the others while it handed them the "
    "transaction.",
    fix="roll back and repeat the whole transaction on another node; where it was a COMMIT, look whether the others "
    "have got it.",
    code="AZ-D242",
)
_OF_GALERA: Final = {_DEADLOCK: _CERTIFICATION, _UNKNOWN_COMMAND: _NO_CLUSTER, _ERROR_DURING_COMMIT: _LOST_CLUSTER}


def explanation_of(error: Exception, is_galera: Callable[[], bool] | None) -> Explanation | None:
    """Find what an error means.

    Args:
        error: what the driver raised.
        is_galera: tells whether the server is a node of a Galera cluster; it is asked only where this explains
            something. None while connecting.
    """
    number = error_number(error)
    if number is None:
        return None
    if is_galera is None:
        text = str(error)
        if number in _SEVERAL_CAUSES and any(words in text for words in _UNRESOLVED):
            return _HOST
        return _CONNECTING.get(number)
    found = _OF_GALERA.get(number)
    return found if found is not None and is_galera() else None
