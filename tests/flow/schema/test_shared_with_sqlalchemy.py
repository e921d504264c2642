"""A database file that azoth and SQLAlchemy both work on: what one stores, the other reads."""

from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy

import azoth
from azoth import schema, types
from tests.database import Database


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


VALUES: dict[str, Any] = {
    "DateTime": datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
    "Date": datetime.date(2020, 1, 2),
    "Time": datetime.time(1, 2, 3, 4),
    "Interval": datetime.timedelta(days=-3, seconds=5, microseconds=7),
    "JSON": {"a": [1, None, "x"]},
    "Uuid": uuid.UUID(int=12345),
    "Boolean": True,
    "LargeBinary": b"\x00\xff",
    "PickleType": {1: (2, 3)},
    "Float": 1.5,
    "Text": "it's",
    "numeric": Decimal("12.34"),
    "enum": Color.BLUE,
}


def make_table(schema: Any, types: Any) -> Any:
    columns = [schema.Column(name, getattr(types, name)) for name in VALUES if hasattr(types, name)]
    columns += [schema.Column("numeric", types.Numeric(10, 2)), schema.Column("enum", types.Enum(Color))]
    return schema.Table("t", schema.MetaData(), *columns)


OURS = make_table(schema, types)
THEIRS = make_table(sqlalchemy, sqlalchemy)


def test_sqlalchemy_reads_what_azoth_stored(database: Database) -> None:
    ours, theirs = (database.make_engine("shared", library=library) for library in (azoth, sqlalchemy))
    OURS.create(ours)
    with ours.begin() as connection:
        connection.execute(OURS.insert(), VALUES)
    with theirs.connect() as connection:
        assert dict(connection.execute(THEIRS.select()).one()._mapping) == VALUES


def test_azoth_reads_what_sqlalchemy_stored(database: Database) -> None:
    ours, theirs = (database.make_engine("shared", library=library) for library in (azoth, sqlalchemy))
    THEIRS.create(theirs)
    with theirs.begin() as connection:
        connection.execute(THEIRS.insert(), VALUES)
    with ours.connect() as connection:
        assert dict(connection.execute(OURS.select()).one()._mapping) == VALUES


def test_the_same_declarations_give_the_same_columns(database: Database) -> None:
    def columns(sql: str) -> list[str]:
        return [line.strip().rstrip(",") for line in sql.strip().splitlines()]

    ours = str(schema.CreateTable(OURS).compile(database.make_engine()))
    theirs = str(sqlalchemy.schema.CreateTable(THEIRS).compile(database.make_engine(library=sqlalchemy)))
    assert [line.rstrip(", ") for line in columns(ours)] == [line.rstrip(", ") for line in columns(theirs)]
