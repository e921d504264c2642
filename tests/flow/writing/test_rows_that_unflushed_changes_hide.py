"""Statements follow the rows, not what objects have in memory and have not flushed (``autoflush=False``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, delete, inspect, select, update
from azoth.orm import Session, declarative_base, relationship

Base: Any = declarative_base()


class Shelf(Base):
    __tablename__ = "shelves"
    id = Column(Integer, primary_key=True)
    parts = relationship("Part", back_populates="shelf")


class Part(Base):
    __tablename__ = "parts_on_shelves"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    size = Column(Integer)
    seen = Column(String, onupdate="touched")
    shelf_id = Column(Integer, ForeignKey("shelves.id"))
    shelf = relationship(Shelf, back_populates="parts")


class Screw(Part):
    __tablename__ = "screws"
    id = Column(Integer, ForeignKey("parts_on_shelves.id"), primary_key=True)
    thread = Column(String)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as session:
        session.add_all([Shelf(id=1), Part(id=1, name="bolt", size=1), Part(id=2, name="nut", size=2)])
        session.add(Screw(id=3, name="screw", size=3, thread="left"))
        session.commit()
        yield session


def loaded(session: Session, pk: int) -> Any:
    part = session.get(Part, pk)
    assert part is not None
    assert part.name
    return part


def row(session: Session, pk: int) -> tuple[Any, ...]:
    return tuple(session.execute(select(Part.name, Part.size, Part.seen).where(Part.id == pk)).one())


evaluated = pytest.mark.parametrize("strategy", ["auto", "evaluate"])
strategies = pytest.mark.parametrize("strategy", ["auto", "evaluate", "fetch"])


@evaluated
@pytest.mark.parametrize("pk", [1, 3])
def test_an_object_whose_row_does_not_match_yet_stays_as_it_is(session: Session, strategy: str, pk: int) -> None:
    part = loaded(session, pk)
    part.seen = "pending"
    session.execute(
        update(Part).where(Part.seen.is_not(None)).values(size=9), execution_options={"synchronize_session": strategy}
    )
    assert (part.size, part.seen) == (pk, "pending")
    session.commit()
    assert (part.size, part.seen) == (pk, "pending")


@evaluated
def test_an_object_whose_row_still_matches_follows(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    part.name = "renamed"
    session.execute(
        update(Part).where(Part.name == "bolt").values(size=Part.size + 8),
        execution_options={"synchronize_session": strategy},
    )
    assert (part.name, part.size) == ("renamed", 9)
    session.commit()
    assert row(session, 1) == ("renamed", 9, "touched")


@strategies
def test_new_values_are_those_of_the_row(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    part.name = "pending"
    session.execute(
        update(Part).where(Part.id == 1).values(seen=Part.name), execution_options={"synchronize_session": strategy}
    )
    assert (part.seen, part.name) == ("bolt", "pending")
    session.commit()
    assert (part.seen, part.name) == ("touched", "pending")


@strategies
@pytest.mark.parametrize("pk", [1, 3])
def test_what_onupdate_sets_leaves_what_the_program_has_set(session: Session, strategy: str, pk: int) -> None:
    part = loaded(session, pk)
    part.seen = "pending"
    session.execute(
        update(Part).where(Part.id == pk).values(size=9), execution_options={"synchronize_session": strategy}
    )
    assert (part.size, part.seen) == (9, "pending")
    assert row(session, pk)[1:] == (9, "touched")
    session.commit()
    assert row(session, pk)[1:] == (9, "pending")


@strategies
def test_what_was_there_before_onupdate_is_written_when_it_is_set_again(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    part.seen = "pending"
    session.execute(
        update(Part).where(Part.id == 1).values(size=9), execution_options={"synchronize_session": strategy}
    )
    part.seen = None
    session.commit()
    assert row(session, 1) == ("bolt", 9, None)


def test_rows_found_by_key_leave_what_the_program_has_set_too(session: Session) -> None:
    part = loaded(session, 1)
    part.seen = "pending"
    session.execute(update(Part), [{"id": 1, "size": 9}])
    assert (part.size, part.seen) == (9, "pending")
    part.seen = None
    session.commit()
    assert row(session, 1) == ("bolt", 9, None)


@strategies
def test_what_the_statement_sets_replaces_what_was_set_before(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    part.size = 5
    session.execute(
        update(Part).where(Part.id == 1).values(size=9), execution_options={"synchronize_session": strategy}
    )
    assert part.size == 9
    session.commit()
    assert row(session, 1) == ("bolt", 9, "touched")


@evaluated
def test_objects_that_cannot_be_told_keep_what_was_set(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    session.expire(part, ["name"])
    part.size = 5
    session.execute(
        update(Part).where(Part.name == "nut").values(size=9), execution_options={"synchronize_session": strategy}
    )
    assert part.size == 5
    session.commit()
    assert [row(session, pk)[1] for pk in (1, 2)] == [5, 9]


@evaluated
def test_an_object_is_not_deleted_for_a_value_that_its_row_does_not_have(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    part.name = "nut"
    session.execute(delete(Part).where(Part.name == "nut"), execution_options={"synchronize_session": strategy})
    assert inspect(part).persistent
    session.commit()
    assert session.scalars(select(Part.name).order_by(Part.id)).all() == ["nut", "screw"]


@evaluated
def test_an_object_is_deleted_for_the_value_that_its_row_has(session: Session, strategy: str) -> None:
    part = loaded(session, 1)
    part.name = "renamed"
    session.execute(delete(Part).where(Part.name == "bolt"), execution_options={"synchronize_session": strategy})
    assert inspect(part).deleted
    session.commit()
    assert session.get(Part, 1) is None


@evaluated
def test_objects_that_may_be_deleted_keep_what_was_set(session: Session, strategy: str) -> None:
    part, shelf = loaded(session, 1), session.get(Shelf, 1)
    session.expire(part, ["name"])
    part.size = 5
    part.shelf = shelf
    session.execute(delete(Part).where(Part.name == "nut"), execution_options={"synchronize_session": strategy})
    assert (part.size, part.shelf) == (5, shelf)
    session.commit()
    assert (part.name, part.size, part.shelf_id) == ("bolt", 5, 1)


@evaluated
def test_members_put_into_a_collection_that_is_not_loaded_are_kept(session: Session, strategy: str) -> None:
    part, shelf = loaded(session, 1), session.get(Shelf, 1)
    assert shelf is not None
    session.expire(shelf)
    part.shelf = shelf
    session.execute(delete(Shelf).where(Shelf.id == 7), execution_options={"synchronize_session": strategy})
    assert shelf.parts == [part]
