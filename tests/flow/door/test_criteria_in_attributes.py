"""Criteria hold in the subqueries of attributes that are mapped as SQL expressions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import azoth
from azoth import Boolean, Column, ForeignKey, Integer, event, func, select
from azoth.orm import (
    Session,
    aliased,
    column_property,
    declarative_base,
    joinedload,
    relationship,
    selectinload,
    undefer,
    with_loader_criteria,
)


@pytest.fixture
def club() -> Any:
    """Owners, the number of whose things is an attribute."""
    Base: Any = declarative_base()

    class Thing(Base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        owner_id = Column(ForeignKey("owner.id"))
        deleted = Column(Boolean, default=False)
        owner = relationship("Owner", back_populates="things")

    class Owner(Base):
        __tablename__ = "owner"
        id = Column(Integer, primary_key=True)
        things = relationship("Thing", back_populates="owner")

    def counted() -> Any:
        return select(func.count(Thing.id)).where(Thing.owner_id == Owner.id).correlate_except(Thing).scalar_subquery()

    Owner.count = column_property(counted())
    Owner.late = column_property(counted(), deferred=True)
    return SimpleNamespace(Base=Base, Owner=Owner, Thing=Thing)


@pytest.fixture
def engine(database: Any, club: Any) -> azoth.Engine:
    """One owner of three things, of which two are deleted."""
    engine: azoth.Engine = database.make_engine()
    club.Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add(club.Owner(id=1))
        session.flush()
        session.add_all([club.Thing(id=number, owner_id=1, deleted=number > 1) for number in (1, 2, 3)])
    return engine


@pytest.fixture
def session(engine: azoth.Engine) -> Any:
    """A session on it."""
    with Session(engine) as session:
        yield session


def present(club: Any, most: int = 100) -> Any:
    """Say that deleted things are not there, nor those with a number beyond ``most``."""
    return with_loader_criteria(club.Thing, (club.Thing.deleted == False) & (club.Thing.id <= most))  # noqa: E712


def test_attributes_of_objects(session: Session, club: Any) -> None:
    assert session.scalars(select(club.Owner)).one().count == 3
    session.expunge_all()
    for most, count in ((100, 1), (0, 0), (1, 1)):
        owner = session.scalars(select(club.Owner).options(present(club, most))).one()
        assert owner.count == count
        session.refresh(owner)
        assert owner.count == count
        session.expire(owner)
        assert owner.count == count
        assert owner.late == count
        session.refresh(owner, ["late"])
        assert owner.late == count
        session.expunge_all()
    assert session.scalars(select(club.Owner).options(present(club), undefer(club.Owner.late))).one().late == 1


def test_attributes_that_are_selected_by_themselves(session: Session, club: Any) -> None:
    rows = session.execute(select(club.Owner.id, club.Owner.count).options(present(club))).all()
    assert [tuple(row) for row in rows] == [(1, 1)]
    assert rows[0]._mapping["count"] == 1
    assert session.scalars(select(club.Owner.id).where(club.Owner.count == 1).options(present(club))).all() == [1]
    alias = aliased(club.Owner)
    assert session.scalars(select(alias.count).options(present(club))).all() == [1]


def test_attributes_of_aliases_and_related_objects(session: Session, club: Any) -> None:
    alias = aliased(club.Owner)
    assert session.scalars(select(alias).options(present(club))).one().count == 1
    for load in (joinedload, selectinload):
        session.expunge_all()
        things = select(club.Thing).options(load(club.Thing.owner), present(club))
        assert session.scalars(things).one().owner.count == 1
    session.expunge_all()
    assert session.scalars(select(club.Thing).options(present(club))).one().owner.count == 1


def test_a_listener_that_adds_criteria_reaches_them(session: Session, club: Any) -> None:
    def add(state: Any) -> None:
        if state.is_select and not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(present(club))

    event.listen(session, "do_orm_execute", add)
    owner = session.get_one(club.Owner, 1)
    assert (owner.count, owner.late) == (1, 1)


def test_one_plan_serves_all_values(engine: azoth.Engine, club: Any) -> None:
    def read(most: int) -> Any:
        with Session(engine) as session:
            return session.scalars(select(club.Owner).options(present(club, most))).one().count

    assert read(5) == 1
    before = engine.statement_cache.compilations
    assert [read(most) for most in (0, 1, 2)] == [0, 1, 1]
    assert engine.statement_cache.compilations == before
