"""A row of a table between is one row, also where a detached object and a loaded one stand for the same member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, Table, select
from azoth.orm import Session, declarative_base, relationship

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
