"""What azoth stores is what SQLAlchemy stores, to the byte, and each reads what the other has written."""

from __future__ import annotations

import datetime
import enum
import pickle
import uuid
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

import azoth
from tests.database import Database

sqlalchemy = pytest.importorskip("sqlalchemy")


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"
    CRIMSON = "r"  # noqa: PIE796 -- an alias


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


def by_value(members: Any) -> list[str]:
    return [member.value for member in members]


def decorated(lib: Any, own_impl: Any, into: Callable[[Any], Any], out_of: Callable[[Any], Any]) -> Any:
    class Decorated(lib.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = own_impl
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return None if value is None else into(value)

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return None if value is None else out_of(value)

    return Decorated()


def sqlite_type(lib: Any, name: str, **options: Any) -> Any:
    return getattr(import_module(f"{lib.__name__}.dialects.sqlite"), name)(**options)


MOMENTS = [
    datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
    datetime.datetime(2020, 1, 2, 3, 4, 5),
    datetime.datetime(2020, 1, 2),
    datetime.datetime(1, 1, 1),
    datetime.datetime.max,
    datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
]
DAYS = [datetime.date(2020, 1, 2), datetime.date.min, datetime.date.max]
HOURS = [datetime.time(1, 2, 3, 4), datetime.time(1, 2, 3), datetime.time(), datetime.time.max]
SPANS = [datetime.timedelta(days=-3, seconds=5, microseconds=7), datetime.timedelta(), datetime.timedelta(365, 1)]
NUMBERS = [Decimal("12.34"), Decimal("-0.01"), Decimal(5), Decimal("99999999.99"), 7, 1.5, Decimal(0)]
FLOATS = [1.5, -0.1, 1e300, 5e-324, 3, float("inf"), Decimal("2.5")]
INTEGERS = [0, -5, 2**31, 2**63 - 1, -(2**63), True]
TEXTS = ["it's", "", "äöü 日本 \U0001f600", "a\nb", " padded "]
DOCUMENTS = [{"a": [1, None, "x", 1.5, True]}, [], {}, "text", "", 5, 1.5, True, False, 0, "é\u2028"]
UUIDS = [uuid.UUID(int=12345), uuid.UUID(int=2**128 - 1)]
MEMBERS = [Color.RED, Color.BLUE, Color.CRIMSON]

FORMS: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
    "Integer": (lambda lib: lib.Integer(), INTEGERS),
    "SmallInteger": (lambda lib: lib.SmallInteger(), INTEGERS),
    "BigInteger": (lambda lib: lib.BigInteger(), INTEGERS),
    "String": (lambda lib: lib.String(50), TEXTS),
    "Text": (lambda lib: lib.Text(), TEXTS),
    "Unicode": (lambda lib: lib.Unicode(50), TEXTS),
    "UnicodeText": (lambda lib: lib.UnicodeText(), TEXTS),
    "CHAR": (lambda lib: lib.CHAR(5), TEXTS),
    "Boolean": (lambda lib: lib.Boolean(), [True, False, 1, 0]),
    "Boolean with CHECK": (lambda lib: lib.Boolean(create_constraint=True, name="truth"), [True, False]),
    "Date": (lambda lib: lib.Date(), [*DAYS, MOMENTS[0]]),
    "DateTime": (lambda lib: lib.DateTime(), [*MOMENTS, DAYS[0]]),
    "DateTime(timezone=True)": (lambda lib: lib.DateTime(timezone=True), MOMENTS),
    "TIMESTAMP": (lambda lib: lib.TIMESTAMP(), MOMENTS),
    "Time": (lambda lib: lib.Time(), [*HOURS, datetime.time(1, tzinfo=datetime.UTC)]),
    "Interval": (lambda lib: lib.Interval(), SPANS),
    "Interval(native=False)": (lambda lib: lib.Interval(native=False), SPANS),
    "DATE with a format": (
        lambda lib: sqlite_type(
            lib,
            "DATE",
            storage_format="%(month)02d/%(day)02d/%(year)04d",
            regexp=r"(?P<month>\d+)/(?P<day>\d+)/(?P<year>\d+)",
        ),
        DAYS,
    ),
    "DATE of digits": (
        lambda lib: sqlite_type(
            lib, "DATE", storage_format="%(year)04d%(month)02d%(day)02d", regexp=r"(\d{4})(\d{2})(\d{2})"
        ),
        DAYS,
    ),
    "DATETIME with a format": (
        lambda lib: sqlite_type(
            lib,
            "DATETIME",
            storage_format="%(year)04d/%(month)02d/%(day)02d %(hour)02d-%(minute)02d-%(second)02d %(microsecond)06d",
            regexp=r"(\d+)/(\d+)/(\d+) (\d+)-(\d+)-(\d+) (\d+)",
        ),
        MOMENTS[:5],
    ),
    "DATETIME of whole seconds": (lambda lib: sqlite_type(lib, "DATETIME", truncate_microseconds=True), MOMENTS[:5]),
    "TIME with a format": (
        lambda lib: sqlite_type(
            lib,
            "TIME",
            storage_format="%(hour)02d-%(minute)02d-%(second)02d-%(microsecond)06d",
            regexp="(\\d+)-(\\d+)-(\\d+)-(\\d+)",
        ),
        HOURS,
    ),
    "TIME of whole seconds": (lambda lib: sqlite_type(lib, "TIME", truncate_microseconds=True), HOURS),
    "Enum": (lambda lib: lib.Enum(Color), [*MEMBERS, "RED"]),
    "Enum by value": (lambda lib: lib.Enum(Color, values_callable=by_value), [*MEMBERS, "b"]),
    "Enum with aliases": (lambda lib: lib.Enum(Color, omit_aliases=False), MEMBERS),
    "Enum with CHECK": (lambda lib: lib.Enum(Color, create_constraint=True, native_enum=False, length=20), MEMBERS),
    "Enum of integers": (lambda lib: lib.Enum(Level), list(Level)),
    "Enum of words": (lambda lib: lib.Enum("a", "b'c", name="words", create_constraint=True), ["a", "b'c"]),
    "Uuid": (lambda lib: lib.Uuid(), UUIDS),
    "Uuid as text": (lambda lib: lib.Uuid(as_uuid=False), [str(each) for each in UUIDS]),
    "Uuid not native": (lambda lib: lib.Uuid(native_uuid=False), UUIDS),
    "Uuid as text, not native": (lambda lib: lib.Uuid(as_uuid=False, native_uuid=False), [str(each) for each in UUIDS]),
    "LargeBinary": (lambda lib: lib.LargeBinary(), [b"\x00\xff", b"", b"text"]),
    "PickleType": (lambda lib: lib.PickleType(), [{1: (2, 3)}, [], "x", 5, Color.RED, DAYS[0]]),
    "PickleType of protocol 2": (lambda lib: lib.PickleType(protocol=2), [{1: (2, 3)}, "x"]),
    "PickleType with a pickler": (lambda lib: lib.PickleType(pickler=pickle), [{1: (2, 3)}]),
    "JSON": (lambda lib: lib.JSON(), DOCUMENTS),
    "JSON(none_as_null=True)": (lambda lib: lib.JSON(none_as_null=True), DOCUMENTS),
    "Numeric": (lambda lib: lib.Numeric(10, 2), NUMBERS),
    # Whole numbers are floats too here, and int there.
    "Numeric as float": (lambda lib: lib.Numeric(10, 2, asdecimal=False), [n for n in NUMBERS if n % 1]),
    "Numeric with another scale": (lambda lib: lib.Numeric(10, 2, decimal_return_scale=4), NUMBERS),
    "DECIMAL": (lambda lib: lib.DECIMAL(10, 2), NUMBERS),
    "Float": (lambda lib: lib.Float(), FLOATS),
    "Float(53)": (lambda lib: lib.Float(53), FLOATS),
    "Double": (lambda lib: lib.Double(), FLOATS),
    "REAL": (lambda lib: lib.REAL(), FLOATS),
    "Float as Decimal": (lambda lib: lib.Float(asdecimal=True, decimal_return_scale=3), [1.5, Decimal("2.125"), 3]),
    "TypeDecorator": (lambda lib: decorated(lib, lib.String(20), lambda v: v[::-1], lambda v: v[::-1]), TEXTS),
    "TypeDecorator of Date": (
        lambda lib: decorated(lib, lib.Date, lambda v: v + datetime.timedelta(1), lambda v: v - datetime.timedelta(1)),
        DAYS[:1],
    ),
    "TypeDecorator of JSON": (lambda lib: decorated(lib, lib.JSON, list, tuple), [(1, 2), ()]),
    "variant": (lambda lib: lib.String(20).with_variant(lib.Integer(), "sqlite"), [5, 0]),
    "variant of another database": (lambda lib: lib.Date().with_variant(lib.String(5), "postgresql"), DAYS),
    "variant that decorates": (
        lambda lib: lib.Text().with_variant(decorated(lib, lib.Text, lambda v: v + "!", lambda v: v[:-1]), "sqlite"),
        TEXTS,
    ),
}


class Store:
    """One library on the shared file.

    Args:
        lib: the library.
        type_: the type of the column.
        database: where the file is.
    """

    def __init__(self, lib: Any, type_: Any, database: Database) -> None:
        self.lib = lib
        self.engine = database.make_engine("shared", library=lib)
        self.table = lib.Table(
            "t", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True), lib.Column("x", type_)
        )

    def create(self) -> None:
        self.table.create(self.engine)

    def write(self, values: list[Any]) -> None:
        with self.engine.begin() as connection:
            connection.execute(self.table.insert(), [{"id": id_, "x": value} for id_, value in enumerate(values, 1)])

    def read(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.scalars(self.lib.select(self.table.c.x).order_by(self.table.c.id)))

    def find(self, value: Any) -> list[int]:
        query = self.lib.select(self.table.c.id).where(self.table.c.x == value).order_by(self.table.c.id)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def stored(self) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql("SELECT typeof(x), x FROM t ORDER BY id")]

    def empty(self) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM t")


def with_classes(values: list[Any]) -> list[Any]:
    return [(type(value), value) for value in values]


@pytest.mark.parametrize("form", FORMS)
def test_each_reads_and_finds_what_the_other_has_written(database: Database, form: str) -> None:
    make, values = FORMS[form]
    values = [*values, None]
    ours, theirs = Store(azoth, make(azoth), database), Store(sqlalchemy, make(sqlalchemy), database)
    theirs.create()
    theirs.write(values)
    stored, read = theirs.stored(), with_classes(theirs.read())
    assert with_classes(ours.read()) == read
    findable = [] if "Pickle" in form or "JSON" in form else values[:-1]
    found = [theirs.find(value) for value in findable]
    assert [ours.find(value) for value in findable] == found
    ours.empty()
    ours.write(values)
    assert ours.stored() == stored
    assert with_classes(theirs.read()) == read
    assert [theirs.find(value) for value in findable] == found


@pytest.mark.parametrize("none_as_null", [False, True])
def test_sql_null_and_json_null(database: Database, none_as_null: bool) -> None:
    stored = []
    for lib in (azoth, sqlalchemy):
        store = Store(lib, lib.JSON(none_as_null=none_as_null), database)
        store.create()
        store.write([None, lib.JSON.NULL, {"a": None}])
        with store.engine.begin() as connection:
            connection.execute(store.table.insert().values(id=4, x=lib.null()))
            connection.execute(store.table.insert().values(id=5, x=None))
            connection.execute(store.table.insert().values(id=6))
        stored.append((store.stored(), store.read()))
        store.table.drop(store.engine)
    assert stored[0] == stored[1]


def test_a_list_has_no_place_in_sqlite(database: Database) -> None:
    for lib in (azoth, sqlalchemy):
        store = Store(lib, lib.ARRAY(lib.Integer), database)
        with pytest.raises(lib.exc.CompileError):
            store.create()
