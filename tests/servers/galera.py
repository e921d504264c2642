"""A cluster of MariaDB of our own: three servers, of which each can be written to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

from tests.servers import binaries
from tests.servers.answers import Obstacle
from tests.servers.connecting import connect_to_mariadb, driver
from tests.servers.mariadb import PrivateMariaDB
from tests.servers.private import Options
from tests.servers.processes import free_port

QUICK = (
    "gmcast.peer_timeout=PT0.5S; gmcast.time_wait=PT0.5S; pc.announce_timeout=PT0.5S; evs.join_retrans_period=PT0.2S; "
    "evs.keepalive_period=PT0.3S; evs.inactive_check_period=PT0.2S; evs.suspect_timeout=PT2S; "
    "evs.inactive_timeout=PT4S; evs.install_timeout=PT2S"
)
"""Times after which nodes believe each other to be gone: shorter than the defaults, which are for real networks."""


class GaleraNode(PrivateMariaDB):
    """One of the servers; it is started anew with ``start()`` and joins the others.

    Args:
        number: from 1 on; the first one is made from nothing, the others are copies of it.
        options: settings of MariaDB.
    """

    title = "Galera's node"

    def __init__(self, number: int, options: Options | None = None) -> None:
        super().__init__(None, options)
        self.number = number
        # The following ones are for transfers of changes and of whole nodes.
        self.cluster_port = free_port(following=2)
        self.cluster: Sequence[GaleraNode] = (self,)
        self.founds_cluster = False

    @classmethod
    def obstacle(cls) -> Obstacle | None:
        for found in (binaries.mariadb(), binaries.galera(), driver("mariadb")):
            if isinstance(found, Obstacle):
                return found
        return None

    def _make(self) -> None:
        first = self.cluster[0]
        if first is self:
            super()._make()
        else:
            self._run(["cp", "-a", first.data, self.data])
            (self.data / "galera.cache").unlink(missing_ok=True)

    def _command(self) -> Sequence[str | Path]:
        port = self.cluster_port
        address = ",".join(f"127.0.0.1:{node.cluster_port}" for node in self.cluster)
        provider = (
            f"base_host=127.0.0.1; base_port={port}; gmcast.listen_addr=tcp://127.0.0.1:{port}; "
            f"ist.recv_addr=127.0.0.1:{port + 1}; ist.recv_bind=127.0.0.1:{port + 1}; "
            f"gcache.size=16M; pc.recovery=false; {QUICK}"
        )
        return [
            *super()._command(),
            "--binlog-format=ROW",
            "--default-storage-engine=InnoDB",
            "--innodb-autoinc-lock-mode=2",
            "--wsrep-on=ON",
            f"--wsrep-provider={binaries.galera()}",
            "--wsrep-cluster-name=azoth",
            f"--wsrep-node-name=n{self.number}",
            f"--wsrep-node-address=127.0.0.1:{port}",
            f"--wsrep-sst-receive-address=127.0.0.1:{port + 2}",
            "--wsrep-sst-method=rsync",
            f"--wsrep-cluster-address=gcomm://{address}",
            f"--wsrep-provider-options={provider}",
            *(["--wsrep-new-cluster"] if self.founds_cluster else []),
        ]

    def _is_ready(self) -> bool:
        """Ask whether it has all changes of the others: it is ready for connections before it has."""
        if not super()._is_ready():
            return False
        module = driver("mariadb")
        try:
            with closing(connect_to_mariadb(module, self.url)) as connection, connection.cursor() as cursor:
                cursor.execute("SHOW STATUS LIKE 'wsrep_local_state_comment'")
                if cursor.fetchone()[1] == "Synced":
                    return True
        except module.Error:
            pass
        time.sleep(0.02)
        return False


class PrivateGalera:
    """Three nodes, in a ``with`` block; each can be stopped, killed and started on its own.

    Attributes:
        nodes: the servers, which are named in ``urls``, too.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.nodes = tuple(GaleraNode(number, options) for number in (1, 2, 3))
        for node in self.nodes:
            node.cluster = self.nodes

    @classmethod
    def obstacle(cls) -> Obstacle | None:
        """Say what is not installed; None where all is."""
        return GaleraNode.obstacle()

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs of the nodes."""
        return tuple(node.url for node in self.nodes)

    @property
    def log(self) -> str:
        """What the nodes have printed."""
        return "\n".join(node.log for node in self.nodes)

    def start(self) -> None:
        """Start a cluster of nodes that are all new, or were all stopped by ``stop()``.

        Raises:
            ServerFailed: something is not installed, or a node ends by itself.
        """
        first, *others = self.nodes
        first.founds_cluster = True
        if not first.is_made:
            # The others are copies of a node that has been in a cluster: these have nothing to transfer.
            first.start()
            first.stop()
        first.start()
        first.founds_cluster = False
        for node in others:
            node.launch()
        for node in others:
            node.wait()

    def stop(self) -> None:
        """Stop all nodes, the one that may found the cluster anew as the last."""
        for node in reversed(self.nodes):
            node.stop()

    def remove(self) -> None:
        """Stop all nodes, and remove their files."""
        for node in reversed(self.nodes):
            node.remove()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
