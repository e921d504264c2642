"""Rows are changed and deleted in the order of their keys, whatever the order in which a program has touched them."""

from __future__ import annotations

from typing import Any

from azoth import Column, Integer, String, TypeDecorator, event
from azoth.orm import Session, declarative_base
from tests.database import Database


class Backwards(TypeDecorator[str]):
    """A text that sorts from its end."""

    impl = String(10)
    cache_ok = True

    def sort_key_function(self, value: Any) -> Any:
        return value[::-1]


def order_of(database: Database, key: Any, values: list[Any]) -> tuple[list[Any], list[Any]]:
    """Touch and delete rows in the order of ``values``; gives the orders in which they were announced."""
    base: Any = declarative_base()

    class Thing(base):
        __tablename__ = "thing"
        id = Column(key, primary_key=True, autoincrement=False)
        count = Column(Integer)

    updated: list[Any] = []
    deleted: list[Any] = []
    event.listen(Thing, "before_update", lambda mapper, connection, thing: updated.append(thing.id))
    event.listen(Thing, "before_delete", lambda mapper, connection, thing: deleted.append(thing.id))
    engine = database.make_engine()
    base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        things = [Thing(id=value, count=0) for value in values]
        session.add_all(things)
        session.commit()
        for thing in things:
            thing.count += 1
        session.flush()
        for thing in things:
            session.delete(thing)
        session.flush()
    engine.dispose()
    return updated, deleted


def test_keys_sort_as_they_are(database: Database) -> None:
    assert order_of(database, Integer, [3, 1, 2]) == ([1, 2, 3], [1, 2, 3])


def test_keys_sort_as_their_type_says(database: Database) -> None:
    assert order_of(database, Backwards, ["ab", "ba", "aa"]) == (["aa", "ba", "ab"], ["aa", "ba", "ab"])
