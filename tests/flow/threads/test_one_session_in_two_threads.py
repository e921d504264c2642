"""A session that two threads use at the same time says so; threads that take turns are left alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import azoth
from azoth import event, select, text
from azoth.exc import IllegalStateChangeError, InvalidRequestError
from azoth.orm import Session
from tests.flow.library import Author, Book, make_tables

PATIENCE = 20

Use = Callable[[Session, Author], Any]


class Pause:
    """Holds the next statement (or COMMIT) in the middle, until told to go on."""

    def __init__(self, engine: azoth.Engine) -> None:
        self.is_armed = False
        self.reached = threading.Event()
        self.go_on = threading.Event()
        event.listen(engine, "before_cursor_execute", self.hold)
        event.listen(engine, "commit", self.hold)
        event.listen(engine, "rollback", self.hold)

    def hold(self, *arguments: Any) -> None:
        if self.is_armed:
            self.is_armed = False
            self.reached.set()
            assert self.go_on.wait(PATIENCE)


@pytest.fixture
def pause(engine: azoth.Engine) -> Pause:
    return Pause(engine)


@pytest.fixture
def session(engine: azoth.Engine, pause: Pause) -> Iterator[Session]:
    make_tables(engine)
    with Session(engine) as session:
        session.add(Author(id=1, name="Ada", books=[Book(id=1, title="notes"), Book(id=2, title="letters")]))
        session.commit()
        yield session


@pytest.fixture
def author(session: Session) -> Author:
    """A loaded author, whose books are not loaded."""
    return session.get_one(Author, 1)


def change_and_flush(session: Session, author: Author) -> None:
    author.name = "Ada L."
    session.flush()


HOLDERS: dict[str, Use] = {
    "select": lambda session, author: session.scalars(select(Book)).all(),
    "query": lambda session, author: session.query(Book).all(),
    "string": lambda session, author: session.execute("SELECT * FROM book").all(),
    "get": lambda session, author: session.get(Book, 1),
    "lazy load": lambda session, author: author.books,
    "flush": change_and_flush,
    "commit": lambda session, author: session.commit(),
    "rollback": lambda session, author: session.rollback(),
}

INTRUDERS: dict[str, Use] = {
    "select": lambda session, author: session.scalars(select(Author)).all(),
    "query": lambda session, author: session.query(Author).first(),
    "yield_per": lambda session, author: list(session.query(Author).yield_per(1)),
    "text": lambda session, author: session.execute(text("SELECT 1")),
    "update": lambda session, author: session.execute(azoth.update(Author).values(name="?")),
    "from_statement": lambda session, author: session.scalars(
        select(Author).from_statement(text("SELECT * FROM author"))
    ).all(),
    "get": lambda session, author: session.get(Book, 2),
    "lazy load": lambda session, author: author.books,
    "refresh": lambda session, author: session.refresh(author),
    "flush": lambda session, author: session.flush(),
    "begin": lambda session, author: session.begin(),
    "begin_nested": lambda session, author: session.begin_nested(),
    "commit": lambda session, author: session.commit(),
    "rollback": lambda session, author: session.rollback(),
    "close": lambda session, author: session.close(),
    "invalidate": lambda session, author: session.invalidate(),
}


@pytest.mark.parametrize("intrude", INTRUDERS.values(), ids=INTRUDERS)
@pytest.mark.parametrize("hold", [HOLDERS["select"], HOLDERS["flush"]], ids=["select", "flush"])
def test_an_operation_is_refused_while_another_thread_is_in_one(
    session: Session, author: Author, pause: Pause, hold: Use, intrude: Use
) -> None:
    pause.is_armed = True
    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold, session, author)
        assert pause.reached.wait(PATIENCE)
        try:
            with pytest.raises(IllegalStateChangeError) as caught:
                intrude(session, author)
        finally:
            pause.go_on.set()
        holding.result(PATIENCE)
    summary, why, fix = str(caught.value).splitlines()
    assert "the session is in use by another thread at this moment" in summary
    assert "one thread at a time" in why
    assert "scoped_session" in fix


@pytest.mark.parametrize("hold", HOLDERS.values(), ids=HOLDERS)
def test_what_was_going_on_is_not_disturbed(
    session: Session, author: Author, engine: azoth.Engine, pause: Pause, hold: Use
) -> None:
    pause.is_armed = True
    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold, session, author)
        assert pause.reached.wait(PATIENCE)
        try:
            for intrude in (INTRUDERS["select"], INTRUDERS["flush"], INTRUDERS["rollback"], INTRUDERS["close"]):
                with pytest.raises(IllegalStateChangeError):
                    intrude(session, author)
        finally:
            pause.go_on.set()
        holding.result(PATIENCE)
    assert session.is_active
    assert author in session
    assert len(author.books) == 2
    session.commit()
    session.close()
    assert engine.pool.checkedout() == 0


def test_it_is_an_invalid_request() -> None:
    assert issubclass(IllegalStateChangeError, InvalidRequestError)


def test_what_is_in_memory_can_be_read_meanwhile(session: Session, author: Author, pause: Pause) -> None:
    pause.is_armed = True
    with ThreadPoolExecutor(1) as other:
        holding = other.submit(HOLDERS["select"], session, author)
        assert pause.reached.wait(PATIENCE)
        assert author.name == "Ada"
        assert session.get(Author, 1) is author
        assert author in session
        pause.go_on.set()
        holding.result(PATIENCE)


def test_threads_that_take_turns_share_a_session(session: Session, engine: azoth.Engine) -> None:
    """As in a desktop application with a locking scheme of its own."""
    turn = threading.Lock()

    def work(number: int) -> None:
        for _ in range(25):
            with turn:
                author = session.get_one(Author, 1)
                author.born = (author.born or 0) + 1
                session.add(Book(title=str(number), author=author))
                session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert session.get_one(Author, 1).born == 200
    assert len(session.get_one(Author, 1).books) == 202
    session.close()
    assert engine.pool.checkedout() == 0


def test_a_session_may_go_from_one_thread_to_another(session: Session, author: Author) -> None:
    with ThreadPoolExecutor(1) as other:
        other.submit(lambda: session.add(Book(title="diary", author=author))).result()
    session.commit()
    with ThreadPoolExecutor(1) as other:
        other.submit(session.close).result()
    assert not session.in_transaction()


def test_what_an_operation_does_inside_of_itself_is_one_use(session: Session, author: Author) -> None:
    """Listeners may use the session: autoflush within a query, a query within a flush."""
    seen: list[int] = []

    def ask(*arguments: Any) -> None:
        event.remove(session.get_bind(), "before_cursor_execute", ask)
        seen.append(len(session.execute(text("SELECT id FROM book")).all()))

    session.commit()
    author.name = "Ada L."
    event.listen(session.get_bind(), "before_cursor_execute", ask)
    session.query(Book).all()
    assert seen == [2]
    assert author not in session.dirty


@pytest.mark.parametrize(
    "change",
    [
        lambda session, author: session.add(Author(name="Grace")),
        lambda session, author: session.add_all([Author(name="Grace")]),
        lambda session, author: session.delete(author),
        lambda session, author: session.expunge(author),
        lambda session, author: session.expunge_all(),
    ],
    ids=["add", "add_all", "delete", "expunge", "expunge_all"],
)
def test_what_another_thread_flushes_cannot_be_changed(
    session: Session, author: Author, pause: Pause, change: Use
) -> None:
    author.name = "Countess"
    pause.is_armed = True
    with ThreadPoolExecutor(1) as pool:
        flushing = pool.submit(session.flush)
        assert pause.reached.wait(PATIENCE)
        with pytest.raises(IllegalStateChangeError, match="in use by another thread"):
            change(session, author)
        pause.go_on.set()
        flushing.result()
    assert author in session
    assert not session.dirty
    change(session, author)
