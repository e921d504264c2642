"""Loading and dropping objects, opening and closing sessions: nothing stays behind.

Counts are of objects that still exist after a full collection, so they do not depend on sizes or on the machine.
"""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import select
from azoth.exc import IntegrityError
from azoth.orm import Session, joinedload, scoped_session, selectinload, sessionmaker
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState
from tests.flow.dynamic.forum import Forum, Post
from tests.flow.dynamic.forum import make_tables as make_forum_tables
from tests.flow.library import Author, Book, Chapter, Genre, make_tables

ROUNDS = 10
OF_THE_DRIVER = {"ReferenceType"}
"""A sqlite3 connection keeps dead weak references to its cursors and clears them away every 200 cursors."""


@pytest.fixture
def library(engine: azoth.Engine) -> Iterator[azoth.Engine]:
    """A library with 20 authors of 2 books each."""
    make_tables(engine)
    make_forum_tables(engine)
    with Session(engine) as session:
        genre = Genre(id=1, name="g")
        for number in range(1, 21):
            books = [Book(title=f"{number}a", genres={genre}), Book(title=f"{number}b", chapters=[Chapter(number=1)])]
            session.add(Author(id=number, name=f"author {number}", books=books))
        session.add(Forum(id=1, posts=[Post(title="p")]))
        session.commit()
    yield engine
    gc.collect()


def living(*classes: type[Any]) -> int:
    gc.collect()
    return sum(isinstance(each, classes) for each in gc.get_objects())


def kernel_objects() -> int:
    """Count what azoth makes for instances and sessions; states are weak references, which the collector tracks too."""
    return living(Author, Book, Chapter, Genre, Forum, Post, Session, IdentityMap, InstanceState)


def grows(work: Callable[[], object]) -> set[str]:
    """Name the types of which there are more after each batch of some work than before it."""
    for _ in range(3):
        work()
    growing: set[str] | None = None
    before = counted()
    for _ in range(3):
        for _ in range(ROUNDS):
            work()
        after = counted()
        # A leak adds at least one object in each round, batch after batch; anything less is the interpreter's own.
        more = {name for name, count in after.items() if count - before[name] >= ROUNDS} - OF_THE_DRIVER
        growing = more if growing is None else growing & more
        if not growing:
            break
        before = after
    return growing or set()


def counted() -> Counter[str]:
    """Count the living objects by type."""
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects())


def load(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        for author in session.scalars(select(Author).options(selectinload(Author.books))):
            assert len(author.books) == 2


def load_joined(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        session.scalars(select(Author).options(joinedload(Author.books))).unique().all()


def load_lazily(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        for book in session.query(Book).order_by(Book.id).limit(10):
            assert book.author.name
            assert book.genres is not None


def change_and_roll_back(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        for author in session.scalars(select(Author)):
            author.name += "!"
            author.books.append(Book(title="new"))
        session.flush()
        session.rollback()


def add_and_delete(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        author = Author(name="passing", books=[Book(title="b", chapters=[Chapter(number=1)])])
        session.add(author)
        session.commit()
        for book in author.books:
            session.delete(book)
        session.delete(author)
        session.commit()


def leave_open(engine: azoth.Engine) -> None:
    session = Session(engine)
    session.add(Author(name="pending"))
    session.scalars(select(Author)).all()
    del session
    gc.collect()  # the connection goes back, and with it the lock


def fail_to_flush(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        session.add(Genre(id=1, name="taken"))
        try:
            session.flush()
        except IntegrityError:
            session.rollback()


def detach_and_merge(engine: azoth.Engine) -> None:
    with Session(engine, expire_on_commit=False) as session:
        author = session.get_one(Author, 1)
        assert author.books
    with Session(engine) as session:
        session.merge(author)
        session.merge(author, load=False)


def use_dynamic_collections(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        forum = session.get_one(Forum, 1)
        forum.posts.append(Post(title="q"))
        assert forum.posts.count() >= 2
        session.rollback()


def use_a_registry_of_sessions(engine: azoth.Engine) -> None:
    registry = scoped_session(sessionmaker(engine))
    assert registry.get(Author, 1) is not None
    registry.remove()


def use_savepoints(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        for number in range(3):
            savepoint = session.begin_nested()
            session.add(Author(name=f"{number}"))
            session.flush()
            savepoint.rollback()


WORK = [
    load,
    load_joined,
    load_lazily,
    change_and_roll_back,
    add_and_delete,
    leave_open,
    fail_to_flush,
    detach_and_merge,
    use_dynamic_collections,
    use_a_registry_of_sessions,
    use_savepoints,
]


@pytest.mark.filterwarnings("ignore:The garbage collector is trying to clean up:Warning")
@pytest.mark.parametrize("work", WORK, ids=[function.__name__ for function in WORK])
def test_repeated_work_leaves_nothing_behind(library: azoth.Engine, work: Callable[[azoth.Engine], object]) -> None:
    assert grows(lambda: work(library)) == set()


@pytest.mark.parametrize("work", WORK, ids=[function.__name__ for function in WORK])
def test_no_object_state_or_session_survives_its_work(
    library: azoth.Engine, work: Callable[[azoth.Engine], object]
) -> None:
    work(library)
    present = kernel_objects()
    for _ in range(3):
        work(library)
    assert kernel_objects() == present


def test_dropped_objects_leave_the_identity_map_at_once(library: azoth.Engine) -> None:
    with Session(library) as session:
        authors = session.scalars(select(Author)).all()
        assert len(session.identity_map) == 20
        gc.disable()
        try:
            del authors
            # Reference counting alone frees them: plain instances are part of no cycle.
            assert len(session.identity_map) == 0
        finally:
            gc.enable()


def test_instances_without_relationships_die_without_the_collector(library: azoth.Engine) -> None:
    gc.disable()
    try:
        with Session(library) as session:
            reference = weakref.ref(session.get_one(Genre, 1))
            assert reference() is None
        transient = weakref.ref(Author(name="x"))
        assert transient() is None
    finally:
        gc.enable()


def test_a_closed_session_dies_without_the_collector(library: azoth.Engine) -> None:
    gc.disable()
    try:
        session = Session(library)
        session.scalars(select(Author)).all()
        session.add(Author(name="pending"))
        session.close()
        reference = weakref.ref(session)
        del session
        assert reference() is None
    finally:
        gc.enable()


def test_an_object_does_not_keep_its_session_alive(library: azoth.Engine) -> None:
    session = Session(library)
    author = session.get_one(Author, 1)
    reference = weakref.ref(session)
    session.close()
    del session
    gc.collect()
    assert reference() is None
    assert author.name == "author 1"


def test_changed_objects_are_kept_until_they_are_flushed(library: azoth.Engine) -> None:
    with Session(library) as session:
        session.get_one(Author, 1).name = "changed"
        gc.collect()
        assert len(session.identity_map) == 1
        session.flush()
        gc.collect()
        assert len(session.identity_map) == 0


def test_a_long_transaction_keeps_no_flushed_object(library: azoth.Engine) -> None:
    before = living(Author)
    with Session(library) as session:
        for _ in range(10):
            session.add_all([Author(name="x") for _ in range(10)])
            session.flush()
        assert living(Author) == before


def test_appended_members_of_a_dynamic_collection_are_let_go_of_by_a_flush(library: azoth.Engine) -> None:
    with Session(library) as session:
        forum = session.get_one(Forum, 1)
        forum.posts.append(Post(title="q"))
        reference = weakref.ref(next(iter(session.new)))
        session.flush()
        session.expire_all()
        gc.collect()
        assert reference() is None


def test_a_peer_list_keeps_no_instance(library: azoth.Engine) -> None:
    before = living(Author)
    with Session(library) as session:
        authors = session.scalars(select(Author).order_by(Author.id)).all()
        kept = authors[0]
        del authors
        assert living(Author) == before + 1
        assert len(kept.books) == 2


def test_unmapped_classes_can_go() -> None:
    def make() -> weakref.ref[Any]:
        base: Any = azoth.orm.declarative_base()

        class Passing(base):
            __tablename__ = "passing"
            id = azoth.Column(azoth.Integer, primary_key=True)

        Passing(id=1)
        base.registry.dispose()
        return weakref.ref(Passing)

    reference = make()
    gc.collect()
    assert reference() is None
