"""Rows of derived tables that the database deletes along (``passive_deletes``): what refers to them lets go before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, Table, func, select
from azoth.orm import Session, declarative_base, relationship
from tests.database import Database

Base: Any = declarative_base()

links = Table(
    "links_to_engineers",
    Base.metadata,
    Column("tool_id", ForeignKey("tools_of_engineers.id"), primary_key=True),
    Column("engineer_id", ForeignKey("engineers_along.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "persons_along"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    favourite_id = Column(Integer, ForeignKey("tools_of_engineers.id", use_alter=True))
    favourite = relationship("Tool", foreign_keys=[favourite_id])
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}


class Engineer(Person):
    __tablename__ = "engineers_along"
    id = Column(Integer, ForeignKey("persons_along.id", ondelete="CASCADE"), primary_key=True)
    field = Column(String)
    tools = relationship("Tool", back_populates="owner", foreign_keys="Tool.owner_id")
    notes = relationship("Note", cascade="all, delete-orphan")
    shared = relationship("Tool", secondary=links)
    __mapper_args__: Any = {"polymorphic_identity": "engineer", "passive_deletes": True}


class Tool(Base):
    __tablename__ = "tools_of_engineers"
    id = Column(Integer, primary_key=True)
    owner_id = Column(Integer, ForeignKey("engineers_along.id"))
    owner = relationship(Engineer, back_populates="tools", foreign_keys=[owner_id])


class Note(Base):
    __tablename__ = "notes_of_engineers"
    id = Column(Integer, primary_key=True)
    engineer_id = Column(Integer, ForeignKey("engineers_along.id"), nullable=False)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine(foreign_keys=True)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def count(session: Session, class_: Any) -> int:
    return session.scalars(select(func.count()).select_from(class_)).one()


@pytest.mark.parametrize("loaded", [True, False])
def test_what_refers_to_the_derived_row_lets_go_before(session: Session, loaded: bool) -> None:
    engineer = Engineer(field="f", tools=[Tool(id=1), Tool(id=2)], notes=[Note()], shared=[Tool(id=3)])
    session.add(engineer)
    session.commit()
    if loaded:
        assert (len(engineer.tools), len(engineer.notes), len(engineer.shared)) == (2, 1, 1)
    session.delete(engineer)
    session.commit()
    assert session.scalars(select(Tool.owner_id).order_by(Tool.id)).all() == [None, None, None]
    assert [count(session, one) for one in (Person, Engineer.__table__, Note, links)] == [0, 0, 0, 0]


def test_rows_in_a_circle_let_go_in_an_order_that_works(session: Session) -> None:
    tool = Tool(id=1)
    first, second = Engineer(field="f", tools=[tool, Tool(id=2)]), Engineer(field="g", tools=[Tool(id=3)])
    session.add_all([first, second])
    session.flush()
    first.favourite, second.favourite = second.tools[0], tool
    session.commit()
    session.delete(first)
    session.delete(tool)
    second.favourite = None
    session.commit()
    assert session.execute(select(Tool.id, Tool.owner_id).order_by(Tool.id)).all() == [(2, None), (3, second.id)]
    assert session.scalars(select(Engineer)).all() == [second]


def test_a_reference_that_is_moved_leaves_before(session: Session) -> None:
    tool = Tool(id=1)
    first, second = Engineer(field="f", tools=[tool]), Engineer(field="g")
    session.add_all([first, second])
    session.commit()
    tool.owner = second
    session.delete(first)
    session.commit()
    assert tool.owner is second
    assert session.scalars(select(Engineer)).all() == [second]
