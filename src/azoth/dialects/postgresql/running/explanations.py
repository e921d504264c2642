"""What PostgreSQL's errors mean where their class does not say it: while connecting, behind a pooler, on a standby.

Source: PostgreSQL's documentation, appendix "PostgreSQL Error Codes"; of what fails while connecting, libpq hands on no
code, so its texts and those of the server must do. Those of a server in another language are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from azoth.engine.dialect_base.explanation import Explanation

__all__ = ["NO_SUCH_STATEMENT", "STALE_PLAN", "connecting_explanation", "has_stale_plan", "statement_explanation"]

NO_SUCH_STATEMENT: Final = "26000"
STALE_PLAN: Final = "0A000"
_STATEMENT_EXISTS: Final = "42P05"
_READ_ONLY: Final = "25006"

_POOLER: Final = Explanation(
    "prepared statement does not exist",
    why="the driver has prepared the statement on another connection of the server than this one, as happens behind a "
    "pooler (PgBouncer with pool_mode=transaction) that gives each transaction any of its connections; or the program "
    "has sent DEALLOCATE or DISCARD itself.",
    fix="pass create_engine(..., transaction_pooler=True) behind such a pooler; roll back and repeat the transaction.",
    code="AZ-D200",
)
_CACHED_PLAN: Final = Explanation(
    "cached plan must not change result type",
    why="a table was altered since the driver has prepared this statement on this connection, and the statement gives "
    "other columns now.",
    fix="roll back and repeat the transaction: rolling back makes the driver prepare its statements anew. (Where it is "
    "the first statement of a transaction, that has been done already.)",
    code="AZ-D201",
)
_STANDBY: Final = Explanation(
    "cannot execute … in a read-only transaction",
    why="this server is a standby, which follows its primary and only reads.",
    fix="write on the primary; with several hosts in the URL, target_session_attrs=read-write finds it: "
    "postgresql://user@/database?host=one:5432&host=two:5432&target_session_attrs=read-write. After a failover, "
    "engine.dispose() lets the pool connect anew.",
    code="AZ-D202",
)
_READS_ONLY: Final = Explanation(
    "cannot execute … in a read-only transaction",
    why="the transaction is read-only: by the execution option postgresql_readonly, by default_transaction_read_only "
    "of the server, the database or the user, or because the server is a standby.",
    fix="leave postgresql_readonly out, look at SHOW default_transaction_read_only and SELECT pg_is_in_recovery().",
    code="AZ-D203",
)
_ABORTED: Final = Explanation(
    "current transaction is aborted",
    why="a statement before this one has failed, and PostgreSQL ignores what comes until the transaction ends.",
    fix="roll back, and look for the first error; begin_nested() makes a savepoint before what may fail.",
    code="AZ-D204",
)
_POOLER_BUSY: Final = Explanation(
    "query_wait_timeout",
    why="the pooler had no connection of the server free for longer than its query_wait_timeout.",
    fix="commit or roll back as soon as work is done, so that transactions are short; or give the pooler a larger "
    "pool (default_pool_size).",
    code="AZ-D205",
)
_BY_STATE: Final = {
    NO_SUCH_STATEMENT: _POOLER,
    _STATEMENT_EXISTS: _POOLER._replace(message="prepared statement already exists"),
    "25P02": _ABORTED,
}

_CONNECTING: Final = (
    (
        r"failed to resolve host|could not translate host name",
        Explanation(
            "could not translate host name",
            why="no host of this name is known here.",
            fix="check the host in the URL, and whether this machine's DNS or /etc/hosts knows it.",
            code="AZ-D210",
        ),
    ),
    (
        r"password authentication failed|no password supplied|authentication failed for user",
        Explanation(
            "password authentication failed",
            why="the server knows no such user with this password: the password is wrong or missing, or there is no "
            "such user (the server does not tell which).",
            fix="check user and password of the URL; characters such as @ / : in them are written as %40 %2F %3A, or "
            "use URL.create(). Without a password in the URL, libpq looks into PGPASSWORD and ~/.pgpass.",
            code="AZ-D211",
        ),
    ),
    (
        r"role .* does not exist",
        Explanation(
            "role … does not exist",
            why="the server has no user of this name; where the URL names none, it is that of the operating system.",
            fix="write the user into the URL, or make it: CREATE ROLE name LOGIN.",
            code="AZ-D212",
        ),
    ),
    (
        r"database .* does not exist",
        Explanation(
            "database … does not exist",
            why="the server has no database of this name; where the URL names none, it is that of the user.",
            fix="check the URL's part behind the last slash, or make it: CREATE DATABASE name.",
            code="AZ-D213",
        ),
    ),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        Explanation(
            "no pg_hba.conf entry",
            why="the server's pg_hba.conf lets this user not into this database from this host, or only with TLS.",
            fix="add a line to pg_hba.conf and reload the server; where the text ends in 'no encryption', try "
            "?sslmode=require.",
            code="AZ-D214",
        ),
    ),
    (
        r"SSL|certificate",
        Explanation(
            "server does not support SSL, but SSL was required",
            why="TLS could not be agreed on: the URL's sslmode asks for it and the server does not offer it, or a "
            "certificate is missing or does not fit.",
            fix="switch TLS on in the server (ssl = on), or name the right sslrootcert; leave sslmode out where "
            "the network is trusted.",
            code="AZ-D215",
        ),
    ),
    (
        r"server is not in hot standby mode|server is in hot standby mode|session is (not )?read-only",
        Explanation(
            "no server of the wanted kind",
            why="no host of the URL is what target_session_attrs asks for, such as a primary; during a failover, there "
            "may be none for a moment.",
            fix="try again later; check the hosts of the URL, and target_session_attrs.",
            code="AZ-D216",
        ),
    ),
    (
        r"too many (clients|connections)|remaining connection slots|no more connections allowed",
        Explanation(
            "too many clients already",
            why="the server has as many connections as it allows (max_connections), of all programs together.",
            fix="keep pool_size + max_overflow times the number of processes below it, put a pooler before the server, "
            "or raise max_connections.",
            code="AZ-D217",
        ),
    ),
    (
        r"the database system is (starting up|shutting down|in recovery mode|not (yet )?accepting)",
        Explanation(
            "the database system is starting up",
            why="the server runs, and does not accept connections yet, or any more.",
            fix="try again in a moment.",
            code="AZ-D218",
        ),
    ),
    (
        r"unsupported startup parameter",
        Explanation(
            "unsupported startup parameter",
            why="a pooler (PgBouncer) takes no such parameter; `options` of the URL or of connect_args is one.",
            fix="leave it out and set what it sets for the role or the database (ALTER ROLE ... SET ...), or name it "
            "in the pooler's ignore_startup_parameters.",
            code="AZ-D219",
        ),
    ),
    (
        r"Connection refused|No such file or directory|timeout expired|timed out|unreachable|No route",
        Explanation(
            "Connection refused",
            why="no server answers there: it does not run, or host or port are others, or a firewall stands between.",
            fix="start the server, check host and port of the URL and listen_addresses of the server.",
            code="AZ-D220",
        ),
    ),
)


def connecting_explanation(text: str) -> Explanation | None:
    """Find what an error means that was raised while connecting.

    Args:
        text: what libpq says; of several hosts, all of their errors.
    """
    return next((explanation for pattern, explanation in _CONNECTING if re.search(pattern, text)), None)


def has_stale_plan(state: str | None, text: str) -> bool:
    """Tell whether an error says that a prepared statement would give other columns than before.

    Args:
        state: its code, ``SQLSTATE``.
        text: what the server says; its code is that of all that it cannot do.
    """
    # The name of the C function that raises it would be another sign, in any language; libpq's drivers hide it.
    return state == STALE_PLAN and "cached plan" in text


def statement_explanation(state: str | None, text: str, is_standby: Callable[[], bool]) -> Explanation | None:
    """Find what an error of a statement means.

    Args:
        state: its code, ``SQLSTATE``.
        text: what the server says.
        is_standby: tells whether the server is known to be a standby.
    """
    if state is None:
        return _POOLER_BUSY if "query_wait_timeout" in text else None
    if state == _READ_ONLY:
        return _STANDBY if is_standby() else _READS_ONLY
    if has_stale_plan(state, text):
        return _CACHED_PLAN
    if state == "08P01" and "query_wait_timeout" in text:
        return _POOLER_BUSY
    return _BY_STATE.get(state)
