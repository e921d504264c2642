"""Finds a server of each kind: the one that is named, one that runs on this machine, or one that it starts itself."""

from __future__ import annotations

import getpass
import json
import os
import socket
from urllib.parse import quote, urlsplit

from tests.servers import binaries
from tests.servers.answers import Found, Kind, Obstacle
from tests.servers.connecting import check, driver
from tests.servers.mariadb import PrivateMariaDB
from tests.servers.postgresql import PrivatePostgreSQL
from tests.servers.private import PrivateServer, ServerFailed

VARIABLES: dict[Kind, str] = {"postgresql": "AZOTH_TEST_POSTGRESQL", "mariadb": "AZOTH_TEST_MARIADB"}
"""Each names the URL of a server; "private" asks for one that is started for the tests, whatever else runs."""

PRIVATE = "private"

OF_THE_RUN = "AZOTH_TEST_SERVERS"
"""What the process that started a run has found, as JSON; the processes that it starts look there."""

PORTS: dict[Kind, int] = {"postgresql": 5432, "mariadb": 3306}

_found: dict[Kind, Found | Obstacle] = {}
_started: dict[Kind, PrivateServer] = {}


def find(kind: Kind) -> Found | Obstacle:
    """Find a server, or start one, which runs until ``stop()`` or the end of this process; the answer is kept."""
    if kind not in _found:
        _found[kind] = search(kind)
    return _found[kind]


def search(kind: Kind) -> Found | Obstacle:
    """Look for a server everywhere, in order."""
    named, of_the_run = os.environ.get(VARIABLES[kind]), found_by_run(kind)
    if of_the_run is not None and _is_meant(kind, of_the_run, named):
        return of_the_run
    if named and named != PRIVATE:
        return given(kind, named)
    local = Obstacle("") if named == PRIVATE else find_local(kind)
    if isinstance(local, Found):
        return local
    private = start_private(kind)
    if isinstance(private, Obstacle) and local.reason:
        return Obstacle(f"{private.reason} ({local.reason})")
    return private


def found_by_run(kind: Kind) -> Found | None:
    """Give what the process has found that has started this one."""
    entry = json.loads(os.environ.get(OF_THE_RUN) or "{}").get(kind)
    return None if entry is None else Found(*entry)


def given(kind: Kind, url: str) -> Found | Obstacle:
    """Take the server that is named, if it answers; whoever names one wants no other."""
    url = normalize(kind, url)
    answer = check(kind, url)
    if isinstance(answer, Obstacle):
        return Obstacle(f"{VARIABLES[kind]}: {answer.reason}")
    return Found(url, False, f"named by {VARIABLES[kind]}: {answer}")


def normalize(kind: Kind, url: str) -> str:
    """Give a URL the form of all: no driver, one name of the kind, and a database for administration."""
    parts = urlsplit(url)
    database = parts.path.strip("/") or ("postgres" if kind == "postgresql" else "")
    scheme = "postgresql" if kind == "postgresql" else "mysql"
    return f"{scheme}://{parts.netloc}/{database}" + (f"?{parts.query}" if parts.query else "")


def find_local(kind: Kind) -> Found | Obstacle:
    """Find a server at the standard port that lets one in without a password, and create databases."""
    port = PORTS[kind]
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return Obstacle("")
    reasons = []
    users = (getpass.getuser(), "postgres") if kind == "postgresql" else ("root", getpass.getuser())
    for user in dict.fromkeys(users):
        url = normalize(kind, f"any://{quote(user)}@127.0.0.1:{port}")
        answer = check(kind, url)
        if not isinstance(answer, Obstacle):
            return Found(url, False, f"runs at port {port}: {answer}")
        reasons.append(answer.reason)
    return Obstacle("; ".join(reasons))


def start_private(kind: Kind) -> Found | Obstacle:
    """Start a server of our own."""
    for needed in (driver(kind), binaries.postgresql() if kind == "postgresql" else binaries.mariadb()):
        if isinstance(needed, Obstacle):
            return needed
    server = PrivatePostgreSQL() if kind == "postgresql" else PrivateMariaDB()
    try:
        server.start()
    except ServerFailed as error:
        server.remove()
        return Obstacle(str(error))
    answer = check(kind, server.url)
    if isinstance(answer, Obstacle):
        server.remove()
        return answer
    _started[kind] = server
    return Found(server.url, True, f"started for the tests: {answer}")


def _is_meant(kind: Kind, server: Found, named: str | None) -> bool:
    if named == PRIVATE:
        return server.is_ours
    return not named or normalize(kind, named) == server.url


def stop() -> tuple[Kind, ...]:
    """Stop what this process has started, and forget what it has found; gives the kinds of those that it stopped."""
    stopped = tuple(_started)
    for kind in stopped:
        _started.pop(kind).remove()
    _found.clear()
    return stopped
