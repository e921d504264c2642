"""A row that is gone unseen gives its key to a new one, which what was to happen to the old one does not reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from azoth import Engine, ForeignKey, Integer, String, delete, select
from azoth.exc import AzothWarning
from azoth.orm import DeclarativeBase, Session, mapped_column
from azoth.orm.exc import StaleDataError


class Base(DeclarativeBase):
    pass


class Lamp(Base):
    __tablename__ = "lamp"
    id = mapped_column(Integer, primary_key=True)
    kind = mapped_column(String)
    name = mapped_column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "lamp"}


class Torch(Lamp):
    __tablename__ = "torch"
    id = mapped_column(ForeignKey("lamp.id"), primary_key=True)
    battery = mapped_column(String)
    __mapper_args__ = {"polymorphic_identity": "torch"}


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def stored_and_gone(session: Session, made: Lamp) -> Lamp:
    """Store an object, and let its rows go without the session's knowledge."""
    session.add(made)
    session.commit()
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(delete(table))
    session.commit()
    return made


def rows(session: Session) -> list[tuple[int, str | None]]:
    return [tuple(row) for row in session.execute(select(Lamp.__table__.c.id, Lamp.__table__.c.name))]


@pytest.mark.parametrize("new", [lambda: Lamp(name="new"), lambda: Lamp(id=1, name="new"), lambda: Torch(name="new")])
@pytest.mark.parametrize("old", [lambda: Lamp(name="old"), lambda: Torch(name="old", battery="a")])
def test_a_change_of_an_object_without_a_row_is_not_written_into_the_row_that_has_its_key(
    session: Session, old: Callable[[], Lamp], new: Callable[[], Lamp]
) -> None:
    gone = stored_and_gone(session, old())
    session.add(new())
    gone.name = "changed"
    with pytest.raises(StaleDataError, match=r"1 row\(s\); 0 were matched"):
        session.commit()
    session.rollback()
    assert rows(session) == []


def test_an_object_without_a_row_is_deleted_and_not_the_row_that_has_its_key(session: Session) -> None:
    gone = stored_and_gone(session, Lamp(name="old"))
    lamp = Lamp(name="new")
    session.add(lamp)
    session.delete(gone)
    with pytest.warns(AzothWarning, match=r"expected to delete 1 row\(s\); 0 were matched"):
        session.commit()
    # SQLite gives the key again; what has a sequence does not.
    assert rows(session) == [(lamp.id, "new")]
    assert session.get(Lamp, lamp.id) is lamp
