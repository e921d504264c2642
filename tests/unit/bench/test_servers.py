"""The benchmark on servers: its works on each driver, fresh data, and a run of the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.contestants import CONTESTANTS, Contestant
from bench.databases import Database
from bench.people import create_database, people_in, person_rows
from bench.server_works import server_works
from bench.servers import database_on_server
from bench.stand import Stand
from bench.subject import make_subject
from bench.works import Work
from tests import servers
from tests.database import DEFAULT, VARIABLE
from tests.unit.bench.tiny import SCALE

WORKS = server_works(SCALE)
ON_EACH = [(kind, contestant) for kind in servers.KINDS for contestant in CONTESTANTS[kind] if contestant.collector]


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, Database]]:
    made: dict[str, Database] = {}
    opened = []
    for kind in servers.kinds_of(os.environ.get(VARIABLE, DEFAULT)):
        context = database_on_server(kind)
        made[kind], _ = context.__enter__()
        opened.append(context)
        create_database(made[kind], SCALE)
    yield made
    for context in opened:
        context.__exit__(None, None, None)


def of_run(databases: dict[str, Database], kind: str) -> Database:
    if kind not in databases:
        pytest.skip(f"the run is not for {kind}")
    return databases[kind]


@pytest.mark.parametrize("kind, contestant", ON_EACH, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
def test_every_library_comes_to_the_expected_result(
    work: Work, kind: str, contestant: Contestant, databases: dict[str, Database]
) -> None:
    database = of_run(databases, kind)
    subject = make_subject(contestant.subject)
    if not work.able(subject):
        pytest.skip(f"{contestant.name} has no such way to work")
    stand = Stand(subject, database)
    try:
        assert stand.time(work, check=True).wall > 0
        assert stand.time(work, check=True).cpu >= 0
    finally:
        stand.disconnect()


@pytest.mark.parametrize("kind", servers.KINDS)
def test_data_are_fresh_again_after_a_work(kind: str, databases: dict[str, Database]) -> None:
    database = of_run(databases, kind)
    with database.fresh():
        database.run("DELETE FROM person WHERE id > 10", "UPDATE person SET age = 1")
        database.fill("person", ("name", "email", "age", "score", "city"), [("new", "", 1, 1.0, "")])
    assert people_in(database) == person_rows(SCALE.people)
    with database.fresh():
        database.fill("person", ("name", "email", "age", "score", "city"), [("new", "", 1, 1.0, "")])
        assert database.rows("SELECT max(id) FROM person") == [(SCALE.people + 1,)]


@pytest.mark.parametrize("kind", ["sqlite", *servers.KINDS])
def test_the_command_prints_medians_and_ratios(kind: str, databases: dict[str, Database], tmp_path: Path) -> None:
    if kind != "sqlite":
        of_run(databases, kind)
    file = tmp_path / "figures.json"
    options = ["--scale", "0.002", "--rounds", "1", "--only", "load", "--json", str(file)]
    output = subprocess.run(
        [sys.executable, "-m", "bench", "--database", kind, "--library", "azoth", "--library", "sqlalchemy", *options],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout
    assert "median of 1 rounds" in output
    assert "x SQLAlchemy" in output
    (line,) = json.loads(file.read_text(encoding="utf-8"))
    assert line["work"] == "load 100 objects of 6 columns"
    assert set(line["figures"]) == {"azoth", "sqlalchemy"}
    assert ("cpu" in line) == (kind != "sqlite")


def test_an_unknown_work_is_refused() -> None:
    command = [sys.executable, "-m", "bench", "--database", "postgresql", "--only", "joined"]
    refused = subprocess.run(command, text=True, stderr=subprocess.PIPE, check=False)
    assert refused.returncode == 2
    assert "'joined' is none of load, rows, insert" in refused.stderr
