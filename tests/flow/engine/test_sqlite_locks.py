"""Who waits for whom on SQLite: reading holds nothing, writers queue, and nobody fails who could have waited."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, String, Table, event, exc, func, insert, select, text
from azoth.engine import Connection, Engine, create_engine
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column

pytestmark = pytest.mark.sqlite_only("SQLite locks files, and tables of databases in memory, in its own way")

THREADS = 8
UNITS = 25


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@pytest.fixture(params=["delete", "wal"])
def notes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A file with ten notes, in both kinds of journal."""
    engine = create_engine(f"sqlite:///{tmp_path / 'notes.db'}", pool_size=THREADS, connect_args={"timeout": 30})
    event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA journal_mode={request.param}").close())
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Note(text="old") for _ in range(10)])
        session.commit()
    yield engine
    engine.dispose()


@pytest.fixture
def memory() -> Iterator[Engine]:
    engine = create_engine("sqlite://", connect_args={"timeout": 30})
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Note(text="old") for _ in range(10)])
        session.commit()
    yield engine
    engine.dispose()


def together(*works: Callable[[], Any]) -> None:
    """Run each in a thread of its own; what one raises is raised here."""
    failures: list[BaseException] = []

    def guarded(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def is_begun(connection: Connection) -> bool | None:
    return connection.dialect.in_transaction(connection._dbapi)


# --- what begins a transaction ---------------------------------------------------------------------------------------


READING = [
    "SELECT * FROM note",
    "  -- first of all\n /* look */ select 1",
    "VALUES (1), (2)",
    "EXPLAIN DELETE FROM note",
    "PRAGMA user_version",
    "WITH some AS (SELECT 1 AS x) SELECT * FROM some",
]
WRITING = [
    "INSERT INTO note (text) VALUES ('new')",
    "REPLACE INTO note (id, text) VALUES (1, 'new')",
    "UPDATE note SET text = 'new'",
    "DELETE FROM note",
    "WITH some AS (SELECT 1 AS x) DELETE FROM note WHERE id IN (SELECT x FROM some)",
    "CREATE TABLE other (id INTEGER)",
    "DROP TABLE note",
    "SAVEPOINT mine",
]


@pytest.mark.parametrize("sql", READING)
def test_reading_begins_nothing(notes: Engine, sql: str) -> None:
    with notes.connect() as connection:
        for _ in range(2):
            connection.exec_driver_sql(sql).all()
            assert connection.in_transaction()
            assert not is_begun(connection)


@pytest.mark.parametrize("sql", WRITING)
def test_the_first_write_begins_after_any_reading(notes: Engine, sql: str) -> None:
    with notes.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM note").all()
        connection.exec_driver_sql(sql)
        assert is_begun(connection)
        connection.rollback()
        assert not is_begun(connection)
        assert connection.scalar(select(func.count()).select_from(Note).where(Note.text == "old")) == 10


def test_a_savepoint_begins(notes: Engine) -> None:
    with notes.connect() as connection:
        connection.scalar(select(1))
        with connection.begin_nested():
            connection.execute(insert(Note).values(text="new"))
        assert is_begun(connection)


def test_many_sets_of_values_begin(notes: Engine) -> None:
    with notes.connect() as connection:
        connection.execute(insert(Note), [{"text": "a"}, {"text": "b"}])
        assert is_begun(connection)


@pytest.mark.parametrize("sql", ["VACUUM", "ATTACH ':memory:' AS other", "PRAGMA foreign_keys = ON"])
def test_what_cannot_run_in_a_transaction_runs_after_reading(notes: Engine, sql: str) -> None:
    with notes.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM note").all()
        connection.exec_driver_sql(sql)
        if "foreign_keys" in sql:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.invalidate()


def test_a_listener_that_makes_a_write_of_a_read_makes_it_begin(notes: Engine) -> None:
    def listener(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> Any:
        return sql.replace("SELECT 1", "DELETE FROM note"), parameters

    event.listen(notes, "before_cursor_execute", listener, retval=True)
    with notes.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        assert is_begun(connection)
        connection.rollback()
        assert connection.scalar(select(func.count()).select_from(Note)) == 10


def test_transactions_that_only_read_are_announced_like_others(notes: Engine) -> None:
    seen: list[str] = []
    for name in ("begin", "commit", "rollback"):
        event.listen(notes, name, lambda _, name=name: seen.append(name))
    with notes.connect() as connection:
        connection.scalar(select(1))
        connection.commit()
        connection.scalar(select(1))
    assert seen == ["begin", "commit", "begin", "rollback"]


def test_texts_without_end_are_not_remembered_without_end(notes: Engine) -> None:
    with notes.connect() as connection:
        for number in range(2_500):
            connection.exec_driver_sql(f"SELECT {number}").all()
        action: Any = connection._begin_action
        assert 0 < len(action.unbegun) <= 1_000


def test_an_interrupt_after_begin_leaves_no_transaction_behind(tmp_path: Path) -> None:
    class Interrupted(sqlite3.Connection):
        def execute(self, sql: str, *arguments: Any) -> Any:
            cursor = super().execute(sql, *arguments)
            if sql.startswith("BEGIN") and not done:
                done.append(sql)
                raise KeyboardInterrupt
            return cursor

    done: list[str] = ["not while the tables are made"]
    engine = create_engine(f"sqlite:///{tmp_path / 'notes.db'}", connect_args={"factory": Interrupted})
    Base.metadata.create_all(engine)
    done.clear()
    with pytest.raises(KeyboardInterrupt), engine.connect() as connection:
        connection.execute(insert(Note).values(text="new"))
    with engine.connect() as connection:
        assert not is_begun(connection)
        connection.execute(insert(Note).values(text="new"))
        connection.commit()
    assert done == ["BEGIN IMMEDIATE"]
    engine.dispose()


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_forgotten_reader_breaks_no_commit(notes: Engine) -> None:
    impatient = create_engine(notes.url, connect_args={"timeout": 0})
    reader = Session(notes)
    old = reader.scalars(select(Note)).all()
    with closing(notes.connect()) as core, Session(impatient) as writer:
        core.execute(select(Note.id)).fetchall()
        writer.add(Note(text="new"))
        writer.commit()
        assert len(reader.scalars(select(Note)).all()) == len(old) + 1
    reader.close()
    impatient.dispose()


def test_two_that_have_read_write_one_after_the_other(notes: Engine) -> None:
    both_have_read = threading.Barrier(2, timeout=30)

    def post() -> None:
        with Session(notes) as session:
            note = session.get_one(Note, 1)
            both_have_read.wait()
            session.add(Note(text=f"after {note.text}"))
            session.commit()

    together(post, post)
    with Session(notes) as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 12


def test_requests_that_read_and_write_on_eight_threads(notes: Engine) -> None:
    start = threading.Barrier(THREADS, timeout=30)

    def requests() -> None:
        start.wait()
        for _ in range(UNITS):
            with Session(notes) as session:
                session.scalars(select(Note).limit(3)).all()
                session.add(Note(text="new"))
                session.commit()

    together(*[requests] * THREADS)
    with Session(notes) as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 10 + THREADS * UNITS
    assert notes.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_refused_begin_can_be_tried_again(notes: Engine) -> None:
    impatient = create_engine(notes.url, connect_args={"timeout": 0})
    with notes.connect() as holder, impatient.connect() as waiting:
        holder.execute(insert(Note).values(text="first"))
        with pytest.raises(exc.OperationalError, match="locked") as caught:
            waiting.execute(insert(Note).values(text="second"))
        assert caught.value.code == "AZ-E220"
        assert "neither committed nor closed" in caught.value.why
        holder.commit()
        waiting.execute(insert(Note).values(text="second"))
        waiting.commit()
        assert holder.scalar(select(func.count()).select_from(Note)) == 12
    impatient.dispose()


def test_a_deferred_transaction_keeps_the_state_it_has_read(notes: Engine) -> None:
    impatient = create_engine(notes.url, begin="DEFERRED", connect_args={"timeout": 0})
    with Session(impatient) as reader, notes.connect() as writer:
        is_wal = writer.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert len(reader.scalars(select(Note)).all()) == 10
        if is_wal:
            writer.execute(insert(Note).values(text="new"))
            writer.commit()
            assert len(reader.scalars(select(Note)).all()) == 10
        else:
            writer.execute(insert(Note).values(text="new"))
        reader.add(Note(text="mine"))
        with pytest.raises(exc.OperationalError, match="locked") as caught:
            reader.flush()
        assert caught.value.code == ("AZ-E222" if is_wal else "AZ-E220")
    impatient.dispose()


# --- in memory -------------------------------------------------------------------------------------------------------


def test_tables_change_beside_open_readers_of_a_database_in_memory(memory: Engine) -> None:
    with Session(memory) as session, memory.connect() as connection:
        assert len(session.scalars(select(Note)).all()) == 10
        connection.execute(text("SELECT * FROM note")).all()
        Table("further", MetaData(), Column("id", Integer, primary_key=True)).create(memory)
        Base.metadata.drop_all(memory)
        assert not memory.has_table("note")


@pytest.mark.parametrize("read", [lambda result: None, lambda result: result.fetchone(), next])
def test_tables_change_beside_a_result_that_is_read_half(memory: Engine, read: Callable[[Any], Any]) -> None:
    with memory.connect() as connection:
        result = connection.execute(select(Note.id).order_by(Note.id))
        first = read(result)
        Base.metadata.drop_all(memory)
        rest = result.scalars().all()
        assert ([] if first is None else [first[0]]) + list(rest) == list(range(1, 11))


def test_tables_change_beside_objects_that_come_in_portions(memory: Engine) -> None:
    with Session(memory) as session:
        result = session.scalars(select(Note).order_by(Note.id).execution_options(yield_per=3))
        portions = result.partitions()
        first = next(portions)
        Base.metadata.drop_all(memory)
        assert [note.id for note in first] == [1, 2, 3]
        assert [[note.id for note in portion] for portion in portions] == [[4, 5, 6], [7, 8, 9], [10]]


def test_an_empty_result_in_memory_is_read_like_any_other(memory: Engine) -> None:
    with memory.connect() as connection:
        result = connection.execute(select(Note.id, Note.text).where(Note.id > 10))
        assert result.keys() == ["id", "text"]
        assert result.fetchone() is None
        assert result.all() == []


def test_two_writers_in_memory_wait_for_each_other(memory: Engine) -> None:
    first_has_written, second_is_refused = threading.Event(), threading.Event()

    def first() -> None:
        with Session(memory) as session:
            session.add(Note(text="first"))
            session.flush()
            first_has_written.set()
            assert second_is_refused.wait(30)
            session.commit()

    def second() -> None:
        assert first_has_written.wait(30)
        with Session(memory) as session:
            session.add(Note(text="second"))
            session.commit()

    wait = memory.dialect.retry_delay

    def noted(error: Exception, seconds: float) -> float | None:
        second_is_refused.set()
        return wait(error, seconds)

    memory.dialect.retry_delay = noted  # type: ignore[method-assign]
    together(first, second)
    with Session(memory) as session:
        assert session.scalars(select(Note.text).where(Note.id > 10)).all() == ["first", "second"]


def in_another_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_the_timeout_of_the_driver_is_that_of_the_shared_cache_too() -> None:
    engine = create_engine("sqlite://", connect_args={"timeout": 0})
    table = Table("t", MetaData(), Column("name", String))
    table.create(engine)
    asked: list[float | None] = []
    wait = engine.dialect.retry_delay

    def noted(error: Exception, seconds: float) -> float | None:
        asked.append(wait(error, seconds))
        return asked[-1]

    engine.dialect.retry_delay = noted  # type: ignore[method-assign]
    with engine.connect() as first, engine.connect() as second:
        in_another_thread(lambda: first.execute(table.insert().values(name="a")))
        with pytest.raises(exc.OperationalError, match="locked") as caught:
            second.execute(table.insert().values(name="b"))
    assert asked == [None]
    assert caught.value.code == "AZ-E221"
    assert "StaticPool" in caught.value.fix
    engine.dispose()
