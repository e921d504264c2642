"""What must be measured in a process of its own: programs from their start, and memory."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterable, Mapping
from pathlib import Path

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


def memory_per_object(names: Iterable[str], database: Path, count: int) -> dict[str, float]:
    """Measure the memory that a loaded object holds, values included, in a fresh interpreter; bytes by name."""
    return {
        name: float(subprocess.check_output([sys.executable, "-m", __name__, name, str(database), str(count)]))
        for name in names
    }


def _print_memory(name: str, database: Path, count: int) -> None:
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


if __name__ == "__main__":
    _print_memory(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
