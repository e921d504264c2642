"""Servers that the tests start themselves: direct children, which they can stop, kill and start again.

A server that is a direct child is gone for good when it has been killed: what is left of the child of another process
keeps its lock until that process looks.
"""

from __future__ import annotations

import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NoReturn, Self

from tests.servers.answers import Obstacle
from tests.servers.child import Child
from tests.servers.processes import at_end, free_port, new_folder, not_at_end

SECONDS = 60.0
"""How long a server may take to start or to stop; it needs about one, but machines are busy."""

ATTEMPTS = 3
"""How often a new server is tried, should another process take its port first."""

LINES_SHOWN = 30

Options = Mapping[str, str | int]


class ServerFailed(RuntimeError):
    """A server could not be started; the message has the end of its log."""


class PrivateServer(ABC):
    """A server on a port of 127.0.0.1 that nobody else knows; in a ``with`` block, it runs.

    Args:
        folder: where its files go. The user that the server runs as must be able to reach it (root's temporary folders
            of pytest are closed to others). Without one, a new one.
        options: settings besides those of all, or in their place.

    Attributes:
        port: where it listens; the same after a restart.
    """

    title: ClassVar[str]
    users: ClassVar[tuple[str, ...]]
    stop_signal: ClassVar[signal.Signals]
    """Ends it in order, without waiting for its clients."""
    settings: ClassVar[Options] = {}

    def __init__(self, folder: Path | None = None, options: Options | None = None) -> None:
        self._folder = folder
        self.options: dict[str, str | int] = {**self.settings, **(options or {})}
        self.port = free_port()
        self._child: Child | None = None

    @classmethod
    @abstractmethod
    def obstacle(cls) -> Obstacle | None:
        """Say what is not installed; None where all is."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL of the database for administration."""

    @abstractmethod
    def _make(self) -> None:
        """Make the files of a new server."""

    @abstractmethod
    def _command(self) -> Sequence[str | Path]:
        """Give the command that runs the server."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Tell whether it answers."""

    @property
    def folder(self) -> Path:
        """The folder of its files."""
        assert self._folder is not None, "not started yet"
        return self._folder

    @property
    def child(self) -> Child:
        """The program."""
        assert self._child is not None, "not started yet"
        return self._child

    @property
    def is_made(self) -> bool:
        """Whether it has files."""
        return self._child is not None

    @property
    def log(self) -> str:
        """What it has printed, of all its starts."""
        return "" if self._child is None else self._child.log

    @property
    def pid(self) -> int | None:
        """The number of its process; None where it does not run."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Start it, with the files that it had, and wait until it answers.

        Raises:
            ServerFailed: something is not installed, or it ends by itself.
        """
        for attempts_left in range(1 if self.is_made else ATTEMPTS)[::-1]:
            self.launch()
            try:
                self.wait()
                return
            except ServerFailed:
                if not attempts_left:
                    raise
                self.port = free_port()

    def launch(self) -> None:
        """Start it, and do not wait; ``wait()`` must follow."""
        assert self.pid is None, "it runs"
        if not self.is_made:
            self._prepare()
        self.child.start(self._command())

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self.pid is not None:
            if self._is_ready():
                return
            time.sleep(0.005)
        self.kill()
        self._fail("does not start")

    def stop(self) -> None:
        """Stop it in order; its files stay."""
        if self._child is not None:
            self._child.stop(SECONDS)

    def kill(self) -> None:
        """Kill it (-9) with all of its processes; its files stay."""
        if self._child is not None:
            self._child.kill()

    def restart(self) -> None:
        """Stop it in order, and start it again."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop it, and remove its files."""
        self.stop()
        self._child = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        not_at_end(self)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _prepare(self) -> None:
        obstacle = self.obstacle()
        if obstacle is not None:
            raise ServerFailed(obstacle.reason)
        at_end(self, self.remove)
        if self._folder is None:
            self._folder = new_folder()
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
        self._child = Child(self._folder, self.users, self.stop_signal)
        try:
            self._make()
        except BaseException:
            self.remove()
            raise

    def _run(self, command: Sequence[str | Path]) -> None:
        """Run a program that makes files of the server."""
        status = self.child.run(command)
        if status != 0:
            self._fail(f"cannot be made: {Path(command[0]).name} ended with {status}")

    def _fail(self, what: str) -> NoReturn:
        raise ServerFailed("\n".join([f"{self.title} {what}", *self.log.splitlines()[-LINES_SHOWN:]]))
