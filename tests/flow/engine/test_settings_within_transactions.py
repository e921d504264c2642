"""``PRAGMA foreign_keys`` has its effect, or says that it has none: a DROP TABLE behind it would delete other rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from azoth import event, exc, text
from azoth.engine import Connection, create_engine

pytestmark = pytest.mark.sqlite_only("SQLite passes over this setting within a transaction")

OFF = ["PRAGMA foreign_keys=OFF", "pragma foreign_keys(0)", "  -- a copy follows\nPRAGMA main.foreign_keys = 'false'"]


@pytest.fixture(params=["memory", "file"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'a.db'}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON").close())
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE person (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE letter (person_id INTEGER REFERENCES person ON DELETE CASCADE)"))
        connection.execute(text("INSERT INTO person VALUES (1)"))
        connection.execute(text("INSERT INTO letter VALUES (1)"))
        connection.commit()
        yield connection
    engine.dispose()


@pytest.mark.parametrize("sql", OFF)
def test_switching_the_check_off_too_late_is_refused(connection: Connection, sql: str) -> None:
    connection.execute(text("INSERT INTO person VALUES (2)"))
    with pytest.raises(exc.InvalidRequestError, match="foreign keys are checked as before") as caught:
        connection.execute(text(sql))
    assert "before anything is written" in caught.value.fix
    with pytest.raises(exc.InvalidRequestError, match="has no effect"):
        connection.exec_driver_sql(sql)
    connection.rollback()


@pytest.mark.parametrize("sql", OFF)
def test_before_the_first_write_it_is_switched_off(connection: Connection, sql: str) -> None:
    connection.execute(text("SELECT 1")).all()
    connection.execute(text(sql))
    connection.execute(text("DROP TABLE person"))
    assert connection.execute(text("SELECT person_id FROM letter")).all() == [(1,)]


def test_switching_it_on_too_late_is_warned_of(connection: Connection) -> None:
    connection.execute(text("PRAGMA foreign_keys=OFF"))
    connection.execute(text("DROP TABLE person"))
    with pytest.warns(exc.AzothWarning, match="foreign keys are not checked as before"):
        connection.execute(text("PRAGMA foreign_keys=ON"))


def test_what_changes_nothing_and_what_only_asks_is_let_pass(connection: Connection) -> None:
    connection.execute(text("INSERT INTO person VALUES (2)"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        connection.execute(text("PRAGMA foreign_keys=ON"))
        connection.execute(text("INSERT INTO person SELECT 3 WHERE 'PRAGMA foreign_keys=OFF' <> ''"))
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
