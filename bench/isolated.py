"""What must be measured in a process of its own: programs from their start, and memory."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.contestants import Contestant
from bench.databases import Database, database_at
from bench.subject import make_subject


def program_times(programs: Mapping[str, str], rounds: int, *, whole: bool = False) -> dict[str, float]:
    """Time each library's program in a fresh interpreter; median seconds by name.

    Byte code is compiled before, into a directory of its own, so that the source on disk is not what is measured.

    Args:
        programs: the source by library.
        rounds: how many times each runs, the libraries taking turns.
        whole: from the start of the interpreter to its end, instead of the seconds that the program prints.
    """
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory(prefix="azoth-bench-") as byte_code:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": byte_code}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for position in range(-1, rounds):
            for name, program in programs.items():
                begun = time.perf_counter()
                printed = subprocess.check_output([sys.executable, "-c", program], env=environment)
                elapsed = time.perf_counter() - begun if whole else float(printed)
                if position >= 0:
                    seconds[name].append(elapsed)
    return {name: statistics.median(all_) for name, all_ in seconds.items()}


def memory_per_object(contestants: Iterable[Contestant], database: Database, count: int) -> dict[str, float]:
    """Measure the memory that a loaded object holds, values included, in a fresh interpreter; bytes by name."""
    return {
        contestant.name: float(_printed("object", contestant, database.url, str(count))) for contestant in contestants
    }


def growth_while_streaming(contestants: Iterable[Contestant], database: Database) -> dict[str, float]:
    """Measure how much larger a fresh process becomes while it streams all readings; bytes at the peak by name."""
    return {contestant.name: float(_printed("stream", contestant, database.url)) for contestant in contestants}


def _printed(what: str, contestant: Contestant, *arguments: str) -> bytes:
    collector = "on" if contestant.collector else "off"
    return subprocess.check_output([sys.executable, "-m", __name__, what, contestant.subject, collector, *arguments])


def _print_memory(name: str, database: Database, count: int) -> None:
    subject = make_subject(name)
    subject.open(database)
    # The first load fills caches and generates code; it does not count.
    subject.hold_people(10)
    subject.close()
    subject.open(database)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    people = subject.hold_people(count)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print((after - before) / len(people))


def _print_growth(name: str, database: Database) -> None:
    subject = make_subject(name)
    subject.open(database)
    assert subject.stream_readings is not None
    # One object, for the connection, the caches and the generated code.
    subject.load_people(1)
    gc.collect()
    before = _peak_memory(restart=True)
    subject.stream_readings()
    print(_peak_memory() - before)
    subject.close()


def _peak_memory(*, restart: bool = False) -> int:
    """Tell the most memory that this process has had, in bytes, since the last restart where the system has those."""
    status = Path("/proc/self/status")
    if not status.exists():
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return largest if sys.platform == "darwin" else largest * 1024
    if restart:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    if sys.argv[3] == "off":
        gc.disable()
    if sys.argv[1] == "object":
        _print_memory(sys.argv[2], database_at(sys.argv[4]), int(sys.argv[5]))
    else:
        _print_growth(sys.argv[2], database_at(sys.argv[4]))
