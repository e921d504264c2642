"""A program that runs as a direct child of this process, unprivileged, and writes to a log."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.servers.binaries import path
from tests.servers.processes import dying_with_us, kill_with_children, unprivileged


class Child:
    """The program of a server, or none while that does not run.

    Args:
        folder: where it works.
        users: whom it runs as when we are root: the first of them that exists.
        stop_signal: ends it in order.
    """

    def __init__(self, folder: Path, users: Sequence[str], stop_signal: signal.Signals) -> None:
        self._folder = folder
        self._users = users
        self._stop_signal = stop_signal
        self._log_file = folder / "log"
        self._log_begin = 0
        self._process: subprocess.Popen[bytes] | None = None
        who = unprivileged(users)
        if who:
            os.chown(folder, who["user"], who["group"])

    @property
    def pid(self) -> int | None:
        """The number of the process; None where it does not run."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    @property
    def log(self) -> str:
        """All that was printed."""
        return self._read_log().decode(errors="replace")

    @property
    def log_since_start(self) -> str:
        """What was printed since the last start."""
        return self._read_log()[self._log_begin :].decode(errors="replace")

    def run(self, command: Sequence[str | Path]) -> int:
        """Run another program to its end, as the same user; gives its exit status."""
        with self._log_file.open("ab") as log:
            return subprocess.run(list(map(str, command)), check=False, **self._surroundings(log)).returncode

    def start(self, command: Sequence[str | Path]) -> None:
        """Start the program, and do not wait."""
        self._log_begin = len(self._read_log())
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*dying_with_us(self._stop_signal), *map(str, command)], **self._surroundings(log)
            )

    def stop(self, seconds: float) -> None:
        """End it in order; after some time without."""
        if self._process is not None:
            self._process.send_signal(self._stop_signal)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def kill(self) -> None:
        """Kill it and its children."""
        if self._process is not None:
            kill_with_children(self._process)
            self._process = None

    def _read_log(self) -> bytes:
        return self._log_file.read_bytes() if self._log_file.exists() else b""

    def _surroundings(self, log: Any) -> dict[str, Any]:
        kept = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
        environment = {"PATH": path(), "LC_ALL": "C", "HOME": str(self._folder), "TMPDIR": str(self._folder), **kept}
        # In a session of its own: Ctrl-C is for the tests, which stop their servers when they have ended.
        return {
            "cwd": self._folder,
            "env": environment,
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": log,
            "start_new_session": True,
            **unprivileged(self._users),
        }
