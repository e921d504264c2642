"""Transactions on MariaDB: the server begins by itself, and what it has ended is not gone on with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import Column, Connection, Engine, Integer, MetaData, Table, exc, select, text

numbers = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("amount", Integer))
ALL = select(numbers.c.amount).order_by(numbers.c.id)


def prepare(engine: Engine) -> None:
    numbers.create(engine)
    with engine.begin() as connection:
        connection.execute(numbers.insert(), [{"id": number, "amount": 0} for number in (1, 2, 3)])


def setting(number: int, amount: int) -> Any:
    return numbers.update().where(numbers.c.id == number).values(amount=amount)


def deadlock(first: Connection, second: Connection) -> tuple[Connection, exc.DBAPIError]:
    """Let two connections wait for each other; give the one that has lost, and its error."""
    first.execute(setting(1, 10))
    second.execute(setting(2, 20))
    lost: list[tuple[Connection, exc.DBAPIError]] = []

    def run(connection: Connection, number: int) -> None:
        try:
            connection.execute(setting(number, 99))
        except exc.DBAPIError as error:
            lost.append((connection, error))

    other = threading.Thread(target=run, args=(second, 1))
    other.start()
    run(first, 2)
    other.join()
    assert len(lost) == 1
    return lost[0]


def test_blocks_commit_and_roll_back(engine: Engine) -> None:
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(setting(1, 5))
    with engine.connect() as connection:
        connection.execute(setting(1, 6))
    with pytest.raises(RuntimeError), engine.begin() as connection:
        connection.execute(setting(1, 7))
        raise RuntimeError
    with engine.connect() as connection:
        assert connection.scalars(ALL).all() == [5, 0, 0]


def test_nothing_is_sent_to_begin(engine: Engine) -> None:
    prepare(engine)
    with engine.connect() as connection:
        asked = "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'QUESTIONS'"
        before = int(connection.scalar(text(asked)))
        connection.commit()
        connection.execute(setting(1, 5))
        connection.commit()
        assert int(connection.scalar(text(asked))) - before == 4


def test_savepoints(engine: Engine) -> None:
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(setting(1, 5))
        with pytest.raises(exc.IntegrityError), connection.begin_nested():
            connection.execute(setting(2, 6))
            connection.execute(numbers.insert(), {"id": 3})
        with connection.begin_nested():
            connection.execute(setting(3, 7))
    with engine.connect() as connection:
        assert connection.scalars(ALL).all() == [5, 0, 7]


def test_a_deadlock_ends_the_whole_transaction(engine: Engine) -> None:
    prepare(engine)
    with engine.connect() as first, engine.connect() as second:
        loser, error = deadlock(first, second)
        assert isinstance(error, exc.DeadlockError)
        with pytest.raises(exc.PendingRollbackError):
            loser.execute(ALL)
        loser.rollback()
        (winner,) = {first, second} - {loser}
        winner.commit()
        assert 99 in loser.scalars(ALL).all()


def test_a_deadlock_within_a_savepoint_ends_the_whole_transaction(engine: Engine) -> None:
    prepare(engine)
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            connection.begin_nested()
        loser, _ = deadlock(first, second)
        with pytest.raises(exc.PendingRollbackError):
            loser.execute(ALL)


def test_a_lock_that_is_waited_for_in_vain_ends_the_statement_only(engine: Engine) -> None:
    prepare(engine)
    with engine.connect() as holder, engine.connect() as waiting:
        holder.execute(setting(1, 5))
        waiting.exec_driver_sql("SET innodb_lock_wait_timeout = 1")
        waiting.execute(setting(2, 6))
        with pytest.raises(exc.LockTimeoutError):
            waiting.execute(setting(1, 7))
        waiting.execute(setting(3, 8))
        waiting.commit()
        holder.rollback()
        assert holder.scalars(ALL).all() == [0, 6, 8]


def test_a_row_that_others_have_changed_ends_the_transaction(engine: Engine) -> None:
    prepare(engine)
    with engine.connect() as reader, engine.connect() as writer:
        try:
            reader.exec_driver_sql("SET innodb_snapshot_isolation = ON")
        except exc.DBAPIError:
            pytest.skip("this server does not know innodb_snapshot_isolation")
        reader.scalars(ALL).all()
        writer.execute(setting(1, 5))
        writer.commit()
        with pytest.raises(exc.SerializationError):
            reader.execute(setting(1, 6))
        with pytest.raises(exc.PendingRollbackError):
            reader.execute(ALL)


def test_isolation_levels_of_connections_and_engines(make_engine: Callable[..., Engine], engine: Engine) -> None:
    prepare(engine)
    shown = text("SELECT @@tx_isolation")
    with engine.connect() as connection:
        assert connection.default_isolation_level == "REPEATABLE READ"
        connection.execution_options(isolation_level="READ COMMITTED")
        assert connection.scalar(shown) == "READ-COMMITTED"
        assert connection.get_isolation_level() == "READ COMMITTED"
    with engine.connect() as connection:
        assert connection.scalar(shown) == "REPEATABLE-READ"
    serializable = make_engine(isolation_level="SERIALIZABLE")
    with serializable.connect() as connection:
        assert connection.scalar(shown) == "SERIALIZABLE"
        connection.rollback()
        connection.execution_options(isolation_level="READ UNCOMMITTED")
        assert connection.scalar(shown) == "READ-UNCOMMITTED"
    with serializable.connect() as connection:
        assert connection.scalar(shown) == "SERIALIZABLE"
    with pytest.raises(exc.ArgumentError, match="SNAPSHOT"):
        make_engine(isolation_level="SNAPSHOT")


def test_autocommit(make_engine: Callable[..., Engine], engine: Engine) -> None:
    prepare(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(setting(1, 5))
        connection.rollback()
        assert connection.scalar(text("SELECT @@autocommit")) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT @@autocommit")) == 0
        assert connection.scalars(ALL).all() == [5, 0, 0]
    with make_engine(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(setting(2, 6))
        connection.rollback()
        assert connection.scalars(ALL).all() == [5, 6, 0]


def test_a_connection_that_was_killed_is_replaced(make_engine: Callable[..., Engine], engine: Engine) -> None:
    prepare(engine)
    pooled = make_engine(pool_size=1, max_overflow=0)
    with engine.connect() as other, pooled.connect() as connection:
        number = pooled.dialect.connection_id(connection.connection.dbapi_connection)
        connection.execute(setting(1, 5))
        other.exec_driver_sql(f"KILL {number}")
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(ALL)
        assert caught.value.connection_invalidated
        connection.rollback()
        assert connection.scalars(ALL).all() == [0, 0, 0]


def test_a_connection_that_was_killed_in_the_pool_is_noticed(
    make_engine: Callable[..., Engine], engine: Engine
) -> None:
    pooled = make_engine(pool_size=1, max_overflow=0, pool_pre_ping=True)
    with pooled.connect() as connection:
        number = pooled.dialect.connection_id(connection.connection.dbapi_connection)
    with engine.connect() as other:
        other.exec_driver_sql(f"KILL {number}")
    with pooled.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        assert pooled.dialect.connection_id(connection.connection.dbapi_connection) != number


def test_a_commit_that_cannot_be_answered_is_unknown(engine: Engine, make_engine: Callable[..., Engine]) -> None:
    prepare(engine)
    killed = make_engine()
    with engine.connect() as other, killed.connect() as connection:
        number = killed.dialect.connection_id(connection.connection.dbapi_connection)
        connection.execute(setting(1, 5))
        other.exec_driver_sql(f"KILL {number}")
        with pytest.raises(exc.CommitUnknown):
            connection.commit()


def test_ddl_commits_as_the_server_does(engine: Engine) -> None:
    """The server commits before DDL, whatever anybody wants; what was said before it is not lost."""
    prepare(engine)
    with engine.connect() as connection:
        connection.execute(setting(1, 5))
        connection.exec_driver_sql("CREATE TABLE further (id INT)")
        connection.rollback()
        assert connection.scalars(ALL).all() == [5, 0, 0]


def test_what_is_refused_is_named(engine: Engine) -> None:
    metadata = MetaData()
    parent = Table("parent", metadata, Column("id", Integer, primary_key=True))
    child = Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("word", azoth.String(3), nullable=False),
        Column("parent_id", Integer),
        Column("size", Integer),
        azoth.ForeignKeyConstraint(["parent_id"], [parent.c.id], name="fk_parent"),
        azoth.UniqueConstraint("word", name="uq_word"),
        azoth.CheckConstraint("size < 100", name="ck_size"),
    )
    metadata.create_all(engine)
    row: dict[str, Any] = {"id": 1, "word": "a", "parent_id": None}
    with engine.begin() as connection:
        connection.execute(child.insert(), row)
    cases: list[tuple[dict[str, Any], type[exc.DBAPIError], tuple[str | None, ...]]] = [
        ({"id": 1, "word": "b"}, exc.UniqueViolation, ("PRIMARY", None, None)),
        ({"id": 2, "word": "a"}, exc.UniqueViolation, ("uq_word", None, None)),
        ({"id": 2, "word": None}, exc.NotNullViolation, (None, None, "word")),
        ({"id": 2, "word": "b", "parent_id": 7}, exc.ForeignKeyViolation, ("fk_parent", "child", "parent_id")),
        ({"id": 2, "word": "b", "size": 200}, exc.CheckViolation, ("ck_size", "child", None)),
        ({"id": 2, "word": "long"}, exc.ValueTooLong, (None, None, "word")),
    ]
    for values, kind, names in cases:
        with engine.connect() as connection:
            with pytest.raises(kind) as caught:
                connection.execute(child.insert(), {**row, **values})
            error = caught.value
            assert (error.constraint_name, error.table_name, error.column_name) == names
    with engine.connect() as connection, pytest.raises(exc.NotNullViolation) as caught:
        connection.exec_driver_sql("INSERT INTO child (id) VALUES (5)")
    assert caught.value.column_name == "word"
    with engine.connect() as connection, pytest.raises(exc.StatementTimeoutError):
        connection.exec_driver_sql("SET STATEMENT max_statement_time = 0.05 FOR SELECT SLEEP(5)")
