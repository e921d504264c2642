"""Attributes of a table behind a mapping that has no key for it are read, and refused when they are written."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, MetaData, String, Table, select
from azoth.orm import Session, registry
from azoth.orm.exc import FlushError


class Person:
    id: Any
    name: Any
    email: Any


metadata = MetaData()
person = Table("person", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
address = Table(
    "address",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id")),
    Column("email", String(20)),
)
registry(metadata=metadata).map_imperatively(
    Person,
    person.join(address),
    primary_key=[person.c.id],
    exclude_properties=[address.c.id],
    properties={"id": [person.c.id, address.c.person_id]},
)


@pytest.fixture
def session(engine: Engine) -> Any:
    metadata.create_all(engine)
    with Session(engine) as session:
        session.connection().execute(person.insert(), [{"id": 1, "name": "Ada"}])
        session.connection().execute(address.insert(), [{"id": 5, "person_id": 1, "email": "ada@x"}])
        session.commit()
        yield session


def rows(session: Session) -> list[Any]:
    return [tuple(row) for table in (person, address) for row in session.execute(select(table).order_by(table.c.id))]


def test_a_change_of_what_is_only_read_is_refused(session: Session) -> None:
    found = session.get(Person, 1)
    assert found is not None
    found.name, found.email = "Eva", "eva@x"
    with pytest.raises(FlushError, match=r"Person.email cannot be written: address is only read"):
        session.flush()
    session.rollback()
    assert rows(session) == [(1, "Ada"), (5, 1, "ada@x")]


def test_a_new_object_with_what_is_only_read_is_refused(session: Session) -> None:
    new = Person()
    new.name, new.email = "Eva", "eva@x"
    session.add(new)
    with pytest.raises(FlushError, match=r"Person.email"):
        session.flush()


def test_the_other_table_is_written(session: Session) -> None:
    found = session.get(Person, 1)
    assert found is not None
    assert found.email == "ada@x"
    found.name = "Eva"
    new = Person()
    new.id, new.name = 2, "Bob"
    session.add(new)
    session.flush()
    assert rows(session) == [(1, "Eva"), (2, "Bob"), (5, 1, "ada@x")]
