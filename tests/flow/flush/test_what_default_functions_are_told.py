"""Functions that make column values know the row that is written, and may ask the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, String, Table, func, insert, select, text
from azoth.orm import Session, declarative_base, relationship
from azoth.sql.statement_cache import DefaultContext
from tests.database import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with Session(database.make_engine()) as session:
        yield session


def item(session: Session, **columns: Any) -> Any:
    """Map a class with more columns, and create its table."""
    base: Any = declarative_base()
    names = {"__tablename__": "item", "id": Column("number", Integer, primary_key=True), **columns}
    cls = type("Item", (base,), names)
    base.metadata.create_all(session.connection())
    return cls


def test_a_function_can_ask_the_database_for_the_next_number(session: Session) -> None:
    numbers = text("SELECT coalesce(max(place), 0) + 1 FROM item")
    Item = item(session, place=Column(Integer, default=lambda context: context.connection.scalar(numbers)))
    for _ in range(3):
        session.add(Item())
        session.flush()
    assert session.scalars(select(Item.place).order_by(Item.id)).all() == [1, 2, 3]


def test_the_values_of_a_row_are_made_one_after_the_other_row_by_row(session: Session) -> None:
    calls: list[str] = []

    def noting(name: str) -> Callable[[DefaultContext], int]:
        def note(context: DefaultContext) -> int:
            calls.append(f"{name} of {context.get_current_parameters()['name']}")
            return len(calls)

        return note

    Item = item(
        session,
        name=Column(String),
        first=Column(Integer, default=noting("first"), onupdate=noting("first again")),
        second=Column(Integer, default=noting("second"), onupdate=noting("second again")),
    )
    items = [Item(id=1, name="a"), Item(id=2, name="b")]
    session.add_all(items)
    session.flush()
    assert calls == ["first of a", "second of a", "first of b", "second of b"]
    assert [(one.first, one.second) for one in items] == [(1, 2), (3, 4)]
    for one in items:
        one.name *= 2
    session.flush()
    assert calls[4:] == ["first again of aa", "second again of aa", "first again of bb", "second again of bb"]


def test_the_statement_is_there_for_who_asks(session: Session) -> None:
    texts: list[str] = []

    def look(context: DefaultContext) -> int:
        assert context.compiled.string == context.statement
        assert context.dialect is context.connection.dialect
        assert context.engine is context.root_connection.engine
        texts.append(context.statement)
        return 1

    Item = item(session, name=Column("the_name", String), made=Column(Integer, default=look, onupdate=look))
    one = Item(id=1, name="a")
    session.add(one)
    session.flush()
    one.name = "b"
    session.flush()
    session.execute(insert(Item), {"id": 2})
    assert [" ".join(one.split()[:3]) for one in texts] == ["INSERT INTO item", "UPDATE item SET", "INSERT INTO item"]
    assert "the_name" in texts[0]
    assert "the_name" in texts[1]
    assert "the_name" not in texts[2]


def test_an_attribute_that_is_no_column_is_nothing_to_a_default(session: Session) -> None:
    seen: list[dict[str, Any]] = []
    Item = item(
        session, made=Column("m", Integer, default=lambda context: seen.append(dict(context.current_parameters)))
    )
    one = Item(id=1)
    one.more = "a plain attribute"
    session.add(one)
    session.flush()
    assert seen == [{"number": 1, "m": None}]


@pytest.mark.parametrize("way", ["objects", "rows", "bulk"])
def test_the_key_in_the_condition_never_hides_the_value_of_a_column_with_its_name(session: Session, way: str) -> None:
    seen: list[tuple[int, int]] = []

    def look(context: DefaultContext) -> int:
        parameters = context.get_current_parameters()
        seen.append((parameters["item_number"], parameters["_item_number"]))
        return 1

    Item = item(session, item_number=Column(Integer), made=Column(Integer, onupdate=look))
    session.add(Item(id=1, item_number=7))
    session.commit()
    if way == "objects":
        session.get(Item, 1).item_number = 70
        session.flush()
    elif way == "rows":
        session.execute(Item.__table__.update().where(Item.id == 1).values(made=0))
        session.bulk_update_mappings(Item, [{"id": 1, "item_number": 70}])
    else:
        session.bulk_save_objects([_changed(session.get(Item, 1), 70)])
    assert seen == [(70, 1)]
    assert session.execute(text("SELECT number, item_number, made FROM item")).all() == [(1, 70, 1)]


def _changed(one: Any, number: int) -> Any:
    one.item_number = number
    return one


def test_each_of_several_rows_of_one_statement_is_seen_by_itself(session: Session) -> None:
    seen: list[list[dict[str, Any]]] = []

    def look(context: DefaultContext) -> int:
        seen.append([context.get_current_parameters(), dict(context.current_parameters)])
        assert context.current_column.key == "made"
        return len(seen)

    Item = item(
        session, name=Column("the_name", String), plain=Column(Integer, default=4), made=Column(Integer, default=look)
    )
    session.execute(insert(Item).values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))
    together = {"number_m0": 1, "the_name_m0": "a", "number_m1": 2, "the_name_m1": "b"}
    assert seen == [
        [
            {"number": 1, "the_name": "a", "plain": 4, "made": None},
            {**together, "plain": 4, "made": None, "plain_m1": None, "made_m1": None},
        ],
        [
            {"number": 2, "the_name": "b", "plain": 4, "made": None},
            {**together, "plain": 4, "made": 1, "plain_m1": 4, "made_m1": None},
        ],
    ]
    assert session.execute(select(Item.name, Item.made).order_by(Item.id)).all() == [("a", 1), ("b", 2)]


def test_association_rows_have_the_defaults_of_their_table(session: Session) -> None:
    base: Any = declarative_base()
    metadata: MetaData = base.metadata
    links = Table(
        "links",
        metadata,
        Column("one", ForeignKey("node.id"), primary_key=True),
        Column("other", ForeignKey("node.id"), primary_key=True),
        Column("plain", Integer, default=9),
        Column("by_sql", Integer, default=func.abs(-3)),
        Column("told", Integer, default=lambda context: context.get_current_parameters()["other"] + 100),
    )

    class Node(base):
        __tablename__ = "node"
        id = Column(Integer, primary_key=True)
        others = relationship(
            "Node",
            secondary=links,
            primaryjoin=id == links.c.one,
            secondaryjoin=id == links.c.other,
        )

    metadata.create_all(session.connection())
    first, second, third = [Node(id=number) for number in (1, 2, 3)]
    first.others = [second, third]
    session.add_all([first, second, third])
    session.flush()
    rows = select(links).order_by(links.c.other)
    assert session.execute(rows).all() == [(1, 2, 9, 3, 102), (1, 3, 9, 3, 103)]
    first.others.remove(second)
    session.flush()
    assert session.execute(rows).all() == [(1, 3, 9, 3, 103)]
