"""Statements that go to libpq directly: BEGIN with the first one, prepared for good, values in binary.

Needs: PostgreSQL.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import Connection, Engine, event, exc, text
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from azoth.pool import StaticPool

VALUES = {
    "true": True,
    "'\\x00ff'::bytea": b"\x00\xff",
    "'a'::\"char\"": "a",
    "'n'::name": "n",
    "9223372036854775807::int8": 2**63 - 1,
    "(-32768)::int2": -32768,
    "7::int4": 7,
    "'täxt'::text": "täxt",
    "3::oid": 3,
    "'{\"a\": [1, null]}'::json": {"a": [1, None]},
    "'{\"a\": [1, null]}'::jsonb": {"a": [1, None]},
    "1.1::float4": 1.1,
    "0.1::float8": 0.1,
    "'ab'::char(4)": "ab  ",
    "'ab'::varchar(4)": "ab",
    "'2020-02-29'::date": datetime.date(2020, 2, 29),
    "'12:30:15.000001'::time": datetime.time(12, 30, 15, 1),
    "'2020-02-29 12:30'::timestamp": datetime.datetime(2020, 2, 29, 12, 30),
    "'2020-02-29 12:30+02'::timestamptz": datetime.datetime(2020, 2, 29, 10, 30, tzinfo=datetime.UTC),
    "'1 day 2 seconds'::interval": datetime.timedelta(1, 2),
    "1234567890.0123456789::numeric": decimal.Decimal("1234567890.0123456789"),
    "1.500::numeric": decimal.Decimal("1.500"),
    "'12345678-1234-5678-1234-567812345678'::uuid": uuid.UUID("12345678123456781234567812345678"),
    "NULL::int": None,
    "ARRAY[1,2]": [1, 2],
}


@pytest.fixture(scope="module")
def url(make_database: Callable[..., str]) -> str:
    return make_database(("CREATE TABLE t (id int PRIMARY KEY, a text)", "CREATE TYPE mood AS ENUM ('glad')"))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = azoth.create_engine(url, poolclass=StaticPool)
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM t"))
    engine.dispose()


@pytest.fixture
def round_trips(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Gives how often the driver has waited for the server since it was asked last."""
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
    number = 0
    wait = driver.wait

    def counted(*arguments: Any) -> Any:
        nonlocal number
        number += 1
        return wait(*arguments)

    def count() -> int:
        nonlocal number
        found, number = number, 0
        return found

    monkeypatch.setattr(driver, "wait", counted)

    return count


def prepared(connection: Connection) -> list[str]:
    """List what the server has prepared."""
    pgconn = connection.connection.dbapi_connection.pgconn
    found = pgconn.exec_(b"SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
    return [found.get_value(number, 0).decode() for number in range(found.ntuples)]


@pytest.mark.parametrize("expression", VALUES)
def test_a_value_is_the_same_each_time(engine: Engine, expression: str) -> None:
    with engine.connect() as connection:
        for _ in range(4):
            (value,) = connection.exec_driver_sql(f"SELECT {expression}").one()
            assert (value, type(value)) == (VALUES[expression], type(VALUES[expression]))
            connection.rollback()


def test_begin_travels_with_the_first_statement(engine: Engine, round_trips: Callable[[], int]) -> None:
    class Base(DeclarativeBase):
        pass

    class T(Base):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[str]

    with Session(engine) as session:
        session.add(T(id=1, a="x"))
        session.commit()
    round_trips()
    for _ in range(3):
        with Session(engine) as session:
            found = session.get(T, 1)
            assert found is not None
            assert found.a == "x"
        # The statement, and ROLLBACK.
        assert round_trips() == 2


@pytest.mark.parametrize("level", ["SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED"])
def test_it_has_the_level_that_was_asked_for(engine: Engine, level: str) -> None:
    with engine.connect().execution_options(isolation_level=level) as connection:
        found = connection.scalar(text("SELECT current_setting('transaction_isolation')"))
        assert found == level.lower()


def test_nothing_is_begun_in_autocommit(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("INSERT INTO t VALUES (:id, 'x')"), {"id": 1})
        assert connection.connection.dbapi_connection.pgconn.transaction_status == 0


def test_what_is_prepared_stays_prepared(engine: Engine, round_trips: Callable[[], int]) -> None:
    statement = text("SELECT a FROM t WHERE id = :id")
    for _ in range(5):
        with engine.connect() as connection:
            connection.execute(statement, {"id": 1}).all()
    with engine.connect() as connection:
        assert prepared(connection) == ["SELECT a FROM t WHERE id = $1"]


def test_failures_leave_one_prepared_statement_and_not_one_each(engine: Engine) -> None:
    insert = text("INSERT INTO t VALUES (:id, :a)")
    for number in range(5):
        with engine.connect() as connection:
            if number == 0:
                connection.execute(insert, {"id": 1, "a": "x"})
                connection.commit()
            else:
                with pytest.raises(exc.UniqueViolation):
                    connection.execute(insert, {"id": 1, "a": "x"})
    with engine.connect() as connection:
        assert len(prepared(connection)) == 1
        connection.execute(insert, {"id": 2, "a": "y"})
        assert connection.scalar(text("SELECT count(*) FROM t")) == 2


def test_ddl_has_them_prepared_anew_and_gives_up_the_former(engine: Engine) -> None:
    read = text("SELECT * FROM changing")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE changing (id int)"))
        connection.execute(text("INSERT INTO changing VALUES (1)"))
        for _ in range(3):
            assert connection.execute(read).all() == [(1,)]
        connection.execute(text("ALTER TABLE changing ALTER id TYPE text"))
        for _ in range(3):
            assert connection.execute(read).all() == [("1",)]
        assert prepared(connection) == ["SELECT * FROM changing"]
        connection.rollback()


def test_a_program_may_deallocate_them(engine: Engine) -> None:
    read = text("SELECT a FROM t WHERE id = :id")
    with engine.connect() as connection:
        for _ in range(3):
            connection.execute(read, {"id": 1}).all()
        connection.execute(text("DEALLOCATE ALL"))
        for _ in range(3):
            connection.execute(read, {"id": 1}).all()


def test_nothing_is_prepared_where_the_program_does_not_want_it(url: str) -> None:
    engine = azoth.create_engine(url, connect_args={"prepare_threshold": None}, poolclass=StaticPool)
    with engine.connect() as connection:
        for _ in range(5):
            assert connection.execute(text("SELECT CAST(:a AS int) + 1"), {"a": 1}).scalar() == 2
        connection.execute(text("INSERT INTO t VALUES (:id, 'x')"), [{"id": number} for number in range(10)])
        assert prepared(connection) == []
        connection.rollback()
    engine.dispose()


def test_loaders_of_a_program_are_used_each_time(engine: Engine) -> None:
    from psycopg.types.numeric import FloatLoader  # noqa: PLC0415  # there is a server, so there is the driver

    class Own(FloatLoader):
        """Reads numerics as numbers."""

    @event.listens_for(engine, "connect")
    def register(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.adapters.register_loader("numeric", Own)

    with engine.connect() as connection:
        for _ in range(4):
            value = connection.exec_driver_sql("SELECT 1.5::numeric").scalar()
            assert (value, type(value)) == (1.5, float)


def test_many_sets_of_values_of_several_types_go_together(engine: Engine, round_trips: Callable[[], int]) -> None:
    sets = [{"id": number * 50, "a": None if number % 3 else str(number)} for number in range(2500)]
    with engine.begin() as connection:
        round_trips()
        result = connection.execute(text("INSERT INTO t VALUES (:id, :a)"), sets)
        assert result.rowcount == 2500
        assert round_trips() == 3
        assert connection.execute(text("SELECT * FROM t ORDER BY id")).all() == [(s["id"], s["a"]) for s in sets]
        result = connection.execute(text("UPDATE t SET a = 'z' WHERE id = :id"), [{"id": 0}, {"id": -1}, {"id": 50}])
        assert result.rowcount == 2


def test_an_error_among_many_is_told_and_the_connection_goes_on(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(exc.UniqueViolation) as caught:
            connection.execute(text("INSERT INTO t VALUES (:id, 'x')"), [{"id": number % 40} for number in range(90)])
        assert caught.value.table_name == "t"
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0


def test_results_that_are_read_in_turn_keep_their_rows(engine: Engine) -> None:
    read = text("SELECT g, g::text FROM generate_series(CAST(:a AS int), CAST(:b AS int)) g")
    with engine.connect() as connection:
        for _ in range(3):
            first = connection.execute(read, {"a": 1, "b": 3})
            second = connection.execute(read, {"a": 11, "b": 13})
            pairs = [(first.fetchone(), second.fetchone()) for _ in range(3)]
            assert pairs == [((n, str(n)), (n + 10, str(n + 10))) for n in (1, 2, 3)]
            assert first.fetchone() is None


def test_enumerations_and_arrays_of_own_types_are_read_as_ever(engine: Engine) -> None:
    with engine.connect() as connection:
        for _ in range(4):
            assert connection.exec_driver_sql("SELECT 'glad'::mood, 1").one() == ("glad", 1)


@pytest.mark.parametrize(
    "sql, parameters, rows",
    [
        ("SELECT 1; SELECT 2", (), [(1,)]),
        ("SELECT '%%', %s", ("a%",), [("%", "a%")]),
        ("SELECT %(a)s::int", {"a": 1}, [(1,)]),
        ("/* why; */ SELECT %s::int", (1,), [(1,)]),
        ("-- why\nSELECT %s::int", (1,), [(1,)]),
        ("SELECT ';'::text", (), [(";",)]),
        ("SHOW server_encoding", (), [("UTF8",)]),
    ],
)
def test_texts_of_all_kinds(engine: Engine, sql: str, parameters: Any, rows: list[tuple[Any, ...]]) -> None:
    with engine.connect() as connection:
        for _ in range(3):
            assert connection.exec_driver_sql(sql, parameters).all() == rows


def test_another_encoding_of_the_client(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL client_encoding = 'latin1'"))
        for _ in range(3):
            assert connection.execute(text("SELECT 'ä' || CAST(:b AS text)"), {"b": "ö"}).scalar() == "äö"


def test_notices_of_others_are_heard(engine: Engine, url: str) -> None:
    heard: list[str] = []
    other = azoth.create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.dbapi_connection
        driver.add_notify_handler(lambda notice: heard.append(notice.payload))
        connection.execute(text("LISTEN news"))
        with other.begin() as notifying:
            notifying.execute(text("SELECT pg_notify('news', 'hello')"))
        connection.execute(text("SELECT 1")).all()
    other.dispose()
    assert heard == ["hello"]


def test_the_wrong_number_of_values_is_the_drivers_error(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(exc.ProgrammingError, match="1 placeholders but 2"):
        connection.exec_driver_sql("SELECT %s", (1, 2))


def test_wrong_sql_in_the_first_statement_leaves_a_transaction_to_roll_back(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(exc.ProgrammingError, match="nowhere"):
            connection.execute(text("SELECT * FROM nowhere"))
        with pytest.raises(exc.InternalError, match="aborted"):
            connection.execute(text("SELECT 1"))
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_lost_connection_is_told(engine: Engine, server: Any) -> None:
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        server.execute("SELECT pg_terminate_backend(%s)", (number,))
        with pytest.raises(exc.OperationalError) as caught:
            connection.execute(text("SELECT a FROM t"))
        assert caught.value.connection_invalidated
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
