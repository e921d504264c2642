"""Commits over several databases without two phases: in a fixed order, and what is told where they fail half-way."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Engine, exc
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.database import Database
from tests.flow.strikes import LOST, REFUSED, DriverError, Faults


class Base(DeclarativeBase):
    pass


class Left(Base):
    __tablename__ = "lefts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Right(Base):
    __tablename__ = "rights"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class World:
    """Two databases, the first one in the order of URLs, and what is going to fail on each."""

    def __init__(self, database: Database) -> None:
        self.faults = [Faults(), Faults()]
        self.engines: list[Engine] = [
            database.make_engine(name, module=faults.driver(database.driver))
            for name, faults in zip(("aa", "bb"), self.faults, strict=True)
        ]
        for engine in self.engines:
            Base.metadata.create_all(engine)
        urls = [engine.url.render_as_string() for engine in self.engines]
        assert urls == sorted(urls)

    def session(self) -> Session:
        return Session(binds={Left: self.engines[0], Right: self.engines[1]})

    def count(self) -> tuple[int, int]:
        with self.session() as session:
            return session.query(Left).count(), session.query(Right).count()


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    world = World(database)
    yield world
    for faults in world.faults:
        faults.end()
    for engine in world.engines:
        engine.dispose()


def commit(world: World, *objects: Any) -> BaseException:
    with world.session() as session:
        session.add_all(objects)
        with pytest.raises(exc.DBAPIError) as caught:
            session.commit()
        with pytest.raises(exc.PendingRollbackError if isinstance(caught.value, exc.CommitUnknown) else ()):  # type: ignore[arg-type]
            session.connection(bind_arguments={"mapper": Left})
        session.rollback()
    return caught.value


@pytest.mark.parametrize("used_first", [0, 1])
def test_it_commits_in_the_order_of_the_urls(world: World, used_first: int) -> None:
    objects = [Left(id=1), Right(id=1)]
    world.faults[1].strike("commit", REFUSED)
    with world.session() as session:
        session.add(objects[used_first])
        session.flush()
        session.add(objects[1 - used_first])
        with pytest.raises(exc.PartialCommit):
            session.commit()
    assert world.count() == (1, 0)


@pytest.mark.parametrize("error, outcome", [(REFUSED, "rolled back"), (LOST, "unknown")])
def test_half_a_commit_tells_what_became_of_each(world: World, error: DriverError, outcome: str) -> None:
    world.faults[1].strike("commit", error, after=outcome == "unknown")
    failure = commit(world, Left(id=1), Right(id=1))
    assert isinstance(failure, exc.PartialCommit)
    assert failure.outcomes == {world.engines[0]: "committed", world.engines[1]: outcome}
    assert f"{world.engines[0].url}: committed" in str(failure)
    assert failure.code == "AZ-E210"
    assert world.count() == (1, int(outcome == "unknown"))


def test_where_the_first_one_refuses_nothing_is_committed(world: World) -> None:
    world.faults[0].strike("commit", REFUSED)
    with world.session() as session:
        session.add_all([Left(id=1), Right(id=1)])
        with pytest.raises(exc.IntegrityError) as caught:
            session.commit()
        assert not isinstance(caught.value, exc.CommitUnknown)
    assert world.count() == (0, 0)


def test_where_the_first_answer_is_lost_the_second_one_is_not_told_to_commit(world: World) -> None:
    world.faults[0].strike("commit", LOST, after=True)
    failure = commit(world, Left(id=1), Right(id=1))
    assert isinstance(failure, exc.CommitUnknown)
    assert not isinstance(failure, exc.PartialCommit)
    assert world.count() == (1, 0)


def test_it_can_be_pickled(world: World) -> None:
    world.faults[1].strike("commit", REFUSED)
    failure = commit(world, Left(id=1), Right(id=1))
    copy = pickle.loads(pickle.dumps(failure))
    assert list(copy.outcomes.values()) == ["committed", "rolled back"]
    assert str(copy) == str(failure)
