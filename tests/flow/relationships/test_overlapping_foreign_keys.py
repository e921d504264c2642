"""A foreign key of several columns beside one of its columns alone."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, ForeignKeyConstraint, Integer, String, create_engine, exc, select
from azoth.orm import Session, configure_mappers, declarative_base, relationship

pytestmark = pytest.mark.sqlite_only("a foreign key to a part of a key is refused by other databases")


def classes(**options: Any) -> tuple[Any, Any, Any]:
    Base: Any = declarative_base()

    class Seminar(Base):
        __tablename__ = "seminar"
        title = Column(String, primary_key=True)
        term = Column(String, primary_key=True)

    class Lecture(Base):
        __tablename__ = "lecture"
        id = Column(Integer, primary_key=True)
        title = Column(String, ForeignKey("seminar.title"))
        term = Column(String)
        seminar = relationship("Seminar", **options)
        __table_args__ = (ForeignKeyConstraint(["title", "term"], ["seminar.title", "seminar.term"]),)

    return Base, Seminar, Lecture


def test_the_foreign_key_of_just_the_named_columns_is_meant() -> None:
    Base, Seminar, Lecture = classes(foreign_keys="[Lecture.title, Lecture.term]")
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        spring, autumn = Seminar(title="logic", term="spring"), Seminar(title="logic", term="autumn")
        session.add_all([spring, autumn, Lecture(id=1, seminar=autumn)])
        session.commit()
        assert session.scalars(select(Lecture)).one().seminar is autumn
        assert session.scalars(select(Lecture.id).join(Lecture.seminar).where(Seminar.term == "spring")).all() == []
    Base.registry.dispose()


def test_without_a_name_they_are_ambiguous() -> None:
    Base, _, _ = classes()
    with pytest.raises(exc.AmbiguousForeignKeysError):
        configure_mappers()
    Base.registry.dispose()


def test_two_foreign_keys_between_the_same_columns_are_one() -> None:
    Base: Any = declarative_base()

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))
        __table_args__ = (ForeignKeyConstraint(["parent_id"], ["parent.id"], name="again"),)

    assert str(Parent.children.property.primaryjoin) == "parent.id = child.parent_id"
    Base.registry.dispose()
