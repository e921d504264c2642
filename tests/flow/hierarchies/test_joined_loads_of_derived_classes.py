"""What only a derived class loads through joins repeats no rows of a query for its base."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base, joinedload, relationship

Base: Any = declarative_base()


class Team(Base):
    __tablename__ = "team"
    id = Column(Integer, primary_key=True)
    tools = relationship("Tool", lazy="joined", order_by="Tool.id")


class Tool(Base):
    __tablename__ = "tool"
    id = Column(Integer, primary_key=True)
    team_id = Column(ForeignKey("team.id"))


class Worker(Base):
    __tablename__ = "worker"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "worker"}


class Smith(Worker):
    team_id = Column(ForeignKey("team.id"))
    team = relationship("Team", lazy="joined")
    __mapper_args__ = {"polymorphic_identity": "smith"}


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        team = Team(tools=[Tool(), Tool()])
        session.add_all([Worker(), Smith(team=team), Smith(team=team)])
        session.commit()
        session.expunge_all()
        yield session


def test_the_collection_behind_its_reference_is_loaded(session: Session, statements: list[str]) -> None:
    workers = session.scalars(select(Worker).order_by(Worker.id)).all()
    assert " JOIN " not in statements[0]
    sent = len(statements)
    assert [len(worker.team.tools) for worker in workers if isinstance(worker, Smith)] == [2, 2]
    assert len(statements) == sent


def test_rows_of_the_base_are_read_in_portions(session: Session) -> None:
    found = session.scalars(select(Worker).order_by(Worker.id).execution_options(yield_per=1)).all()
    assert [type(one) for one in found] == [Worker, Smith, Smith]
    assert [tool.id for tool in found[1].team.tools] == [1, 2]


def test_a_join_that_is_asked_for_repeats_them(session: Session) -> None:
    query = select(Worker).options(joinedload(Smith.team)).execution_options(yield_per=1)
    with pytest.raises(InvalidRequestError, match=r"yield_per cannot load Team\.tools through a join"):
        session.scalars(query).all()
