"""The Pythons that the suite runs on: which ones azoth is written for, where they are, what runs there, how it went.

The suite runs as a whole on the Python at hand. ``python -m tests.interpreters`` prints how the last runs went.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from tests.servers import wheel

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / ".nox" / "results"

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.13t", "3.14t")
"""Those that azoth is written for; "t" means a free-threaded build. Those that are missing are named after each run."""

OF_THE_PYTHON_AT_HAND = ("tests/unit/bench", "tests/unit/orm/mapping/test_typing.py", "tests/unit/servers")
"""What says nothing about the Python, and needs more than the extra ``test``, or time: the other libraries, the type
checker, servers that are started and killed."""

ON_EVERY_PYTHON = ("tests/unit", "tests/flow/seeds", "tests/flow/memory", "tests/flow/threads")
"""What runs in full where the rest does not: what is quick, what users asked for, and what the interpreter decides."""

SAMPLED = "tests/flow"
EVERY = 10
"""In each folder of the sampled one, the first test file, and every tenth one after it."""

ON_SERVERS = {"postgresql": 5}
"""Which databases a sample of the behaviour tests runs on, besides SQLite, and every how many files. Both drivers of
PostgreSQL and of MariaDB have tests of their own in ``tests/flow/postgresql``, ``mariadb`` and ``servers``."""

NOT_YET = ("differential", "differential_core", "expressions", "ext", "schema", "writing")
"""The areas with tests that are still about SQLite without saying so."""

ASK = (
    "import sqlite3, sys, sysconfig;"
    "print(sys.executable, '%d.%d.%d' % sys.version_info[:3], 't' * bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
)


class Interpreter(NamedTuple):
    """A Python that was found: the name it was looked for by, its program, its full version."""

    name: str
    program: str
    version: str

    @property
    def is_free_threaded(self) -> bool:
        """Whether it is a build without the global lock."""
        return self.name.endswith("t")


def at_hand() -> Interpreter:
    """Give the Python that runs this."""
    found = ask(sys.executable)
    assert found is not None, "this Python has no sqlite3"
    return found


def ask(program: str) -> Interpreter | None:
    """Ask a program which Python it is; None where it is none that could run the suite.

    A shim of pyenv, for example, is there for versions that it then refuses to start.
    """
    try:
        answer = subprocess.run([program, "-c", ASK], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0:
        return None
    executable, version, *suffix = answer.stdout.split()
    name = ".".join(version.split(".")[:2]) + "".join(suffix)
    return Interpreter(name, executable, version + "".join(suffix))


def find(name: str) -> Interpreter | None:
    """Find a Python by its name, "3.12" or "3.13t", on the PATH or among those of pyenv."""
    for program in candidates(name):
        found = ask(str(program))
        if found is not None and found.name == name:
            return found
    return None


def candidates(name: str) -> Iterator[Path]:
    """Name the programs that may be a version of Python."""
    for folder in os.get_exec_path():
        program = Path(folder) / f"python{name}"
        if program.is_file():
            yield program
    number, suffix = name.rstrip("t"), "t" if name.endswith("t") else ""
    versions = pyenv_root() / "versions"
    found = [folder for folder in versions.glob(f"{number}.*") if folder.name.endswith("t") == bool(suffix)]
    for folder in sorted(
        found,
        key=lambda folder: [int(part) for part in folder.name.rstrip("t").split(".") if part.isdigit()],
        reverse=True,
    ):
        yield folder / "bin" / "python"


def pyenv_root() -> Path:
    """Give the folder of pyenv, which need not exist."""
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def others() -> list[Interpreter]:
    """List the Pythons that were found besides the one at hand."""
    here = at_hand().name
    return [found for name in VERSIONS if name != here and (found := find(name)) is not None]


def sample(every: int = EVERY, *, on_server: bool = False) -> list[str]:
    """List the test files that stand for the others of their folders.

    Args:
        every: the first file of each folder is taken, and every one that comes so many files after it.
        on_server: whether they are to run on a server.
    """
    if on_server:
        files = [file for file in sample(every) if file.split("/")[2] not in NOT_YET]
        return [*files, "tests/flow/writing/test_many_rows_together.py"]
    chosen: list[str] = []
    for folder in sorted({file.parent for file in (ROOT / SAMPLED).rglob("test_*.py")}):
        if folder.relative_to(ROOT).as_posix() not in ON_EVERY_PYTHON:
            chosen += [file.relative_to(ROOT).as_posix() for file in sorted(folder.glob("test_*.py"))[::every]]
    return chosen


def result_file(name: str) -> Path:
    """Name the file that tells how a run went."""
    return RESULTS / f"{name}.xml"


def note_missing(name: str, reason: str) -> None:
    """Keep why a run could not take place."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    result_file(name).with_suffix(".missing").write_text(reason)


class Outcome(NamedTuple):
    """How many tests of a run passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def outcome(name: str) -> Outcome | None:
    """Read how a run went; None where it did not come to its end."""
    try:
        suites = ElementTree.parse(result_file(name)).getroot().iter("testsuite")
    except (OSError, ElementTree.ParseError):
        return None
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return Outcome(total - failed - skipped, failed, skipped)


def summary(found: Sequence[Interpreter]) -> tuple[list[str], bool]:
    """Tell how the runs went, one line for each Python.

    Args:
        found: those that were to run.

    Returns:
        the lines, and whether all is well.
    """
    by_name = {interpreter.name: interpreter for interpreter in found}
    lines, all_is_well = [], True
    for name in sorted(
        {*VERSIONS, *by_name}, key=lambda name: (name.endswith("t"), int(name.rstrip("t").split(".")[1]))
    ):
        if name not in by_name:
            kind = "free-threaded build " if name.endswith("t") else ""
            lines.append(f"{kind}{name}: NOT FOUND, not run")
            continue
        counts = outcome(name)
        all_is_well = all_is_well and counts is not None and counts.failed == 0 and counts.passed > 0
        lines.append(f"{by_name[name].version}: {counts or 'DID NOT FINISH'}")
    return lines, all_is_well


def summary_of_servers() -> tuple[list[str], bool]:
    """Tell how the runs on servers went, one line for each driver; see ``summary()``."""
    counts = {name: outcome(name) for name in ON_SERVERS}
    lines = [f"{name}: {found or 'DID NOT FINISH'}" for name, found in counts.items()]
    return lines, all(found is not None and found.failed == 0 and found.passed > 0 for found in counts.values())


def summary_of_contract() -> tuple[list[str], bool]:
    """Tell how the contract of dialects went on other versions of PostgreSQL; see ``summary()``."""
    lines, all_is_well = [], True
    for version in wheel.VERSIONS:
        name = f"contract-postgresql-{version}"
        missing, counts = result_file(name).with_suffix(".missing"), outcome(name)
        if missing.exists():
            lines.append(f"PostgreSQL {version}: NOT FOUND, not run: {missing.read_text()}")
        elif counts is not None:
            lines.append(f"PostgreSQL {version}: {counts}")
            all_is_well = all_is_well and counts.failed == 0 and counts.passed > 0
        else:
            lines.append(f"PostgreSQL {version}: not run (scripts/test --all)")
    return lines, all_is_well


if __name__ == "__main__":
    report, is_well = summary([at_hand(), *others()])
    report_of_servers, servers_are_well = summary_of_servers()
    report_of_contract, contract_is_well = summary_of_contract()
    servers_lines = [*report_of_servers, *report_of_contract]
    print("", "Pythons:", *report, "", "Servers:", *servers_lines, sep="\n")  # noqa: T201
    sys.exit(not (is_well and servers_are_well and contract_is_well))
