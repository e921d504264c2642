"""Statements that the driver has prepared, and tables that are altered since.

Needs: PostgreSQL.
"""

from __future__ import annotations

import pytest

from azoth import Connection, Engine, event, exc, text
from tests.flow.servers.conftest import Make
from tests.servers import PrivatePostgreSQL

READ = text("SELECT * FROM altered")


@pytest.fixture
def engine(postgresql: PrivatePostgreSQL, make_engine: Make) -> Engine:
    engine = make_engine(postgresql.url, "psycopg")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS altered"))
        connection.execute(text("CREATE TABLE altered (id int)"))
        connection.execute(text("INSERT INTO altered VALUES (1)"))
    return engine


def prepare(connection: Connection) -> None:
    """Read so often that the driver prepares the statement."""
    for _ in range(7):
        connection.execute(READ).all()
        connection.commit()


def alter(postgresql: PrivatePostgreSQL, make_engine: Make) -> None:
    with make_engine(postgresql.url, "psycopg").begin() as connection:
        connection.execute(text("ALTER TABLE altered ADD COLUMN IF NOT EXISTS more int DEFAULT 5"))


@pytest.mark.parametrize("echo", [False, True], ids=["silent", "logged"])
def test_the_first_statement_of_a_transaction_is_repeated(
    postgresql: PrivatePostgreSQL, make_engine: Make, engine: Engine, echo: bool
) -> None:
    engine.echo = echo
    with engine.connect() as connection:
        prepare(connection)
        alter(postgresql, make_engine)
        assert connection.execute(READ).all() == [(1, 5)]
        assert connection.in_transaction()
        connection.execute(text("INSERT INTO altered VALUES (2, 6)"))
        connection.rollback()
        assert connection.execute(READ).all() == [(1, 5)]


def test_the_level_stays_what_it_was(postgresql: PrivatePostgreSQL, make_engine: Make, engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="SERIALIZABLE", postgresql_readonly=True) as connection:
        prepare(connection)
        alter(postgresql, make_engine)
        assert connection.execute(READ).all() == [(1, 5)]
        assert connection.scalar(text("SHOW transaction_isolation")) == "serializable"
        assert connection.scalar(text("SHOW transaction_read_only")) == "on"


def test_statements_that_commit_by_themselves_are_repeated(
    postgresql: PrivatePostgreSQL, make_engine: Make, engine: Engine
) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        prepare(connection)
        alter(postgresql, make_engine)
        assert connection.execute(READ).all() == [(1, 5)]


def test_a_later_statement_says_what_to_do(postgresql: PrivatePostgreSQL, make_engine: Make, engine: Engine) -> None:
    with engine.connect() as connection:
        prepare(connection)
        alter(postgresql, make_engine)
        connection.execute(text("INSERT INTO altered VALUES (2, 6)"))
        with pytest.raises(exc.NotSupportedError) as caught:
            connection.execute(READ)
        assert caught.value.code == "AZ-D201"
        assert "roll back and repeat" in caught.value.fix
        connection.rollback()
        connection.execute(text("INSERT INTO altered VALUES (2, 6)"))
        assert connection.execute(READ).all() == [(1, 5), (2, 6)]


@pytest.mark.parametrize("hear", ["begin", "before_cursor_execute", "savepoint"])
def test_what_may_have_been_done_before_is_not_lost(
    postgresql: PrivatePostgreSQL, make_engine: Make, engine: Engine, hear: str
) -> None:
    with engine.connect() as connection:
        prepare(connection)
        alter(postgresql, make_engine)
        if hear == "begin":
            event.listen(engine, "begin", lambda connection: connection.execute(text("SET LOCAL work_mem = '1MB'")))
        elif hear == "before_cursor_execute":
            event.listen(engine, hear, lambda *_: None)
        else:
            connection.begin_nested()
        with pytest.raises(exc.NotSupportedError):
            connection.execute(READ)


def test_what_the_server_has_forgotten_is_prepared_anew(engine: Engine) -> None:
    with engine.connect() as connection:
        prepare(connection)
        # Past the driver, which would heed it.
        connection._dbapi.pgconn.exec_(b"DEALLOCATE ALL")
        assert connection.execute(READ).all() == [(1,)]
        connection.commit()
        prepare(connection)
        connection._dbapi.pgconn.exec_(b"DEALLOCATE ALL")
        connection.execute(text("INSERT INTO altered VALUES (2)"))
        with pytest.raises(exc.ProgrammingError) as caught:
            connection.execute(READ)
        assert caught.value.code == "AZ-D200"
