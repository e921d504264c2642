"""Two connections to a database in memory that write in one thread: the second one is a guest of the first.

It could only wait for the first one's lock, which is not given up while the thread waits.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from azoth import ForeignKey, create_engine, event, exc, insert, select
from azoth.engine import Connection, Engine
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from azoth.schema import Column, MetaData, Table
from azoth.types import Integer

pytestmark = pytest.mark.sqlite_only("databases in memory have one writer at a time")

metadata = MetaData()
number = Table("number", metadata, Column("value", Integer, primary_key=True))


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://?timeout=0.05")
    metadata.create_all(engine)
    yield engine
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()


def put(connection: Connection, *values: int) -> None:
    connection.execute(insert(number), [{"value": value} for value in values])


def stored(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(number.c.value).order_by(number.c.value)))


def test_both_write_and_the_first_commits_everything(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        assert guest.in_transaction()
        guest.commit()
        put(host, 3)
        host.commit()
    assert stored(engine) == [1, 2, 3]


def test_a_guest_rolls_back_what_it_has_done_itself(engine: Engine) -> None:
    with engine.connect() as host:
        put(host, 1)
        with engine.connect() as guest:
            put(guest, 2)
        with engine.connect() as guest, pytest.raises(exc.IntegrityError), guest.begin():
            put(guest, 3)
            put(guest, 1)
        put(host, 4)
        host.commit()
    assert stored(engine) == [1, 4]


def test_what_a_guest_has_committed_goes_with_a_rollback_of_its_host(engine: Engine) -> None:
    with engine.connect() as host:
        put(host, 1)
        with engine.begin() as guest:
            put(guest, 2)
        assert stored(engine) == [1, 2]
        host.rollback()
    assert stored(engine) == []


def test_a_guest_whose_host_commits_is_committed_and_goes_on_by_itself(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        host.commit()
        put(guest, 3)
        put(host, 4)
        host.rollback()
        guest.commit()
    assert stored(engine) == [1, 2, 3]


@pytest.mark.parametrize("end", ["rollback", "close", "invalidate"])
def test_a_guest_whose_host_does_not_commit_knows_of_it(engine: Engine, end: str) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        getattr(host, end)()
        for attempt in (guest.commit, lambda: put(guest, 3)):
            with pytest.raises(exc.PendingRollbackError):
                attempt()
        guest.rollback()
        put(guest, 4)
        guest.commit()
    assert stored(engine) == [4]


def test_guests_of_guests(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as first, engine.connect() as second, engine.connect() as third:
        put(host, 1)
        put(first, 2)
        put(second, 3)
        put(third, 4)
        first.commit()
        third.rollback()
        second.commit()
        put(third, 5)
        third.commit()
        host.commit()
    assert stored(engine) == [1, 2, 3, 5]


def test_a_rollback_takes_later_guests_along_and_they_know(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as first, engine.connect() as second:
        put(host, 1)
        put(first, 2)
        put(second, 3)
        first.rollback()
        with pytest.raises(exc.PendingRollbackError):
            second.commit()
        second.rollback()
        host.commit()
    assert stored(engine) == [1]


def test_savepoints_of_both(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        with host.begin_nested():
            put(host, 2)
            with guest.begin():
                put(guest, 3)
                nested = guest.begin_nested()
                put(guest, 4)
                nested.rollback()
                with guest.begin_nested():
                    put(guest, 5)
        with host.begin_nested() as savepoint:
            put(guest, 6)
            later = host.begin_nested()
            guest.commit()
            put(host, 7)
            later.rollback()
            savepoint.commit()
        host.commit()
    assert stored(engine) == [1, 2, 3, 5, 6]


def test_a_guest_within_a_savepoint_that_is_rolled_back_knows_of_it(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as before, engine.connect() as within:
        put(host, 1)
        put(before, 2)
        savepoint = host.begin_nested()
        put(within, 3)
        savepoint.rollback()
        with pytest.raises(exc.PendingRollbackError):
            within.commit()
        within.rollback()
        before.commit()
        host.commit()
    assert stored(engine) == [1, 2]


def test_texts_that_end_the_transaction(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        guest.exec_driver_sql("COMMIT")
        put(host, 3)
        host.rollback()
        assert stored(engine) == [1, 2]
        put(host, 4)
        put(guest, 5)
        guest.exec_driver_sql("ROLLBACK")
        with pytest.raises(exc.PendingRollbackError):
            host.commit()
        host.rollback()
        put(guest, 6)
        guest.commit()
    assert stored(engine) == [1, 2, 6]


def test_a_database_that_rolls_back_everything_is_known_to_both(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        with pytest.raises(exc.IntegrityError):
            guest.exec_driver_sql("INSERT OR ROLLBACK INTO number VALUES (1)")
        for connection in (guest, host):
            with pytest.raises(exc.PendingRollbackError):
                connection.commit()
            connection.rollback()
        put(host, 3)
        host.commit()
    assert stored(engine) == [3]


def test_a_guest_that_gives_up_its_connection(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        guest.invalidate()
        with pytest.raises(exc.PendingRollbackError):
            guest.commit()
        guest.rollback()
        put(guest, 3)
        guest.commit()
        host.commit()
    assert stored(engine) == [1, 3]


def test_tables_are_made_and_dropped_beside_a_session_that_has_written(engine: Engine) -> None:
    other = MetaData()
    Table("other", other, Column("id", Integer, primary_key=True))
    with engine.connect() as host:
        put(host, 1)
        other.create_all(engine)
        assert engine.has_table("other")
        other.drop_all(engine)
        host.commit()
    assert stored(engine) == [1]
    assert not engine.has_table("other")


def test_tables_that_were_not_committed_are_seen(engine: Engine) -> None:
    with engine.connect() as host, engine.connect():
        host.exec_driver_sql("CREATE TABLE other (id INTEGER)")
    with engine.connect() as host:
        host.exec_driver_sql("CREATE TABLE other (id INTEGER)")
        assert engine.has_table("other")
        with engine.connect() as reader:
            assert reader.scalar(select(number.c.value)) is None
            host.rollback()
    assert not engine.has_table("other")


def test_each_statement_of_a_connection_that_commits_by_itself_is_for_itself(engine: Engine) -> None:
    with engine.connect() as host, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guest:
        put(host, 1)
        put(guest, 2)
        with pytest.raises(exc.IntegrityError):
            put(guest, 3, 1)
        guest.rollback()
        put(guest, 4)
        assert guest.scalars(select(number.c.value).order_by(number.c.value)).all() == [1, 2, 4]
        host.commit()
        put(guest, 5)
    assert stored(engine) == [1, 2, 4, 5]


def test_who_has_worked_since_a_guest_that_rolls_back_has_lost_that_and_knows_of_it(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        put(host, 3)
        guest.rollback()
        for attempt in (lambda: put(host, 4), host.commit):
            with pytest.raises(exc.PendingRollbackError):
                attempt()
        put(guest, 5)
        guest.commit()
        host.rollback()
    assert stored(engine) == [5]


def test_what_a_later_guest_has_committed_does_not_go_in_silence(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as first, engine.connect() as second:
        put(host, 1)
        put(first, 2)
        put(second, 3)
        second.commit()
        first.rollback()
        with pytest.raises(exc.PendingRollbackError):
            host.commit()
    assert stored(engine) == []


def test_a_guest_that_has_lost_a_part_has_lost_everything(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as first, engine.connect() as second:
        put(host, 1)
        put(first, 2)
        put(second, 3)
        put(first, 4)
        second.rollback()
        with pytest.raises(exc.PendingRollbackError):
            first.commit()
        host.commit()
    assert stored(engine) == [1]


def test_a_guest_that_has_only_read_takes_nothing_back(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        host.exec_driver_sql("CREATE TABLE other (id INTEGER)")
        assert guest.scalars(select(number.c.value)).all() == []
        put(host, 1)
        guest.rollback()
        host.commit()
    assert stored(engine) == [1]


def test_a_forgotten_guest_has_committed_nothing_and_work_after_it_is_kept(engine: Engine) -> None:
    with engine.connect() as host:
        put(host, 1)
        guest = engine.connect()
        put(guest, 2)
        del guest
        gc.collect()
        put(host, 3)
        host.commit()
    assert stored(engine) == [1, 3]


def test_a_guest_that_has_failed_is_not_committed_with_its_host(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        guest.invalidate()
        host.commit()
        guest.rollback()
    assert stored(engine) == [1]


@pytest.mark.parametrize("name", [None, "same"])
def test_each_goes_back_to_its_own_savepoint(engine: Engine, name: str | None) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        outer = host.begin_nested(name)
        put(host, 3)
        guest.begin_nested(name)
        put(guest, 4)
        outer.rollback()
        with pytest.raises(exc.PendingRollbackError):
            guest.commit()
        host.commit()
    assert stored(engine) == [1]


def test_savepoints_of_one_stay_where_another_releases_an_older_one(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        outer = host.begin_nested()
        put(guest, 2)
        inner = guest.begin_nested()
        put(guest, 3)
        outer.commit()
        inner.rollback()
        guest.commit()
        host.commit()
    assert stored(engine) == [1, 2]


def test_a_guest_that_rolls_back_takes_a_later_savepoint_of_its_host_along(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        put(guest, 2)
        savepoint = host.begin_nested()
        put(host, 3)
        guest.rollback()
        with pytest.raises(exc.PendingRollbackError):
            savepoint.commit()
    assert stored(engine) == []


def test_work_after_a_savepoint_was_given_up_is_taken_back(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        savepoint = guest.begin_nested()
        put(guest, 2)
        savepoint.rollback()
        put(guest, 3)
        guest.rollback()
        host.commit()
    assert stored(engine) == [1]


def test_a_savepoint_by_text(engine: Engine) -> None:
    with engine.connect() as host, engine.connect() as guest:
        put(host, 1)
        host.exec_driver_sql("SAVEPOINT here")
        put(guest, 2)
        host.exec_driver_sql("ROLLBACK TO SAVEPOINT here")
        with pytest.raises(exc.PendingRollbackError):
            guest.commit()
        host.commit()
    assert stored(engine) == [1]


@pytest.mark.parametrize("text", ["BEGIN", "BEGIN IMMEDIATE"])
def test_programs_that_begin_by_a_text(text: str) -> None:
    engine = create_engine("sqlite://?timeout=0.05")
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(text))
    metadata.create_all(engine)
    with engine.connect() as host, engine.connect() as guest:
        host.scalars(select(number.c.value)).all()
        with guest.begin_nested():
            put(host, 1)
            put(guest, 2)
        with guest.begin_nested() as nested:
            put(guest, 3)
            nested.rollback()
        guest.commit()
        put(guest, 4)
        guest.rollback()
        host.commit()
    assert stored(engine) == [1, 2]
    engine.dispose()


def test_transactions_that_are_deferred() -> None:
    engine = create_engine("sqlite://?timeout=0.05", begin="DEFERRED")
    metadata.create_all(engine)
    with engine.connect() as host, engine.connect() as guest:
        guest.scalars(select(number.c.value)).all()
        put(host, 1)
        put(guest, 2)
        guest.commit()
        put(guest, 3)
        host.commit()
        put(guest, 4)
        guest.commit()
    assert stored(engine) == [1, 2, 3, 4]
    engine.dispose()


def test_another_thread_waits_as_before(engine: Engine) -> None:
    raised: list[BaseException] = []

    def write() -> None:
        try:
            with engine.begin() as connection:
                put(connection, 2)
        except exc.OperationalError as error:
            raised.append(error)

    with engine.connect() as host:
        put(host, 1)
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        host.commit()
    assert len(raised) == 1
    assert "locked" in str(raised[0])
    assert stored(engine) == [1]


def test_a_function_that_makes_values_writes_by_itself(engine: Engine) -> None:
    class Base(DeclarativeBase):
        pass

    counters = Table("counter", Base.metadata, Column("last", Integer))

    def next_number() -> int:
        with engine.begin() as connection:
            last = connection.scalar(select(counters.c.last)) or 0
            connection.execute(counters.update().values(last=last + 1))
            return last + 1

    class Shelf(Base):
        __tablename__ = "shelf"
        id: Mapped[int] = mapped_column(primary_key=True, default=next_number)
        books: Mapped[list[Book]] = relationship()

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True, default=next_number)
        shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))

    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(counters), {"last": 0})
    with Session(engine) as session:
        session.add_all([Shelf(books=[Book(), Book()]), Shelf(books=[Book()])])
        session.commit()
        assert sorted([*session.scalars(select(Shelf.id)), *session.scalars(select(Book.id))]) == [1, 2, 3, 4, 5]
    with engine.connect() as connection:
        assert connection.scalar(select(counters.c.last)) == 5


def test_sessions_in_sessions(engine: Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base.metadata.create_all(engine)
    with Session(engine) as outer:
        outer.add(Note(id=1))
        outer.flush()
        with Session(engine) as inner:
            inner.add(Note(id=2))
            inner.commit()
            inner.add(Note(id=3))
            inner.flush()
        with Session(engine) as inner, inner.begin():
            inner.add(Note(id=4))
        assert outer.scalars(select(Note.id).order_by(Note.id)).all() == [1, 2, 4]
        outer.commit()
    with Session(engine) as session:
        assert session.scalars(select(Note.id).order_by(Note.id)).all() == [1, 2, 4]
