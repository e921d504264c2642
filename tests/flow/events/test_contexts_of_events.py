"""What listeners are told about the load, the flush or the change that they hear of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from azoth import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    inspect,
    select,
    update,
)
from azoth.orm import DeclarativeBase, Session, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Ship(Base):
    __tablename__ = "ship"
    id = Column(Integer, primary_key=True)
    name = Column("ship_name", String(20))
    masts = Column(Integer, default=lambda: 3)
    crew = relationship("Sailor", back_populates="ship")


class Sailor(Base):
    __tablename__ = "sailor"
    id = Column(Integer, primary_key=True)
    ship_id = Column(ForeignKey("ship.id"))
    ship = relationship(Ship, back_populates="crew")


Heard = list[tuple[Any, ...]]


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.fixture
def session(engine: Engine, heard: Heard) -> Iterator[Session]:
    Base.metadata.create_all(engine)

    def remember(*arguments: Any) -> None:
        heard.append(arguments)

    names = ("load", "refresh", "refresh_flush")
    with Session(engine) as session:
        session.add(Ship(id=1, name="Argo", crew=[Sailor(id=1)]))
        session.commit()
        session.expunge_all()
        for name in names:
            event.listen(Ship, name, remember)
        event.listen(Sailor, "load", remember)
        yield session
        for name in names:
            event.remove(Ship, name, remember)
        event.remove(Sailor, "load", remember)


def test_load_is_told_the_session_and_the_statement(session: Session, heard: Heard) -> None:
    statement = select(Ship).where(Ship.name == bindparam("wanted")).execution_options(port="Iolkos")
    ship = session.scalars(statement, {"wanted": "Argo"}).one()
    ((target, context),) = heard
    assert target is ship
    assert context.session is session
    assert context.execution_options["port"] == "Iolkos"
    assert context.populate_existing is False
    assert str(context.query) == str(statement)
    assert context.compile_state.select_statement is context.query
    assert str(context.compile_state.statement) == str(statement)
    assert context.params == {"wanted": "Argo"}


def test_all_objects_of_a_load_share_the_listeners_dictionary(session: Session, heard: Heard) -> None:
    session.add_all([Ship(id=2), Ship(id=3)])
    session.commit()
    session.expunge_all()
    heard.clear()
    session.scalars(select(Ship)).all()
    first, second, third = [context for _, context in heard]
    first.attributes["seen"] = 1
    assert first is second is third
    session.expunge_all()
    session.scalars(select(Ship)).all()
    assert heard[-1][1].attributes == {}


def test_loads_of_the_orm_itself_have_a_context(session: Session, heard: Heard) -> None:
    ship = session.get(Ship, 1)
    assert ship is not None
    ship.crew[0]
    session.expunge_all()
    session.scalars(select(Ship).options(selectinload(Ship.crew))).all()
    contexts = [context for _, context in heard]
    assert len(contexts) == 4
    assert all(context.session is session for context in contexts)
    assert 1 in contexts[0].params.values()
    assert all(str(context.query).startswith("SELECT") for context in contexts)


@pytest.mark.parametrize("size", [None, 1])
def test_queries_and_portions_have_a_context(session: Session, heard: Heard, size: int | None) -> None:
    query = session.query(Ship).filter_by(name="Argo")
    list(query if size is None else query.yield_per(size))
    assert heard[0][1].params == {"ship_name_1": "Argo"}


def test_given_rows_have_a_context(session: Session, heard: Heard) -> None:
    statement = select(Ship.__table__)
    session.scalars(select(Ship).from_statement(statement)).all()
    assert heard[0][1].query is statement


def test_refresh_is_told_the_context_and_a_set_of_names(session: Session, heard: Heard) -> None:
    ship = session.scalars(select(Ship)).one()
    heard.clear()
    session.expire(ship, ["name"])
    assert ship.name == "Argo"
    session.scalars(select(Ship).execution_options(populate_existing=True)).all()
    (_, expired, names), (_, populated, everything) = heard
    assert expired.session is session
    assert names == {"name"}
    assert populated.populate_existing is True
    assert everything is None


def test_a_listener_that_comes_later_hears_of_statements_that_are_known(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    contexts: list[Any] = []

    def remember(_target: Any, context: Any) -> None:
        contexts.append(context)

    with Session(engine) as session:
        session.add(Ship(id=1))
        session.commit()
        session.expunge_all()
        session.scalars(select(Ship)).all()
        session.expunge_all()
        event.listen(Ship, "load", remember)
        session.scalars(select(Ship)).all()
        event.remove(Ship, "load", remember)
        session.expunge_all()
        session.scalars(select(Ship)).all()
    assert [context.session for context in contexts] == [session]


def test_all_events_of_a_flush_are_told_the_same(session: Session, heard: Heard) -> None:
    contexts: list[Any] = []
    event.listen(session, "before_flush", lambda _session, context, _objects: contexts.append(context))
    event.listen(session, "after_flush", lambda _session, context: contexts.append(context))
    event.listen(session, "after_flush_postexec", lambda _session, context: contexts.append(context))
    session.add(Ship(id=2))
    session.flush()
    ((_, of_defaults, names),) = heard
    before, after, last = contexts
    assert before is after is last is of_defaults
    assert before.session is session
    assert before.transaction is session.get_transaction()
    assert before.attributes == {}
    assert list(names) == ["masts"]


def test_defaults_are_told_of_without_listeners_of_the_session(session: Session, heard: Heard) -> None:
    session.add(Ship(id=2))
    session.flush()
    ((_, context, _),) = heard
    assert context.session is session
    assert context.transaction is session.get_transaction()


@pytest.mark.parametrize("strategy", ["auto", "evaluate", "fetch"])
def test_changes_of_many_rows_tell_what_they_matched(session: Session, strategy: str) -> None:
    told: list[Any] = []
    event.listen(session, "after_bulk_update", told.append)
    event.listen(session, "after_bulk_delete", told.append)
    session.add(Ship(id=2, name="Vasa"))
    session.flush()
    argo = session.get(Ship, 1)
    session.execute(
        update(Ship).where(Ship.name == "Argo").values(masts=1), execution_options={"synchronize_session": strategy}
    )
    session.query(Ship).filter(Ship.name == "Vasa").delete(strategy)
    updated, deleted = told
    assert updated.session is session
    assert updated.mapper is inspect(Ship)
    assert updated.matched_objects == [argo]
    assert updated.matched_rows == [(1,)]
    assert updated.rowcount == updated.result.rowcount == 1
    assert updated.query.all() == [argo]
    assert updated.statement.is_update
    assert deleted.matched_rows == [(2,)]
    assert deleted.matched_objects[0].name == "Vasa"


def test_changes_without_synchronization_match_no_objects(session: Session) -> None:
    told: list[Any] = []
    event.listen(session, "after_bulk_delete", told.append)
    session.get(Ship, 1)
    session.execute(delete(Sailor), execution_options={"synchronize_session": False})
    assert told[0].matched_objects == told[0].matched_rows == []


# -- DDL ----------------------------------------------------------------------


def test_listeners_of_ddl_are_told_what_they_take_by_name(engine: Engine) -> None:
    metadata = MetaData()
    first = Table("first", metadata, Column("id", Integer, primary_key=True))
    second = Table("second", metadata, Column("id", Integer, primary_key=True))
    told: list[Any] = []

    def everything(_target: Any, _connection: Any, **facts: Any) -> None:
        told.append(facts)

    def tables_only(_target: Any, _connection: Any, tables: Any) -> None:
        told.append(tables)

    def keyword_only(_target: Any, _connection: Any, *, checkfirst: bool) -> None:
        told.append(checkfirst)

    def plain(target: Any, _connection: Any) -> None:
        told.append(target)

    for listener in (everything, tables_only, keyword_only, plain):
        event.listen(metadata, "before_create", listener)
    event.listen(metadata, "after_drop", everything, named=True)
    event.listen(first, "after_create", everything, once=True)
    first.create(engine)
    assert told == [{"checkfirst": False}]
    told.clear()
    metadata.create_all(engine)
    assert told == [{"tables": [second], "checkfirst": True}, [second], True, metadata]
    told.clear()

    def named(**arguments: Any) -> None:
        told.append(arguments)

    event.listen(metadata, "before_drop", named, named=True)
    event.remove(metadata, "after_drop", everything)
    metadata.drop_all(engine, tables=[first], checkfirst=False)
    assert told[0]["tables"] == [first]
    assert told[0]["target"] is metadata


# -- connecting ---------------------------------------------------------------


@pytest.mark.sqlite_only("connects by its driver, sqlite3")
def test_a_creator_that_takes_an_argument_gets_the_record_of_the_pool() -> None:
    records: list[Any] = []

    def creator(record: Any) -> Any:
        records.append(record)
        return sqlite3.connect(":memory:")

    engine = create_engine("sqlite://", creator=creator)
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    assert records[0].info == {}
    engine.dispose()


@pytest.mark.sqlite_only("connects by its driver, sqlite3")
def test_a_creator_whose_arguments_have_defaults_is_called_without_any() -> None:
    engine = create_engine("sqlite://", creator=lambda path=":memory:": sqlite3.connect(path))
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    engine.dispose()


@pytest.mark.sqlite_only("connects by its driver, sqlite3")
def test_do_connect_may_change_the_arguments_or_connect_by_itself() -> None:
    engine = create_engine("sqlite:///nowhere/at/all.db")
    asked: list[Any] = []

    def redirect(dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        asked.append((dialect, record))
        arguments[0] = ":memory:"
        named["timeout"] = 1

    event.listen(engine, "do_connect", redirect)
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    assert asked[0][0] is engine.dialect
    assert asked[0][1].info == {}
    event.remove(engine, "do_connect", redirect)
    event.listen(engine, "do_connect", lambda *_arguments: sqlite3.connect(":memory:"))
    engine.dispose()
    with engine.connect() as connection:
        assert connection.scalar(select(2)) == 2
    engine.dispose()
