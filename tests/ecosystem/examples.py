"""SQLAlchemy's own examples, as published, on SQLAlchemy and on azoth.

They stand in the folder ``examples`` of SQLAlchemy's source distribution::

    pip download --no-deps --no-binary=:all: sqlalchemy==VERSION
    python -m tests.ecosystem.examples sqlalchemy-VERSION/examples

Each script runs in a process and a folder of its own, as its text says that it is run. It passes where it comes to its
end; what both print is compared too. Wanted in the Python that runs them: SQLAlchemy, dogpile.cache, aiosqlite.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["ExampleResult", "run_examples"]

TIME_LIMIT: Final = 120.0
AT_ONCE: Final = 2
"""How many scripts run at the same time."""

FEW_ROWS: Final = ("--num", "100")
"""For the suites of ``performance``, which are not there to measure here."""

ENDLESS: Final = {"space_invaders/space_invaders": 20.0}
"""A game that nobody ends, and for how long it may go on: it passes nowhere."""

BEGINNING: Final = """
import logging, random, sys
random.seed(0)
for name in ("sqlalchemy.engine.Engine", "azoth"):
    logging.getLogger(name).addHandler(logging.StreamHandler(sys.stderr))
    logging.getLogger(name).propagate = False
"""
"""What each process begins with (``sitecustomize``): chance is the same for both, and logs are not for comparing."""

OF_ONE_RUN: Final = re.compile(r"0x[0-9a-f]+|\d+\.\d+ ?s(ec)?\b|\d{4}-\d\d-\d\d[ T][\d:.]+")
"""What a script prints differently each time: addresses, durations, times."""


class ExampleResult(NamedTuple):
    """How one script went.

    Attributes:
        name: its path in the folder, without ".py".
        on_sqlalchemy: whether it came to its end on SQLAlchemy.
        on_azoth: whether it came to its end on azoth.
        same_output: whether both printed the same, but for what differs from run to run; None where one of them failed.
        last_line: the last line that the run on azoth printed; of a failed run, errors included.
    """

    name: str
    on_sqlalchemy: bool
    on_azoth: bool
    same_output: bool | None
    last_line: str


class _Run(NamedTuple):
    passed: bool
    printed: str
    errors: str

    @property
    def comparable(self) -> str:
        """What was printed, without what differs from run to run, and with azoth's paths under the other name."""
        return OF_ONE_RUN.sub("…", self.printed)

    @property
    def last_line(self) -> str:
        lines = (self.printed if self.passed else self.printed + self.errors).strip().splitlines()
        return lines[-1] if lines else ""


def run_examples(
    folder: Path, python: Path, *, azoth_source: Path | None, only: Sequence[str] = (), keep: Path | None = None
) -> Iterator[ExampleResult]:
    """Run all scripts.

    Args:
        folder: the folder ``examples``; it is copied, and nothing is written there.
        python: the program of a Python that has SQLAlchemy and what the examples need.
        azoth_source: the folder that has the package ``azoth``; None where that Python has azoth installed.
        only: names of scripts; empty for all.
        keep: a folder that gets what each run printed; None for nowhere.

    Yields:
        how each went, in the order of their names.
    """
    names = [name for name in _scripts(folder) if not only or name in only]

    def run(name: str) -> ExampleResult:
        other, ours = (_run(name, folder, python, way, azoth_source) for way in ((), ("azoth", "run", "-m")))
        if keep is not None:
            _keep(keep, name, other, ours)
        same = other.comparable == ours.comparable if other.passed and ours.passed else None
        return ExampleResult(name, other.passed, ours.passed, same, ours.last_line)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(run, names)


def _scripts(folder: Path) -> list[str]:
    files = sorted(folder.rglob("*.py"))
    return [file.relative_to(folder).with_suffix("").as_posix() for file in files if not file.stem.startswith("__")]


def _run(name: str, folder: Path, python: Path, way: Sequence[str], azoth_source: Path | None) -> _Run:
    """Run one script in a folder of its own.

    Args:
        name: its name.
        folder: where it stands.
        python: what runs it.
        way: the arguments that lead to azoth; empty for SQLAlchemy itself.
        azoth_source: where azoth is.
    """
    module = "examples." + name.replace("/", ".")
    limit = ENDLESS.get(name, TIME_LIMIT)
    numbers = FEW_ROWS if name.startswith("performance/") else ()
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(folder, Path(place, "examples"), ignore=shutil.ignore_patterns("__pycache__"))
        Path(place, "sitecustomize.py").write_text(BEGINNING)
        paths = [place, *([str(azoth_source)] if azoth_source is not None else [])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
        try:
            done = subprocess.run(
                [str(python), "-m", *way, module, *numbers],
                cwd=place,
                env=environment,
                input="\n",  # the answer to "Press enter to continue"
                capture_output=True,
                text=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _Run(False, "", f"not done after {limit:.0f} seconds")
    return _Run(done.returncode == 0, done.stdout.replace(place, ""), done.stderr.replace(place, ""))


def _keep(folder: Path, name: str, other: _Run, ours: _Run) -> None:
    place = folder / name.replace("/", ".")
    place.mkdir(parents=True, exist_ok=True)
    for whose, run in (("sqlalchemy", other), ("azoth", ours)):
        (place / f"{whose}.out").write_text(run.comparable)
        (place / f"{whose}.err").write_text(run.errors)


def _table(results: Sequence[ExampleResult]) -> Iterator[str]:
    signs = {True: "yes", False: "-", None: ""}
    row = "{:<50} {:<10} {:<6} {:<6} {}"
    yield row.format("script", "SQLAlchemy", "azoth", "output", "")
    for name, other, ours, same, last in results:
        yield row.format(
            name, signs[other], signs[ours], "DIFFERS" if same is False else "", "" if ours else last[:150]
        )
    expected = [result for result in results if result.on_sqlalchemy]
    yield (
        f"{len(results)} scripts; {len(expected)} pass on SQLAlchemy, "
        f"{sum(result.on_azoth for result in expected)} of these on azoth"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Run SQLAlchemy's examples on SQLAlchemy and on azoth.")
    parser.add_argument("folder", type=Path, help="the folder examples of SQLAlchemy's source distribution")
    parser.add_argument("only", nargs="*", metavar="SCRIPT", help="such as graphs/directed_graph; all without")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="what runs them; this one without")
    parser.add_argument("--azoth", type=Path, default=Path(__file__).parents[2] / "src", help="where azoth is")
    parser.add_argument("--keep", type=Path, help="a folder for what each run printed")
    options = parser.parse_intermixed_args()
    results = run_examples(
        options.folder, options.python, azoth_source=options.azoth, only=options.only, keep=options.keep
    )
    for line in _table(list(results)):
        print(line)


if __name__ == "__main__":
    main()
