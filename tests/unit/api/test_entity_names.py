"""join(), outerjoin() and identity_key() of azoth.orm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, select
from azoth.exc import ArgumentError
from azoth.orm import Session, aliased, declarative_base, join, outerjoin, relationship
from azoth.orm.util import identity_key

Base: Any = declarative_base()


class Parent(Base):
    __tablename__ = "parent"
    id = Column(Integer, primary_key=True)
    children = relationship("Child")


class Child(Base):
    __tablename__ = "child"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("parent.id"))


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Parent(id=1, children=[Child(id=10)]), Parent(id=2)])
        session.commit()
        yield session


def test_join_along_a_relationship(session: Session) -> None:
    child = aliased(Child)
    statement = select(Parent.id, child.id).select_from(join(Parent, child, Parent.children))
    assert session.execute(statement).all() == [(1, 10)]


def test_join_by_condition_and_by_foreign_key(session: Session) -> None:
    by_condition = outerjoin(Parent, Child, Child.parent_id == Parent.id)
    by_key = outerjoin(Parent, Child)
    for joined in (by_condition, by_key):
        statement = select(Parent.id, Child.id).select_from(joined).order_by(Parent.id)
        assert session.execute(statement).all() == [(1, 10), (2, None)]


def test_identity_keys(session: Session) -> None:
    parent = session.get(Parent, 1)
    row = session.connection().execute(select(Parent.__table__).where(Parent.__table__.c.id == 1)).one()
    expected = (Parent, (1,), None)
    assert identity_key(Parent, 1) == identity_key(Parent, (1,)) == identity_key(instance=parent) == expected
    assert identity_key(Parent, row=row) == expected
    assert identity_key(Parent, 1, identity_token="a") == (Parent, (1,), "a")
    with pytest.raises(ArgumentError, match="a class and a key"):
        identity_key(Parent)
