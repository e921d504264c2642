"""What listeners hear of a merge, what it warns of, and keys that are not complete."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from azoth import event, inspect
from azoth.exc import AzothWarning
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, reconstructor
from tests.database import Database
from tests.flow.library import Author, Book


class Base(DeclarativeBase):
    pass


class Spot(Base):
    __tablename__ = "spot"
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str | None]

    @reconstructor
    def wake(self) -> None:
        self.awake = self.note


@pytest.fixture
def spots(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def loaded() -> Iterator[list[object]]:
    heard: list[object] = []

    def listener(instance: object, context: object) -> None:
        heard.append((instance, context))

    for class_ in (Author, Book):
        event.listen(class_, "load", listener)
    yield heard
    for class_ in (Author, Book):
        event.remove(class_, "load", listener)


def test_what_a_merge_makes_counts_as_loaded(session: Session, loaded: list[object]) -> None:
    merged = session.merge(Author(id=7, name="Ada", books=[Book(id=70, title="Notes")]))
    assert loaded == [(merged.books[0], None), (merged, None)]


def test_what_a_merge_finds_is_loaded_by_its_row(session: Session, loaded: list[object]) -> None:
    session.add(Author(id=7, name="Ada"))
    session.commit()
    session.expunge_all()
    kept = session.merge(Author(id=7, name="Grace"))
    assert len(loaded) == 1
    session.merge(Author(id=7, name="Grace"))
    assert len(loaded) == 1
    assert kept.name == "Grace"


def test_a_merge_without_a_look_up_is_heard_too(session: Session, loaded: list[object]) -> None:
    session.add(Author(id=7, name="Ada"))
    session.commit()
    given = session.get_one(Author, 7)
    _ = given.name
    session.expunge(given)
    loaded.clear()
    merged = session.merge(given, load=False)
    assert loaded == [(merged, None)]


def test_methods_that_wake_loaded_objects_find_the_merged_values(spots: Session) -> None:
    assert spots.merge(Spot(x=1, y=2, note="n")).awake == "n"


def test_a_key_of_which_a_part_was_never_set_is_not_looked_up(spots: Session) -> None:
    sent: list[str] = []
    event.listen(spots.get_bind(), "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    merged = spots.merge(Spot(y=2, note="n"))
    assert sent == []
    assert inspect(merged).pending
    merged.x = 5
    spots.commit()
    assert spots.get_one(Spot, (5, 2)).note == "n"


@pytest.mark.parametrize("key", [None, 7])
def test_merging_what_is_pending_already_is_warned_of(session: Session, key: int | None) -> None:
    with session.no_autoflush:
        author = Author(id=key, name="Ada")
        session.add(author)
        with pytest.warns(AzothWarning, match="Author is pending"):
            assert session.merge(author) is author


def test_pending_objects_behind_what_is_merged_are_not_warned_of(session: Session) -> None:
    with session.no_autoflush, warnings.catch_warnings():
        warnings.simplefilter("error")
        book = Book(id=70, title="Notes")
        session.add(book)
        assert book in session.merge(Author(id=7, name="Ada", books=[book])).books
