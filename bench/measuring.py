"""What is measured on which database, as the lines of the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench import programs, table
from bench.contestants import Contestant
from bench.databases import Database
from bench.isolated import growth_while_streaming, memory_per_object, program_times
from bench.rounds import Costs, costs
from bench.scale import Scale
from bench.server_works import STREAM, server_works
from bench.table import Line
from bench.worker import Worker
from bench.works import Work, comparisons, scaling

WITHOUT_DATABASE = ("import", "start", "configure", "memory", "scaling")
"""What is measured on SQLite beside the works."""


@dataclass(frozen=True)
class Run:
    """All that one run of the benchmark measures with."""

    database: Database
    scale: Scale
    rounds: int
    contestants: Sequence[Contestant]
    workers: Mapping[str, Worker]
    wanted: Callable[[str], bool]
    collector: bool = True

    def lines(self) -> Iterator[Line]:
        """Measure."""
        return _on_sqlite(self) if self.database.kind == "sqlite" else _on_server(self)


def names_of_works(kind: str) -> list[str]:
    """Name what can be measured on a kind of database."""
    if kind == "sqlite":
        return [*(work.name for work in comparisons(Scale())), *WITHOUT_DATABASE]
    return [work.name for work in server_works(Scale())]


def _on_server(run: Run) -> Iterator[Line]:
    for work in server_works(run.scale):
        if run.wanted(work.name):
            (measured,) = costs(run.workers, run.rounds, work)
            yield Line(work.title, measured.wall, table.seconds, cpu=measured.cpu)
    if run.wanted(STREAM):
        able = [contestant for contestant in run.contestants if STREAM in run.workers[contestant.name].able]
        growth = growth_while_streaming(able, run.database)
        yield Line("  memory more at its peak", growth, table.megabytes)


def _on_sqlite(run: Run) -> Iterator[Line]:
    for work in comparisons(run.scale):
        if run.wanted(work.name):
            (measured,) = costs(run.workers, run.rounds, work)
            yield _line(run, work, measured)
    yield from _programs(run)
    if run.wanted("memory"):
        sizes = memory_per_object(run.contestants, run.database, run.scale.people)
        yield Line("memory per loaded object", sizes, table.size, faster_than_sqlalchemy=2.0)
    if run.wanted("scaling"):
        for title, *works in scaling(run.scale):
            few, many = (measured.wall for measured in costs(run.workers, run.rounds, *works))
            yield Line(title, {name: many[name] / few[name] for name in many}, table.factor, at_most=11.0)


def _line(run: Run, work: Work, measured: Costs) -> Line:
    if run.collector:
        return Line(work.title, measured.wall, table.seconds, work.faster_than_sqlalchemy, work.slower_than_sqlite3)
    return Line(work.title, measured.wall, table.seconds, work.faster_without_collector)


def _programs(run: Run) -> Iterator[Line]:
    packages: list[str] = [name for name in ("azoth", "sqlalchemy") if name in run.workers]
    if run.wanted("import"):
        modules = {name: programs.import_of(worker.module) for name, worker in run.workers.items()}
        yield Line("import the ORM", program_times(modules, run.rounds), table.seconds, faster_than_sqlalchemy=3.0)
        # azoth.orm loads its parts when they are named, so the names that every program needs are measured as well.
        names = {package: programs.import_of_usual_names(package) for package in packages}
        measured = program_times(names, run.rounds)
        yield Line("import its usual names", measured, table.seconds, faster_than_sqlalchemy=3.0)
    if run.wanted("start"):
        starts = {package: programs.first_result(package) for package in packages}
        measured = program_times(starts, run.rounds, whole=True)
        yield Line("start a program, to its first result", measured, table.seconds, faster_than_sqlalchemy=2.0)
    if run.wanted("configure"):
        classes = {package: programs.configuring(package) for package in packages}
        title = f"map and configure {programs.CONFIGURED_CLASSES} classes"
        yield Line(title, program_times(classes, run.rounds), table.seconds, faster_than_sqlalchemy=3.0)
