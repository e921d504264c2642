"""The pytest plugin of the suite: its option, its fixtures, and the list of what a dialect does not claim.

Load it by ``pytest_plugins = ["azoth.testing.suite.plugin"]`` in the topmost ``conftest.py``.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from azoth import create_engine, inspect
from azoth.engine import Engine
from azoth.testing.suite.ground import Ground
from azoth.testing.suite.requirements import Requirements

__all__ = ["azoth_create_engine", "azoth_empty", "azoth_engine", "azoth_requirements", "azoth_url", "ground"]

MARK = "azoth_needs"
NOT_CLAIMED = "not claimed by the dialect"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with the URL."""
    parser.getgroup("azoth").addoption(
        "--azoth-url", metavar="URL", help="the empty database that azoth.testing.suite runs on"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", f"{MARK}(requirement, ...): runs where the dialect claims all of them")


@pytest.fixture(scope="session")
def azoth_url(pytestconfig: pytest.Config) -> str:
    """The URL of an empty database, that of ``--azoth-url``; override it to give one."""
    url: str | None = pytestconfig.getoption("--azoth-url")
    if url is None:
        raise pytest.UsageError(
            "azoth.testing.suite does not know its database: pass --azoth-url, or define a fixture azoth_url"
        )
    return url


@pytest.fixture(scope="module")
def azoth_create_engine(azoth_url: str) -> Callable[..., Engine]:
    """What makes engines on the database; override it where ``azoth.create_engine()`` needs more than the URL."""
    return functools.partial(create_engine, azoth_url)


@pytest.fixture(scope="module")
def azoth_engine(azoth_create_engine: Callable[..., Engine]) -> Iterator[Engine]:
    """The engine of the tests, which has connected once."""
    engine = azoth_create_engine()
    with engine.connect():
        pass
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def azoth_requirements(azoth_engine: Engine) -> Requirements:
    """What the dialect claims; override it to give an object of a class derived from ``Requirements``."""
    return Requirements(azoth_engine.dialect)


@pytest.fixture(scope="module")
def azoth_empty(azoth_engine: Engine) -> None:
    """The database has no tables: the suite makes and drops tables of any name."""
    with azoth_engine.connect() as connection:
        found = inspect(connection).get_table_names()
    if found:
        raise pytest.UsageError(
            f"azoth.testing.suite runs on an empty database only; this one has the table {found[0]!r}"
        )


@pytest.fixture
def ground(
    request: pytest.FixtureRequest,
    azoth_create_engine: Callable[..., Engine],
    azoth_engine: Engine,
    azoth_empty: None,
    azoth_requirements: Requirements,
) -> Iterator[Ground]:
    """The engine, the claims, and the tables of one test."""
    for mark in request.node.iter_markers(MARK):
        for name in mark.args:
            if not azoth_requirements.has(name):
                what = f"{azoth_engine.dialect.name}+{azoth_engine.dialect.driver}"
                pytest.skip(f"{NOT_CLAIMED} {what}: {name}: {azoth_requirements.meaning(name)}")
    made = Ground(azoth_engine, azoth_requirements, azoth_create_engine)
    yield made
    made.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out because nobody claims it."""
    left_out: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _, found, claim = reason.partition(f"{NOT_CLAIMED} ")
        if found:
            left_out[claim] += 1
    if left_out:
        terminalreporter.section("NOT CLAIMED, SO NOT TESTED", sep="!", yellow=True, bold=True)
        for claim, count in sorted(left_out.items()):
            terminalreporter.line(f"{claim} ({count} test{'s' if count > 1 else ''})", yellow=True)
