"""What is kept about statements and mappings stays level, however many pass."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import azoth
from azoth import Column, ForeignKey, Integer, literal_column, select
from azoth.orm import Session, declarative_base, relationship, selectinload, with_loader_criteria

CACHE_SIZE = 40


def test_plans_of_many_shapes_with_criteria_are_dropped_again(database: Any) -> None:
    Base: Any = declarative_base()

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship(Child)

    engine = database.make_engine(query_cache_size=CACHE_SIZE)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Parent(children=[Child()]))
        session.commit()
        sizes = []
        for number in range(6 * CACHE_SIZE):
            text = literal_column(str(number))
            criteria = with_loader_criteria(Child, lambda cls, number=number: cls.id < number + 100)
            query = select(Parent).where(text == text).options(selectinload(Parent.children), criteria)
            assert len(session.scalars(query).one().children) == 1
            session.expunge_all()
            sizes.append(len(engine.statement_cache.plans))
    assert max(sizes) <= CACHE_SIZE
    assert len(engine.statement_cache) <= CACHE_SIZE + 2


def test_registries_that_a_program_drops_are_forgotten_by_engines_that_stay(database: Any) -> None:
    engine: azoth.Engine = database.make_engine(query_cache_size=CACHE_SIZE)
    known: list[weakref.ref[Any]] = []
    for _ in range(4 * CACHE_SIZE):
        Base: Any = declarative_base()

        class Thing(Base):
            __tablename__ = "thing"
            id = Column(Integer, primary_key=True)

        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Thing())
            session.commit()
            session.scalars(select(Thing).options(with_loader_criteria(Thing, lambda cls: cls.id > 0))).all()
            session.get(Thing, 1)
        known.append(weakref.ref(Thing))
        del Thing, Base
    gc.collect()
    alive = [number for number, thing in enumerate(known) if thing() is not None]
    assert len(alive) <= CACHE_SIZE
    assert not alive or min(alive) > 2 * CACHE_SIZE
