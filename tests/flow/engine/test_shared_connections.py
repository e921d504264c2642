"""Sessions that share one driver's connection share its transaction, as tests of web applications expect."""

from __future__ import annotations

import importlib
import random
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import azoth
from azoth import event, select
from azoth.engine import Connection, Engine
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from azoth.pool import SingletonThreadPool, StaticPool

pytestmark = pytest.mark.sqlite_only("connections of sqlite3 that several sessions share, and their statements by hand")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)


def static_pool(path: Path, **arguments: Any) -> Engine:
    return azoth.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False, **arguments}
    )


def static_pool_on_a_file(path: Path, **arguments: Any) -> Engine:
    return azoth.create_engine(f"sqlite:///{path}", poolclass=StaticPool, connect_args=arguments)


def connection_of_a_thread(path: Path, **arguments: Any) -> Engine:
    return azoth.create_engine(f"sqlite:///{path}", poolclass=SingletonThreadPool, connect_args=arguments)


def given_connection(path: Path, **arguments: Any) -> Engine:
    shared = sqlite3.connect(path, check_same_thread=False, **arguments)
    return azoth.create_engine("sqlite://", creator=lambda: shared)


def connection_of_a_listener(path: Path, **arguments: Any) -> Engine:
    shared = sqlite3.connect(path, check_same_thread=False, **arguments)
    engine = azoth.create_engine("sqlite://")
    event.listen(engine, "do_connect", lambda *_: shared)
    return engine


def begun_by_a_listener(statement: str) -> Callable[[Path], Engine]:
    """Make what SQLAlchemy's documentation recommends for its pysqlite dialect."""

    def make(path: Path) -> Engine:
        engine = static_pool(path)

        @event.listens_for(engine, "connect")
        def leave_transactions_alone(dbapi_connection: Any, record: Any) -> None:
            dbapi_connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql(statement)

        return engine

    return make


MODES: list[dict[str, Any]] = [{"isolation_level": ""}, {"isolation_level": "IMMEDIATE"}]
if sys.version_info >= (3, 12):
    MODES += [{"autocommit": False}, {"autocommit": True}]

SHARING = [
    static_pool,
    static_pool_on_a_file,
    connection_of_a_thread,
    given_connection,
    connection_of_a_listener,
    *[lambda path, how=how, mode=mode: how(path, **mode) for how in (static_pool, given_connection) for mode in MODES],
    begun_by_a_listener("BEGIN"),
    begun_by_a_listener("BEGIN IMMEDIATE"),
]


@pytest.fixture(params=SHARING)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = request.param(tmp_path / "notes.db")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def stored(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(Note.id).order_by(Note.id)))


def seen(session: Session) -> list[int]:
    return list(session.scalars(select(Note.id).order_by(Note.id)))


def test_one_writes_while_the_other_has_read(engine: Engine) -> None:
    with Session(engine) as fixture, Session(engine) as request:
        assert seen(fixture) == []
        request.add(Note(id=1))
        request.commit()
        assert seen(fixture) == [1]
    assert stored(engine) == [1]


def test_both_write_and_one_commit_commits_both(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        one.add(Note(id=1))
        one.flush()
        assert seen(other) == [1]
        other.add(Note(id=2))
        other.commit()
        one.rollback()
    assert stored(engine) == [1, 2]


def test_a_rollback_of_either_rolls_both_back(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        one.add(Note(id=1))
        one.flush()
        other.add(Note(id=2))
        other.flush()
        one.rollback()
        other.commit()
    assert stored(engine) == []


def test_what_is_written_after_the_other_has_ended_the_transaction_is_in_a_new_one(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        one.add(Note(id=1))
        one.flush()
        assert seen(other) == [1]
        other.commit()
        one.add(Note(id=2))
        one.flush()
        one.rollback()
        assert seen(other) == [1]
    assert stored(engine) == [1]


def test_savepoints_work_inside_a_joined_transaction(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        one.add(Note(id=1))
        one.flush()
        with other.begin_nested():
            other.add(Note(id=2))
        with other.begin_nested() as savepoint:
            other.add(Note(id=3))
            other.flush()
            savepoint.rollback()
        other.commit()
    assert stored(engine) == [1, 2]


def test_a_session_in_the_transaction_of_a_test(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as outer:
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            session.add(Note(id=1))
            session.commit()
            session.add(Note(id=2))
            session.flush()
            session.rollback()
            with session.begin_nested():
                session.add(Note(id=3))
            session.commit()
            assert seen(session) == [1, 3]
        outer.rollback()
    assert stored(engine) == []


def test_tables_are_dropped_beside_an_open_session(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Note(id=1))
        session.commit()
        assert seen(session) == [1]
        Base.metadata.drop_all(engine)
        assert not engine.has_table("note")


@pytest.mark.parametrize("make", [static_pool, given_connection])
def test_a_request_in_another_thread_works_on_the_data_of_the_test(make: Any, tmp_path: Path) -> None:
    engine = make(tmp_path / "notes.db")
    Base.metadata.create_all(engine)
    answers: list[list[int]] = []

    def request() -> None:
        with Session(engine) as session:
            found = seen(session)
            session.add(Note(id=2))
            session.commit()
            answers.append(found)

    with Session(engine) as fixture:
        fixture.add(Note(id=1))
        fixture.flush()
        thread = threading.Thread(target=request)
        thread.start()
        thread.join()
        assert answers == [[1]]
        assert seen(fixture) == [1, 2]
    assert stored(engine) == [1, 2]
    engine.dispose()


@pytest.mark.parametrize("arguments", [{}, *MODES])
def test_autocommit_on_a_connection_with_transactions_of_the_driver(arguments: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    engine = azoth.create_engine(f"sqlite:///{path}", connect_args=arguments)
    Base.metadata.create_all(engine)
    outside = sqlite3.connect(path)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(azoth.insert(Note).values(id=1))
        assert outside.execute("SELECT id FROM note").fetchall() == [(1,)]
        connection.exec_driver_sql("VACUUM")
    with engine.connect() as connection:
        connection.execute(azoth.insert(Note).values(id=2))
        assert outside.execute("SELECT id FROM note").fetchall() == [(1,)]
        connection.rollback()
        raw: Any = connection.connection.dbapi_connection
        assert [getattr(raw, name) for name in arguments] == list(arguments.values())
    outside.close()
    engine.dispose()


def test_what_the_user_ends_on_the_drivers_connection_is_begun_anew(tmp_path: Path) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'notes.db'}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(azoth.insert(Note).values(id=1))
        connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
        connection.execute(azoth.insert(Note).values(id=2))
        connection.rollback()
    assert stored(engine) == [1]
    engine.dispose()


@pytest.mark.parametrize("statement", ["BEGIN", "begin immediate"])
@pytest.mark.parametrize("mode", ["ON WRITE", "DEFERRED", "IMMEDIATE"])
def test_a_listener_that_begins_begins_alone(mode: str, statement: str, tmp_path: Path) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'notes.db'}", begin=mode)
    Base.metadata.create_all(engine)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(statement))
    sent: list[str] = []
    event.listen(engine, "checkout", lambda raw, record, proxy: raw.set_trace_callback(sent.append))
    with Session(engine) as session:
        session.add(Note(id=1))
        session.commit()
        assert seen(session) == [1]
        session.add(Note(id=2))
        with session.begin_nested():
            session.add(Note(id=3))
        session.rollback()
        assert [sql for sql in sent if sql.lower().startswith("begin")] == [statement] * 2
    assert stored(engine) == [1]
    engine.dispose()


def test_what_the_user_begins_by_hand_is_ended(tmp_path: Path) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'notes.db'}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        connection.execute(azoth.insert(Note).values(id=1))
        connection.commit()
        raw: Any = connection.connection.dbapi_connection
        connection.scalar(select(1))
        raw.execute("BEGIN")
        raw.execute("INSERT INTO note VALUES (2)")
        connection.rollback()
        assert not raw.in_transaction
    assert stored(engine) == [1]
    engine.dispose()


# --- the same as SQLAlchemy ------------------------------------------------------------------------------------------


def _steps(name: str, seed: int, *, gives_connection: bool) -> list[Any]:
    """Let two sessions on one connection take random steps; gives what they saw."""
    library = importlib.import_module(name)
    orm, pool = (importlib.import_module(f"{name}.{part}") for part in ("orm", "pool"))
    base = orm.declarative_base()
    note = type("Note", (base,), {"__tablename__": "note", "id": library.Column(library.Integer, primary_key=True)})
    arguments: dict[str, Any] = {"poolclass": pool.StaticPool}
    shared = sqlite3.connect(":memory:", check_same_thread=False)
    if gives_connection:
        arguments = {"poolclass": pool.QueuePool, "creator": lambda: shared}
    engine = library.create_engine("sqlite://", **arguments)
    base.metadata.create_all(engine)
    chance, sessions, log = random.Random(seed), [orm.Session(engine), orm.Session(engine)], []
    for key in range(25):
        which = chance.randrange(2)
        session, step = sessions[which], chance.choice(["add", "add", "read", "read", "commit", "rollback", "close"])
        outcome = None
        if step == "add":
            session.add(note(id=key))
            session.flush()
        elif step == "read":
            outcome = sorted(session.scalars(library.select(note.id)))
        else:
            getattr(session, step)()
        log.append((which, step, outcome))
    for session in sessions:
        session.close()
    with engine.connect() as connection:
        log.append(sorted(connection.scalars(library.select(note.id))))
    engine.dispose()
    shared.close()
    return log


@pytest.mark.parametrize("gives_connection", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_two_sessions_on_one_connection_see_what_they_see_with_sqlalchemy(seed: int, gives_connection: bool) -> None:
    ours, theirs = (_steps(name, seed, gives_connection=gives_connection) for name in ("azoth", "sqlalchemy"))
    assert ours == theirs
