"""A rollback takes from an object whose INSERT it undoes what the flushes have made, and nothing that was set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, event, update
from azoth.exc import IntegrityError
from azoth.orm import Session, declarative_base, relationship
from azoth.orm.exc import StaleDataError

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    label = Column(String, default="none")
    seen = Column(String, onupdate="touched")
    made = Column(String, default="new", onupdate="changed")
    version = Column(Integer)
    jars = relationship("Jar", back_populates="shelf")
    __mapper_args__ = {"version_id_col": version}


class Jar(Base):
    __tablename__ = "jar"
    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))
    shelf = relationship("Shelf", back_populates="jars")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def test_what_an_update_has_made_goes_with_the_insert(session: Session) -> None:
    shelf = Shelf()
    session.add(shelf)
    session.flush()
    shelf.label = "a"
    session.flush()
    assert (shelf.seen, shelf.made, shelf.version) == ("touched", "changed", 2)
    session.rollback()
    assert (shelf.seen, shelf.made, shelf.version, shelf.label) == (None, None, None, "a")
    session.add(shelf)
    session.commit()
    assert (shelf.seen, shelf.made, shelf.version, shelf.label) == (None, "new", 1, "a")


def test_what_was_set_after_a_flush_stays(session: Session) -> None:
    shelf = Shelf()
    session.add(shelf)
    session.flush()
    shelf.label, shelf.seen = "a", "by me"
    session.rollback()
    assert (shelf.label, shelf.seen, shelf.made) == ("a", "by me", None)


def test_what_was_set_before_an_update_made_something_of_it_is_there_again(session: Session) -> None:
    shelf = Shelf(seen="by me")
    session.add(shelf)
    session.flush()
    shelf.label = "a"
    session.flush()
    assert shelf.seen == "touched"
    session.rollback()
    assert shelf.seen == "by me"


def test_what_was_loaded_again_goes_as_well(session: Session) -> None:
    shelf = Shelf()
    session.add(shelf)
    session.flush()
    shelf.label = "a"
    session.flush()
    session.refresh(shelf)
    session.rollback()
    assert (shelf.seen, shelf.made, shelf.version) == (None, None, None)


def test_a_foreign_key_that_was_set_by_hand_stays(session: Session) -> None:
    jar = Jar(shelf=Shelf())
    session.add(jar)
    session.flush()
    jar.shelf_id = 7
    session.rollback()
    assert jar.shelf_id == 7


def test_a_foreign_key_that_two_flushes_have_set_is_as_before_both(session: Session) -> None:
    jar = Jar(shelf=Shelf())
    session.add(jar)
    session.flush()
    jar.shelf = Shelf()
    session.flush()
    session.rollback()
    assert jar.shelf_id is None


def test_refresh_flush_names_what_inserts_and_updates_have_made(session: Session) -> None:
    told: list[list[str]] = []

    def listener(shelf: Shelf, context: Any, keys: list[str]) -> None:
        told.append(sorted(keys))

    event.listen(Shelf, "refresh_flush", listener)
    try:
        shelf = Shelf()
        session.add(shelf)
        session.flush()
        shelf.seen = "by me"
        session.flush()
    finally:
        event.remove(Shelf, "refresh_flush", listener)
    assert told == [["label", "made", "version"], ["made", "version"]]


def _given(instance: object) -> set[str]:
    return {key for key in instance.__dict__ if not key.startswith("_")}


@pytest.mark.parametrize("ending", ["rollback", "close"])
def test_what_was_not_given_is_not_given_afterwards(session: Session, ending: str) -> None:
    shelf, jar = Shelf(id=1), Jar(id=1, shelf_id=None)
    session.add_all([shelf, jar])
    session.flush()
    assert {"seen"} <= _given(shelf)
    getattr(session, ending)()
    assert _given(shelf) == {"id"}
    assert _given(jar) == {"id", "shelf_id"}


def test_a_failed_flush_gives_nothing_either(session: Session) -> None:
    session.add(Shelf(id=1, label="a"))
    session.commit()
    session.expunge_all()
    again = Shelf(id=1)
    session.add(again)
    with pytest.raises(IntegrityError):
        session.flush()
    assert _given(again) == {"id"}
    session.rollback()
    assert _given(again) == {"id"}
    merged = session.merge(again)
    assert merged.label == "a"
    session.commit()
    assert session.get_one(Shelf, 1).label == "a"


CHANGES: dict[str, Callable[[Session], object]] = {
    "by criteria": lambda session: session.execute(update(Shelf).values(label="changed")),
    "by criteria, fetched": lambda session: session.execute(
        update(Shelf).values(label="changed"), execution_options={"synchronize_session": "fetch"}
    ),
    "by key": lambda session: session.execute(update(Shelf), [{"id": 1, "label": "changed", "version": 1}]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_change_of_many_rows_has_made_goes_with_the_insert(session: Session, change: str) -> None:
    shelf = Shelf(id=1, label="a", seen="mine")
    session.add(shelf)
    session.flush()
    CHANGES[change](session)
    session.rollback()
    assert (shelf.label, shelf.seen) == ("a", "mine")
    session.add(shelf)
    session.commit()
    assert (shelf.label, shelf.seen) == ("a", "mine")


def test_a_flush_that_fails_leaves_no_version_on_what_an_earlier_one_inserted(session: Session) -> None:
    shelf = Shelf(label="a")
    session.add(shelf)
    session.flush()
    other = Shelf(id=7)
    session.add(other)
    session.flush()
    session.execute(update(Shelf).where(Shelf.id == 7).values(version=9).execution_options(synchronize_session=False))
    shelf.label = other.label = "b"
    with pytest.raises(StaleDataError):
        session.flush()
    session.rollback()
    assert (shelf.version, shelf.seen, shelf.label) == (None, None, "b")
    session.add(shelf)
    session.commit()
    assert (shelf.version, shelf.seen) == (1, None)
