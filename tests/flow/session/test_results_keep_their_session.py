"""A result keeps the session that nobody else keeps, as long as its rows are being read."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, select, text
from azoth.orm import Session, declarative_base, relationship

Base: Any = declarative_base()


class Parent(Base):
    """Has children."""

    __tablename__ = "parent"
    id = Column(Integer, primary_key=True)
    children = relationship("Child")


class Child(Base):
    """Has a parent."""

    __tablename__ = "child"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("parent.id"))


@pytest.fixture
def engine(database: Any) -> azoth.Engine:
    """Three parents with two children each."""
    engine: azoth.Engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all([Parent(id=number, children=[Child(), Child()]) for number in (1, 2, 3)])
    return engine


WAYS: dict[str, Callable[[Session], Any]] = {
    "scalars": lambda session: session.scalars(select(Parent)),
    "unique": lambda session: session.scalars(select(Parent)).unique(),
    "rows": lambda session: (row.Parent for row in session.execute(select(Parent))),
    "mappings": lambda session: (row["Parent"] for row in session.execute(select(Parent)).mappings()),
    "portions": lambda session: session.scalars(select(Parent).execution_options(yield_per=2)),
    "partitions": lambda session: (part[0] for part in session.scalars(select(Parent)).partitions(1)),
    "given": lambda session: session.scalars(select(Parent).from_statement(text("SELECT id FROM parent"))),
    "query": lambda session: session.query(Parent),
    "query in portions": lambda session: session.query(Parent).yield_per(2),
}


@pytest.mark.parametrize("way", WAYS)
def test_objects_load_while_their_result_is_read(engine: azoth.Engine, way: str) -> None:
    assert [len(parent.children) for parent in WAYS[way](Session(engine))] == [2, 2, 2]


def test_rows_of_core_are_read_from_a_session_that_nobody_keeps(engine: azoth.Engine) -> None:
    assert [row.id for row in Session(engine).execute(text("SELECT id FROM parent ORDER BY id"))] == [1, 2, 3]


@pytest.mark.parametrize("read", ["all", "close", "first", "loop"])
def test_a_result_that_is_through_lets_its_session_go(engine: azoth.Engine, read: str) -> None:
    gc.collect()
    gc.disable()
    try:
        session = Session(engine)
        reference = weakref.ref(session)
        result = session.scalars(select(Parent))
        del session
        assert reference() is not None
        if read == "loop":
            assert len(list(result)) == 3
        else:
            getattr(result, read)()
        assert reference() is None
        assert result is not None
    finally:
        gc.enable()


def test_objects_do_not_keep_their_session(engine: azoth.Engine) -> None:
    session = Session(engine)
    reference = weakref.ref(session)
    parents = session.scalars(select(Parent)).all()
    del session
    assert reference() is None
    assert azoth.inspect(parents[0]).detached
