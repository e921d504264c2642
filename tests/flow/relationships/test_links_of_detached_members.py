"""A row of a table between is one row, also where a detached object and a loaded one stand for the same member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, Table, select
from azoth.orm import Session, declarative_base, relationship
from azoth.orm.exc import StaleDataError

Base: Any = declarative_base()
between = Table(
    "pens_in_boxes",
    Base.metadata,
    Column("box_id", ForeignKey("box.id"), primary_key=True),
    Column("pen_id", ForeignKey("pen.id"), primary_key=True),
)


class Box(Base):
    __tablename__ = "box"
    id = Column(Integer, primary_key=True)
    pens = relationship("Pen", secondary=between, back_populates="boxes", cascade="")


class Pen(Base):
    __tablename__ = "pen"
    id = Column(Integer, primary_key=True)
    boxes = relationship("Box", secondary=between, back_populates="pens", cascade="")


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def box(session: Session) -> Box:
    """A detached box that holds a detached pen."""
    box, pen = Box(id=1), Pen(id=1)
    session.add_all([box, pen])
    box.pens.append(pen)
    session.commit()
    session.expunge_all()
    return box


def links(session: Session) -> list[Any]:
    return list(session.execute(select(between)).all())


def test_both_ends_can_be_deleted(session: Session, box: Box) -> None:
    pen = session.get(Pen, 1)
    session.delete(pen)
    session.delete(box)
    session.commit()
    assert links(session) == []
    assert session.scalars(select(Box)).all() == session.scalars(select(Pen)).all() == []


def test_both_ends_can_let_go(session: Session, box: Box) -> None:
    session.add(box)
    pen = session.get(Pen, 1)
    assert pen is not None
    assert pen.boxes == [box]
    box.pens.clear()
    pen.boxes.clear()
    session.commit()
    assert links(session) == []


def test_a_link_that_was_passed_over_is_taken_back(session: Session, box: Box) -> None:
    """A flush writes no link to what is not in the session; whether one was written nobody knows later."""
    pen = Pen()
    session.add(pen)
    session.commit()
    box.pens.append(pen)
    with pytest.warns(azoth.exc.AzothWarning, match="Object of type <Box> not in session"):
        session.flush()
    box.pens.remove(pen)
    session.commit()
    assert links(session) == [(1, 1)]


def test_a_link_that_was_passed_over_is_taken_back_beside_one_that_is_there(session: Session, box: Box) -> None:
    pen, other = Pen(), Box()
    session.add_all([pen, other])
    pen.boxes.append(other)
    session.commit()
    pen.boxes.append(box)
    with pytest.warns(azoth.exc.AzothWarning, match="Object of type <Box> not in session"):
        session.flush()
    pen.boxes = []
    session.commit()
    assert links(session) == [(1, 1)]


def test_a_link_that_must_be_there_is_missed_beside_one_that_was_passed_over(session: Session, box: Box) -> None:
    pen, others = Pen(), [Box(), Box()]
    session.add_all([pen, *others])
    pen.boxes.extend(others)
    session.commit()
    pen.boxes.append(box)
    with pytest.warns(azoth.exc.AzothWarning, match="Object of type <Box> not in session"):
        session.flush()
    session.execute(between.delete().where(between.c.pen_id == pen.id))
    pen.boxes = []
    with pytest.raises(StaleDataError, match="expected to delete 3 row"):
        session.flush()
