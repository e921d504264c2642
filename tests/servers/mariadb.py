"""A MariaDB of our own."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from tests.servers import binaries
from tests.servers.answers import Obstacle
from tests.servers.private import PrivateServer


class PrivateMariaDB(PrivateServer):
    """A server of MariaDB, with one user, ``root``, who needs no password.

    What is committed or prepared outlasts ``kill()``. It would not outlast a machine without power.
    """

    title = "MariaDB"
    users = ("mysql", "nobody")
    stop_signal = signal.SIGTERM
    settings = {
        "bind-address": "127.0.0.1",
        "skip-name-resolve": "ON",
        "character-set-server": "utf8mb4",
        "innodb-log-file-size": "8M",
        "innodb-buffer-pool-size": "32M",
        "innodb-flush-log-at-trx-commit": 2,
        "performance-schema": "OFF",
        "max-connections": 200,
    }

    @classmethod
    def obstacle(cls) -> Obstacle | None:
        found = binaries.mariadb()
        return found if isinstance(found, Obstacle) else None

    @property
    def url(self) -> str:
        return f"mysql://root@127.0.0.1:{self.port}/"

    @property
    def data(self) -> Path:
        """The folder of the server's data."""
        return self.folder / "data"

    def _make(self) -> None:
        self._run(
            [
                self._programs.install_db,
                "--no-defaults",
                f"--basedir={self._programs.base}",
                f"--datadir={self.data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-log-file-size=8M",
            ]
        )

    def _command(self) -> Sequence[str | Path]:
        settings = [f"--{name}={value}" for name, value in self.options.items()]
        return [
            self._programs.server,
            "--no-defaults",
            f"--basedir={self._programs.base}",
            f"--datadir={self.data}",
            f"--port={self.port}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--tmpdir={self.folder}",
            *settings,
        ]

    def _is_ready(self) -> bool:
        return "ready for connections" in self.child.log_since_start

    @property
    def _programs(self) -> binaries.MariaDB:
        found = binaries.mariadb()
        assert isinstance(found, binaries.MariaDB)
        return found
