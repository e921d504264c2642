"""Stored values that a type cannot read: the error names the attribute, the column and the row, never the value."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import (
    JSON,
    Date,
    DateTime,
    Enum,
    Integer,
    Interval,
    Numeric,
    PickleType,
    String,
    Time,
    Uuid,
    exc,
    select,
    text,
)
from azoth.orm import DeclarativeBase, Session, aliased, defer, joinedload, mapped_column, relationship
from azoth.types import TypeDecorator


class Color(enum.Enum):
    RED = 1


class Refused(Exception):
    pass


class Fussy(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        if value is not None:
            raise Refused
        return value


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id = mapped_column(Integer, primary_key=True)
    day = mapped_column(Date)
    moment = mapped_column(DateTime)
    hour = mapped_column(Time)
    span = mapped_column(Interval)
    color = mapped_column(Enum(Color))
    document = mapped_column(JSON)
    number = mapped_column(Uuid)
    number_text = mapped_column(Uuid(as_uuid=False))
    thing = mapped_column(PickleType)
    price = mapped_column(Numeric(10, 2))
    free_price = mapped_column(Numeric)
    fussy = mapped_column(Fussy)
    others = relationship("Other")


class Other(Base):
    __tablename__ = "others"

    id = mapped_column(Integer, primary_key=True)
    item_id = mapped_column("item", azoth.ForeignKey("items.id"))
    born = mapped_column("birthday", Date)


LOOSE = pytest.mark.needs("loose types")
"""The value of another type must have come into the column."""

UNREADABLE = [
    ("day", "secret"),
    ("day", "2020-13-45"),
    ("day", 5),
    ("day", "2020-01-02secret"),
    ("moment", "secret"),
    ("moment", "2020-01-02 secret"),
    ("hour", "25:00"),
    ("span", "secret"),
    ("color", "secret"),
    ("color", 4),
    ("document", "{secret"),
    ("number", "secret"),
    ("number_text", "secret"),
    ("thing", b"secret"),
    ("price", "secret"),
    ("free_price", "secret"),
]


@pytest.fixture
def session(engine: azoth.Engine) -> Any:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(text("INSERT INTO items (id) VALUES (6)"))
        yield session


def put(session: Session, column: str, value: Any) -> None:
    session.execute(text(f"INSERT INTO items (id, {column}) VALUES (7, :value)"), {"value": value})


def told(read: Callable[[], Any]) -> str:
    with pytest.raises(exc.UnreadableValueError) as raised:
        read()
    assert "secret" not in str(raised.value)
    assert str(raised.value.args[0]) == raised.value.summary
    return raised.value.summary


@LOOSE
@pytest.mark.parametrize("key, value", UNREADABLE)
def test_objects_that_are_loaded(session: Session, key: str, value: Any) -> None:
    put(session, key, value)
    attribute = getattr(Item, key)
    place = f"Item.{key} (items.{key} of the row with the key 7): a stored "
    assert told(lambda: session.scalars(select(Item)).all()).startswith(place)
    assert told(lambda: session.get(Item, 7)).startswith(place)
    assert told(lambda: session.scalars(select(aliased(Item))).all()).startswith(place)
    item = session.scalars(select(Item).where(Item.id == 7).options(defer(attribute))).one()
    assert told(lambda: getattr(item, key)).startswith(place)
    assert told(lambda: session.refresh(item, [key])).startswith(place)
    assert told(lambda: session.execute(select(Item.id, attribute)).all()).startswith(
        f"items.{key} of the row with the key 7: "
    )


@LOOSE
@pytest.mark.parametrize("key, value", UNREADABLE)
def test_rows_that_are_read(session: Session, key: str, value: Any) -> None:
    put(session, key, value)
    connection = session.connection()
    table = Item.__table__
    column = table.c[key]
    place = f"items.{key} of the row with the key 7: a stored "
    alias = table.alias()
    for statement in (table.select(), select(alias), select(column, table.c.id), select(select(table).subquery())):
        assert told(lambda statement=statement: connection.execute(statement).all()).startswith(place)
        assert told(lambda statement=statement: list(connection.execute(statement).mappings())).startswith(place)
    only = table.select().where(table.c.id == 7)
    assert told(lambda: connection.execute(only).one()).startswith(place)
    assert told(lambda: connection.execute(only).first()).startswith(place)
    assert told(lambda: connection.execute(only).fetchmany(1)).startswith(place)
    # Without its key in the result the row has no name.
    assert told(lambda: connection.scalars(select(column)).all()).startswith(f"items.{key}: a stored ")
    assert told(lambda: connection.execute(select(column.label("x"))).all()).startswith(f"items.{key}: a stored ")


@LOOSE
def test_related_objects_in_the_same_rows(session: Session) -> None:
    session.execute(text("INSERT INTO others (id, item, birthday) VALUES (3, 6, 'secret')"))
    place = "Other.born (others.birthday of the row with the key 3): a stored str cannot be read as Date"
    assert told(lambda: session.scalars(select(Item).options(joinedload(Item.others))).unique().all()) == place
    session.expunge_all()
    item = session.get_one(Item, 6)
    assert told(lambda: item.others) == place


@LOOSE
def test_it_can_be_caught_as_what_sqlalchemy_raises(session: Session) -> None:
    put(session, "color", "GREEN")
    with pytest.raises(LookupError, match=r"Enum name: color\. Possible values: RED"):
        session.get(Item, 7)
    session.execute(text("UPDATE items SET color = NULL, day = 'x'"))
    with pytest.raises(ValueError, match="cannot be read as Date"):
        session.get(Item, 7)


def test_an_error_of_the_users_own_keeps_its_class_and_gets_a_note(session: Session) -> None:
    put(session, "fussy", "secret")
    with pytest.raises(Refused) as raised:
        session.get(Item, 7)
    assert raised.value.__notes__ == [
        "Item.fussy (items.fussy of the row with the key 7): raised while a stored value was read"
    ]
    for read in (lambda result: result.all(), lambda result: result.first(), lambda result: result.fetchmany(5)):
        with pytest.raises(Refused) as raised:
            read(session.connection().execute(select(Item.__table__).order_by(Item.id.desc())))
        assert raised.value.__notes__ == ["items.fussy of the row with the key 7: raised while a stored value was read"]


@LOOSE
def test_a_result_is_closed_after_it_so_that_no_row_is_missing_without_a_sound(session: Session) -> None:
    put(session, "day", "secret")
    for read in (lambda result: result.all(), lambda result: result.fetchmany(2), lambda result: result.one()):
        result = session.connection().execute(select(Item.__table__))
        told(lambda read=read, result=result: read(result))
        assert result.closed
        with pytest.raises(exc.ResourceClosedError):
            result.all()


@LOOSE
def test_the_session_works_on_after_it(session: Session) -> None:
    put(session, "day", "secret")
    told(lambda: session.scalars(select(Item)).all())
    session.execute(text("UPDATE items SET day = '2020-01-02' WHERE id = 7"))
    assert [item.id for item in session.scalars(select(Item).order_by(Item.id))] == [6, 7]
