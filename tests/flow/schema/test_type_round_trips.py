"""Values of every type go into a SQLite database and come back as they were."""

from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azoth import exc
from azoth.engine import Engine
from azoth.schema import Column, MetaData, Table
from azoth.types import (
    JSON,
    VARCHAR,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
    TypeEngine,
    Unicode,
    UnicodeText,
    Uuid,
)
from tests.database import Database


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


class Reversed(TypeDecorator[str]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value[::-1]

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value[::-1]


EARLIEST, LATEST = datetime.timedelta(days=-700_000), datetime.timedelta(days=2_900_000)
LARGE = 2**63
whole = st.integers(-LARGE, LARGE - 1)
# The surrogates are no text that UTF-8 can hold.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
floats = st.floats(allow_nan=False)
documents = st.recursive(
    st.none() | st.booleans() | whole | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)

TYPES: dict[str, tuple[TypeEngine[Any], st.SearchStrategy[Any]]] = {
    "integer": (Integer(), whole),
    "small": (SmallInteger(), whole),
    "big": (BigInteger(), whole),
    "float_": (Float(), floats),
    "double_": (Double(), floats),
    "numeric": (Numeric(15, 3), st.decimals(-(10**11), 10**11, places=3)),
    "free_numeric": (Numeric(), st.integers(-(10**15) + 1, 10**15 - 1).map(lambda n: Decimal(n).scaleb(-6))),
    "string": (String(50), words),
    "text_": (Text(), words),
    "unicode_": (Unicode(50), words),
    "unicode_text": (UnicodeText(), words),
    "varchar": (VARCHAR(50), words),
    "boolean": (Boolean(create_constraint=True), st.booleans()),
    "date_": (Date(), st.dates()),
    "time_": (Time(), st.times()),
    "datetime_": (DateTime(), st.datetimes()),
    "interval": (Interval(), st.timedeltas(EARLIEST, LATEST)),
    "binary": (LargeBinary(), st.binary(max_size=30)),
    "json": (JSON(), documents),
    "enum_class": (Enum(Color, create_constraint=True), st.sampled_from(Color)),
    "enum_words": (Enum("a", "b'c", create_constraint=True, name="words"), st.sampled_from(["a", "b'c"])),
    "uuid_": (Uuid(), st.uuids()),
    "uuid_text": (Uuid(as_uuid=False), st.uuids().map(str)),
    "pickled": (PickleType(), documents),
    "decorated": (Reversed(), words),
}

metadata = MetaData()
table = Table("t", metadata, *[Column(name, type_) for name, (type_, _) in TYPES.items()])


@pytest.fixture(scope="module")
def engine(module_database: Database) -> Engine:
    engine = module_database.make_engine()
    metadata.create_all(engine)
    return engine


def round_trip(engine: Engine, name: str, value: Any) -> Any:
    with engine.connect() as connection:
        connection.execute(table.insert(), {name: value})
        return connection.execute(table.select()).one()._mapping[name]


@pytest.mark.parametrize("name", TYPES)
def test_any_value_comes_back(engine: Engine, name: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(TYPES[name][1])
    def check(value: Any) -> None:
        result = round_trip(engine, name, value)
        assert result == value
        if not isinstance(value, list | dict | float | int):
            assert type(result) is type(value)

    check()


@pytest.mark.parametrize("name", TYPES)
def test_null_comes_back_as_none(engine: Engine, name: str) -> None:
    assert round_trip(engine, name, None) is None


@pytest.mark.parametrize(
    "name, value",
    [
        ("date_", datetime.date.min),
        ("date_", datetime.date.max),
        ("datetime_", datetime.datetime.min),
        ("datetime_", datetime.datetime.max),
        ("time_", datetime.time.max),
        ("integer", LARGE - 1),
        ("integer", -LARGE),
        ("float_", float("inf")),
        ("float_", 5e-324),
        ("text_", "\x00"),
        ("text_", ""),
        ("binary", b""),
        ("json", {}),
        ("json", ""),
        ("json", False),
        ("uuid_", uuid.UUID(int=0)),
        ("numeric", Decimal("-0.001")),
        ("interval", datetime.timedelta(microseconds=-1)),
    ],
)
def test_edges_come_back(engine: Engine, name: str, value: Any) -> None:
    assert round_trip(engine, name, value) == value


@pytest.mark.needs("loose types")
def test_rows_are_stored_as_other_programs_expect_them(engine: Engine) -> None:
    values = {
        "datetime_": datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
        "date_": datetime.date(2020, 1, 2),
        "time_": datetime.time(3, 4, 5),
        "interval": datetime.timedelta(days=1),
        "boolean": True,
        "enum_class": Color.RED,
        "uuid_": uuid.UUID(int=255),
        "numeric": Decimal("1.5"),
        "json": {"a": [1]},
    }
    with engine.connect() as connection:
        connection.execute(table.insert(), values)
        stored = connection.exec_driver_sql(f"SELECT {', '.join(values)} FROM t").one()
    assert tuple(stored) == (
        "2020-01-02 03:04:05.000006",
        "2020-01-02",
        "03:04:05.000000",
        "1970-01-02 00:00:00.000000",
        1,
        "RED",
        "0" * 30 + "ff",
        1.5,
        '{"a": [1]}',
    )


def test_a_time_zone_is_dropped_where_there_is_no_place_for_it(engine: Engine) -> None:
    moment = datetime.datetime(2020, 1, 2, 3, 4, tzinfo=datetime.UTC)
    assert round_trip(engine, "datetime_", moment) == moment.replace(tzinfo=None)


def test_a_day_is_a_point_in_time_at_midnight_and_the_other_way(engine: Engine) -> None:
    assert round_trip(engine, "datetime_", datetime.date(2020, 1, 2)) == datetime.datetime(2020, 1, 2)
    assert round_trip(engine, "date_", datetime.datetime(2020, 1, 2, 3)) == datetime.date(2020, 1, 2)


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("datetime_", "2020-01-02", datetime.datetime(2020, 1, 2)),
        ("datetime_", "2020-1-2 3:4:5", datetime.datetime(2020, 1, 2, 3, 4, 5)),
        ("datetime_", "2020-01-02T03:04:05", datetime.datetime(2020, 1, 2, 3, 4, 5)),
        ("date_", "2020-01-02 00:00:00.000000", datetime.date(2020, 1, 2)),
        ("time_", "3:04", datetime.time(3, 4)),
    ],
)
@pytest.mark.needs("loose types")
def test_other_writers_forms_of_dates_are_read(engine: Engine, name: str, text: str, value: Any) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"INSERT INTO t ({name}) VALUES (?)", (text,))
        assert connection.execute(table.select()).one()._mapping[name] == value


@pytest.mark.parametrize("name", ["datetime_", "date_", "time_"])
@pytest.mark.needs("loose types")
def test_what_is_no_date_is_an_error_that_names_the_type_and_not_the_value(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"INSERT INTO t ({name}) VALUES ('secret')")
        with pytest.raises(exc.StatementError, match=r"cannot be read as (DateTime|Date|Time)") as raised:
            connection.execute(table.select()).one()
    assert "secret" not in str(raised.value)


@pytest.mark.needs("loose types")
def test_a_word_that_the_enum_lacks_is_an_error_that_names_the_enum(engine: Engine) -> None:
    plain = Table("plain", MetaData(), Column("word", Enum("a", "b", name="letters")))
    with engine.connect() as connection:
        plain.create(connection)
        connection.exec_driver_sql("INSERT INTO plain VALUES ('z')")
        with pytest.raises(LookupError, match="Enum name: letters"):
            connection.execute(plain.select()).one()


@pytest.mark.parametrize(
    "name, value, title",
    [
        ("datetime_", "2020-01-01", "DateTime"),
        ("date_", 5, "Date"),
        ("time_", datetime.date(2020, 1, 1), "Time"),
        ("boolean", "yes", "Boolean"),
        ("binary", "text", "LargeBinary"),
        ("enum_class", 7, "Enum color"),
        ("uuid_", "x", "Uuid"),
        ("interval", 5, "Interval"),
    ],
)
def test_a_wrong_value_is_refused_before_it_reaches_the_database(
    engine: Engine, name: str, value: Any, title: str
) -> None:
    with engine.connect() as connection, pytest.raises(exc.StatementError) as raised:
        connection.execute(table.insert(), {name: value})
    assert title in raised.value.summary


def test_a_check_constraint_guards_words_written_by_hand(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(exc.IntegrityError):
        connection.exec_driver_sql("INSERT INTO t (enum_words) VALUES ('z')")


def test_sql_null_and_json_null_differ(engine: Engine) -> None:
    both = Table("both", MetaData(), Column("json", JSON), Column("none_is_null", JSON(none_as_null=True)))
    with engine.connect() as connection:
        both.create(connection)
        connection.execute(both.insert(), {"json": None, "none_is_null": None})
        stored = connection.exec_driver_sql("SELECT * FROM both").one()
        assert tuple(stored) == ("null", None)
        assert tuple(connection.execute(both.select()).one()) == (None, None)


def test_parts_of_json_documents(engine: Engine) -> None:
    document = {"a": {"b": [10, "x", 1.5, True]}, "odd key": "y"}
    json = table.c.json
    with engine.connect() as connection:
        connection.execute(table.insert(), {"json": document})

        def part(expression: Any) -> Any:
            return connection.scalar(table.select().with_only_columns(expression))

        assert part(json["a"]) == document["a"]
        assert part(json["a"]["b"][0]) == 10
        assert part(json["a", "b", 1].as_string()) == "x"
        assert part(json["a", "b", 0].as_integer()) == 10
        assert part(json["a", "b", 2].as_float()) == 1.5
        assert part(json["a", "b", 3].as_boolean()) is True
        assert part(json["odd key"].as_string()) == "y"
        assert part(json["odd key"]) == "y"
        found = table.select().where(json["a", "b", 0].as_integer() > 9)
        assert connection.execute(found).one()._mapping["json"] == document
        missing = table.select().where(json["odd key"].as_string() == "z")
        assert connection.execute(missing).all() == []
    with pytest.raises(exc.InvalidRequestError, match="a part of a JSON document"):
        json.as_string()


def test_json_is_written_as_the_engine_is_told(database: Database) -> None:
    engine = database.make_engine(json_serializer=lambda value: "[1]", json_deserializer=lambda text: "read")
    documents = Table("d", MetaData(), Column("json", JSON))
    with engine.connect() as connection:
        documents.create(connection)
        connection.execute(documents.insert(), {"json": {"a": 1}})
        assert connection.exec_driver_sql("SELECT json FROM d").scalar() == "[1]"
        assert connection.execute(documents.select()).scalar() == "read"
