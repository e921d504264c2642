"""Statements that change rows without objects, and connections without sessions."""

from __future__ import annotations

from typing import Any

from azoth import Engine, delete, insert, select, text, update
from azoth.orm import Session
from tests.faults.shop import Customer, Line, Order, Tag, tags


def test_bulk_insert_of_mappings(survives: Any) -> None:
    def write(session: Session) -> None:
        session.bulk_insert_mappings(Tag, [{"name": f"bulk {number}"} for number in range(10)])
        session.commit()

    survives(write)


def test_bulk_update_of_mappings(survives: Any) -> None:
    def write(session: Session) -> None:
        session.bulk_update_mappings(Line, [{"order_id": 1, "number": number, "amount": 8} for number in (1, 2)])
        session.commit()

    survives(write)


def test_insert_of_entities(survives: Any) -> None:
    def write(session: Session) -> None:
        session.execute(insert(Tag), [{"name": "a"}, {"name": "b"}])
        made = session.scalars(insert(Tag).returning(Tag), [{"name": "c"}, {"name": "d"}]).all()
        assert [tag.name for tag in made] == ["c", "d"]
        session.commit()

    survives(write)


def test_update_of_entities(survives: Any) -> None:
    def write(session: Session) -> None:
        tag = session.get(Tag, 1)
        session.execute(update(Tag).where(Tag.id == 1).values(name="by statement"))
        assert tag.name == "by statement"
        session.execute(
            update(Line).where(Line.amount > 1).values(amount=0), execution_options={"synchronize_session": "fetch"}
        )
        session.commit()

    survives(write)


def test_delete_of_entities(survives: Any) -> None:
    def write(session: Session) -> None:
        lines = session.scalars(select(Line).where(Line.order_id == 1)).all()
        session.execute(delete(Line).where(Line.order_id == 1))
        assert not any(line in session for line in lines)
        session.query(Order).filter(Order.note == "second").delete()
        session.commit()

    survives(write)


def test_a_connection_that_commits_as_it_goes(survives: Any) -> None:
    def write(engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execute(insert(tags), [{"name": "a"}, {"name": "b"}])
            assert connection.execute(select(tags.c.name)).all() == [("a",), ("b",)]
            connection.commit()
            connection.execute(text("DELETE FROM tag WHERE name = 'a'"))
            connection.commit()

    survives(write, given=lambda engine: engine, setup=None)


def test_a_connection_that_begins_once(survives: Any) -> None:
    def write(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(insert(tags).values(name="a").returning(tags.c.id)).scalar_one()
            connection.execute(update(tags).values(name="b"))

    survives(write, given=lambda engine: engine, setup=None)


def test_a_connection_that_rolls_back(survives: Any) -> None:
    def write(engine: Engine) -> None:
        with engine.connect() as connection:
            transaction = connection.begin()
            connection.execute(insert(tags), {"name": "never"})
            transaction.rollback()
            with connection.begin():
                connection.execute(insert(tags), {"name": "kept"})

    survives(write, given=lambda engine: engine, setup=None)


def test_rows_of_a_connection_in_portions(survives: Any) -> None:
    def stream(engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execute(insert(tags), [{"name": f"tag {number}"} for number in range(5)])
            result = connection.execution_options(yield_per=2).execute(select(tags))
            assert [row.id for row in result] == [1, 2, 3, 4, 5]
            connection.commit()

    survives(stream, given=lambda engine: engine, setup=None)


def test_a_connection_that_commits_by_itself(survives: Any) -> None:
    def write(engine: Engine) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(insert(tags), {"name": "a"})
            connection.execute(insert(tags), {"name": "b"})

    survives(write, given=lambda engine: engine, setup=None)


def test_a_session_in_a_transaction_of_a_connection(survives: Any) -> None:
    def write(engine: Engine) -> None:
        with engine.connect() as connection:
            transaction = connection.begin()
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                session.add(Customer(name="Ada"))
                session.commit()
            transaction.commit()

    survives(write, given=lambda engine: engine, setup=None)
