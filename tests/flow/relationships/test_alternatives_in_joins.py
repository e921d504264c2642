"""A relationship whose join condition holds in one of several ways loads all that it says, however it is loaded."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, or_, select
from azoth.orm import Session, declarative_base, immediateload, joinedload, lazyload, relationship, selectinload

Base: Any = declarative_base()


class Message(Base):
    """From somebody to somebody."""

    __tablename__ = "message"
    id = Column(Integer, primary_key=True)
    sender_id = Column(ForeignKey("person.id"))
    reader_id = Column(ForeignKey("person.id"))


class Person(Base):
    """Who writes and reads."""

    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    messages = relationship(
        Message,
        primaryjoin=lambda: or_(Person.id == Message.sender_id, Person.id == Message.reader_id),
        viewonly=True,
        order_by=Message.id,
    )


@pytest.mark.parametrize("load", [lazyload, selectinload, joinedload, immediateload])
def test_each_alternative_counts(database: Any, load: Any) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Person(id=1), Person(id=2), Person(id=3)])
        session.flush()
        session.add_all(
            [
                Message(id=1, sender_id=1, reader_id=2),
                Message(id=2, sender_id=2, reader_id=1),
                Message(id=3, sender_id=1, reader_id=1),
                Message(id=4, sender_id=2, reader_id=3),
            ]
        )
        session.commit()
        query = select(Person).order_by(Person.id).options(load(Person.messages))
        people = session.scalars(query).unique().all()
        found = [[message.id for message in person.messages] for person in people]
    assert found == [[1, 2, 3], [1, 2, 4], [4]]
