"""Fixtures that every test may ask for: databases, and a record of the statements that reached them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import azoth
from azoth import event
from tests import servers
from tests.database import DEFAULT, VARIABLE, Database, SQLite, wanted
from tests.faults import figure

pytest_plugins = ["azoth.testing.suite.plugin"]

# The same examples on every run and machine; a busy machine is no failure.
settings.register_profile(
    "azoth",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("azoth")


DATABASE_MISSING = "database not available"
"""Start of the reason of each test skipped because its database server could not be used."""


class Statements(list[str]):
    """The SQL that reached the database since the recording began, in order.

    ``engine`` is recorded from the start when a test uses that fixture; ``record(other)`` adds another engine.
    """

    def __init__(self) -> None:
        super().__init__()
        self._recorded: list[azoth.Engine] = []

    def record(self, engine: azoth.Engine) -> None:
        """Record the statements of an engine from now on."""
        event.listen(engine, "before_cursor_execute", self._remember)
        self._recorded.append(engine)

    def stop(self) -> None:
        """Record no further statements."""
        while self._recorded:
            event.remove(self._recorded.pop(), "before_cursor_execute", self._remember)

    def starting_with(self, *verbs: str) -> list[str]:
        """Return the recorded statements that begin with one of the words, in any case."""
        wanted = tuple(verb.upper() for verb in verbs)
        return [statement for statement in self if statement.lstrip().upper().startswith(wanted)]

    def _remember(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.append(statement)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> type[Database]:
    """The kind of database that a test runs on: SQLite, but behaviour tests run on each that the run is for."""
    kind: type[Database] = getattr(request, "param", SQLite)
    return kind


@pytest.fixture
def database(request: pytest.FixtureRequest, database_kind: type[Database], tmp_path: Path) -> Iterator[Database]:
    """The database of this test, which makes its engines."""
    needed, unwanted = (
        [name for mark in request.node.iter_markers(kind) for name in mark.args] for kind in ("needs", "lacks")
    )
    reason = database_kind.unsuited(needed, unwanted)
    if reason is not None:
        pytest.skip(reason)
    database = database_kind(tmp_path)
    yield database
    database.close()


@pytest.fixture(scope="module")
def module_database(database_kind: type[Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of all tests of a module."""
    database = database_kind(tmp_path_factory.mktemp("database"))
    yield database
    database.close()


@pytest.fixture
def engine(database: Database) -> azoth.Engine:
    """An engine on an empty database of its own."""
    engine: azoth.Engine = database.make_engine()
    return engine


@pytest.fixture
def file_engine(database: Database) -> azoth.Engine:
    """An engine on a database that others can be opened on, too, by the name "test"."""
    engine: azoth.Engine = database.make_engine("test")
    return engine


@pytest.fixture
def statements(request: pytest.FixtureRequest) -> Iterator[Statements]:
    """The statements that reach the engines this test asks for."""
    recorded = Statements()
    for name in ("engine", "file_engine"):
        if name in request.fixturenames:
            recorded.record(request.getfixturevalue(name))
    yield recorded
    recorded.stop()


def pytest_configure(config: pytest.Config) -> None:
    """Find the servers; refuse to run where a database that the run is for is unknown, or cannot be reached."""
    if not hasattr(config, "workerinput"):
        servers.start_for_run(servers.kinds_of(os.environ.get(VARIABLE, DEFAULT)))
    wanted()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers that were started for the run."""
    if not hasattr(config, "workerinput"):
        servers.stop_after_run()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what a worker process has counted to the one that prints."""
    figure.send(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker process has counted."""
    figure.receive(node)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what the fault kit did, and loudly which databases the run did without."""
    figure.show(terminalreporter)
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if DATABASE_MISSING in reason:
            text = reason.removeprefix("Skipped: ")
            reasons[text] = reasons.get(text, 0) + 1
    missing = servers.missing()
    if reasons or missing:
        terminalreporter.section("DATABASES NOT TESTED", sep="!", red=True, bold=True)
        for kind, obstacle in missing.items():
            terminalreporter.line(f"{kind}: {obstacle.reason}", red=True)
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count} tests skipped: {reason}", red=True)
