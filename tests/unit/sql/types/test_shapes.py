"""Types as parts of the key under which a compiled statement is found."""

from __future__ import annotations

import enum
import pickle
from typing import Any

import pytest

from azoth.sql.cache_key import UNCACHEABLE
from azoth.types import (
    INTEGER,
    JSON,
    DateTime,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    String,
    Text,
    TypeDecorator,
    TypeEngine,
    Uuid,
)


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


@pytest.mark.parametrize(
    "make",
    [
        Integer,
        INTEGER,
        lambda: String(50),
        lambda: Numeric(10, 2),
        lambda: DateTime(timezone=True),
        lambda: Enum(Color),
        lambda: Enum("a", "b"),
        JSON,
        Uuid,
        Interval,
        LargeBinary,
        PickleType,
        lambda: String(50).with_variant(Text(), "sqlite"),
    ],
)
def test_types_made_alike_have_the_same_shape(make: Any) -> None:
    assert make()._shape == make()._shape
    assert hash(make()._shape) == hash(make()._shape)


@pytest.mark.parametrize(
    "one, other",
    [
        (Integer(), INTEGER()),
        (String(50), String(51)),
        (String(50), Text(50)),
        (Numeric(10, 2), Numeric(10, 2, asdecimal=False)),
        (Numeric(1), Numeric(True)),
        (Enum("a"), Enum("b")),
        (JSON(), JSON(none_as_null=True)),
        (String(5), String(5).with_variant(Text(), "sqlite")),
        (String(5), String(5).evaluates_none()),
        (Uuid(), Uuid(as_uuid=False)),
    ],
)
def test_types_that_differ_have_different_shapes(one: TypeEngine[Any], other: TypeEngine[Any]) -> None:
    assert one._shape != other._shape


class Declared(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix


class Undeclared(TypeDecorator[str]):
    impl = String


class Refused(TypeDecorator[str]):
    impl = String
    cache_ok = False


def test_a_decorator_declared_cacheable_is_known_by_its_parameters() -> None:
    assert Declared("a")._shape == Declared("a")._shape
    assert Declared("a")._shape != Declared("b")._shape


def test_a_decorator_that_does_not_say_is_only_like_itself() -> None:
    one = Undeclared()
    assert one._shape == one._shape
    assert one._shape != Undeclared()._shape


def test_a_decorator_that_refuses_is_never_cached() -> None:
    assert Refused()._shape == UNCACHEABLE


def test_types_survive_pickling() -> None:
    for type_ in (String(50), Enum(Color), Numeric(3, 1), PickleType(), Declared("a"), JSON()):
        copied = pickle.loads(pickle.dumps(type_))
        assert repr(copied) == repr(type_)
        assert copied._shape == type_._shape
