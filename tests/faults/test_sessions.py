"""Kinds of sessions, their ways to begin and end, and what listens to them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from azoth import event, select
from azoth.orm import Session, scoped_session, sessionmaker
from tests.faults.shop import Category, Customer, Order, Tag, engine_on_file


def test_begin_as_a_block(survives: Any) -> None:
    def write(session: Session) -> None:
        with session.begin():
            session.add(Tag(name="a"))

    survives(write)


def test_a_session_for_each_piece_of_work(survives: Any) -> None:
    def write(factory: Any) -> None:
        with factory() as session, session.begin():
            session.add(Tag(name="a"))
        with factory.begin() as session:
            session.scalars(select(Tag).where(Tag.name == "a")).one().name = "b"

    survives(write, given=sessionmaker, setup=None)


def test_a_session_per_thread(survives: Any) -> None:
    def write(registry: Any) -> None:
        try:
            registry.add(Tag(name="a"))
            registry.commit()
        finally:
            registry.remove()

    survives(write, given=lambda engine: scoped_session(sessionmaker(engine)), setup=None)


def test_objects_that_stay_loaded(survives: Any) -> None:
    def write(session: Session) -> Any:
        customer = session.get(Customer, 1)
        customer.name = "changed"
        customer.orders.append(Order(note="new"))
        session.commit()
        customer.name = "changed again"
        session.commit()
        return customer

    survives(write, given=lambda engine: Session(engine, expire_on_commit=False))


def test_objects_that_are_all_kept(survives: Any) -> None:
    def write(session: Session) -> None:
        session.add(Tag(name="a"))
        session.get(Tag, 1).name = "b"
        session.delete(session.get(Category, 2))
        session.commit()

    survives(write, given=lambda engine: Session(engine, weak_identity_map=False))


def test_a_flush_with_a_transaction_of_its_own(survives: Any) -> None:
    def write(session: Session) -> None:
        tag = Tag(name="a")
        session.add_all([tag, Tag(name="c")])
        session.flush()
        tag.name = "b"
        session.flush()
        assert len(session.scalars(select(Tag)).all()) == 2

    survives(write, given=lambda engine: Session(engine, autocommit=True), setup=None)


def test_begin_in_a_classic_session(survives: Any) -> None:
    def write(session: Session) -> None:
        session.begin()
        session.add(Tag(name="a"))
        session.commit()

    survives(write, given=lambda engine: sessionmaker(engine, transactional=False)(), setup=None)


def test_subtransactions(survives: Any) -> None:
    def write(session: Session) -> None:
        session.begin()
        session.add(Tag(name="a"))
        session.begin()
        session.add(Tag(name="b"))
        session.commit()
        session.commit()

    survives(write, given=lambda engine: sessionmaker(engine, transactional=False)(), setup=None)


def test_a_transactional_classic_session(survives: Any) -> None:
    def write(session: Session) -> None:
        session.add(Tag(name="a"))
        assert session.query(Tag).count() == 1
        session.commit()

    survives(write, given=lambda engine: sessionmaker(engine, transactional=True, autoflush=True)(), setup=None)


class Listening(Session):
    """A session whose events are listened to."""


def test_with_listeners(survives: Any, tmp_path: Path) -> None:
    heard: list[str] = []

    def note(name: str, *_: Any, **__: Any) -> None:
        heard.append(name)

    for name in ("before_flush", "after_flush", "before_commit", "after_commit", "after_rollback", "after_begin"):
        event.listen(Listening, name, partial(note, name))
    for name in ("pending_to_persistent", "persistent_to_transient", "persistent_to_deleted", "detached_to_persistent"):
        event.listen(Listening, name, partial(note, name))

    def write(session: Session) -> None:
        session.add(Customer(name="Cleo"))
        session.delete(session.get(Category, 2))
        session.commit()

    make = engine_on_file(tmp_path / "listened.db")

    def make_engine(wrap: Any) -> Any:
        engine = make(wrap)
        for name in ("before_cursor_execute", "after_cursor_execute", "handle_error", "commit", "rollback", "begin"):
            event.listen(engine, name, partial(note, name))
        for name in ("connect", "checkout", "checkin", "reset", "invalidate", "close"):
            event.listen(engine, name, partial(note, name))
        return engine

    survives(write, given=Listening, make_engine=make_engine)
    assert {"after_commit", "after_rollback", "handle_error", "invalidate"} <= set(heard)
