"""A connection whose isolation level cannot be reset is given up; who has committed on it is not told otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Engine, text
from azoth.orm import Session
from tests.database import Database


@pytest.fixture
def engine(database: Database, monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine: Engine = database.make_engine("bank")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE reset_levels (id int)"))

    def fail(_dbapi_connection: Any) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("the connection is lost")

    monkeypatch.setattr(engine.dialect, "reset_isolation_level", fail)
    return engine


def test_a_session_that_has_committed_is_not_told_otherwise(engine: Engine) -> None:
    with Session(engine) as session:
        session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        session.execute(text("INSERT INTO reset_levels VALUES (1)"))
        driver = session.connection().connection.dbapi_connection
        session.commit()
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is not driver
        assert connection.scalar(text("SELECT count(*) FROM reset_levels")) == 1
