"""Savepoints of sessions and connections."""

from __future__ import annotations

from typing import Any

from azoth import Engine, insert
from azoth.orm import Session
from tests.faults.shop import Customer, Tag, tags


class Cancelled(Exception):
    """The scenario's own reason to roll back."""


def test_released(survives: Any) -> None:
    def work(session: Session) -> None:
        session.add(Tag(name="outside"))
        with session.begin_nested():
            session.add(Tag(name="inside"))
        session.commit()

    survives(work)


def test_rolled_back(survives: Any) -> None:
    def work(session: Session) -> None:
        customer = session.get(Customer, 1)
        customer.name = "kept"
        try:
            with session.begin_nested():
                customer.name = "not kept"
                session.flush()
                raise Cancelled
        except Cancelled:
            assert customer.name == "kept"
        session.commit()

    survives(work)


def test_nested(survives: Any) -> None:
    def work(session: Session) -> None:
        session.add(Tag(name="outside"))
        outer = session.begin_nested()
        session.add(Tag(name="outer"))
        inner = session.begin_nested()
        session.add(Tag(name="inner"))
        session.flush()
        inner.rollback()
        session.add(Tag(name="outer too"))
        outer.commit()
        session.commit()

    survives(work)


def test_commit_with_a_savepoint_open(survives: Any) -> None:
    def work(session: Session) -> None:
        session.begin_nested()
        session.add(Tag(name="inside"))
        session.commit()

    survives(work)


def test_of_a_connection(survives: Any) -> None:
    def work(engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execute(insert(tags), {"name": "outside"})
            with connection.begin_nested():
                connection.execute(insert(tags), {"name": "inside"})
            savepoint = connection.begin_nested()
            connection.execute(insert(tags), {"name": "not kept"})
            savepoint.rollback()
            connection.commit()

    survives(work, given=lambda engine: engine, setup=None)
