"""Objects that were loaded for another one have it, where the mapping loads that relationship eagerly, at no cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import ForeignKey, select
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    immediateload,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)
from tests.database import Database


def classes(back: Any) -> tuple[Any, Any]:
    class Base(DeclarativeBase): ...

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list[Child]] = relationship(back_populates="parent", order_by="Child.id")

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Parent] = relationship(back_populates="children", lazy=back)

    return Parent, Child


@pytest.mark.parametrize("load", [selectinload, subqueryload, immediateload, joinedload])
@pytest.mark.parametrize("back", ["immediate", "joined"])
def test_the_way_back_is_loaded(database: Database, statements: Any, back: Any, load: Callable[..., Any]) -> None:
    Parent, Child = classes(back)
    engine = database.make_engine()
    Parent.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Parent(id=1, children=[Child(id=1), Child(id=2)]), Parent(id=2, children=[Child(id=3)])])
        session.commit()
    statements.record(engine)
    with Session(engine) as session:
        parents = session.scalars(select(Parent).options(load(Parent.children)).order_by(Parent.id)).unique().all()
    assert len(statements.starting_with("SELECT")) == (1 if load is joinedload else 2)
    if (back, load) != ("joined", joinedload):
        assert [[child.parent.id for child in parent.children] for parent in parents] == [[1, 1], [2]]
