"""Processes of servers: in which folder they run, on which port, as whom, and how they end when we do."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

LOWEST_PORT, HIGHEST_PORT = 15_000, 32_000
"""Below the ports that systems give to clients: the one of a server that is killed must be free when it comes back."""

MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 4 << 30
"""How many bytes must be free in memory for servers to have their files there: disks are slow, at times very."""

STALE_SECONDS = 600

_handed_out: set[int] = set()
"""Ports that this process has promised to servers, which may not use them yet."""


def free_port(following: int = 0) -> int:
    """Find a port of 127.0.0.1 that is free, together with as many that follow it."""
    while True:
        port = LOWEST_PORT + secrets.randbelow(HIGHEST_PORT - LOWEST_PORT)
        wanted = range(port, port + following + 1)
        if _handed_out.isdisjoint(wanted) and all(map(_is_free, wanted)):
            _handed_out.update(wanted)
            return port


def new_folder() -> Path:
    """Make an empty folder, in memory where there is plenty, and remove those of processes that were killed."""
    place = MEMORY if _free_memory() >= ENOUGH_MEMORY else Path(tempfile.gettempdir())
    _remove_stale(place)
    return Path(tempfile.mkdtemp(prefix=f"azoth-{os.getpid()}-", dir=place))


def _free_memory() -> int:
    try:
        space = os.statvfs(MEMORY)
        of_all = re.search(r"^MemAvailable: *(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return min(space.f_bavail * space.f_frsize, int(of_all[1]) << 10 if of_all else 0)


def _remove_stale(place: Path) -> None:
    if not is_running(os.getpid()):
        return  # The system does not tell.
    for folder in place.glob("azoth-*-*"):
        pid = folder.name.split("-")[1]
        with contextlib.suppress(OSError):
            if pid.isdigit() and not is_running(int(pid)) and time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder)


def dying_with_us(stop_signal: signal.Signals) -> list[str]:
    """Give what a command begins with, so that it gets a signal when this process ends, however it ends.

    The system watches the thread that starts the command, so only the main one will do.
    """
    if not _has_setpriv() or threading.current_thread() is not threading.main_thread():
        return []
    return ["setpriv", "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]


def unprivileged(users: Sequence[str]) -> dict[str, Any]:
    """Give the arguments of Popen that run a program as one of these users; none where we are not root."""
    if os.geteuid() != 0:
        return {}
    for user in users:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(user)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise LookupError(f"servers do not run as root, and none of these users exists: {', '.join(users)}")


def kill_with_children(process: subprocess.Popen[bytes], seconds: float = 10) -> None:
    """Kill a process and its children, and wait until all are gone."""
    if process.poll() is not None:
        return
    # While it stands still it starts no more children, and does not see the first of them go.
    process.send_signal(signal.SIGSTOP)
    children = children_of(process.pid)
    for pid in (*children, process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(seconds)
    end = time.monotonic() + seconds
    while any(map(is_running, children)) and time.monotonic() < end:
        time.sleep(0.002)


def children_of(pid: int) -> list[int]:
    """List the children of a process, and theirs; none where the system does not tell."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return children + [grandchild for child in children for grandchild in children_of(child)]


def is_running(pid: int) -> bool:
    """Tell whether a process is there, and no mere entry that its parent has not read yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


@cache
def _has_setpriv() -> bool:
    try:
        return (
            subprocess.run(["setpriv", "--pdeathsig", "INT", "--", "true"], capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_at_end: dict[int, tuple[int, Callable[[], object]]] = {}
"""What is left to do at the end, with the process that left it: one that forks from it must let it be."""


def at_end(owner: object, action: Callable[[], object]) -> None:
    """Do something at the end of this process."""
    _at_end[id(owner)] = (os.getpid(), action)


def not_at_end(owner: object) -> None:
    """Leave out what was to be done for an object: it has been done."""
    _at_end.pop(id(owner), None)


@atexit.register
def _end() -> None:
    for process, action in list(_at_end.values()):
        if process == os.getpid():
            action()
