"""Real database servers for the tests: found, or started and stopped by the tests, with hints where there is none.

``find("postgresql")`` gives a server to work on, which all of a run shares; ``PrivatePostgreSQL`` and its like are
servers of one test's own, which it may kill. ``scripts/doctor`` shows what is there, ``scripts/servers`` installs.
"""

from __future__ import annotations

from tests.servers.answers import KINDS, Found, Kind, Obstacle
from tests.servers.finding import find
from tests.servers.galera import GaleraNode, PrivateGalera
from tests.servers.mariadb import PrivateMariaDB
from tests.servers.pgbouncer import PrivatePgBouncer
from tests.servers.postgresql import PrivatePostgreSQL
from tests.servers.private import PrivateServer, ServerFailed
from tests.servers.run import kinds_of, missing, start_for_run, stop_after_run
from tests.servers.standby import PrivateStandby

__all__ = [
    "KINDS",
    "Found",
    "GaleraNode",
    "Kind",
    "Obstacle",
    "PrivateGalera",
    "PrivateMariaDB",
    "PrivatePgBouncer",
    "PrivatePostgreSQL",
    "PrivateServer",
    "PrivateStandby",
    "ServerFailed",
    "find",
    "kinds_of",
    "missing",
    "start_for_run",
    "stop_after_run",
]
