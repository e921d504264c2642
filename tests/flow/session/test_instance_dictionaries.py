"""What stands in the ``__dict__`` of a mapped object: its state under one name, and what was set or loaded."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Engine, ForeignKey, event, inspect, select
from azoth.orm import DeclarativeBase, Mapped, Session, attribute_keyed_dict, composite, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    books: Mapped[list[Book]] = relationship(back_populates="shelf", cascade="all, delete-orphan")
    set_of: Mapped[set[Book]] = relationship(viewonly=True)
    by_title: Mapped[dict[str, Book]] = relationship(
        collection_class=attribute_keyed_dict("title"), overlaps="books,shelf"
    )


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship(back_populates="books", overlaps="by_title")


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int]
    stop: Mapped[int]
    both: Mapped[tuple[int, int]] = composite(lambda *values: values, "start", "stop")


STATE = "_sa_instance_state"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def rest(instance: object) -> dict[str, Any]:
    """Give the ``__dict__`` without the state."""
    values = dict(vars(instance))
    assert values.pop(STATE) is inspect(instance)
    return values


def test_a_new_object_has_its_state_and_what_it_was_given() -> None:
    assert rest(Shelf(name="a")) == {"name": "a"}


def test_the_state_is_there_from_the_beginning() -> None:
    class OwnBase(DeclarativeBase):
        pass

    class Sized(OwnBase):
        __tablename__ = "sized"
        id: Mapped[int] = mapped_column(primary_key=True)
        size: Mapped[int]

        def __init__(self, size: int) -> None:
            self.size = size

    class Noted(OwnBase):
        __tablename__ = "noted"
        id: Mapped[int] = mapped_column(primary_key=True)
        size: Mapped[int]

        def __setattr__(self, key: str, value: object) -> None:
            object.__setattr__(self, key, value)

    assert (rest(Shelf()), rest(Sized(3)), rest(Noted()), rest(Noted(size=3))) == ({}, {"size": 3}, {}, {"size": 3})


@pytest.mark.parametrize("key", ["id", "name", "books", "set_of", "by_title"])
def test_reading_what_was_never_set_stores_nothing(key: str) -> None:
    shelf = Shelf()
    value = getattr(shelf, key)
    assert not value
    assert rest(shelf) == {}
    assert key in inspect(shelf).unloaded
    assert inspect(shelf).attrs[key].history == ((), (), ())
    assert getattr(shelf, key) is value


def test_reading_the_one_to_many_of_a_pending_object_stores_nothing(session: Session) -> None:
    shelf = Shelf()
    session.add(shelf)
    assert shelf.books == []
    assert rest(shelf) == {}


def test_an_empty_collection_that_was_read_stands_there_from_its_first_member_on() -> None:
    shelf = Shelf()
    books, by_title = shelf.books, shelf.by_title
    book, other = Book(title="x"), Book(title="y")
    books.append(book)
    by_title["y"] = other
    assert rest(shelf) == {"books": [book], "by_title": {"y": other}}
    assert (shelf.books is books, shelf.by_title is by_title, book.shelf is shelf) == (True, True, True)


def test_the_other_side_fills_the_collection_that_was_read() -> None:
    shelf = Shelf()
    books = shelf.books
    book = Book(shelf=shelf)
    assert books == [book]
    assert shelf.books is books


def test_a_replaced_empty_collection_is_no_longer_the_owners() -> None:
    shelf = Shelf()
    former = shelf.books
    shelf.books = [Book(title="x")]
    former.append(Book(title="y"))
    assert [book.title for book in shelf.books] == ["x"]


def test_an_empty_collection_set_anew_is_the_same() -> None:
    shelf = Shelf()
    books = shelf.books
    shelf.books += [Book(title="x")]
    assert shelf.books is books
    other = Shelf()
    books = other.books
    other.books = books
    books.append(Book(title="y"))
    assert [book.title for book in other.books] == ["y"]


def test_an_empty_collection_of_an_object_that_was_inserted_is_known(session: Session, statements: Any) -> None:
    shelf = Shelf()
    books = shelf.books
    session.add(shelf)
    session.flush()
    statements.clear()
    assert shelf.books is books
    assert list(statements) == []
    books.append(Book(title="x"))
    session.commit()
    assert session.scalars(select(Book.title)).all() == ["x"]
    assert [book.title for book in shelf.books] == ["x"]


def test_a_change_and_a_flush_leave_nothing_else_there(session: Session) -> None:
    shelf = Shelf(id=1, name="a")
    session.add(shelf)
    session.commit()
    assert rest(shelf) == {}
    shelf.name = "b"
    assert rest(shelf) == {"name": "b"}
    assert session.is_modified(shelf)
    session.flush()
    assert rest(shelf) == {"name": "b"}
    session.add(Book(title="one", shelf=shelf))
    assert rest(shelf) == {"name": "b"}
    session.delete(shelf)
    session.flush()
    assert STATE in vars(shelf)
    assert not [key for key in vars(shelf) if key.startswith("_azoth")]


def test_programs_can_take_the_state_out_of_a_copy_of_it(session: Session) -> None:
    session.add(Shelf(id=1, name="a"))
    session.commit()
    shelf = session.scalars(select(Shelf)).one()
    shown = vars(shelf).copy()
    shown.pop("_sa_instance_state")
    assert shown == {"id": 1, "name": "a"}


def test_a_composite_leaves_nothing_but_its_object_there() -> None:
    line = Line(start=1, stop=2)
    assert line.both is line.both
    assert rest(line) == {"start": 1, "stop": 2, "both": (1, 2)}
    back = pickle.loads(pickle.dumps(line))
    assert rest(back) == {"start": 1, "stop": 2, "both": (1, 2)}


def test_a_copied_dictionary_brings_no_changes_along(session: Session) -> None:
    session.add(Shelf(id=1, name="a"))
    session.commit()
    shelf = session.scalars(select(Shelf)).one()
    twin = Shelf.__new__(Shelf)
    twin.__dict__.update(shelf.__dict__)
    twin.name = "b"
    assert not session.is_modified(shelf)
    assert inspect(twin) is not inspect(shelf)
    assert inspect(twin).transient


@pytest.mark.parametrize("way", ["copy", "deepcopy", "pickle"])
def test_copies_have_empty_collections_of_their_own(way: str) -> None:
    shelf = Shelf(name="a")
    books = shelf.books
    duplicate: Shelf = {
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
        "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    }[way](shelf)
    duplicate.books.append(Book())
    assert (books, len(duplicate.books)) == ([], 1)


def test_changes_and_queued_members_are_in_the_pickle(session: Session) -> None:
    session.add(Shelf(id=1, name="a"))
    session.commit()
    shelf = session.get_one(Shelf, 1)
    shelf.name = "b"
    Book(title="x", shelf=shelf)
    assert "books" not in vars(shelf)
    session.expunge_all()
    back: Shelf = pickle.loads(pickle.dumps(shelf))
    session.add(back)
    session.commit()
    assert (back.name, [book.title for book in back.books]) == ("b", ["x"])


def test_a_listener_hears_of_the_empty_collection_once() -> None:
    heard: list[str] = []

    def hear(_target: Any, collection: Any, _adapter: Any) -> None:
        heard.append(type(collection).__name__)

    event.listen(Shelf.books, "init_collection", hear)
    try:
        shelf = Shelf()
        assert shelf.books is shelf.books
        shelf.books.append(Book())
    finally:
        event.remove(Shelf.books, "init_collection", hear)
    assert heard == ["InstrumentedList"]
