"""Rows that are wanted in portions come through the dialect's streaming cursor; nothing else does, and it is closed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, Table, exc, insert, select, text, update
from azoth.engine import Engine
from azoth.orm import Session, selectinload
from tests.database import Database
from tests.flow.library import Author, Book, make_tables
from tests.flow.strikes import Faults

numbers = Table("numbers", MetaData(), Column("number", Integer, primary_key=True))
ALL = select(numbers).order_by(numbers.c.number)
SQL = "SELECT number FROM numbers ORDER BY number"
AUTHORS = select(Author).order_by(Author.id)


class ServerCursor:
    """A driver's cursor in the part of one of a server: it notes what is asked of it."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.closings = 0
        self.sql: str | None = None
        self.sizes: list[int] = []

    def execute(self, sql: str, parameters: Any = ()) -> None:
        self.sql = sql
        self.real.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> None:
        raise AssertionError(f"a cursor of the server was given {sql}")

    def fetchmany(self, size: int) -> list[Any]:
        self.sizes.append(size)
        rows: list[Any] = self.real.fetchmany(size)
        return rows

    def close(self) -> None:
        self.closings += 1
        self.real.close()

    @property
    def is_open(self) -> bool:
        return not self.closings

    def __iter__(self) -> Iterator[Any]:
        return iter(self.real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Server:
    """The cursors that were asked of a dialect in the part of a server's."""

    def __init__(self) -> None:
        self.cursors: list[ServerCursor] = []

    def streaming_cursor(self, dbapi_connection: Any) -> ServerCursor:
        self.cursors.append(ServerCursor(dbapi_connection.cursor()))
        return self.cursors[-1]

    @property
    def open(self) -> int:
        return sum(cursor.is_open for cursor in self.cursors)


@pytest.fixture
def engine(database: Database, faults: Faults) -> Engine:
    """The numbers from 1 to 1,200; twelve authors with a book each."""
    engine: Engine = database.make_engine("streams", module=faults.driver(database.driver))
    numbers.metadata.create_all(engine)
    make_tables(engine)
    with engine.begin() as connection:
        connection.execute(insert(numbers), [{"number": number} for number in range(1, 1201)])
    with Session(engine) as session:
        session.add_all([Author(id=number, name=str(number), books=[Book(title="one")]) for number in range(1, 13)])
        session.commit()
    return engine


@pytest.fixture
def server(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The engine's dialect has streaming cursors."""
    server = Server()
    monkeypatch.setattr(engine.dialect, "streaming_cursor", server.streaming_cursor)
    monkeypatch.setattr(engine.dialect, "supports_server_side_cursors", True)
    return server


# --- who asks for one -------------------------------------------------------------------------------------------------

STREAMS: dict[str, Callable[[Any], Any]] = {
    "stream_results of the statement": lambda c: c.execute(ALL.execution_options(stream_results=True)),
    "stream_results of the execution": lambda c: c.execute(ALL, execution_options={"stream_results": True}),
    "stream_results of the connection": lambda c: c.execution_options(stream_results=True).execute(ALL),
    "yield_per": lambda c: c.execute(ALL, execution_options={"yield_per": 10}),
    "text": lambda c: c.execute(text(SQL), execution_options={"stream_results": True}),
    "SQL of the driver": lambda c: c.exec_driver_sql(f"\n {SQL}", execution_options={"yield_per": 10}),
    "SQL of the driver, by the connection": lambda c: c.execution_options(stream_results=True).exec_driver_sql(SQL),
}

PLAIN: dict[str, Callable[[Any], Any]] = {
    "a SELECT": lambda c: c.execute(ALL),
    "text": lambda c: c.execute(text(SQL)),
    "SQL of the driver": lambda c: c.exec_driver_sql(SQL),
    "other options": lambda c: c.execute(ALL, execution_options={"max_row_buffer": 5, "stream_results": False}),
    "an INSERT": lambda c: c.execution_options(stream_results=True).execute(insert(numbers), {"number": 0}),
    "many INSERTs": lambda c: c.execution_options(yield_per=5).execute(
        insert(numbers), [{"number": 0}, {"number": -1}]
    ),
    "RETURNING": lambda c: c.execution_options(yield_per=5).execute(
        update(numbers).values(number=0).where(numbers.c.number == 1).returning(numbers.c.number)
    ),
    "an UPDATE as text": lambda c: c.execute(
        text("UPDATE numbers SET number = 0 WHERE number = 1"), execution_options={"stream_results": True}
    ),
    "DDL": lambda c: c.execution_options(stream_results=True).exec_driver_sql("CREATE TABLE other (id INTEGER)"),
}


@pytest.mark.parametrize("observed", [False, True])
@pytest.mark.parametrize("way", STREAMS)
def test_rows_wanted_in_portions_come_from_the_streaming_cursor(
    engine: Engine, server: Server, statements: Any, way: str, observed: bool
) -> None:
    if not observed:
        statements.stop()
    with engine.connect() as connection:
        result = STREAMS[way](connection)
        (cursor,) = server.cursors
        assert cursor.sql is not None and "numbers" in cursor.sql
        assert len(result.all()) == 1200
        assert not cursor.is_open
    assert len(server.cursors) == 1


@pytest.mark.parametrize("way", PLAIN)
def test_nothing_else_asks_for_one(engine: Engine, server: Server, way: str) -> None:
    with engine.connect() as connection:
        result = PLAIN[way](connection)
        if result.returns_rows:
            result.all()
    assert server.cursors == []


@pytest.mark.sqlite_only("its driver has one kind of cursors")
def test_the_plain_cursor_of_the_driver_is_the_default(engine: Engine) -> None:
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        assert type(engine.dialect.streaming_cursor(raw)) is type(raw.cursor())
        assert len(connection.execute(ALL, execution_options={"yield_per": 7}).all()) == 1200


def test_the_low_level_call_asks_when_it_is_told_to(engine: Engine, server: Server) -> None:
    with engine.connect() as connection:
        connection.run(SQL).close()
        assert server.cursors == []
        assert connection.run(SQL, stream=True) is server.cursors[0]
        server.cursors[0].close()


# --- how much is read at a time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, sizes",
    [
        ({"stream_results": True}, {500}),
        ({"stream_results": True, "max_row_buffer": 100}, {100}),
        ({"yield_per": 50}, {50}),
        ({"yield_per": 50, "max_row_buffer": 100}, {50}),
    ],
)
def test_iteration_reads_as_many_rows_ahead_as_it_may(
    engine: Engine, server: Server, options: dict[str, Any], sizes: set[int]
) -> None:
    with engine.connect() as connection:
        assert [row.number for row in connection.execute(ALL, execution_options=options)] == list(range(1, 1201))
    assert set(server.cursors[0].sizes) == sizes


# --- the ORM ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        lambda session: session.scalars(AUTHORS.execution_options(yield_per=5)).all(),
        lambda session: session.scalars(AUTHORS, execution_options={"yield_per": 5}).all(),
        lambda session: list(session.query(Author).order_by(Author.id).yield_per(5)),
    ],
    ids=["statement", "execution", "query"],
)
def test_objects_in_portions_come_from_the_streaming_cursor(engine: Engine, server: Server, read: Any) -> None:
    with Session(engine) as session:
        assert [author.id for author in read(session)] == list(range(1, 13))
        assert server.cursors[0].sizes == [5, 5, 5]
        assert server.open == 0
    assert len(server.cursors) == 1


def test_what_is_loaded_with_each_portion_does_not_stream(engine: Engine, server: Server) -> None:
    with Session(engine) as session:
        authors = session.scalars(AUTHORS.options(selectinload(Author.books)).execution_options(yield_per=5)).all()
        assert [len(author.books) for author in authors] == [1] * 12
    assert len(server.cursors) == 1


def test_loads_of_all_rows_do_not_stream(engine: Engine, server: Server) -> None:
    with Session(engine) as session:
        author = session.scalars(AUTHORS).all()[0]
        assert author.books[0].title == "one"
        author.name = "changed"
        session.commit()
        assert author.name == "changed"
    assert server.cursors == []


def test_a_session_without_a_transaction_reads_all_rows_at_once(engine: Engine, server: Server) -> None:
    session = Session(engine, autocommit=True)
    assert len(session.scalars(AUTHORS.execution_options(yield_per=5)).all()) == 12
    session.close()
    assert server.cursors == []


# --- the end ----------------------------------------------------------------------------------------------------------

BEGUN: dict[str, Callable[[Any], Iterator[Any]]] = {
    "core": lambda session: iter(session.connection().execute(ALL, execution_options={"yield_per": 5})),
    "orm": lambda session: iter(session.scalars(AUTHORS.execution_options(yield_per=5))),
}
ENDS: dict[str, Callable[[Any], object]] = {
    "commit": lambda session: session.commit(),
    "rollback": lambda session: session.rollback(),
    "close": lambda session: session.close(),
    "invalidate": lambda session: session.connection().invalidate(),
}
EACH = pytest.mark.parametrize("begun", BEGUN)


@EACH
def test_reading_to_the_end_closes_it(engine: Engine, server: Server, begun: str) -> None:
    with Session(engine) as session:
        list(BEGUN[begun](session))
        assert (len(server.cursors), server.open) == (1, 0)


@EACH
@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_the_transaction_closes_it(engine: Engine, server: Server, begun: str, end: str) -> None:
    session = Session(engine)
    rows = BEGUN[begun](session)
    next(rows)
    assert server.open == 1
    ENDS[end](session)
    assert server.open == 0
    with pytest.raises(exc.AzothError, match=r"closed|transaction"):
        list(rows)
    session.close()


@EACH
@pytest.mark.parametrize("end", ENDS)
def test_what_was_forgotten_half_read_is_closed_with_its_transaction(
    engine: Engine, server: Server, begun: str, end: str
) -> None:
    session = Session(engine)
    next(BEGUN[begun](session))
    gc.collect()
    ENDS[end](session)
    assert (len(server.cursors), server.open) == (1, 0)
    session.close()


@EACH
def test_many_forgotten_ones_in_one_transaction_do_not_stay_open(engine: Engine, server: Server, begun: str) -> None:
    with Session(engine) as session:
        for _ in range(500):
            next(BEGUN[begun](session))
        assert len(server.cursors) == 500
        assert server.open < 150


def test_closing_a_result_closes_it(engine: Engine, server: Server) -> None:
    with engine.connect() as connection:
        result = connection.execute(ALL, execution_options={"stream_results": True})
        result.fetchmany(3)
        result.close()
        assert server.open == 0
        assert connection.execute(ALL, execution_options={"stream_results": True}).first() == (1,)
        assert server.open == 0


@EACH
@pytest.mark.parametrize("call", ["SELECT", "fetchmany"])
@pytest.mark.parametrize("kind", ["OperationalError", None], ids=["error", "interrupt"])
def test_an_error_closes_it(
    engine: Engine, server: Server, database: Database, faults: Faults, begun: str, call: str, kind: str | None
) -> None:
    error = KeyboardInterrupt() if kind is None else getattr(database.driver, kind)("disk I/O error")
    with Session(engine) as session:
        session.connection()
        faults.strike(call, error, after=True)
        with pytest.raises((exc.OperationalError, KeyboardInterrupt)):
            list(BEGUN[begun](session))
        assert (len(server.cursors), server.open) == (1, 0)
        session.rollback()


def test_a_statement_that_is_tried_again_has_another_streaming_cursor(
    engine: Engine, server: Server, database: Database, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.dialect, "retry_delay", lambda error, seconds: 0.0)
    with engine.connect() as connection:
        faults.strike("SELECT", database.driver.OperationalError("locked"))
        assert len(connection.execute(ALL, execution_options={"yield_per": 5}).all()) == 1200
    assert (len(server.cursors), server.open) == (2, 0)


def test_a_cursor_that_was_read_to_its_end_is_closed_once(engine: Engine, server: Server) -> None:
    with engine.connect() as connection:
        for _ in range(200):
            connection.execute(ALL.limit(1), execution_options={"yield_per": 5}).all()
    assert [cursor.closings for cursor in server.cursors] == [1] * 200
