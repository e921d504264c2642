"""Values of all types go into the database and come back as they were."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from azoth import Column, exc, literal, select
from azoth.testing.suite.ground import HOSTILE_TEXTS, Ground
from azoth.types import (
    JSON,
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
    TypeEngine,
    Unicode,
    UnicodeText,
    Uuid,
)

__all__ = ["TestValues", "TestValuesThatDoNotFit"]

needs = pytest.mark.azoth_needs
day, seconds = datetime.timedelta(days=1), datetime.timedelta(seconds=1)


class Color(enum.Enum):
    """An enumeration whose names and values differ."""

    RED = "r"
    BLUE = "it's blue"


BYTES = (b"", b"\x00", b"'\"\\%:?", bytes(range(256)) * 40)
UUIDS = (uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID("12345678-90ab-4def-8234-567890abcdef"))
DOCUMENTS: tuple[Any, ...] = (
    {"a": [1, 2.5, None, True, {"b": "c"}], "'\"\\%:?": "ä😀"},
    [],
    {},
    [None],
    "text",
    "",
    0,
    -1.5,
    False,
    True,
)

ALL: dict[str, tuple[TypeEngine[Any], Sequence[Any]]] = {
    "SmallInteger": (SmallInteger(), (0, -1, 2**15 - 1, -(2**15))),
    "Integer": (Integer(), (0, -1, 2**31 - 1, -(2**31))),
    "BigInteger": (BigInteger(), (0, -1, 2**63 - 1, -(2**63))),
    "Numeric": (Numeric(15, 3), tuple(map(Decimal, ("0.000", "0.001", "-1.500", "123456789012.345")))),
    "Numeric of floats": (Numeric(12, 2, asdecimal=False), (0.0, 1.5, -1234.25)),
    "Double": (Double(), (0.0, 0.1, -1.5, 1e300, 1.7976931348623157e308, 2.2250738585072014e-308)),
    "Float": (Float(), (0.0, 1.5, -0.25)),
    "String": (String(100), HOSTILE_TEXTS),
    "Text": (Text(), (*HOSTILE_TEXTS, "ä'\\" * 5_000)),
    "Unicode": (Unicode(100), HOSTILE_TEXTS),
    "UnicodeText": (UnicodeText(), HOSTILE_TEXTS),
    "LargeBinary": (LargeBinary(), BYTES),
    "Boolean": (Boolean(), (True, False)),
    "Date": (Date(), (datetime.date(1000, 1, 1), datetime.date(2024, 2, 29), datetime.date(9999, 12, 31))),
    "Time": (Time(), (datetime.time(0, 0), datetime.time(23, 59, 59))),
    "DateTime": (DateTime(), (datetime.datetime(1970, 1, 1), datetime.datetime(2024, 2, 29, 23, 59, 59))),
    "Interval": (Interval(), (0 * day, 5 * seconds, -3 * day, 400 * day + 3 * seconds)),
    "Enum of words": (Enum("a", "b'c", "%d", name="azoth_words"), ("a", "b'c", "%d")),
    "Enum of a class": (Enum(Color, name="azoth_colors"), tuple(Color)),
    "Uuid": (Uuid(), UUIDS),
    "Uuid of texts": (Uuid(as_uuid=False), tuple(map(str, UUIDS))),
    "PickleType": (PickleType(), ({"a": (1, Decimal(2))}, [])),
}

MOMENTS = (datetime.datetime(2024, 2, 29, 23, 59, 59, 999_999), datetime.datetime(2000, 1, 1, 0, 0, 0, 1))

CLAIMED: dict[str, tuple[str, TypeEngine[Any], Sequence[Any]]] = {
    "long Numeric": (
        "exact_decimals",
        Numeric(30, 10),
        tuple(map(Decimal, ("12345678901234567890.0123456789", "-0.0000000001"))),
    ),
    "Double that is no number": ("nan", Double(), (math.inf, -math.inf)),
    "Time with fractions": ("fractional_seconds", Time(), (datetime.time(23, 59, 59, 999_999),)),
    "DateTime with fractions": ("fractional_seconds", DateTime(), MOMENTS),
    "Interval with fractions": ("fractional_seconds", Interval(), (datetime.timedelta(microseconds=1),)),
    "JSON": ("json", JSON(), DOCUMENTS),
    "DateTime with zones": (
        "time_zones",
        DateTime(timezone=True),
        tuple(
            moment.replace(microsecond=0, tzinfo=datetime.timezone(datetime.timedelta(hours=hours)))
            for moment, hours in zip(MOMENTS, (-5, 9), strict=True)
        ),
    ),
}

PLAIN = [pytest.param(*entry, id=name) for name, entry in ALL.items()]
EVERY = [
    *PLAIN,
    *(pytest.param(*entry, id=name, marks=needs(claim)) for name, (claim, *entry) in CLAIMED.items()),
]
COMPARED = [param for param in EVERY if param.id not in {"JSON", "PickleType", "Float"}]
WRITTEN = [param for param in COMPARED if param.id not in {"LargeBinary", "Double that is no number"}]


class TestValues:
    """What goes in comes out."""

    @pytest.mark.parametrize("type_, given", EVERY)
    def test_values_come_back(self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]) -> None:
        table = ground.table("azoth_values", Column("v", type_))
        ground.insert(table, *({"v": value} for value in given))
        found = [row[1] for row in ground.rows(table)]
        assert found == list(given)
        assert [type(value) for value in found] == [type(value) for value in given]

    @pytest.mark.parametrize("type_, given", EVERY)
    def test_many_rows_with_nulls_come_back(self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]) -> None:
        table = ground.table("azoth_values", Column("n", Integer), Column("v", type_))
        wanted = [value for value in given for value in (value, None)] + [None]
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{"n": n, "v": value} for n, value in enumerate(wanted)])
        assert [row[2] for row in ground.rows(table, "n")] == wanted

    @pytest.mark.parametrize("type_, given", EVERY)
    def test_null_is_null(self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]) -> None:
        table = ground.table("azoth_values", Column("v", type_))
        # None in a column of JSON is the document null, unless the type says otherwise.
        ground.insert(table, {"v": given[0]}, {})
        with ground.engine.connect() as connection:
            assert connection.execute(select(table.c.id, table.c.v).where(table.c.v.is_(None))).all() == [(2, None)]
            assert connection.execute(select(table.c.id).where(table.c.v.is_not(None))).scalars().all() == [1]

    @pytest.mark.parametrize("type_, given", COMPARED)
    def test_values_are_found(self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]) -> None:
        table = ground.table("azoth_values", Column("v", type_))
        ground.insert(table, *({"v": value} for value in given))
        with ground.engine.connect() as connection:
            for number, value in enumerate(given, 1):
                statement = select(table.c.id).where(table.c.v == value)
                assert number in connection.execute(statement).scalars().all(), value
            every = select(table.c.id).where(table.c.v.in_(list(given))).order_by(table.c.id)
            assert connection.execute(every).scalars().all() == list(range(1, len(given) + 1))

    @pytest.mark.parametrize("type_, given", WRITTEN)
    def test_values_are_written_into_statements(
        self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]
    ) -> None:
        table = ground.table("azoth_values", Column("v", type_))
        ground.insert(table, *({"v": value} for value in given))
        with ground.engine.connect() as connection:
            for number, value in enumerate(given, 1):
                statement = select(table.c.id).where(table.c.v == literal(value, type_, literal_execute=True))
                assert number in connection.execute(statement).scalars().all(), value

    @pytest.mark.parametrize("type_, given", COMPARED)
    def test_values_are_updated(self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]) -> None:
        table = ground.table("azoth_values", Column("v", type_))
        ground.insert(table, {"v": given[0]}, {"v": given[-1]})
        with ground.engine.begin() as connection:
            connection.execute(table.update().where(table.c.v == given[0]).values(v=given[-1]))
            connection.execute(table.update().where(table.c.id == 2).values(v=None))
        assert ground.rows(table) == [(1, given[-1]), (2, None)]

    def test_a_truth_value_is_a_condition(self, ground: Ground) -> None:
        table = ground.table("azoth_values", Column("v", Boolean))
        ground.insert(table, {"v": True}, {"v": False}, {"v": None})
        with ground.engine.connect() as connection:
            for condition, expected in (
                (table.c.v, [1]),
                (~table.c.v, [2]),
                (table.c.v.is_(True), [1]),
                (table.c.v == False, [2]),  # noqa: E712  # it is SQL
            ):
                statement = select(table.c.id).where(condition)
                assert connection.execute(statement).scalars().all() == expected, str(condition)

    def test_numbers_are_computed_with(self, ground: Ground) -> None:
        table = ground.table("azoth_values", Column("n", Numeric(12, 2)), Column("i", Integer))
        ground.insert(table, {"n": Decimal("0.10"), "i": 7}, {"n": Decimal("0.20"), "i": -7})
        with ground.engine.connect() as connection:
            assert connection.execute(select(table.c.i / 2).where(table.c.id == 1)).scalar_one() == Decimal("3.5")
            assert connection.execute(select(table.c.i // 2).where(table.c.id == 1)).scalar_one() == 3
            assert connection.execute(select(table.c.i % 4).where(table.c.id == 1)).scalar_one() == 3
            assert connection.execute(select(table.c.n + table.c.n).where(table.c.id == 1)).scalar_one() == Decimal(
                "0.20"
            )

    @needs("json")
    def test_parts_of_documents(self, ground: Ground) -> None:
        table = ground.table("azoth_values", Column("v", JSON))
        ground.insert(table, {"v": {"a": {"b": [10, "x'y"]}, "n": 5, "f": 1.5, "t": True, "s": "5"}})
        with ground.engine.connect() as connection:
            part = table.c.v
            for expression, expected in (
                (part["a"], {"b": [10, "x'y"]}),
                (part["a"]["b"][0], 10),
                (part[("a", "b", 1)], "x'y"),
                (part["n"].as_integer(), 5),
                (part["f"].as_float(), 1.5),
                (part["t"].as_boolean(), True),
                (part["s"].as_string(), "5"),
                (part["absent"], None),
            ):
                assert connection.execute(select(expression)).scalar_one() == expected, str(expression)
            assert connection.execute(select(table.c.id).where(part["s"].as_string() == "5")).scalars().all() == [1]

    @needs("json")
    def test_the_nulls_of_documents(self, ground: Ground) -> None:
        table = ground.table("azoth_values", Column("v", JSON), Column("w", JSON(none_as_null=True)))
        ground.insert(table, {"v": None, "w": None}, {"v": JSON.NULL, "w": JSON.NULL}, {})
        with ground.engine.connect() as connection:
            for column, expected in ((table.c.v, [3]), (table.c.w, [1, 3])):
                statement = select(table.c.id).where(column.is_(None)).order_by(table.c.id)
                assert connection.execute(statement).scalars().all() == expected
        assert ground.rows(table) == [(1, None, None), (2, None, None), (3, None, None)]

    def test_placeholders_by_position_and_by_name(self, ground: Ground) -> None:
        first, second = literal("%s :x ?"), literal(5)
        with ground.engine.connect() as connection:
            assert connection.execute(select(second, first, second)).one() == (5, "%s :x ?", 5)
            statement = select(literal(1).label("a%b"), literal(2).label("c d"), literal(3).label("e:f"))
            assert dict(connection.execute(statement).mappings().one()) == {"a%b": 1, "c d": 2, "e:f": 3}

    def test_parameters_with_unusual_names(self, ground: Ground) -> None:
        names = ("a b", "a%b", "a(b)", "a:b", "a.b", "a[b]", "ä", "select", "x'y")
        table = ground.table("azoth_values", *(Column(name, Integer) for name in names))
        ground.insert(table, dict(zip(names, range(9), strict=True)))
        with ground.engine.begin() as connection:
            for number, name in enumerate(names):
                assert connection.execute(select(table.c[name]).where(table.c[name] == number)).scalar_one() == number
            connection.execute(table.update().values(dict.fromkeys(names, 7)))
        assert ground.rows(table) == [(1, *[7] * 9)]


def kept_or_refused(ground: Ground, type_: TypeEngine[Any], value: object) -> None:
    """Store a value: it comes back as it was, or it is refused; nothing in between."""
    table = ground.table("azoth_values", Column("v", type_))
    try:
        ground.insert(table, {"v": value})
    except (exc.StatementError, exc.ArgumentError):
        assert ground.rows(table) == []
    else:
        assert ground.rows(table) == [(1, value)]


class TestValuesThatDoNotFit:
    """A value is kept whole or refused: never cut, never wrapped around, never rounded to another one in silence."""

    @pytest.mark.parametrize(
        "make, value",
        [
            pytest.param(lambda: String(3), "abcd", id="a text that is too long"),
            pytest.param(lambda: String(3), "äöüß", id="a text with umlauts that is too long"),
            pytest.param(lambda: String(20), "a\x00b", id="a text with a zero"),
            pytest.param(SmallInteger, 2**15, id="a small number"),
            pytest.param(Integer, 2**31, id="a number"),
            pytest.param(BigInteger, 2**63, id="a big number"),
            pytest.param(lambda: Numeric(5, 2), Decimal("1234.00"), id="a decimal"),
            pytest.param(lambda: Enum("a", "b", name="azoth_words"), "c", id="no word of an enumeration"),
            pytest.param(lambda: LargeBinary(3), b"abcd", id="bytes"),
        ],
    )
    def test_it_is_kept_or_refused(self, ground: Ground, make: Callable[[], TypeEngine[Any]], value: object) -> None:
        kept_or_refused(ground, make(), value)

    @pytest.mark.parametrize("type_, given", [PLAIN[index] for index in (3, 13, 15, 19)])
    def test_what_is_no_such_value_is_refused(
        self, ground: Ground, type_: TypeEngine[Any], given: Sequence[Any]
    ) -> None:
        table = ground.table("azoth_values", Column("v", type_))
        with pytest.raises((exc.StatementError, decimal.DecimalException)):
            ground.insert(table, {"v": "no such value"})
        assert ground.rows(table) == []
        ground.insert(table, {"v": given[0]})
        assert [value for _, value in ground.rows(table)] == [given[0]]
