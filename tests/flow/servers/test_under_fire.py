"""Servers that are restarted, and connections that are killed, at the worst of times.

Needs: PostgreSQL, MariaDB.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import azoth
from azoth import Engine, String, event, exc, select, text
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.flow.servers.conftest import DRIVERS, Make, until
from tests.flow.servers.swallowing import SwallowingLine
from tests.servers import PrivateServer

KINDS = [(kind, driver) for kind, drivers in DRIVERS.items() for driver in drivers]
OPEN = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'",
    "mariadb": "SELECT count(*) FROM information_schema.innodb_trx",
}
WHO = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}
KILL = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(String(50))


@dataclass
class Field:
    """A server, a driver, and a second way in."""

    kind: str
    driver: str
    server: PrivateServer
    observer: Engine
    make_engine: Make
    database: str

    def engine(self, port: int | None = None, **arguments: Any) -> Engine:
        url = azoth.make_url(self.server.url)
        return self.make_engine(
            (url if port is None else url.set(port=port)).render_as_string(), self.driver, self.database, **arguments
        )

    def ask(self, sql: str) -> Any:
        with self.observer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return connection.scalar(text(sql))

    def kill(self, number: object) -> None:
        with self.observer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(KILL[self.kind].format(number)))

    def who(self, connection: Any) -> Any:
        return connection.scalar(text(WHO[self.kind]))


@pytest.fixture(params=KINDS, ids=lambda pair: pair[1])
def field(request: pytest.FixtureRequest, make_engine: Make) -> Iterator[Field]:
    kind, driver = request.param
    server = request.getfixturevalue(kind)
    if kind == "mariadb":
        with make_engine(server.url, "pymysql").begin() as connection:
            connection.execute(text("CREATE DATABASE IF NOT EXISTS fire"))
    database = "fire" if kind == "mariadb" else "postgres"
    observer = make_engine(server.url, DRIVERS[kind][0], database, pool_pre_ping=True)
    Base.metadata.drop_all(observer)
    Base.metadata.create_all(observer)
    field = Field(kind, driver, server, observer, make_engine, database)
    yield field
    # Whatever has happened: nobody is left inside a transaction.
    assert until(lambda: field.ask(OPEN[kind]) == 0)


def test_a_restart_between_transactions_is_healed_by_pings(field: Field) -> None:
    engine = field.engine(pool_pre_ping=True)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO thing (id) VALUES (1)"))
    field.server.restart()
    with engine.begin() as connection:
        assert connection.scalar(select(Thing.id)) == 1


def test_without_pings_the_first_statement_is_told_and_the_pool_starts_anew(field: Field) -> None:
    engine = field.engine()
    with engine.connect() as one, engine.connect() as two:
        one.execute(text("SELECT 1"))
        two.execute(text("SELECT 1"))
    field.server.restart()
    with engine.connect() as connection:
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(text("SELECT 1"))
        assert caught.value.connection_invalidated and connection.invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
        with engine.connect() as other:
            assert other.scalar(text("SELECT 1")) == 1
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_restart_within_a_transaction_loses_it(field: Field) -> None:
    engine = field.engine()
    with Session(engine) as session:
        session.add(Thing(id=1))
        session.flush()
        field.server.restart()
        session.add(Thing(id=2))
        with pytest.raises(exc.DBAPIError) as caught:
            session.flush()
        assert caught.value.connection_invalidated
        session.rollback()
        assert session.scalars(select(Thing)).all() == []
        session.add(Thing(id=3))
        session.commit()
    assert field.ask("SELECT count(*) FROM thing") == 1


def test_a_connection_that_is_killed_during_a_flush(field: Field) -> None:
    engine = field.engine()
    with Session(engine) as session:
        number = field.who(session)

        def strike(connection: Any, cursor: Any, sql: str, *_: Any) -> None:
            if "UPDATE" in sql:
                field.kill(number)
                until(lambda: field.ask(OPEN[field.kind]) == 0)

        session.add(Thing(id=1))
        session.commit()
        number = field.who(session)
        event.listen(engine, "before_cursor_execute", strike)
        session.add(Thing(id=2))
        session.get_one(Thing, 1).name = "changed"
        with pytest.raises(exc.DBAPIError) as caught:
            session.flush()
        event.remove(engine, "before_cursor_execute", strike)
        assert caught.value.connection_invalidated
        assert not isinstance(caught.value, exc.CommitUnknown)
        session.rollback()
        assert [(thing.id, thing.name) for thing in session.scalars(select(Thing))] == [(1, None)]


def test_a_commit_whose_answer_is_lost_is_unknown(field: Field) -> None:
    with SwallowingLine(azoth.make_url(field.server.url).port or 0) as line:
        engine = field.engine(line.port)
        with Session(engine) as session:
            session.add(Thing(id=1))
            session.flush()
            line.swallows = True
            with pytest.raises(exc.CommitUnknown) as caught:
                session.commit()
            line.swallows = False
            error = caught.value
            assert error.connection_invalidated and error.connection_id
            assert error.written is not None
            session.rollback()
            # It was carried out.
            assert session.scalars(select(Thing.id)).all() == [1]
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("driver", DRIVERS["postgresql"])
def test_a_commit_that_is_killed_is_unknown(postgresql: Any, make_engine: Make, driver: str) -> None:
    """A constraint that is checked by COMMIT makes it last."""
    observer = make_engine(postgresql.url, driver)
    with observer.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS slow"))
        connection.execute(text("CREATE TABLE slow (id int)"))
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(20); RETURN NULL; END'"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER dawdling AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
    engine = make_engine(postgresql.url, driver)
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        connection.execute(text("INSERT INTO slow VALUES (1)"))

        def strike() -> None:
            with observer.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                running = f"SELECT query FROM pg_stat_activity WHERE pid = {number} AND state = 'active'"
                assert until(lambda: other.scalar(text(running)) == "COMMIT")
                other.execute(text(f"SELECT pg_terminate_backend({number})"))

        striker = threading.Thread(target=strike)
        striker.start()
        began = time.monotonic()
        with pytest.raises(exc.CommitUnknown) as caught:
            connection.commit()
        striker.join()
        assert time.monotonic() - began < 10
        assert caught.value.connection_id == number
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM slow")) == 0


def test_errors_leave_no_transaction_behind(field: Field) -> None:
    """The fixture asks the server in the end; here, after each."""
    engine = field.engine(pool_size=1, max_overflow=0, pool_timeout=1)

    def check() -> None:
        assert field.ask(OPEN[field.kind]) == 0
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM thing")) == 1

    with engine.begin() as connection:
        connection.execute(text("INSERT INTO thing (id) VALUES (1)"))
    with pytest.raises(exc.UniqueViolation), engine.begin() as connection:
        connection.execute(text("INSERT INTO thing (id) VALUES (2)"))
        connection.execute(text("INSERT INTO thing (id) VALUES (1)"))
    check()
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO thing (id) VALUES (3)"))
    check()
    with Session(engine) as session:
        session.add_all([Thing(id=4), Thing(id=1)])
        with pytest.raises(exc.UniqueViolation):
            session.commit()
    check()
    session = Session(engine)
    session.add(Thing(id=5))
    session.flush()
    del session
    check()
    with pytest.raises(RuntimeError), Session(engine) as session, session.begin():
        with session.begin_nested():
            session.add(Thing(id=6))
        raise RuntimeError
    check()
    with engine.connect() as connection:
        rows = connection.execution_options(stream_results=True).execute(select(Thing.id))
        assert rows.first()
    check()
    raw = engine.raw_connection()
    raw.cursor().execute("INSERT INTO thing (id) VALUES (7)")
    raw.close()
    check()


def test_old_connections_are_replaced(field: Field) -> None:
    engine = field.engine(pool_recycle=0)
    with engine.connect() as connection:
        first = field.who(connection)
    time.sleep(0.01)
    with engine.connect() as connection:
        assert field.who(connection) != first
