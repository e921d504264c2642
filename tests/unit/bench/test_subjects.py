"""The benchmark's subjects do the same work, and azoth's is SQLAlchemy's with other imports."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import bench
from bench.contestants import CONTESTANTS
from bench.databases import Database, SQLiteFile
from bench.every_work import works
from bench.people import create_database
from bench.stand import Stand, WrongResult
from bench.subject import make_subject
from bench.works import Work
from tests.unit.bench.tiny import SCALE

SUBJECTS = [contestant.subject for contestant in CONTESTANTS["sqlite"]]
WORKS = works(SCALE, "sqlite")
ON_SERVERS = [work for work in works(SCALE, "postgresql") if work.name not in {work.name for work in WORKS}]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = SQLiteFile(f"sqlite:///{tmp_path_factory.mktemp('bench')}/people.db")
    create_database(database, SCALE)
    return database


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("work", [*WORKS, *ON_SERVERS], ids=lambda work: work.name)
def test_every_library_comes_to_the_expected_result(work: Work, name: str, database: Database) -> None:
    subject = make_subject(name)
    if not work.able(subject):
        pytest.skip(f"{name} has no such way to work")
    stand = Stand(subject, database)
    try:
        assert stand.time(work, check=True).wall > 0
        assert stand.time(work, check=True).cpu >= 0
    finally:
        stand.disconnect()


def test_another_result_is_reported(database: Database) -> None:
    work = next(work for work in WORKS if work.name == "rows")
    too_few = replace(work, run=lambda subject, _: subject.load_rows(3))
    stand = Stand(make_subject("sqlite3"), database)
    with pytest.raises(WrongResult, match="load 100 rows"):
        stand.time(too_few, check=True)
    stand.disconnect()


@pytest.mark.parametrize("part", ["subject", "vehicles"])
def test_azoth_is_written_as_sqlalchemy_is(part: str) -> None:
    directory = Path(bench.__file__).parent
    azoth = (directory / f"{part}_azoth.py").read_text(encoding="utf-8")
    sqlalchemy = (directory / f"{part}_sqlalchemy.py").read_text(encoding="utf-8")
    assert _comparable(azoth) == _comparable(sqlalchemy.replace("sqlalchemy", "azoth").replace("SQLAlchemy", "Azoth"))


def _comparable(source: str) -> str:
    tree = ast.parse(source)
    tree.body = tree.body[1:]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "version":
            node.body = [ast.Pass()]
    return ast.dump(tree)
