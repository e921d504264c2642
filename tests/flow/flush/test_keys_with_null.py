"""A part of a composite key may be NULL where the table says so: such rows are inserted and read, not changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, String, inspect, select
from azoth.orm import Session, declarative_base
from azoth.orm.exc import FlushError, NullRefusedError
from tests.database import Database

pytestmark = pytest.mark.sqlite_only("other databases have no NULL in primary keys")

Base: Any = declarative_base()


class Pair(Base):
    __tablename__ = "pair"
    left = Column(String(10), primary_key=True, nullable=True)
    right = Column(String(10), primary_key=True, nullable=True)
    note = Column(String(10))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("values", [{"left": "a"}, {"left": "a", "right": None}])
def test_a_row_is_inserted_and_found_in_memory(session: Session, values: dict[str, Any]) -> None:
    pair = Pair(**values)
    session.add(pair)
    session.commit()
    assert inspect(pair).identity == ("a", None)
    assert session.scalars(select(Pair)).all() == [pair]


def test_a_key_of_nothing_but_null_is_refused(session: Session) -> None:
    session.add(Pair(note="x"))
    with pytest.raises(NullRefusedError, match="no part of its primary key"):
        session.flush()


@pytest.mark.parametrize("change", ["key", "note", "delete"])
def test_a_row_that_would_not_be_found_is_not_changed(session: Session, change: str) -> None:
    pair = Pair(left="a")
    session.add(pair)
    session.commit()
    if change == "delete":
        session.delete(pair)
    else:
        setattr(pair, "right" if change == "key" else "note", "new")
    with pytest.raises(FlushError, match="a part of its primary key is NULL"):
        session.flush()


def test_what_changes_nothing_needs_no_row(session: Session) -> None:
    pair = Pair(left="a")
    session.add(pair)
    session.commit()
    pair.left = "a"
    session.commit()
    assert pair.left == "a"
