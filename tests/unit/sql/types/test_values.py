"""What types make of Python values, without a database."""

from __future__ import annotations

import datetime
import enum
import pickle
import uuid
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from azoth import bindparam, column, exc
from azoth.sql.compiler import GenericDialect
from azoth.sql.types import NULLTYPE, to_instance, type_for_value
from azoth.types import (
    ARRAY,
    BIGINT,
    DATETIME,
    JSON,
    TEXT,
    VARCHAR,
    BigInteger,
    Boolean,
    Date,
    DateTime,
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
    Uuid,
)


class Plain(GenericDialect):
    """A database whose driver knows numbers, text and bytes only."""

    name = "plain"
    supports_native_boolean = False
    supports_native_decimal = False
    supports_nan = False


PLAIN = Plain()
GENERIC = GenericDialect()


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"
    CRIMSON = "r"  # noqa: PIE796 - an alias


def by_value(members: Any) -> list[str]:
    return [member.value for member in members]


def bind(type_: TypeEngine[Any], value: Any, dialect: Any = PLAIN) -> Any:
    process = type_.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None else process(value)


def read(type_: TypeEngine[Any], value: Any, dialect: Any = PLAIN) -> Any:
    process = type_.dialect_impl(dialect).result_processor(dialect)
    return value if process is None else process(value)


@pytest.mark.parametrize("type_", [Integer(), String(5), Text(), Unicode()])
def test_types_that_the_driver_knows_need_no_processing(type_: TypeEngine[Any]) -> None:
    assert type_.bind_processor(PLAIN) is None
    assert type_.result_processor(PLAIN) is None


def test_a_database_with_the_type_of_its_own_needs_little_processing() -> None:
    assert Numeric().bind_processor(GENERIC) is None
    assert Boolean().result_processor(GENERIC) is None
    assert DateTime().bind_processor(GENERIC) is None


@pytest.mark.parametrize(
    "type_, value, stored",
    [
        (Boolean(), True, 1),
        (Boolean(), 0, 0),
        (Numeric(10, 2), Decimal("1.50"), 1.5),
        (Numeric(), Decimal(9007199254740993), 9007199254740993),
        (Enum("a", "b"), "a", "a"),
        (Enum(Color), Color.BLUE, "BLUE"),
        (Enum(Color), Color.CRIMSON, "RED"),
        (Enum(Color), "BLUE", "BLUE"),
        (Enum(Color, values_callable=lambda e: [m.value for m in e]), Color.BLUE, "b"),
        (JSON(), {"a": [1, None]}, '{"a": [1, null]}'),
        (JSON(), None, "null"),
        (JSON(), JSON.NULL, "null"),
        (JSON(none_as_null=True), None, None),
        (JSON(none_as_null=True), JSON.NULL, "null"),
        (Uuid(), uuid.UUID(int=1), "0" * 31 + "1"),
        (Uuid(as_uuid=False), str(uuid.UUID(int=1)), "0" * 31 + "1"),
        (LargeBinary(), b"\x00\xff", b"\x00\xff"),
        (Interval(), datetime.timedelta(days=-1), datetime.datetime(1969, 12, 31)),
    ],
)
def test_values_are_stored_as(type_: TypeEngine[Any], value: Any, stored: Any) -> None:
    result = bind(type_, value)
    assert result == stored
    assert type(result) is type(stored)


@pytest.mark.parametrize(
    "type_, stored, value",
    [
        (Boolean(), 1, True),
        (Boolean(), 0, False),
        (Numeric(10, 2), 1.5, Decimal("1.50")),
        (Numeric(), 0.1, Decimal("0.1")),
        (Numeric(), 7, Decimal(7)),
        (Float(asdecimal=True), 0.25, Decimal("0.25")),
        (Enum("a", "b"), "a", "a"),
        (Enum(Color), "BLUE", Color.BLUE),
        (Enum(Color, values_callable=lambda e: [m.value for m in e]), "b", Color.BLUE),
        (JSON(), '{"a": 1}', {"a": 1}),
        (JSON(), 5, 5),
        (Uuid(), "0" * 31 + "1", uuid.UUID(int=1)),
        (Uuid(as_uuid=False), "0" * 31 + "1", "00000000-0000-0000-0000-000000000001"),
        (Interval(), datetime.datetime(1970, 1, 2), datetime.timedelta(days=1)),
    ],
)
def test_stored_values_are_read_as(type_: TypeEngine[Any], stored: Any, value: Any) -> None:
    result = read(type_, stored)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "type_",
    [Boolean(), Numeric(), Enum("a"), Enum(Color), Uuid(), LargeBinary(), Interval(), PickleType(), Date(), Time()],
)
def test_none_stays_none_both_ways(type_: TypeEngine[Any]) -> None:
    assert bind(type_, None) is None
    assert read(type_, None) is None


@pytest.mark.parametrize(
    "type_, value, name",
    [
        (Boolean(), "yes", "Boolean"),
        (Boolean(), 2, "Boolean"),
        (Boolean(), [], "Boolean"),
        (Numeric(), "five", "Numeric"),
        (Numeric(), Decimal("NaN"), "Numeric"),
        (LargeBinary(), "text", "LargeBinary"),
        (Interval(), 5, "Interval"),
        (Interval(), datetime.timedelta.max, "Interval"),
        (Uuid(), "no uuid", "Uuid"),
        (JSON(), object(), "JSON"),
        (PickleType(), lambda: None, "PickleType"),
        (Enum(Color), 5, "Enum color"),
        (Enum("a", name="letters", validate_strings=True), "secret", "Enum letters"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_type_and_not_the_value(
    type_: TypeEngine[Any], value: Any, name: str
) -> None:
    with pytest.raises(exc.StatementError) as raised:
        bind(type_, value)
    assert name in raised.value.summary
    assert "secret" not in str(raised.value)
    assert raised.value.orig is not None


def test_a_stored_word_outside_of_the_enum_is_a_lookup_error_that_names_the_enum() -> None:
    with pytest.raises(LookupError, match=r"Enum name: color\. Possible values: RED, BLUE"):
        read(Enum(Color), "GREEN")


@pytest.mark.parametrize("type_", [Enum("a", "b"), Enum(Color), Enum(Color, values_callable=by_value)])
def test_a_word_outside_of_the_enum_is_refused_when_it_is_written_and_passes_in_comparisons(type_: Enum) -> None:
    with pytest.raises(exc.StatementError, match="not among the words"):
        bind(type_, "secret")
    compared = column("word", type_) == "secret"
    assert bind(compared.right.type, "secret") == "secret"
    listed = column("word", type_).in_(["secret"])
    assert bind(listed.right.type, "secret") == "secret"
    given = column("word", type_) == bindparam("word")
    assert bind(given.right.type, "secret") == "secret"
    assert compared._shape != (column("word", type_) == bindparam(None, "a", type_))._shape


def test_validate_strings_refuses_words_outside_of_the_enum_in_comparisons_too() -> None:
    compared = column("word", Enum("a", validate_strings=True)) == "b"
    with pytest.raises(exc.StatementError, match="not among the words"):
        bind(compared.right.type, "b")


def test_words_in_another_order_than_the_members_are_kept_as_sqlalchemy_does_it_with_a_warning() -> None:
    with pytest.warns(exc.AzothWarning, match="another order") as warned:
        type_ = Enum(Color, values_callable=lambda e: sorted(m.value for m in e))
    assert warned[0].filename == __file__
    assert (bind(type_, Color.RED), bind(type_, Color.BLUE)) == ("b", "r")
    assert read(type_, "b") is Color.RED


def test_an_enum_is_as_long_as_its_longest_word() -> None:
    assert Enum("a", "bcd").length == 3
    assert Enum("a", "bcd", length=10).length == 10
    with pytest.raises(exc.ArgumentError, match="longest word has 3"):
        Enum("a", "bcd", length=2, native_enum=False)


def test_an_enum_sorts_by_its_words_or_as_told() -> None:
    by_word = pickle.loads(pickle.dumps(Enum(Color)))
    assert by_word.sort_key_function(Color.BLUE) == "BLUE"
    assert Enum(Color, sort_key_function=lambda member: member.value).sort_key_function(Color.BLUE) == "b"
    assert Enum(Color, sort_key_function=None).sort_key_function(Color.BLUE) is Color.BLUE


def test_the_words_of_an_enum_must_be_strings() -> None:
    class Number(enum.Enum):
        ONE = 1

    with pytest.raises(exc.ArgumentError, match="must be strings"):
        Enum(Number, values_callable=lambda e: [m.value for m in e])


class Upper(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.upper()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.lower()


class ByDialect(TypeDecorator[Any]):
    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        return JSON() if dialect.name == "plain" else String()


class OnTop(TypeDecorator[Any]):
    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return {"wrapped": value}

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value["wrapped"]


def test_a_decorator_processes_before_and_after_the_type_it_builds_on() -> None:
    assert bind(Upper(5), "abc") == "ABC"
    assert read(Upper(5), "ABC") == "abc"
    assert bind(OnTop(), 1) == '{"wrapped": 1}'
    assert read(OnTop(), '{"wrapped": 1}') == 1


def test_a_decorator_chooses_its_type_by_dialect() -> None:
    assert bind(ByDialect(), {"a": 1}) == '{"a": 1}'
    assert ByDialect().dialect_impl(GENERIC).bind_processor(GENERIC) is None


def test_a_decorator_has_the_attributes_of_the_type_it_builds_on() -> None:
    assert Upper(5).length == 5
    assert Upper(5).python_type is str
    with pytest.raises(AttributeError):
        Upper(5).no_such_thing


def test_a_decorator_without_impl_is_refused() -> None:
    class Nothing(TypeDecorator[Any]):
        pass

    with pytest.raises(exc.ArgumentError, match="names no type"):
        Nothing()


def test_literals() -> None:
    def written(type_: TypeEngine[Any], value: Any, dialect: Any = PLAIN) -> str:
        process = type_.dialect_impl(dialect).literal_processor(dialect)
        assert process is not None
        return process(value)

    assert written(String(), "it's") == "'it''s'"
    assert written(Integer(), True) == "1"
    assert written(Boolean(), True) == "1"
    assert written(Boolean(), True, GENERIC) == "true"
    assert written(LargeBinary(), b"\x01") == "X'01'"
    assert written(Enum(Color), Color.RED) == "'RED'"
    assert written(JSON(), {"a": "'"}) == """'{"a": "''"}'"""
    assert written(Upper(), "a'b") == "'A''B'"
    assert written(DateTime(), datetime.datetime(2020, 1, 2)) == "'2020-01-02 00:00:00'"


def test_a_pickled_type_compares_as_told() -> None:
    assert PickleType().compare_values([1], [1])
    assert PickleType(comparator=lambda a, b: len(a) == len(b)).compare_values([1], [2])


def test_arrays_process_their_items() -> None:
    array = ARRAY(Boolean(), dimensions=2)
    assert bind(array, [[True, None], [False]]) == [[1, None], [0]]
    assert read(ARRAY(Boolean(), as_tuple=True), [1, 0]) == (True, False)
    with pytest.raises(exc.ArgumentError):
        ARRAY(ARRAY(Integer))


def test_values_have_types() -> None:
    class Text(str):
        __slots__ = ()

    expected: list[tuple[Any, type[Any]]] = [
        (1, Integer),
        (True, Boolean),
        (1.5, Float),
        ("a", String),
        (b"a", LargeBinary),
        (Decimal(1), Numeric),
        (datetime.date(2020, 1, 1), Date),
        (datetime.datetime(2020, 1, 1), DateTime),
        (datetime.time(1), Time),
        (datetime.timedelta(1), Interval),
        (uuid.UUID(int=1), Uuid),
        (Color.RED, Enum),
        (Text("a"), String),
    ]
    for value, cls in expected:
        assert type(type_for_value(value)) is cls
    assert type_for_value(None) is NULLTYPE
    assert type_for_value({}) is NULLTYPE


def test_a_type_is_made_of_classes_and_functions() -> None:
    assert isinstance(to_instance(Integer), Integer)
    assert to_instance(None) is NULLTYPE
    assert to_instance(lambda: String(3)).length == 3  # type: ignore[attr-defined]
    with pytest.raises(exc.ArgumentError, match="not a type of columns"):
        to_instance("Integer")


def test_a_variant_stands_for_the_type_under_one_dialect() -> None:
    type_ = String(5).with_variant(JSON(), "plain", "other")
    assert bind(type_, {"a": 1}) == '{"a": 1}'
    assert bind(type_, "a", GENERIC) == "a"
    with pytest.raises(exc.ArgumentError, match="no variant yet"):
        type_.with_variant(Text(), "plain")
    with pytest.raises(exc.ArgumentError):
        type_.with_variant(Text())


def test_a_dialect_gets_its_own_version_once() -> None:
    class Special(String):
        pass

    class Other(GenericDialect):
        colspecs: ClassVar[Any] = {String: Special}

    dialect = Other()
    own = Text(7).dialect_impl(dialect)
    assert isinstance(own, Special)
    assert own.length == 7
    text = Text(7)
    assert text.dialect_impl(dialect) is text.dialect_impl(dialect)


def test_types_show_how_they_were_made() -> None:
    assert repr(String(50)) == "String(length=50)"
    assert repr(Numeric(10, 2)) == "Numeric(precision=10, scale=2)"
    assert repr(Integer()) == "Integer()"
    assert repr(Enum("a", "b", name="x")) == "Enum('a', 'b', name='x')"


def test_database_types_have_generic_ones() -> None:
    assert repr(VARCHAR(5).as_generic()) == "String(length=5)"
    assert type(DATETIME().as_generic()) is DateTime


@pytest.mark.parametrize(
    "type_, value",
    [
        (Integer(strict=True), 2**31 - 1),
        (Integer(strict=True), None),
        (SmallInteger(strict=True), -(2**15)),
        (BigInteger(strict=True), 2**63 - 1),
        (BIGINT(strict=True), -(2**63)),
        (String(3, strict=True), "abc"),
        (String(strict=True), "a" * 1000),
        (Text(strict=True), ""),
        (VARCHAR(2, strict=True), "ab"),
        (Integer(), "5"),
        (String(1), 500),
    ],
)
def test_a_strict_type_lets_its_values_pass_and_others_let_everything_pass(type_: TypeEngine[Any], value: Any) -> None:
    assert bind(type_, value) == value


@pytest.mark.parametrize(
    "type_, value",
    [
        (Integer(strict=True), 2**31),
        (Integer(strict=True), "5"),
        (Integer(strict=True), 5.0),
        (Integer(strict=True), True),
        (SmallInteger(strict=True), 2**15),
        (BigInteger(strict=True), 2**63),
        (String(3, strict=True), "abcd"),
        (String(strict=True), b"abc"),
        (Unicode(strict=True), 5),
        (TEXT(strict=True), 5),
    ],
)
def test_a_strict_type_refuses_other_values(type_: TypeEngine[Any], value: Any) -> None:
    with pytest.raises(exc.StatementError) as raised:
        bind(type_, value)
    assert type(type_).__name__ in raised.value.summary


def test_strictness_is_part_of_what_a_type_is() -> None:
    assert Integer(strict=True)._shape != Integer()._shape
    assert repr(String(5, strict=True)) == "String(length=5, strict=True)"
    assert Integer(strict=True).copy().strict


NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    "type_, value",
    [
        (Numeric(10, 2), NAN),
        (Numeric(), INFINITY),
        (Numeric(asdecimal=False), -INFINITY),
        (Numeric(), Decimal("NaN")),
        (Numeric(), Decimal("Infinity")),
        (Float(), NAN),
        (Float(), Decimal("NaN")),
        (Float(asdecimal=True), NAN),
        (JSON(), NAN),
        (JSON(), {"a": [INFINITY]}),
    ],
)
def test_numbers_that_the_database_would_lose_are_refused(type_: TypeEngine[Any], value: Any) -> None:
    with pytest.raises(exc.StatementError):
        bind(type_, value)


def test_a_float_takes_infinity_and_other_numbers() -> None:
    assert bind(Float(), INFINITY) == INFINITY
    assert bind(Float(asdecimal=True), INFINITY) == INFINITY
    assert bind(Float(), Decimal("1.5")) == 1.5
    assert type(bind(Float(), 5)) is float
    assert bind(Float(), None) is None
    with pytest.raises(exc.StatementError, match="Float does not take this str"):
        bind(Float(), "secret")


def test_an_enum_may_be_any_class_that_lists_its_members() -> None:
    class Size:
        __members__: ClassVar[dict[str, Any]] = {}

        def __init__(self, name: str, value: int) -> None:
            self.name = name
            self.value = value
            self.__members__[name] = self

    small, large = Size("small", 1), Size("large", 2)
    sizes = Enum(Size)
    assert (sizes.enums, sizes.enum_class, sizes.name) == (["small", "large"], Size, "size")
    dialect = GenericDialect()
    bind, read = sizes.bind_processor(dialect), sizes.result_processor(dialect)
    assert bind is not None
    assert read is not None
    assert (bind(small), bind("large"), read("large")) == ("small", "large", large)
