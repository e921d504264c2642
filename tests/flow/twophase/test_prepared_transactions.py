"""Transactions of connections that are prepared and committed later, on each server by each driver.

Needs: PostgreSQL and MariaDB, of the tests' own.
"""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Connection, Engine, create_engine, event, exc, text
from tests.flow.servers.conftest import until
from tests.flow.twophase.conftest import MakeEngine, url_on
from tests.servers import PrivateMariaDB, PrivatePostgreSQL

INSERT = text("INSERT INTO t VALUES (:id)")


def rows(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT id FROM t ORDER BY id")))


def prepared(engine: Engine, xid: str = "one", id_: int = 1) -> Any:
    """Prepare an INSERT, and give its transaction."""
    connection = engine.connect()
    transaction = connection.begin_twophase(xid)
    connection.execute(INSERT, {"id": id_})
    transaction.prepare()
    return transaction


def test_it_is_committed_after_it_was_prepared(engine: Engine) -> None:
    transaction = prepared(engine)
    assert rows(engine) == []
    with engine.connect() as connection:
        assert connection.recover_twophase() == ["one"]
    transaction.commit()
    transaction.connection.close()
    assert rows(engine) == [1]
    with engine.connect() as connection:
        assert connection.recover_twophase() == []


def test_it_is_rolled_back_after_it_was_prepared(engine: Engine) -> None:
    transaction = prepared(engine)
    transaction.rollback()
    transaction.connection.close()
    assert rows(engine) == []
    with engine.connect() as connection:
        assert connection.recover_twophase() == []


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_it_may_end_without_being_prepared(engine: Engine, end: str) -> None:
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(INSERT, {"id": 1})
        getattr(transaction, end)()
        connection.execute(INSERT, {"id": 2})
        connection.commit()
    assert rows(engine) == ([1, 2] if end == "commit" else [2])


def test_nothing_is_prepared_well(engine: Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        transaction.prepare()
        transaction.commit()
        assert connection.recover_twophase() == []


def test_savepoints_are_made_within_it(engine: Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(INSERT, {"id": 1})
        with connection.begin_nested() as savepoint:
            connection.execute(INSERT, {"id": 2})
            savepoint.rollback()
        transaction.prepare()
        transaction.commit()
    assert rows(engine) == [1]


def test_what_is_prepared_takes_no_statements(engine: Engine) -> None:
    transaction = prepared(engine)
    connection = transaction.connection
    with pytest.raises(exc.InvalidRequestError) as caught:
        connection.execute(INSERT, {"id": 2})
    assert caught.value.code == "AZ-E38"
    transaction.commit()
    connection.execute(INSERT, {"id": 2})
    connection.commit()
    connection.close()
    assert rows(engine) == [1, 2]


def test_a_connection_that_is_closed_rolls_back_what_it_has_prepared(engine: Engine) -> None:
    prepared(engine).connection.close()
    with engine.connect() as connection:
        assert connection.recover_twophase() == []
    assert rows(engine) == []


def test_a_failed_statement_is_not_prepared_over(engine: Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(INSERT, {"id": 1})
        with pytest.raises(exc.UniqueViolation):
            connection.execute(INSERT, {"id": 1})
        if engine.dialect.name == "postgresql":
            with pytest.raises(exc.InternalError, match="PREPARE TRANSACTION") as caught:
                transaction.prepare()
            assert caught.value.code == "AZ-D204"
            transaction.rollback()
        else:
            # The statement alone was rolled back.
            transaction.prepare()
            transaction.commit()
        assert connection.recover_twophase() == []
    assert rows(engine) == ([] if engine.dialect.name == "postgresql" else [1])


@pytest.mark.parametrize("xid", ["it's", 'a"b', "back\\slash", "%s", "ä", "x; DROP TABLE t"])
def test_an_identifier_may_have_any_letters(engine: Engine, xid: str) -> None:
    transaction = prepared(engine, xid)
    with engine.connect() as connection:
        assert connection.recover_twophase() == [xid]
    transaction.commit()
    transaction.connection.close()
    assert rows(engine) == [1]


@pytest.mark.parametrize("commit", [True, False])
def test_who_has_lost_the_connection_finishes_it_from_another_one(engine: Engine, commit: bool) -> None:
    prepared(engine).connection.invalidate()
    with engine.connect() as connection:
        (found,) = connection.prepared_transactions()
        assert found.xid == "one"
        assert (found.prepared_at is not None) == (engine.dialect.name == "postgresql")
        connection.rollback()
        assert until(lambda: finishes(connection, commit))
        assert connection.finish_prepared("one", commit=commit) is False
        with pytest.raises(exc.InvalidRequestError) as caught:
            connection.commit_prepared("one")
        assert caught.value.code == "AZ-E747"
    assert rows(engine) == ([1] if commit else [])


def finishes(connection: Connection, commit: bool) -> bool:
    """Try to finish it; the server may not have noticed yet that its connection is gone."""
    try:
        return connection.finish_prepared("one", commit=commit)
    except exc.InvalidRequestError as error:
        if error.code != "AZ-D250":
            raise
        return False


def test_a_transaction_whose_connection_lives_is_ended_by_others_only_on_postgresql(engine: Engine) -> None:
    transaction = prepared(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            assert connection.finish_prepared("one", commit=True)
        else:
            with pytest.raises(exc.InvalidRequestError) as caught:
                connection.finish_prepared("one", commit=True)
            assert caught.value.code == "AZ-D250"
            transaction.commit()
    transaction.connection.invalidate()
    assert rows(engine) == [1]


def test_it_cannot_be_finished_within_another_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(INSERT, {"id": 1})
        with pytest.raises(exc.InvalidRequestError) as caught:
            connection.commit_prepared("one")
        assert caught.value.code == "AZ-E35"


def test_listeners_hear_of_each_step(engine: Engine) -> None:
    heard: list[str] = []
    for name in ("begin_twophase", "prepare_twophase", "commit_twophase", "rollback_twophase"):
        event.listen(engine, name, lambda *_, name=name: heard.append(name))
    transaction = prepared(engine)
    transaction.commit()
    transaction.connection.close()
    assert heard == ["begin_twophase", "prepare_twophase", "commit_twophase"]


def test_an_identifier_is_free_after_its_end_and_only_then(engine: Engine) -> None:
    transaction = prepared(engine)
    with engine.connect() as connection, pytest.raises(exc.DBAPIError):
        second = connection.begin_twophase("one")
        connection.execute(INSERT, {"id": 2})
        second.prepare()
    transaction.commit()
    transaction.connection.close()
    prepared(engine, "one", 3).commit()
    assert rows(engine) == [1, 3]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_it_outlasts_the_server(kind: str, make_engine: MakeEngine) -> None:
    server = PrivatePostgreSQL() if kind == "postgresql" else PrivateMariaDB()
    obstacle = server.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with server:
        engine = create_engine(url_on(server, "psycopg" if kind == "postgresql" else "pymysql"))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (id int PRIMARY KEY)"))
        transaction = prepared(engine)
        server.kill()
        server.start()
        with pytest.raises(exc.CommitUnknown) as caught:
            transaction.commit()
        assert caught.value.xid == "one"
        transaction.rollback()
        engine.dispose()
        with engine.connect() as connection:
            assert connection.recover_twophase() == ["one"]
            connection.rollback()
            connection.commit_prepared("one")
        assert rows(engine) == [1]
        engine.dispose()


def test_a_server_that_prepares_nothing_says_which_setting_it_is() -> None:
    server = PrivatePostgreSQL(options={"max_prepared_transactions": 0})
    obstacle = server.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with server:
        engine = create_engine(server.url)
        with engine.connect() as connection:
            with pytest.raises(exc.InvalidRequestError, match="max_prepared_transactions is 0") as caught:
                connection.begin_twophase()
            assert caught.value.code == "AZ-D251"
            assert connection.scalar(text("SELECT 1")) == 1
        engine.dispose()


def test_an_identifier_that_xa_does_not_take_is_refused(make_engine: MakeEngine, a_mariadb: PrivateMariaDB) -> None:
    engine = make_engine(url_on(a_mariadb, "pymysql"))
    with engine.connect() as connection:
        with pytest.raises(exc.ArgumentError) as caught:
            connection.begin_twophase("x" * 65)
        assert caught.value.code == "AZ-D253"
        assert connection.scalar(text("SELECT 1")) == 1


def test_after_a_deadlock_nothing_is_prepared(make_engine: MakeEngine, a_mariadb: PrivateMariaDB) -> None:
    engine = make_engine(url_on(a_mariadb, "pymysql"))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS t"))
        connection.execute(text("CREATE TABLE t (id int PRIMARY KEY)"))
    with engine.connect() as connection:
        transaction = connection.begin_twophase("dead")
        connection.execute(INSERT, {"id": 1})
        # What the server says when it has chosen this transaction as the victim of a deadlock.
        connection.exec_driver_sql(f"XA END X'{b'dead'.hex()}'")
        with pytest.raises(exc.DBAPIError):
            transaction.prepare()
        transaction.rollback()
        assert connection.recover_twophase() == []
    assert rows(engine) == []
