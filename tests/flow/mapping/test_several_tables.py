"""Classes mapped to a join: statements about them, plans, bulk work, engines and loads that fail half-way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table, delete, event, insert, select, update
from azoth.exc import IntegrityError, InvalidRequestError
from azoth.orm import DeclarativeBase, Session, column_property
from tests.database import Database

metadata = MetaData()
person = Table(
    "person", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("nick", String)
)
address = Table(
    "address",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id")),
    Column("email", String, unique=True),
)
everyone = person.join(address)


class Base(DeclarativeBase):
    metadata = metadata


class Person(Base):
    __table__ = everyone
    id = column_property(person.c.id, address.c.person_id)
    address_id = address.c.id
    name: Any
    nick: Any
    email: Any


@pytest.fixture
def engine(database: Database) -> azoth.Engine:
    engine: azoth.Engine = database.make_engine(foreign_keys=True)
    metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Person(name="Ada", email="ada@x"), Person(name="Bob", email="bob@x")])
        session.commit()
    return engine


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def rows(session: Session) -> list[Any]:
    statement = select(person.c.name, address.c.email).select_from(everyone).order_by(person.c.id)
    return [tuple(row) for row in session.connection().execute(statement)]


# -- statements ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, verb",
    [
        (lambda session: session.execute(update(Person).values(name="x")), "update"),
        (lambda session: session.execute(update(Person).where(Person.id == 1).values(email="x")), "update"),
        (lambda session: session.query(Person).update({"name": "x"}), "update"),
        (lambda session: session.execute(delete(Person)), "delete"),
        (lambda session: session.query(Person).delete(), "delete"),
        (lambda session: session.execute(insert(Person).values(name="x")), "insert"),
        (lambda session: session.execute(insert(Person), [{"name": "x", "email": "y"}]), "insert"),
    ],
)
def test_a_statement_that_would_change_several_tables_is_refused(
    session: Session, call: Callable[[Session], Any], verb: str
) -> None:
    with pytest.raises(InvalidRequestError, match=rf"{verb}\(Person\) cannot be executed") as caught:
        call(session)
    assert caught.value.code == "AZ-M301"
    assert "person, address" in str(caught.value)
    assert rows(session) == [("Ada", "ada@x"), ("Bob", "bob@x")]


def test_rows_found_by_their_keys_are_updated_in_each_table_and_objects_follow(session: Session) -> None:
    ada, bob = session.scalars(select(Person).order_by(Person.id)).all()
    session.execute(
        update(Person),
        [{"id": 1, "address_id": 1, "name": "A", "email": "a@x"}, {"id": 2, "address_id": 2, "email": "b@x"}],
    )
    assert [(one.name, one.email) for one in (ada, bob)] == [("A", "a@x"), ("Bob", "b@x")] == rows(session)


def test_a_bulk_update_needs_the_key_of_each_table_that_it_changes(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="no value supplied for address_id") as caught:
        session.bulk_update_mappings(Person, [{"id": 1, "email": "a@x"}])
    assert caught.value.code == "AZ-M302"


def test_single_attributes_are_selected_from_the_join(session: Session) -> None:
    session.connection().execute(person.insert(), [{"name": "without address"}])
    assert session.scalars(select(Person.name).order_by(Person.id)).all() == ["Ada", "Bob"]
    assert session.query(Person.name).filter(Person.email == "bob@x").all() == [("Bob",)]


# -- the flush ----------------------------------------------------------------------------------------


def test_the_plan_shows_what_the_flush_sends(engine: azoth.Engine, session: Session) -> None:
    ada, bob = session.scalars(select(Person).order_by(Person.id)).all()
    ada.name, ada.email = "A", "a@x"
    session.delete(bob)
    session.add_all([Person(name="Cyd", email="cyd@x"), Person(name="Dan", nick="D")])
    plan = session.plan()
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda connection, cursor, sql, *rest: sent.append(sql))
    session.flush()
    assert [one.sql for step in plan.statements for one in step for _ in range(one.times)] == sent
    assert [step.label for step in plan.steps] == [
        "INSERT person",
        "INSERT address",
        "UPDATE person",
        "UPDATE address",
        "DELETE address",
        "DELETE person",
    ]


def test_an_object_whose_second_row_is_refused_is_pending_again_without_keys(session: Session) -> None:
    new = Person(name="new", email="ada@x")
    session.add(new)
    with pytest.raises(IntegrityError, match="Person: INSERT into address failed"):
        session.flush()
    session.rollback()
    assert "id" not in new.__dict__
    new.email = "new@x"
    session.add(new)
    session.commit()
    assert rows(session)[-1] == ("new", "new@x")


def test_a_value_that_moves_between_rows_of_the_second_table_is_given_up_first(session: Session) -> None:
    ada, bob = session.scalars(select(Person).order_by(Person.id)).all()
    ada.email, bob.email = bob.email, ada.email
    session.commit()
    assert rows(session) == [("Ada", "bob@x"), ("Bob", "ada@x")]
    session.delete(ada)
    session.add(Person(name="Cyd", email="bob@x"))
    session.commit()
    assert rows(session) == [("Bob", "ada@x"), ("Cyd", "bob@x")]


def test_objects_inserted_together_are_loaded_together(engine: azoth.Engine, session: Session) -> None:
    new = [Person(name=str(number), email=f"{number}@x") for number in range(5)]
    session.add_all(new)
    session.commit()
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda connection, cursor, sql, *rest: sent.append(sql))
    assert [one.email for one in new] == [f"{number}@x" for number in range(5)]
    assert len(sent) == 1


# -- engines ------------------------------------------------------------------------------------------


def test_binds_may_name_a_table_of_the_join(engine: azoth.Engine) -> None:
    with Session(binds={address: engine}) as session:
        assert session.get_bind(Person) is engine
        assert session.get(Person, (1, 1)).email == "ada@x"
        session.add(Person(name="Cyd", email="cyd@x"))
        session.commit()
