"""Engines that differ by their options and have one database in memory work together in a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from azoth import Engine, MetaData, create_engine, event, select, text
from azoth.exc import AzothWarning, InvalidRequestError, ResourceClosedError
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column

pytestmark = pytest.mark.sqlite_only("other databases are not in memory")


class Base(DeclarativeBase):
    metadata = MetaData(schema="somewhere")


class Town(Base):
    __tablename__ = "town"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class River(Base):
    __tablename__ = "river"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@pytest.fixture
def memory() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    yield engine
    engine.dispose()


@pytest.fixture
def north_and_south(memory: Engine, tmp_path: Path) -> tuple[Engine, Engine]:
    with memory.connect() as connection:
        for name in ("north", "south"):
            connection.execute(text("ATTACH DATABASE :file AS " + name), {"file": str(tmp_path / f"{name}.db")})
    north, south = (memory.execution_options(schema_translate_map={"somewhere": name}) for name in ("north", "south"))
    Base.metadata.create_all(north)
    Base.metadata.create_all(south)
    return north, south


@pytest.fixture
def session(north_and_south: tuple[Engine, Engine]) -> Iterator[Session]:
    north, south = north_and_south
    with Session(binds={Town: north, River: south}) as session:
        yield session


def names(engine: Engine, table: str) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text(f"SELECT name FROM {table} ORDER BY name")))


def test_each_engine_writes_where_its_options_say(session: Session, memory: Engine) -> None:
    session.add_all([Town(name="Ely"), River(name="Ouse")])
    session.commit()
    assert (names(memory, "north.town"), names(memory, "south.town")) == (["Ely"], [])
    assert (names(memory, "north.river"), names(memory, "south.river")) == ([], ["Ouse"])


def test_their_rows_are_committed_and_rolled_back_together(session: Session, memory: Engine) -> None:
    session.add_all([Town(name="Ely"), River(name="Ouse")])
    session.flush()
    with session.begin_nested() as savepoint:
        session.add_all([Town(name="Cam"), River(name="Cam")])
        session.flush()
        savepoint.rollback()
    assert session.scalars(select(Town.name)).all() == ["Ely"]
    assert session.scalars(select(River.name)).all() == ["Ouse"]
    session.rollback()
    assert names(memory, "north.town") == names(memory, "south.river") == []


def test_a_savepoint_covers_an_engine_that_joins_inside_it(session: Session, memory: Engine) -> None:
    session.add(Town(name="Ely"))
    session.flush()
    savepoint = session.begin_nested()
    session.add(Town(name="Cam"))
    session.flush()
    session.add(River(name="Ouse"))
    session.flush()
    savepoint.rollback()
    session.commit()
    assert (names(memory, "north.town"), names(memory, "south.river")) == (["Ely"], [])


def test_they_write_into_one_table_without_waiting_for_each_other(memory: Engine) -> None:
    plain = memory.execution_options(schema_translate_map={"somewhere": None})
    other = memory.execution_options(schema_translate_map={"somewhere": None}, purpose="other")
    Base.metadata.create_all(plain)
    with Session(binds={Town: plain, River: other}) as session:
        session.add_all([Town(name="Ely"), River(name="Ouse")])
        session.flush()
        assert session.scalar(select(River.name)) == "Ouse"
        session.commit()
    assert (names(memory, "town"), names(memory, "river")) == (["Ely"], ["Ouse"])


def test_each_has_a_connection_with_its_options_until_the_session_ends(
    session: Session, north_and_south: tuple[Engine, Engine]
) -> None:
    begun: list[object] = []
    event.listen(session, "after_begin", lambda _session, _transaction, connection: begun.append(connection))
    north, south = (session.connection(bind_arguments={"mapper": one}) for one in (Town, River))
    assert [north.engine, south.engine] == list(north_and_south)
    assert begun == [north, south]
    assert north.connection.dbapi_connection is south.connection.dbapi_connection
    south.close()
    assert not south.closed
    with pytest.raises(InvalidRequestError, match="isolation_level"):
        south.execution_options(isolation_level="AUTOCOMMIT")
    session.close()
    assert north.closed
    assert south.closed
    with pytest.raises(ResourceClosedError):
        south.execute(text("SELECT 1"))


def test_a_text_that_ends_the_transaction_is_noticed_by_either(session: Session) -> None:
    session.add(Town(name="Ely"))
    session.flush()
    with pytest.warns(AzothWarning, match="ROLLBACK was executed"):
        session.execute(text("ROLLBACK"), bind_arguments={"mapper": River})
    assert session.scalars(select(Town.name)).all() == []


def test_an_engine_that_commits_each_statement_keeps_a_connection_of_its_own(memory: Engine) -> None:
    plain = memory.execution_options(schema_translate_map={"somewhere": None})
    Base.metadata.create_all(plain)
    at_once = plain.execution_options(isolation_level="AUTOCOMMIT")
    with Session(binds={Town: plain, River: at_once}) as session:
        session.scalars(select(Town)).all()
        session.add(River(name="Ouse"))
        session.flush()
        session.rollback()
    assert names(memory, "river") == ["Ouse"]


def test_what_one_connection_attaches_all_have(memory: Engine, tmp_path: Path) -> None:
    earlier = memory.connect()
    earlier.close()
    with memory.connect() as first, memory.connect() as second:
        first.execute(text("ATTACH DATABASE :file AS other"), {"file": str(tmp_path / "other.db")})
        first.execute(text("CREATE TABLE other.number (value INTEGER)"))
        first.commit()
        with memory.connect() as third:
            assert third.scalar(text("SELECT count(*) FROM other.number")) == 0
        second.close()
    for _ in range(2):
        with memory.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM other.number")) == 0
            connection.commit()
            connection.execute(text("DETACH DATABASE other"))
        with memory.connect() as one, memory.connect() as another:
            found = [c.execute(text("PRAGMA database_list")).all() for c in (one, another)]
            assert [[row.name for row in rows] for rows in found] == [["main"], ["main"]]
            one.execute(text("ATTACH DATABASE :file AS other"), {"file": str(tmp_path / "other.db")})
