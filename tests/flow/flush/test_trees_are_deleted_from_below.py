"""Rows of a table that refer to each other go from the leaves on, whatever of them is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from azoth import ForeignKey, func, select
from azoth.engine import Engine
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.database import Database


class Base(DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    friend_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    parent: Mapped[Node | None] = relationship(remote_side=id, foreign_keys=parent_id)
    friend: Mapped[Node | None] = relationship(remote_side=id, foreign_keys=friend_id, post_update=True)


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = database.make_engine(foreign_keys=True)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def _nothing(_session: Session, _nodes: list[Node]) -> None:
    pass


def _read(_session: Session, nodes: list[Node]) -> None:
    assert [node.id for node in nodes] == [3, 1, 2]


def _expire_references(session: Session, nodes: list[Node]) -> None:
    _read(session, nodes)
    for node in nodes:
        session.expire(node, ["parent_id"])


def _cut(_session: Session, nodes: list[Node]) -> None:
    for node in nodes:
        node.parent = None


def _cut_by_key(_session: Session, nodes: list[Node]) -> None:
    for node in nodes:
        node.parent_id = None


@pytest.mark.parametrize("prepare", [_nothing, _read, _expire_references, _cut, _cut_by_key])
@pytest.mark.parametrize("has_friend", [False, True])
@pytest.mark.parametrize("step", [1, -1])
def test_a_tree(session: Session, prepare: Callable[[Session, list[Node]], None], has_friend: bool, step: int) -> None:
    root = Node(id=3)
    branch = Node(id=1, parent=root)
    nodes = [root, branch, Node(id=2, parent=branch)]
    if has_friend:
        root.friend = nodes[2]
    session.add_all(nodes)
    session.commit()
    prepare(session, nodes)
    for node in nodes[::step]:
        session.delete(node)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Node)) == 0


def test_nothing_is_loaded_for_one_row(session: Session) -> None:
    node = Node(id=1)
    session.add(node)
    session.commit()
    session.delete(node)
    assert session.plan().loads == []
    session.commit()
