"""Attributes of one name in several derived classes: options for one leave the others alone."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, select
from azoth.orm import Session, declarative_base, relationship
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.companies import all_shown, brief

SCENARIOS: list[Scenario] = []


class Model:
    """Dogs and cats have toys, of different classes, and words, under the same names.

    Args:
        lib: the library.
    """

    def __init__(self, lib: Library) -> None:
        base: Any = lib.declarative_base()
        self.metadata = base.metadata

        class Animal(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "animal"
            id = lib.Column(lib.Integer, primary_key=True)
            kind = lib.Column(lib.String(10))
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}

        class Dog(Animal):
            __tablename__ = "dog"
            id = lib.Column(lib.ForeignKey("animal.id"), primary_key=True)
            word = lib.Column(lib.String(10))
            toys = lib.relationship("Bone", order_by="Bone.id")
            __mapper_args__ = {"polymorphic_identity": "dog"}

        class Cat(Animal):
            __tablename__ = "cat"
            id = lib.Column(lib.ForeignKey("animal.id"), primary_key=True)
            word = lib.Column(lib.String(10))
            toys = lib.relationship("Ball", order_by="Ball.id")
            __mapper_args__ = {"polymorphic_identity": "cat"}

        class Bone(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "bone"
            id = lib.Column(lib.Integer, primary_key=True)
            dog_id = lib.Column(lib.ForeignKey("dog.id"))
            marks = lib.relationship("Mark")

        class Mark(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "mark"
            id = lib.Column(lib.Integer, primary_key=True)
            bone_id = lib.Column(lib.ForeignKey("bone.id"))

        class Ball(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "ball"
            id = lib.Column(lib.Integer, primary_key=True)
            cat_id = lib.Column(lib.ForeignKey("cat.id"))
            color = lib.Column(lib.String(10))

        self.Animal, self.Dog, self.Cat, self.Bone, self.Mark, self.Ball = Animal, Dog, Cat, Bone, Mark, Ball

    def fill(self, session: Any) -> None:
        """Write the rows that scenarios begin with."""
        bone = self.Bone(id=1, marks=[self.Mark(id=1)])
        dog = self.Dog(id=1, word="wau", toys=[bone, self.Bone(id=2)])
        cat = self.Cat(id=2, word="miau", toys=[self.Ball(id=1, color="red"), self.Ball(id=2, color="blue")])
        session.add_all([dog, cat, self.Animal(id=3)])
        session.commit()
        session.expunge_all()


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


def loaded(lib: Library, s: Any, entity: Any, *options: Any) -> Any:
    """Give what a query loads."""
    s.expunge_all()
    found = all_shown(s.scalars(lib.select(entity).options(*options).order_by(entity.id)).unique().all())
    return [found, sorted((type(one).__name__, one.id) for one in s)]


@scenario
def column_options(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Animal, "*")
    return [
        loaded(lib, s, wp, lib.defer(wp.Dog.word)),
        loaded(lib, s, wp, lib.defer(wp.Cat.word)),
        loaded(lib, s, wp, lib.defer(wp.Cat.word), lib.undefer(wp.Dog.word)),
        loaded(lib, s, wp, lib.load_only(wp.id, wp.Dog.word)),
    ]


@scenario
def refused_columns(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Animal, "*")
    found = []
    for one in s.scalars(lib.select(wp).options(lib.defer(wp.Dog.word, raiseload=True)).order_by(wp.id)):
        try:
            found.append(getattr(one, "word", "none"))
        except lib.exc.InvalidRequestError:
            found.append("refused")
    return found


@scenario
def eager_loads(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for options in ({}, {"flat": True}):
        wp = lib.with_polymorphic(m.Animal, "*", **options)
        for load in (lib.joinedload, lib.selectinload, lib.subqueryload):
            found += [
                loaded(lib, s, wp, load(wp.Dog.toys)),
                loaded(lib, s, wp, load(wp.Cat.toys)),
                loaded(lib, s, wp, load(wp.Dog.toys), load(wp.Cat.toys)),
                loaded(lib, s, wp, load(wp.Cat.toys), load(wp.Dog.toys)),
                loaded(
                    lib, s, wp, load(wp.Cat.toys).load_only(m.Ball.id), load(wp.Dog.toys).selectinload(m.Bone.marks)
                ),
                loaded(lib, s, wp, load(wp.Dog.toys).selectinload(m.Bone.marks), load(wp.Cat.toys).defer(m.Ball.color)),
            ]
    return found


@scenario
def eager_loads_of_base_queries(lib: Library, m: Any, s: Any) -> Any:
    load = lib.selectinload
    return [
        loaded(lib, s, m.Animal, lib.selectin_polymorphic(m.Animal, [m.Dog, m.Cat]), load(m.Cat.toys)),
        loaded(
            lib, s, m.Animal, lib.selectin_polymorphic(m.Animal, [m.Dog, m.Cat]), load(m.Cat.toys), load(m.Dog.toys)
        ),
    ]


@scenario
def later_reads(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Animal, "*")
    animals = s.scalars(
        lib.select(wp).options(lib.lazyload(wp.Dog.toys).selectinload(m.Bone.marks)).order_by(wp.id)
    ).all()
    found = [brief(getattr(one, "toys", None)) for one in animals]
    s.expunge_all()
    animals = s.scalars(lib.select(m.Animal).order_by(m.Animal.id)).all()
    return [
        found,
        [getattr(one, "word", None) for one in animals],
        [brief(getattr(one, "toys", None)) for one in animals],
    ]


@pytest.mark.parametrize("lazy", ["joined", "selectin", "subquery", "immediate"])
def test_an_eager_load_stops_where_it_leads_back_to_the_base(database: Database, lazy: Any, statements: Any) -> None:
    Base: Any = declarative_base()

    class Cat(Base):
        __tablename__ = "cat"
        id = Column(Integer, primary_key=True)
        kind = Column(String(10))
        parent_id = Column(ForeignKey("cat.id"))
        children = relationship("Cat", lazy=lazy)
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "cat"}

    class Tomcat(Cat):
        __mapper_args__ = {"polymorphic_identity": "tomcat"}

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Tomcat(id=1, children=[Cat(id=2), Tomcat(id=3)]))
        session.commit()
        session.expunge_all()
        statements.record(engine)
        cats = session.scalars(select(Tomcat).order_by(Tomcat.id)).unique().all()
        assert len(statements) == 1
        assert [sorted(child.id for child in cat.children) for cat in cats] == [[2, 3], []]
