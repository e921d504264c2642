"""A PgBouncer of our own."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from tests.servers import binaries
from tests.servers.answers import Obstacle
from tests.servers.postgresql import PrivatePostgreSQL
from tests.servers.private import Options, PrivateServer


class PrivatePgBouncer(PrivateServer):
    """A pooler before a PostgreSQL of our own, with two connections per database, each held for a transaction.

    Args:
        behind: the server.
        folder: as of any private server.
        options: those of section ``[pgbouncer]``.
    """

    title = "PgBouncer"
    users = ("postgres", "nobody")
    # Ends it at once in all versions; what others do has changed.
    stop_signal = signal.SIGQUIT
    settings = {
        "listen_addr": "127.0.0.1",
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        "default_pool_size": 2,
        "max_client_conn": 200,
    }

    def __init__(self, behind: PrivatePostgreSQL, folder: Path | None = None, options: Options | None = None) -> None:
        super().__init__(folder, options)
        self.behind = behind

    @classmethod
    def obstacle(cls) -> Obstacle | None:
        found = binaries.pgbouncer()
        return found if isinstance(found, Obstacle) else None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def _make(self) -> None:
        """Do nothing: the settings are written at each start, with the port."""

    def _command(self) -> Sequence[str | Path]:
        file = self.folder / "pgbouncer.ini"
        settings = [f"{name} = {value}" for name, value in {**self.options, "listen_port": self.port}.items()]
        target = f"* = host=127.0.0.1 port={self.behind.port} user=postgres"
        file.write_text("\n".join(["[databases]", target, "[pgbouncer]", *settings, ""]), encoding="utf-8")
        file.chmod(0o644)
        program = binaries.pgbouncer()
        assert isinstance(program, Path)
        return [program, file]

    def _is_ready(self) -> bool:
        return "process up" in self.child.log_since_start
