"""Programs and servers that are killed at every step of a commit over two databases: it is all there, or nothing is.

Each case kills the program, or one of the servers (which is started again), before or after one step; then recovery
runs until it is through. In the default run some of the moments are taken, by a seed that is printed; all of them with
``AZOTH_TEST_ALL=1``.

Needs: PostgreSQL and MariaDB, of the tests' own.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import azoth
from azoth import Engine
from azoth.orm import TwoPhase, recover_twophase
from azoth.orm.session.transactions.two_phases import recovery
from tests.flow.servers.conftest import until
from tests.flow.twophase.conftest import url_on
from tests.flow.twophase.world import found, make_tables, prepared
from tests.servers import PrivateMariaDB, PrivatePostgreSQL, PrivateServer

pytestmark = pytest.mark.sqlite_only("they have servers of their own, and a file of SQLite as the last resource")

ROOT = Path(__file__).parents[3]
ALL = os.environ.get("AZOTH_TEST_ALL") == "1"
SEED = int(os.environ.get("AZOTH_TEST_SEED", "0")) or random.SystemRandom().randrange(10**6)
SAMPLED = 1
"""How many moments of each case and victim are taken in the default run."""


class Case(NamedTuple):
    """Two databases, and where decisions are recorded: the number of one of them, a file, or by the last resource."""

    servers: tuple[str, str]
    decisions: int | str | None


CASES = {
    "two PostgreSQL, decisions in the first": Case(("postgresql", "postgresql"), 0),
    "PostgreSQL and MariaDB, decisions in MariaDB": Case(("postgresql", "mariadb"), 1),
    "PostgreSQL and MariaDB, decisions in a file": Case(("postgresql", "mariadb"), "file"),
    "MariaDB, and SQLite as the last resource": Case(("mariadb", "sqlite"), None),
}


class Site:
    """The servers and databases of one case."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.servers: dict[str, PrivateServer] = {}
        self.urls: list[str] = []
        self.decisions: Any = str(folder / "decisions") if case.decisions == "file" else case.decisions
        for number, kind in enumerate(case.servers):
            if kind == "sqlite":
                self.urls.append(f"sqlite:///{folder}/last.db")
                continue
            server: Any = PrivatePostgreSQL() if kind == "postgresql" else PrivateMariaDB()
            obstacle = server.obstacle()
            if obstacle is not None:
                pytest.skip(f"database not available: {obstacle.reason}")
            server.start()
            self.servers[f"server {number + 1}"] = server
            self.urls.append(url_on(server, "psycopg" if kind == "postgresql" else "pymysql"))
        self.engines: list[Engine] = [azoth.create_engine(url) for url in self.urls]
        make_tables(self.engines)
        self.number = 0

    @property
    def settings(self) -> TwoPhase:
        """What the killed program had, too."""
        record = self.engines[self.decisions] if isinstance(self.decisions, int) else self.decisions
        return TwoPhase("killed", record)

    def run(self, kill_at: int, victim: str) -> tuple[str, int]:
        """Run the program; give how it went, and how many moments it has passed."""
        self.number += 1
        task = {
            "urls": self.urls, "decisions": self.decisions, "kill_at": kill_at, "victim": victim, "number": self.number,
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.flow.twophase.killed"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        ) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write(json.dumps(task) + "\n")
            program.stdin.flush()
            line = program.stdout.readline()
            if line == "kill\n":
                self.servers[victim].kill()
                program.stdin.write("done\n")
                program.stdin.flush()
                line = program.stdout.readline()
        if victim != "self" and self.servers[victim].pid is None:
            self.servers[victim].start()
        return tuple(json.loads(line)) if line else ("killed", 0)

    def recover(self) -> None:
        """Recover until nothing is left."""
        for engine in self.engines:
            engine.dispose()
        assert until(lambda: recover_twophase(self.engines, self.settings).is_complete, 20)
        assert prepared(self.engines) == []

    def stop(self) -> None:
        """Stop the servers, and remove their files."""
        for engine in self.engines:
            engine.dispose()
        for server in self.servers.values():
            server.remove()


@pytest.fixture(scope="module", params=list(CASES))
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(CASES[request.param], tmp_path_factory.mktemp("site"))
    yield site
    site.stop()


def moments(count: int, victim: str) -> Sequence[int]:
    """Choose the moments at which somebody is killed."""
    every = range(1, count + 1)
    return every if ALL else sorted(random.Random(f"{SEED} {victim}").sample(every, SAMPLED))


def test_it_is_all_there_or_nothing_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "now", lambda: time.time() + 3600)
    outcome, count = site.run(0, "self")
    assert outcome == "committed"
    assert found(site.engines, site.number) == (True, True)
    tried = 0
    for victim in ("self", *site.servers):
        for moment in moments(count, victim):
            outcome, _ = site.run(moment, victim)
            site.recover()
            there = found(site.engines, site.number)
            what = f"{victim} killed at moment {moment} of {count}: {outcome}, {there} (seed {SEED})"
            assert there in ((True, True), (False, False)), what
            if outcome in ("committed", "will commit"):
                assert there == (True, True), what
            elif outcome == "rolled back":
                assert there == (False, False), what
            tried += 1
    possible = count * (1 + len(site.servers))
    print(f"\n{tried} kills of {possible} possible ones, seed {SEED}")  # noqa: T201 -- whoever runs it wants to know
