"""The condition by which a class's table is joined to that of its base, given in the mapping."""

from __future__ import annotations

import warnings

from azoth import ForeignKey, select
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.database import Database


def test_a_condition_names_the_key_of_a_base_with_several_tables(database: Database) -> None:
    with warnings.catch_warnings(action="error"):

        class Base(DeclarativeBase):
            pass

        class Person(Base):
            __tablename__ = "person"
            id: Mapped[int] = mapped_column(primary_key=True)
            kind: Mapped[str]
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

        class Engineer(Person):
            __tablename__ = "engineer"
            id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
            language: Mapped[str | None]
            __mapper_args__ = {"polymorphic_identity": "engineer", "inherit_condition": id == Person.id}

        class Chief(Engineer):
            __tablename__ = "chief"
            id: Mapped[int] = mapped_column(ForeignKey("engineer.id"), primary_key=True)
            deputy_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
            __mapper_args__ = {"polymorphic_identity": "chief", "inherit_condition": id == Engineer.id}

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Chief(language="Ada"))
        session.commit()
        assert str(select(Chief.id)).endswith(
            "FROM person JOIN engineer ON engineer.id = person.id JOIN chief ON chief.id = engineer.id"
        )
        found = session.scalars(select(Chief).where(Engineer.language == "Ada")).one()
        assert (found.id, found.language, found.deputy_id) == (1, "Ada", None)
        session.delete(found)
        session.commit()
        assert session.scalars(select(Person)).all() == []
