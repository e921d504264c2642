"""A PostgreSQL of our own."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.servers import binaries
from tests.servers.answers import Obstacle
from tests.servers.private import PrivateServer


class PrivatePostgreSQL(PrivateServer):
    """A cluster of PostgreSQL, with one user, ``postgres``, who needs no password.

    What is committed or prepared outlasts ``kill()``. It would not outlast a machine without power: fsync is off.
    """

    title = "PostgreSQL"
    users = ("postgres", "nobody")
    stop_signal = signal.SIGINT
    settings = {
        "fsync": "off",
        "synchronous_commit": "on",
        "max_prepared_transactions": 64,
        "max_connections": 200,
        "shared_buffers": "32MB",
        "min_wal_size": "32MB",
        "max_wal_size": "256MB",
        "dynamic_shared_memory_type": "mmap",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
    }

    @classmethod
    def obstacle(cls) -> Obstacle | None:
        found = binaries.postgresql()
        return found if isinstance(found, Obstacle) else None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """The folder of the cluster."""
        return self.folder / "data"

    def remove(self) -> None:
        self.stop()
        if self.is_made:
            self._free_shared_memory()
        super().remove()

    def _free_shared_memory(self) -> None:
        """Free what a server that was killed has left outside of its folder; it does so itself when it starts again."""
        with contextlib.suppress(OSError, IndexError):
            _, segment = (self.data / "postmaster.pid").read_text().splitlines()[6].split()
            subprocess.run(["ipcrm", "-m", segment], capture_output=True, check=False)

    def _make(self) -> None:
        self._run(
            [
                self._program("initdb"),
                f"--pgdata={self.data}",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ]
        )

    def _command(self) -> Sequence[str | Path]:
        settings = [f"--{name}={value}" for name, value in self.options.items()]
        return [self._program("postgres"), "-D", self.data, "-p", str(self.port), *settings]

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        # The file may be the one of a server that was killed.
        return len(lines) >= 8 and lines[0].strip() == str(self.pid) and lines[7].strip() == "ready"

    def _program(self, name: str) -> Path:
        folder = binaries.postgresql()
        assert isinstance(folder, Path)
        return folder / name
