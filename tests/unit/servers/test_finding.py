"""Where servers are looked for, in which order, and what is said where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.servers import KINDS, Found, Obstacle, binaries, connecting, finding

HERE = Found("postgresql://me@127.0.0.1:5432/postgres", False, "runs at port 5432: PostgreSQL 99")
OURS = Found("postgresql://postgres@127.0.0.1:20000/postgres", True, "started for the tests: PostgreSQL 99")


@pytest.fixture(autouse=True)
def _nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*finding.VARIABLES.values(), finding.OF_THE_RUN, "AZOTH_PG_BIN", "AZOTH_MARIADBD", "AZOTH_GALERA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Servers are there, everywhere, and note that they were looked for."""
    places: list[str] = []

    def answer(place: str, found: Any) -> Any:
        places.append(place)
        return found

    monkeypatch.setattr(finding, "find_local", lambda kind: answer("local", HERE))
    monkeypatch.setattr(finding, "start_private", lambda kind: answer("private", OURS))
    monkeypatch.setattr(finding, "check", lambda kind, url: answer(url, "PostgreSQL 99"))
    return places


def test_the_server_that_is_named_is_taken_before_others(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    monkeypatch.setenv("AZOTH_TEST_POSTGRESQL", "postgresql+psycopg://a:b@db:5433?sslmode=require")
    url = "postgresql://a:b@db:5433/postgres?sslmode=require"
    assert finding.search("postgresql") == Found(url, False, "named by AZOTH_TEST_POSTGRESQL: PostgreSQL 99")
    assert asked == [url]


def test_a_server_that_is_named_and_does_not_answer_is_replaced_by_no_other(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    monkeypatch.setattr(finding, "check", lambda kind, url: Obstacle(f"{url} refuses: asleep"))
    monkeypatch.setenv("AZOTH_TEST_MARIADB", "mariadb://root@db")
    assert finding.search("mariadb") == Obstacle("AZOTH_TEST_MARIADB: mysql://root@db/ refuses: asleep")
    assert asked == []


def test_then_comes_the_one_that_runs_here(asked: list[str]) -> None:
    assert finding.search("postgresql") == HERE
    assert asked == ["local"]


def test_then_one_that_is_started(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    monkeypatch.setattr(finding, "find_local", lambda kind: Obstacle(""))
    assert finding.search("postgresql") == OURS
    assert asked == ["private"]


def test_one_that_is_started_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    monkeypatch.setenv("AZOTH_TEST_POSTGRESQL", "private")
    assert finding.search("postgresql") == OURS
    assert asked == ["private"]


def test_the_obstacle_tells_of_the_server_here_that_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "find_local", lambda kind: Obstacle("port 5432 refuses"))
    monkeypatch.setattr(finding, "start_private", lambda kind: Obstacle("not installed"))
    assert finding.search("postgresql") == Obstacle("not installed (port 5432 refuses)")


def test_what_the_run_has_found_is_asked_no_more(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    monkeypatch.setenv(finding.OF_THE_RUN, json.dumps({"postgresql": OURS}))
    for named in ("", "private", OURS.url):
        monkeypatch.setenv("AZOTH_TEST_POSTGRESQL", named)
        assert finding.search("postgresql") == OURS
    assert asked == []
    monkeypatch.setenv("AZOTH_TEST_POSTGRESQL", "postgresql://another/x")
    found = finding.search("postgresql")
    assert isinstance(found, Found)
    assert found.url == "postgresql://another/x"


def test_what_the_run_has_found_is_not_what_must_be_private(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    monkeypatch.setenv(finding.OF_THE_RUN, json.dumps({"postgresql": HERE}))
    monkeypatch.setenv("AZOTH_TEST_POSTGRESQL", "private")
    assert finding.search("postgresql") == OURS


@pytest.mark.parametrize("kind", KINDS)
def test_a_driver_that_is_missing_is_an_obstacle(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    monkeypatch.setitem(connecting.DRIVERS, kind, ("no_such_driver", "pip install it"))
    monkeypatch.setenv(finding.VARIABLES[kind], "private")
    answer = finding.search(kind)
    assert isinstance(answer, Obstacle)
    assert "no_such_driver" in answer.reason
    assert answer.reason.endswith("pip install it")


def test_a_server_that_is_away_is_an_obstacle_without_its_password() -> None:
    for kind in KINDS:
        answer = connecting.check(kind, finding.normalize(kind, "any://me:secret@127.0.0.1:1"))
        assert isinstance(answer, Obstacle)
        assert "me:***@127.0.0.1:1" in answer.reason
        assert "secret" not in answer.reason


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    return path


def has_postgresql(folder: Path) -> Path:
    for name in ("postgres", "initdb"):
        program(folder / name)
    return folder


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without anything."""
    monkeypatch.setattr(binaries, "DEBIANS_POSTGRESQL", tmp_path / "postgresql")
    monkeypatch.setattr(binaries, "DEBIANS_GALERA", tmp_path / "galera.so")
    monkeypatch.setattr(binaries, "path", lambda: str(tmp_path / "usr/sbin") + ":/nowhere")
    return tmp_path


def test_the_newest_postgresql_is_taken(debian: Path) -> None:
    for version in ("9.6", "15", "9", "8"):
        has_postgresql(debian / "postgresql" / version / "bin")
    program(debian / "postgresql" / "16" / "bin" / "psql")
    assert binaries.postgresql() == debian / "postgresql" / "15" / "bin"


def test_the_postgresql_that_pg_config_tells_of_is_taken(debian: Path) -> None:
    folder = has_postgresql(debian / "opt")
    program(debian / "usr/sbin/pg_config").write_text(f"#!/bin/sh\necho {folder}\n")
    assert binaries.postgresql() == folder


def test_the_postgresql_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch, debian: Path) -> None:
    has_postgresql(debian / "postgresql" / "15" / "bin")
    monkeypatch.setenv("AZOTH_PG_BIN", str(has_postgresql(debian / "mine")))
    assert binaries.postgresql() == debian / "mine"
    monkeypatch.setenv("AZOTH_PG_BIN", str(debian / "empty"))
    assert isinstance(binaries.postgresql(), Obstacle)


def test_mariadb_is_found_with_what_makes_its_folder(monkeypatch: pytest.MonkeyPatch, debian: Path) -> None:
    server, install = program(debian / "usr/sbin/mariadbd"), debian / "usr/bin/mariadb-install-db"
    assert isinstance(binaries.mariadb(), Obstacle)
    assert binaries.MariaDB(server, program(install), debian / "usr") == binaries.mariadb()
    mine = program(debian / "mine/bin/mariadbd")
    program(debian / "mine/scripts/mariadb-install-db")
    monkeypatch.setenv("AZOTH_MARIADBD", str(mine))
    assert binaries.mariadb() == (mine, debian / "mine/scripts/mariadb-install-db", debian / "mine")


@pytest.mark.usefixtures("debian")
def test_what_is_not_installed_comes_with_the_command() -> None:
    for look in (binaries.postgresql, binaries.mariadb, binaries.galera, binaries.pgbouncer):
        found = look()
        assert isinstance(found, Obstacle)
        assert "apt-get install -y --no-install-recommends " in found.reason
