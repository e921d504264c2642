"""The servers of a run: found once for all processes, missing ones named or a failure."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import pytest_terminal_summary
from tests.servers import Found, Obstacle, PrivatePostgreSQL, finding, kinds_of, run

ROOT = Path(__file__).parents[3]
SERVER = Found("postgresql://me@127.0.0.1/postgres", True, "a fake")


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind is found, the other is not; nothing of the real run is touched."""
    answers: dict[str, Any] = {"postgresql": SERVER, "mariadb": Obstacle("apt-get install it")}
    monkeypatch.setattr(run, "find", answers.__getitem__)
    monkeypatch.setattr(run, "stop", lambda: ("postgresql",))
    monkeypatch.setattr(run, "_missing", {})
    monkeypatch.setenv(finding.OF_THE_RUN, "")
    monkeypatch.setenv(run.REQUIRE, "")


def told() -> Any:
    return json.loads(os.environ[finding.OF_THE_RUN] or "{}")


def test_the_names_of_databases_tell_what_servers_they_need() -> None:
    assert kinds_of("sqlite,sqlite_file") == ()
    assert kinds_of("mariadb_mysqldb, sqlite,postgresql,postgresql_psycopg2") == ("postgresql", "mariadb")


def test_other_processes_learn_what_was_found_until_the_end() -> None:
    run.start_for_run(["postgresql"])
    assert told() == {"postgresql": list(SERVER)}
    assert finding.found_by_run("postgresql") == SERVER
    run.stop_after_run()
    assert told() == {}


def test_what_is_missing_is_told() -> None:
    run.start_for_run(["postgresql", "mariadb"])
    assert run.missing() == {"mariadb": Obstacle("apt-get install it")}


class Terminal:
    """What the summary of a run is written to."""

    def __init__(self) -> None:
        self.stats: dict[str, list[Any]] = {}
        self.lines: list[str] = []

    def section(self, title: str, **_: Any) -> None:
        self.lines.append(title)

    def line(self, text: str, **_: Any) -> None:
        self.lines.append(text)


def test_the_summary_names_what_is_missing_loudly() -> None:
    terminal = Terminal()
    pytest_terminal_summary(terminal)
    assert "DATABASES NOT TESTED" not in terminal.lines
    run.start_for_run(["mariadb"])
    pytest_terminal_summary(terminal)
    assert terminal.lines[-2:] == ["DATABASES NOT TESTED", "mariadb: apt-get install it"]


def test_what_is_required_and_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(run.REQUIRE, "postgresql")
    run.start_for_run([])
    assert list(told()) == ["postgresql"]
    monkeypatch.setenv(run.REQUIRE, "postgresql, mariadb")
    with pytest.raises(pytest.UsageError, match="'mariadb', which is missing: apt-get install it"):
        run.start_for_run([])


def test_an_unknown_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(run.REQUIRE, "oracle")
    with pytest.raises(pytest.UsageError, match="'oracle', which is none of: postgresql, mariadb"):
        run.start_for_run([])


TEST = """
import os, pytest
from tests.servers import find, finding

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    assert os.environ["PYTEST_XDIST_WORKER"]
    found = find("postgresql")
    assert found.is_ours
    assert finding.check("postgresql", found.url).startswith("PostgreSQL")
    assert not finding._started
    with open({file!r}, "a") as file:
        file.write(found.url + "\\n")
"""


def pytest_run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    command += ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_one_server_serves_all_workers_and_ends_with_the_run(tmp_path: Path) -> None:
    if PrivatePostgreSQL.obstacle() is not None:
        pytest.skip("database not available")
    urls = tmp_path / "urls"
    file = tmp_path / "test_workers.py"
    file.write_text(TEST.format(file=str(urls)))
    variables = {"AZOTH_REQUIRE": "postgresql", "AZOTH_TEST_POSTGRESQL": "private", "AZOTH_TEST_DATABASES": "sqlite"}
    ran = pytest_run("-n", "2", f"--confcutdir={ROOT}", "-p", "tests.conftest", str(file), **variables)
    assert "4 passed" in ran.stdout, ran.stdout + ran.stderr
    assert len(set(urls.read_text().splitlines())) == 1
    port = urls.read_text().splitlines()[0].rpartition(":")[2].partition("/")[0]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)))


def test_a_run_that_requires_what_is_not_there_does_not_begin(tmp_path: Path) -> None:
    file = tmp_path / "test_nothing.py"
    file.write_text("def test_it(): pass\n")
    variables = {"AZOTH_REQUIRE": "mariadb", "AZOTH_TEST_MARIADB": "mysql://root@127.0.0.1:1"}
    ran = pytest_run("-p", "tests.conftest", str(file), **variables)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "AZOTH_REQUIRE names 'mariadb', which is missing: AZOTH_TEST_MARIADB: mysql://" in ran.stderr
