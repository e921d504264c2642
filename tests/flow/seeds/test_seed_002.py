"""Seed 002: making sessions with sessionmaker, in the styles of 1.x and 2.x."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from azoth import BigInteger, Column, Integer, String
from azoth.exc import IntegrityError
from azoth.orm import Session, declarative_base, sessionmaker
from tests.database import Database
from tests.flow.committed import committed

ASTRONAUTS = [
    (1, "Melissa", "Lewis", 805766400000),
    (2, "Rick", "Martinez", 822182400000),
    (3, "Alex", "Vogel", 784857600000),
    (4, "Chris", "Beck", 933552000000),
    (5, "Beth", "Johansen", 822182400000),
    (6, "Mark", "Watney", 781920000000),
]

Base: Any = declarative_base()


class Astronaut(Base):
    __tablename__ = "astronauts"

    id = Column(Integer, primary_key=True)
    firstname = Column(String, nullable=False)
    lastname = Column(String)
    born = Column(BigInteger)


@pytest.fixture
def engine(database: Database) -> Any:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    return engine


@pytest.fixture
def names(engine: Any) -> Callable[[], list[str]]:
    return partial(committed, engine, "astronauts", "firstname")


def test_sessionmaker_returns_a_class_that_is_called(engine: Any) -> None:
    Maker = sessionmaker(bind=engine)
    session = Maker()
    assert inspect.isclass(Maker)
    assert issubclass(Maker, Session)
    assert isinstance(session, Session)


def test_the_class_may_be_called_right_away(engine: Any) -> None:
    session = sessionmaker(bind=engine)()
    assert session.execute("SELECT 1").scalar() == 1
    session.close()


def test_the_verbose_but_explicit_syntax(engine: Any) -> None:
    session = sessionmaker(bind=engine).__call__()
    assert isinstance(session, Session)
    assert session.execute("SELECT 1").scalar() == 1
    session.close()


def test_a_session_as_a_context_manager_is_closed(engine: Any, names: Callable[[], list[str]]) -> None:
    object1, object2 = Astronaut(firstname="Melissa"), Astronaut(firstname="Rick")
    with Session(engine) as session:
        session.add(object1)
        session.add(object2)
        session.commit()
    assert names() == ["Melissa", "Rick"]
    assert object1 not in session
    assert engine.pool.checkedout() == 0


@pytest.mark.parametrize("fails", [False, True])
def test_begin_commit_and_rollback_by_hand(engine: Any, names: Callable[[], list[str]], fails: bool) -> None:
    def work() -> None:
        with Session(engine) as session:
            session.begin()
            try:
                session.add(Astronaut(firstname="Melissa"))
                session.add(Astronaut(firstname=None if fails else "Rick"))
                session.flush()
            except:
                session.rollback()
                raise
            else:
                session.commit()

    if fails:
        with pytest.raises(IntegrityError):
            work()
        assert names() == []
    else:
        work()
        assert names() == ["Melissa", "Rick"]


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("style", ["nested blocks", "one line", "factory"])
def test_begin_as_a_context_manager(engine: Any, names: Callable[[], list[str]], style: str, fails: bool) -> None:
    def work(session: Any) -> None:
        session.add(Astronaut(firstname="Melissa"))
        session.add(Astronaut(firstname="Rick"))
        if fails:
            raise LookupError

    def run() -> None:
        if style == "nested blocks":
            with Session(engine) as session:
                with session.begin():
                    work(session)
        elif style == "one line":
            with Session(engine) as session, session.begin():
                work(session)
        else:
            with sessionmaker(bind=engine).begin() as session:
                work(session)

    if fails:
        with pytest.raises(LookupError):
            run()
    else:
        run()
    assert names() == ([] if fails else ["Melissa", "Rick"])
    assert engine.pool.checkedout() == 0


def test_the_factorys_begin_with_a_string_of_sql(engine: Any, capsys: pytest.CaptureFixture[str]) -> None:
    session = sessionmaker(bind=engine)
    with session.begin() as db:
        for id_, firstname, lastname, born in ASTRONAUTS:
            db.add(Astronaut(id=id_, firstname=firstname, lastname=lastname, born=born))

    with session.begin() as db:
        result = db.execute("SELECT * FROM astronauts").all()

    print(result)
    assert result == ASTRONAUTS
    assert capsys.readouterr().out == f"{ASTRONAUTS}\n"
