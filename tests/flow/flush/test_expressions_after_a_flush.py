"""Attributes that hold SQL expressions: which are computed anew after a flush, and which keep what they have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from azoth import String, func, select
from azoth.orm import DeclarativeBase, Mapped, Session, column_property, mapped_column
from tests.database import Database


class Base(DeclarativeBase):
    pass


class Name(Base):
    __tablename__ = "full_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(String(20))
    last: Mapped[str] = mapped_column(String(20))
    full: Mapped[str] = column_property(first + last)
    lasting: Mapped[str] = column_property(last + first, expire_on_flush=False)
    later: Mapped[str] = column_property(func.upper(first), deferred=True, expire_on_flush=False)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def name(session: Session) -> Name:
    name = Name(first="a", last="b")
    session.add(name)
    session.flush()
    assert (name.full, name.lasting, name.later) == ("ab", "ba", "A")
    return name


def test_an_expression_is_computed_anew_unless_it_is_to_stay(session: Session, name: Name) -> None:
    name.first = "c"
    session.flush()
    assert (name.full, name.lasting, name.later) == ("cb", "ba", "A")
    session.commit()
    assert (name.full, name.lasting, name.later) == ("cb", "bc", "C")


def test_what_the_program_gives_an_expression_stays_over_the_flush(session: Session, name: Name) -> None:
    name.first = "c"
    name.full = "mine"
    session.flush()
    assert name.full == "mine"
    assert name not in session.dirty
    name.first = "d"
    session.flush()
    assert name.full == "db"


def test_a_rollback_forgets_what_an_expression_was_given(session: Session, name: Name) -> None:
    session.commit()
    name.first = "c"
    name.full = "mine"
    session.flush()
    session.rollback()
    assert name.full == "ab"
    assert session.scalars(select(Name.full)).one() == "ab"
