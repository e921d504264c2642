"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from bench import table
from bench.contestants import CONTESTANTS, Contestant
from bench.databases import KINDS, Database, Kind, SQLiteFile
from bench.measuring import Run, names_of_works
from bench.people import create_database
from bench.scale import Scale
from bench.server_works import STREAM
from bench.servers import NoServer, database_on_server
from bench.table import Line
from bench.worker import LibraryMissing, Worker

QUICK = 0.2
"""The part of the rows that ``--quick`` works on."""


def main() -> None:
    """Measure, and print the tables."""
    options = _options()
    with ExitStack() as stack:
        try:
            database, server = stack.enter_context(_database(options.database))
        except NoServer as error:
            raise SystemExit(f"no server of {options.database}: {error}") from None
        run = _prepare(options, database, stack)
        _introduce(run, server)
        lines = list(run.lines())
    print(table.figures(lines, run.contestants), end="\n\n")
    if "azoth" in run.workers:
        print(table.ratios(lines, run.contestants))
        print(f"\n{_explanation(run)}")
    if options.json:
        _write(options.json, lines)


def _prepare(options: argparse.Namespace, database: Database, stack: ExitStack) -> Run:
    def wanted(name: str) -> bool:
        return not options.only or name in options.only

    on_server = database.kind != "sqlite"
    scale = Scale().times(options.scale or (QUICK if options.quick else 1.0))
    streamed = (options.stream or scale.streamed) if on_server and wanted(STREAM) else 0
    scale = replace(scale, streamed=streamed)
    create_database(database, scale)
    contestants, workers = [], {}
    for contestant in _asked_for(options):
        try:
            worker = Worker(contestant, database, scale, collector=options.collector)
        except LibraryMissing as error:
            print(f"{contestant.name} is left out: {error}")
        else:
            stack.callback(worker.stop)
            contestants.append(contestant)
            workers[contestant.name] = worker
    usual = 5 if on_server else 7
    rounds = options.rounds or (3 if options.quick else usual)
    return Run(database, scale, rounds, contestants, workers, wanted, options.collector)


def _asked_for(options: argparse.Namespace) -> Iterator[Contestant]:
    for contestant in CONTESTANTS[options.database]:
        # Where nobody has a collector, who has none by itself is measured already.
        once_more = not contestant.collector and not options.collector
        if not once_more and (not options.library or contestant.name in options.library):
            yield contestant


def _introduce(run: Run, server: str) -> None:
    versions = dict.fromkeys(worker.version for worker in run.workers.values())
    print(f"Python {platform.python_version()}; {'; '.join(versions)}")
    if server:
        print(f"{run.database.kind} {server}")
    print(f"median of {run.rounds} rounds, libraries taking turns in each, every one in a process of its own")
    print("" if run.collector else "without Python's garbage collector\n")


def _explanation(run: Run) -> str:
    if run.database.kind == "sqlite":
        return "x SQLAlchemy: how many times azoth's figure theirs is; of sqlite3: how many times theirs azoth's is."
    *_, driver = CONTESTANTS[run.database.kind]
    lines = [
        "two figures: time until it was done / of it on a processor in the client; ratios are of each.",
        f"x SQLAlchemy: how many times azoth's figure theirs is; {driver.heading}: how many times theirs azoth's is.",
    ]
    if run.collector:
        lines.append("gc off: without Python's garbage collector; the others have it (azoth pauses it while it loads).")
    return "\n".join(lines)


@contextmanager
def _database(kind: Kind) -> Iterator[tuple[Database, str]]:
    """Give an empty database for a ``with`` block, and what its server is."""
    if kind != "sqlite":
        with database_on_server(kind) as found:
            yield found
        return
    with tempfile.TemporaryDirectory(prefix="azoth-bench-") as directory:
        yield SQLiteFile(f"sqlite:///{directory}/people.db"), ""


def _write(path: Path, lines: Sequence[Line]) -> None:
    content = []
    for line in lines:
        cpu = {} if line.cpu is None else {"cpu": line.cpu}
        content.append({"work": line.title, "figures": line.figures, **cpu, "met": line.met()})
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure azoth beside other libraries.")
    parser.add_argument("--database", choices=KINDS, default="sqlite", help=f"{', '.join(KINDS)}; sqlite by default")
    parser.add_argument("--rounds", type=int, help="rounds per work (7; on servers 5; with --quick 3)")
    parser.add_argument("--quick", action="store_true", help="a fifth of the rows: for a first impression")
    parser.add_argument("--scale", type=float, metavar="FACTOR", help="so many times the rows, 0.1 say")
    parser.add_argument("--stream", type=int, metavar="OBJECTS", help="how many are streamed (1,000,000 at scale 1)")
    parser.add_argument(
        "--collector-off",
        dest="collector",
        action="store_false",
        help="do the works without Python's garbage collector",
    )
    works = "; ".join(f"{kind}: {', '.join(names_of_works(kind))}" for kind in ("sqlite", "postgresql"))
    parser.add_argument("--only", action="append", default=[], metavar="WORK", help=works)
    names = "; ".join(f"{kind}: {', '.join(one.name for one in all_)}" for kind, all_ in CONTESTANTS.items())
    parser.add_argument("--library", action="append", metavar="NAME", help=names)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    _check(parser, "--only", options.only, names_of_works(options.database))
    _check(parser, "--library", options.library or [], [one.name for one in CONTESTANTS[options.database]])
    return options


def _check(parser: argparse.ArgumentParser, option: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            parser.error(f"argument {option}: {name!r} is none of {', '.join(known)}")


if __name__ == "__main__":
    main()
