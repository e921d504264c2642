"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import programs, table
from bench.isolated import memory_per_object, program_times
from bench.people import create_database
from bench.rounds import Times, times
from bench.subject import SUBJECTS
from bench.table import Line
from bench.worker import LibraryMissing, Worker
from bench.works import QUICK, Scale, Work, comparisons, scaling


def main() -> None:
    """Measure, and print the tables."""
    options = _options()
    scale = QUICK if options.quick else Scale()
    rounds = options.rounds or (3 if options.quick else 7)
    with tempfile.TemporaryDirectory(prefix="azoth-bench-") as directory, ExitStack() as stack:
        database = Path(directory) / "people.db"
        create_database(database, scale.people, scale.parents, scale.children, scale.vehicles)
        workers = _start_workers(options, database, stack)
        print(f"Python {platform.python_version()}; {'; '.join(worker.version for worker in workers.values())}")
        print(f"median of {rounds} rounds, libraries taking turns in each, every one in a process of its own")
        print("" if options.collector else "without Python's garbage collector\n")
        lines = list(_measure(workers, database, scale, rounds, options))
    print(table.figures(lines), end="\n\n")
    if "azoth" in workers:
        print(table.ratios(lines))
        print("\nx SQLAlchemy: how many times azoth's figure theirs is; of sqlite3: how many times theirs azoth's is.")
    if options.json:
        _write(options.json, lines)


def _measure(
    workers: dict[str, Worker], database: Path, scale: Scale, rounds: int, options: argparse.Namespace
) -> Iterator[Line]:
    def wanted(name: str) -> bool:
        return not options.only or name in options.only

    def line(work: Work, measured: Times) -> Line:
        if options.collector:
            return Line(work.title, measured, table.seconds, work.faster_than_sqlalchemy, work.slower_than_sqlite3)
        return Line(work.title, measured, table.seconds, work.faster_without_collector)

    for work in comparisons(scale):
        if wanted(work.name):
            (measured,) = times(workers, rounds, work)
            yield line(work, measured)
    if wanted("import"):
        modules = {name: programs.import_of(worker.module) for name, worker in workers.items()}
        yield Line("import the ORM", program_times(modules, rounds), table.seconds, faster_than_sqlalchemy=3.0)
    packages: list[str] = [name for name in ("azoth", "sqlalchemy") if name in workers]
    if wanted("import"):
        # azoth.orm loads its parts when they are named, so the names that every program needs are measured as well.
        names = {package: programs.import_of_usual_names(package) for package in packages}
        yield Line("import its usual names", program_times(names, rounds), table.seconds, faster_than_sqlalchemy=3.0)
    if wanted("start"):
        starts = {package: programs.first_result(package) for package in packages}
        measured = program_times(starts, rounds, whole=True)
        yield Line("start a program, to its first result", measured, table.seconds, faster_than_sqlalchemy=2.0)
    if wanted("configure"):
        classes = {package: programs.configuring(package) for package in packages}
        title = f"map and configure {programs.CONFIGURED_CLASSES} classes"
        yield Line(title, program_times(classes, rounds), table.seconds, faster_than_sqlalchemy=3.0)
    if wanted("memory"):
        sizes = memory_per_object(workers, database, scale.people)
        yield Line("memory per loaded object", sizes, table.size, faster_than_sqlalchemy=2.0)
    if wanted("scaling"):
        for title, *works in scaling(scale):
            few, many = times(workers, rounds, *works)
            yield Line(title, {name: many[name] / few[name] for name in many}, table.factor, at_most=11.0)


def _start_workers(options: argparse.Namespace, database: Path, stack: ExitStack) -> dict[str, Worker]:
    workers = {}
    for name in options.library or SUBJECTS:
        try:
            workers[name] = Worker(name, database, quick=options.quick, collector=options.collector)
        except LibraryMissing as error:
            print(f"{name} is left out: {error}")
        else:
            stack.callback(workers[name].stop)
    return workers


def _write(path: Path, lines: list[Line]) -> None:
    content = [{"work": line.title, "figures": line.figures, "met": line.met()} for line in lines]
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure azoth beside other libraries.")
    names = [*(work.name for work in comparisons(QUICK)), "import", "start", "configure", "memory", "scaling"]
    parser.add_argument("--rounds", type=int, help="rounds per work (7; with --quick 3)")
    parser.add_argument("--quick", action="store_true", help="a fifth of the rows: for a first impression")
    parser.add_argument(
        "--collector-off",
        dest="collector",
        action="store_false",
        help="do the works without Python's garbage collector",
    )
    parser.add_argument("--only", action="append", default=[], metavar="WORK", choices=names, help=", ".join(names))
    parser.add_argument("--library", action="append", metavar="NAME", choices=SUBJECTS, help=", ".join(SUBJECTS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
