"""A standby of a PostgreSQL of our own."""

from __future__ import annotations

from pathlib import Path

from tests.servers import binaries
from tests.servers.answers import Obstacle
from tests.servers.postgresql import PrivatePostgreSQL
from tests.servers.private import Options


class PrivateStandby(PrivatePostgreSQL):
    """A standby, which follows its primary by streaming and answers what only reads.

    Args:
        primary: it must run when the standby is started first.
        folder: as of any private server.
        options: in the place of those of the primary.
    """

    title = "PostgreSQL's standby"

    def __init__(self, primary: PrivatePostgreSQL, folder: Path | None = None, options: Options | None = None) -> None:
        super().__init__(folder, {**primary.options, **(options or {})})
        self.primary = primary

    @classmethod
    def obstacle(cls) -> Obstacle | None:
        found = binaries.postgresql()
        if isinstance(found, Obstacle):
            return found
        return None if (found / "pg_basebackup").is_file() else Obstacle(f"{found} has no pg_basebackup")

    def promote(self) -> None:
        """Make it a primary of its own."""
        self._run([self._program("pg_ctl"), "promote", "-w", "-D", self.data])

    def _make(self) -> None:
        # The slot makes the primary keep what the standby, which may be down, has not seen.
        source = ["-h", "127.0.0.1", "-p", str(self.primary.port), "-U", "postgres"]
        slot = ["--create-slot", f"--slot=standby_{self.port}"]
        copy = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"]
        self._run([self._program("pg_basebackup"), "-D", self.data, *source, *slot, *copy])
