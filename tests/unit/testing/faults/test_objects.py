"""Comparing the objects of a session with their rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import String, delete, update
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from azoth.testing.faults.objects import disagreements


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column("name", String(20))


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        session.add(Tag(title="a"))
        session.commit()
        yield session


def found(session: Session, *, rows_may_be_missing: bool = False) -> list[tuple[str, str]]:
    return list(disagreements(session, rows_may_be_missing=rows_may_be_missing))


def test_objects_that_equal_their_rows(session: Session) -> None:
    tag = session.get(Tag, 1)
    assert found(session) == []
    assert not session.in_transaction()
    assert tag.title == "a"


def test_an_object_whose_row_says_something_else(session: Session, engine: azoth.Engine) -> None:
    tag = session.get(Tag, 1)
    with engine.begin() as connection:
        connection.execute(update(Tag.__table__).values(name="b"))
    assert found(session) == [("objects equal their rows", "loaded Tag differs in title")]
    assert tag.title == "b"


def test_an_object_without_a_row(session: Session, engine: azoth.Engine) -> None:
    tag = session.get(Tag, 1)
    with engine.begin() as connection:
        connection.execute(delete(Tag.__table__))
    assert found(session) == [("persistent objects with values have a row", "Tag (1,) has none")]
    assert found(session, rows_may_be_missing=True) == []
    session.expire(tag)
    assert found(session) == []


def test_what_waits_to_be_written(session: Session) -> None:
    session.add(Tag(title="b"))
    expected = [("after a rollback nothing waits to be written", "1 new, 0 dirty, 0 deleted")]
    assert found(session) == expected
