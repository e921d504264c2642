"""A joined class whose own table refers to itself."""

from __future__ import annotations

from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.conftest import Statements
from tests.database import Database


def test_a_joined_table_that_refers_to_itself_needs_no_condition(database: Database) -> None:
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
        mentor_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
        pupils: Mapped[list[Engineer]] = relationship("Engineer", foreign_keys=[mentor_id])
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        mentor, pupil = Engineer(), Engineer()
        mentor.pupils.append(pupil)
        session.add(mentor)
        session.commit()
        assert mentor.pupils == [pupil]
        assert pupil.mentor_id == mentor.id
        assert pupil.pupils == []


def test_references_to_a_joined_table_are_found_by_their_key(database: Database, statements: Statements) -> None:
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
        tools: Mapped[list[Tool]] = relationship("Tool", back_populates="engineer")
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Tool(Base):
        __tablename__ = "tool"
        id: Mapped[int] = mapped_column(primary_key=True)
        engineer_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
        engineer: Mapped[Engineer | None] = relationship("Engineer", back_populates="tools")

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        first, second, tool = Engineer(id=1), Engineer(id=2), Tool(id=3)
        first.tools.append(tool)
        session.add_all([first, second])
        session.commit()
        assert (first.kind, second.kind, tool.engineer_id, first.tools) == ("engineer", "engineer", 1, [tool])
        statements.record(engine)
        assert tool.engineer is first
        assert statements == []
        assert tool.engineer.kind == "engineer"
        session.expire(second)
        assert second.kind == "engineer"
        assert len(statements) == 1
        session.expire(tool, ["engineer"])
        second.tools = [tool]
        assert (first.tools, second.tools, tool.engineer) == ([], [tool], second)
