"""Types of PostgreSQL are made of the generic types that they stand for, and generic ones of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from azoth import Enum, Interval
from azoth.dialects import mysql, oracle, postgresql
from azoth.dialects.postgresql import ENUM, INTERVAL


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


def test_an_enum_becomes_a_native_one_with_the_same_words_name_and_schema() -> None:
    native = ENUM.adapt_emulated_to_native(Enum("a", "b", name="letter", schema="abc"))
    assert type(native) is ENUM
    assert (native.enums, native.name, native.schema, native.create_type) == (["a", "b"], "letter", "abc", True)
    assert native.compile(dialect=postgresql.dialect()) == "abc.letter"
    assert ENUM.adapt_emulated_to_native(Enum(Colour)).enum_class is Colour
    assert ENUM.adapt_emulated_to_native(Enum(Colour), name="paint").name == "paint"


def test_a_native_enum_becomes_a_generic_one() -> None:
    generic = ENUM.adapt_native_to_emulated(ENUM("a", "bcd", name="letter", schema="abc"))
    assert type(generic) is Enum
    assert (generic.enums, generic.name, generic.schema) == (["a", "bcd"], "letter", "abc")
    assert generic.compile() == "VARCHAR(3)"


def test_a_generic_enum_keeps_its_class_and_what_it_says_of_itself() -> None:
    class Words(Enum):
        pass

    given = Words("a", "b", name="letter", native_enum=False)
    generic = ENUM.adapt_native_to_emulated(given)
    assert type(generic) is Words
    assert generic is not given
    assert not generic.native_enum
    assert generic.compile(dialect=postgresql.dialect()) == "VARCHAR(1)"


def test_spans_of_time_keep_the_digits_of_their_seconds() -> None:
    native = INTERVAL.adapt_emulated_to_native(Interval(second_precision=3, day_precision=2))
    assert type(native) is INTERVAL
    assert native.compile(dialect=postgresql.dialect()) == "INTERVAL (3)"
    narrow = INTERVAL.adapt_emulated_to_native(Interval(second_precision=3), precision=1, fields="DAY")
    assert narrow.compile(dialect=postgresql.dialect()) == "INTERVAL DAY (1)"
    generic = INTERVAL.adapt_native_to_emulated(INTERVAL(precision=4))
    assert type(generic) is Interval
    assert (generic.second_precision, generic.native) == (4, True)
    kept = INTERVAL.adapt_native_to_emulated(Interval(native=False, day_precision=7))
    assert (type(kept), kept.native, kept.day_precision) == (Interval, False, 7)


def test_mysql_has_a_native_enum_too() -> None:
    native = mysql.ENUM.adapt_emulated_to_native(Enum("a", "b", name="letter"), charset="ascii")
    assert type(native) is mysql.ENUM
    assert native.compile(dialect=mysql.dialect()) == "ENUM('a','b') CHARACTER SET ascii"
    generic = mysql.ENUM.adapt_native_to_emulated(mysql.ENUM("a", "bcd", charset="ascii"))
    assert type(generic) is Enum
    assert (generic.enums, generic.compile()) == (["a", "bcd"], "VARCHAR(3)")


def test_oracle_keeps_the_digits_of_days_as_well() -> None:
    native = oracle.INTERVAL.adapt_emulated_to_native(Interval(second_precision=3, day_precision=2))
    assert type(native) is oracle.INTERVAL
    assert native.compile(dialect=oracle.dialect()) == "INTERVAL DAY(2) TO SECOND(3)"
    generic = oracle.INTERVAL.adapt_native_to_emulated(native)
    assert type(generic) is Interval
    assert (generic.day_precision, generic.second_precision, generic.native) == (2, 3, True)


def test_what_stores_none_as_a_value_still_does() -> None:
    assert INTERVAL.adapt_emulated_to_native(Interval().evaluates_none()).should_evaluate_none
    assert ENUM.adapt_emulated_to_native(Enum("a", name="letter").evaluates_none()).should_evaluate_none


def test_a_dialect_of_ones_own_has_native_types_that_make_themselves() -> None:
    class Letters(ENUM):
        @classmethod
        def adapt_emulated_to_native(cls, impl: Any, **kw: object) -> Any:
            return super().adapt_emulated_to_native(impl, name=f"{impl.name}_of_mine", **kw)

    class Own(postgresql.dialect):
        colspecs: Mapping[type[Any], type[Any]] = {**postgresql.dialect.colspecs, Enum: Letters}

    native = Enum("a", "b", name="letter").dialect_impl(Own())
    assert type(native) is Letters
    assert native.name == "letter_of_mine"
    given = Enum("a", "b", name="letter", native_enum=False)
    assert given.dialect_impl(Own()) is given


def test_native_types_give_the_generic_ones_that_they_stand_for() -> None:
    generic = ENUM("a", "b", name="e").as_generic()
    assert type(generic) is Enum
    assert generic.enums == ["a", "b"]
    assert type(mysql.ENUM("a", "b").as_generic()) is Enum
    assert type(INTERVAL().as_generic()) is Interval
