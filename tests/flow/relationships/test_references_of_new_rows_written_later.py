"""A new row whose reference is written after it (``post_update``) depends on nothing that was there before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, select
from azoth.orm import Session, declarative_base, relationship

Base: Any = declarative_base()


class Shelf(Base):
    __tablename__ = "shelves_by_name"
    name = Column(String, primary_key=True)
    label = Column(String)


class Part(Base):
    __tablename__ = "parts_by_two"
    left = Column(Integer, primary_key=True)
    right = Column(Integer, primary_key=True)
    shelf_name = Column(String, ForeignKey("shelves_by_name.name"))
    shelf = relationship(Shelf, post_update=True)


class Screw(Base):
    __tablename__ = "screws_by_one"
    id = Column(Integer, primary_key=True)
    shelf_name = Column(String, ForeignKey("shelves_by_name.name"))
    shelf = relationship(Shelf, post_update=True)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Shelf(name="old", label="before"))
        session.commit()
        yield session


@pytest.mark.parametrize("class_", [Part, Screw])
def test_beside_a_row_whose_key_is_given_to_another(session: Session, statements: Any, class_: Any) -> None:
    session.delete(session.get(Shelf, "old"))
    session.add(Shelf(name="old", label="after"))
    key = {"left": 1, "right": 2} if class_ is Part else {"id": 1}
    part = class_(**key, shelf=Shelf(name="new"))
    session.add(part)
    statements.clear()
    session.flush()
    assert statements.starting_with("SELECT") == []
    session.commit()
    assert part.shelf_name == "new"
    assert session.execute(select(Shelf.name, Shelf.label).order_by(Shelf.name)).all() == [
        ("new", None),
        ("old", "after"),
    ]
