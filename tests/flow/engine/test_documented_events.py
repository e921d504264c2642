"""Every event that SQLAlchemy documents for Core can be listened to, and happens."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    events,
    exc,
    insert,
    inspect,
    pool,
    select,
    text,
)
from azoth.engine import Connection, Engine
from azoth.engine.dialect_base.dialect import DefaultDialect

pytestmark = pytest.mark.sqlite_only("what a driver is asked, and how often, is told of SQLite's")

FAMILIES = ["ConnectionEvents", "DialectEvents", "PoolEvents", "DDLEvents"]
NOT_ON_SQLITE = {"do_setinputsizes"}
"""Only drivers that are told the types of values call it."""


def documented(family: str) -> set[str]:
    """Name the events of one of SQLAlchemy's families."""
    declared = vars(getattr(importlib.import_module("sqlalchemy.events"), family))
    return {name for name, value in declared.items() if not name.startswith("_") and callable(value)} - {"dispatch"}


@pytest.fixture
def heard() -> Iterator[tuple[set[str], Callable[..., None]]]:
    """What was heard, and what begins to listen to something until the test is over."""
    names: set[str] = set()
    listening: list[tuple[Any, str, Any]] = []

    def listen(target: Any, *wanted: str) -> None:
        for name in wanted:

            def hear(*_values: Any, name: str = name) -> None:
                names.add(name)

            event.listen(target, name, hear)
            listening.append((target, name, hear))

    yield names, listen
    for target, name, hear in listening:
        event.remove(target, name, hear)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_documented_event_is_declared_with_the_documented_arguments(family: str) -> None:
    inspect_ = importlib.import_module("inspect")
    ours, theirs = getattr(events, family), getattr(importlib.import_module("sqlalchemy.events"), family)
    for name in documented(family):
        expected = [one for one in inspect_.signature(getattr(theirs, name)).parameters if one != "kw"]
        assert list(inspect_.signature(getattr(ours, name)).parameters) == expected, name


@pytest.mark.parametrize("target", ["engine", Engine])
def test_the_events_of_connections_happen(target: Any, heard: Any) -> None:
    names, listen = heard
    engine = create_engine("sqlite://")
    wanted = documented("ConnectionEvents")
    listen(engine if target == "engine" else target, *wanted)
    stand_in = lambda *arguments, **named: None  # noqa: E731
    for step in ("begin", "prepare", "rollback", "commit"):
        setattr(engine.dialect, f"do_{step}_twophase", stand_in)
    engine.execution_options(a=1)
    with engine.connect() as connection:
        connection.execution_options(a=1)
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
        connection.commit()
        with connection.begin_nested():
            connection.execute(text("SELECT 1"))
        connection.begin_nested().rollback()
        connection.rollback()
        for ending in ("commit", "rollback"):
            transaction = connection.begin_twophase("x")
            transaction.prepare()
            getattr(transaction, ending)()
    engine.dispose()
    assert wanted - names == set()


@pytest.mark.parametrize("target", ["engine", "dialect", "dialect class", Engine, DefaultDialect])
def test_the_events_of_dialects_happen(target: Any, heard: Any) -> None:
    names, listen = heard
    engine = create_engine("sqlite://")
    found = {"engine": engine, "dialect": engine.dialect, "dialect class": type(engine.dialect)}.get(target, target)
    wanted = documented("DialectEvents")
    listen(found, *wanted)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (:a)"), [{"a": 1}, {"a": 2}])
        connection.execute(select(1), execution_options={"no_parameters": True})
        with pytest.raises(exc.OperationalError):
            connection.execute(text("SELECT missing FROM t"))
    assert wanted - names == NOT_ON_SQLITE


def test_contexts_tell_that_the_driver_gets_no_values() -> None:
    engine = create_engine("sqlite://")
    told: list[bool] = []

    @event.listens_for(engine, "before_cursor_execute")
    def heard(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        told.append(context.no_parameters)

    with engine.connect() as connection:
        connection.execute(select(1), execution_options={"no_parameters": True})
        connection.execute(select(1))
        connection.execution_options(no_parameters=True).execute(text("SELECT 1"))
        connection.execute(text("SELECT :a"), {"a": 1})
    assert told == [True, False, True, False]


@pytest.mark.parametrize("target", ["pool", "engine", pool.Pool, pool.QueuePool, Engine])
def test_the_events_of_pools_happen(target: Any, heard: Any) -> None:
    names, listen = heard
    engine = create_engine("sqlite://", poolclass=pool.QueuePool)
    wanted = documented("PoolEvents")
    listen({"pool": engine.pool, "engine": engine}.get(target, target), *wanted)
    engine.raw_connection().close()
    soft = engine.raw_connection()
    soft.invalidate(soft=True)
    soft.close()
    engine.raw_connection().invalidate()
    detached = engine.raw_connection()
    detached.detach()
    detached.close()
    assert wanted - names == set()


@pytest.mark.parametrize("target", ["table", Table])
def test_the_events_of_schemas_happen(target: Any, heard: Any) -> None:
    names, listen = heard
    engine = create_engine("sqlite://")
    metadata = MetaData()
    table = Table("t", metadata, Column("id", Integer, primary_key=True))
    wanted = documented("DDLEvents")
    listen(table if target == "table" else target, *wanted - {"before_parent_attach", "after_parent_attach"})
    listen(Table, "before_parent_attach", "after_parent_attach")
    metadata.create_all(engine)
    inspect(engine).reflect_table(table, None)
    metadata.drop_all(engine)
    Table("other", metadata, Column("id", ForeignKey("t.id")))
    assert wanted - names == set()


def scenario(library: str) -> list[Any]:
    """Work with an engine, and note what listeners are told."""
    core = importlib.import_module(library)
    listen = importlib.import_module(f"{library}.event").listen
    log: list[Any] = []
    engine = core.create_engine("sqlite://")
    table = core.Table("t", core.MetaData(), core.Column("id", core.Integer, primary_key=True))
    listen(engine, "begin", lambda conn: log.append("begin"))
    listen(engine, "commit", lambda conn: log.append("commit"))
    listen(engine, "rollback", lambda conn: log.append("rollback"))
    listen(engine, "engine_connect", lambda conn, branch: log.append(("engine_connect", branch)))
    listen(engine, "before_execute", lambda conn, what, multi, params: log.append(("before", type(what).__name__)))
    listen(engine, "after_execute", lambda conn, what, multi, params, result: log.append(("after", params)))
    listen(engine, "do_execute", lambda cursor, statement, values, context: log.append(("do", statement, values)))
    listen(engine, "do_executemany", lambda cursor, statement, values, context: log.append(("many", statement, values)))
    listen(engine, "handle_error", lambda context: log.append(("error", context.statement, context.is_disconnect)))
    listen(engine, "checkin", lambda connection, record: log.append("checkin"))
    with engine.connect() as connection:
        connection.execute(core.schema.CreateTable(table))
        connection.execute(table.insert(), [{"id": 1}, {"id": 2}])
        connection.commit()
        connection.execute(core.text("SELECT id FROM t WHERE id = :id"), {"id": 2}).all()
        with pytest.raises(core.exc.OperationalError):
            connection.execute(core.text("SELECT nothing"))
    engine.dispose()
    # The spaces of DDL are not compared.
    return [entry for entry in log if not (entry[0] == "do" and ("PRAGMA" in entry[1] or "CREATE" in entry[1]))]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")
def test_listeners_in_earlier_forms_are_told_what_sqlalchemy_tells_them() -> None:
    assert scenario("azoth") == scenario("sqlalchemy")


def test_a_listener_executes_in_place_of_the_driver() -> None:
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "do_execute")
    def other(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
        if "stand_in" not in statement:
            return None
        cursor.execute("SELECT 42")
        return True

    with engine.connect() as connection:
        assert connection.execute(text("SELECT stand_in FROM nowhere")).scalar() == 42
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_errors_know_their_execution_and_pings_have_none() -> None:
    seen: list[Any] = []
    engine = create_engine("sqlite://", poolclass=pool.QueuePool, pool_pre_ping=True)
    event.listen(engine, "handle_error", seen.append)
    with engine.connect() as connection, pytest.raises(exc.OperationalError):
        connection.execute(insert(Table("nowhere", MetaData(), Column("a", Integer))), {"a": 1})
    (context,) = seen
    assert context.execution_context.isinsert
    assert isinstance(context.connection, Connection)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    driver.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    assert (seen[-1].is_pre_ping, seen[-1].connection, seen[-1].is_disconnect) == (True, None, True)
    assert isinstance(seen[-1].original_exception, sqlite3.ProgrammingError)


def test_programs_have_event_families_of_their_own() -> None:
    class DoorEvents(event.Events):
        def opened(self, door: Any, by: str) -> None:
            """A door was opened."""

    class Door:
        dispatch = event.dispatcher(DoorEvents)

    class Gate(Door):
        pass

    log: list[Any] = []
    event.listen(Door, "opened", lambda door, by: log.append(("class", by)))
    front = Gate()
    event.listen(front, "opened", lambda **values: log.append(("one", values["by"])), named=True, once=True)
    assert len(Door.dispatch.opened) == 1
    front.dispatch.opened(front, "ann")
    front.dispatch.opened(front, by="bob")
    Gate().dispatch.opened(None, "cid")
    assert log == [("class", "ann"), ("one", "ann"), ("class", "bob"), ("class", "cid")]
    event.listen(Door, "opened", lambda door, by: event.CANCEL, insert=True)
    front.dispatch.opened(front, "dee")
    assert len(log) == 4


def test_a_listener_that_returns_values_may_leave_them_as_they_are() -> None:
    engine = create_engine("sqlite://")
    event.listen(engine, "before_cursor_execute", lambda *values: event.NO_RETVAL, retval=True)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
