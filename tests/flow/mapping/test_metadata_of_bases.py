"""A declarative base with a metadata beside that of its registry."""

from __future__ import annotations

import pytest

from azoth import Column, ForeignKey, MetaData, Table, create_engine
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, registry, relationship

pytestmark = pytest.mark.sqlite_only("where tables are kept in memory does not depend on the database")


def test_tables_are_in_the_metadata_of_the_base_and_are_found_by_name_there() -> None:
    beside = MetaData()
    classes = registry()

    class Base(DeclarativeBase):
        metadata = beside
        registry = classes

    Table("link", beside, Column("left_id", ForeignKey("node.id")), Column("right_id", ForeignKey("node.id")))

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        following: Mapped[list[Node]] = relationship(
            secondary="link",
            primaryjoin="Node.id == link.c.left_id",
            secondaryjoin="Node.id == link.c.right_id",
        )

    assert Base.metadata is beside
    assert Node.__table__.metadata is beside
    engine = create_engine("sqlite://")
    beside.create_all(engine)
    with Session(engine) as session:
        session.add(Node(id=1, following=[Node(id=2)]))
        session.commit()
        assert [node.id for node in session.get_one(Node, 1).following] == [2]
    classes.dispose()
