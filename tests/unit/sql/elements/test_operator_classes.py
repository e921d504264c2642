"""Types that name the families of their operators: the others work, with a warning, as in SQLAlchemy."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.sql.operators import OperatorClass as TheirClass

import azoth
from azoth.exc import SADeprecationWarning
from azoth.sql.operators import OperatorClass

OPERATIONS: dict[str, Callable[[ModuleType, Any], Any]] = {
    "eq": lambda library, c: c == 1,
    "ne": lambda library, c: c != 1,
    "lt": lambda library, c: c < 1,
    "ge": lambda library, c: c >= 1,
    "sub": lambda library, c: c - 1,
    "mul": lambda library, c: c * 1,
    "truediv": lambda library, c: c / 1,
    "floordiv": lambda library, c: c // 1,
    "mod": lambda library, c: c % 1,
    "neg": lambda library, c: -c,
    "startswith": lambda library, c: c.startswith("x"),
    "like": lambda library, c: c.like("x"),
    "not_like": lambda library, c: c.not_like("x"),
    "match": lambda library, c: c.match("x"),
    "regexp_match": lambda library, c: c.regexp_match("x"),
    "collate": lambda library, c: c.collate("x"),
    "in": lambda library, c: c.in_([1]),
    "not_in": lambda library, c: c.not_in([1]),
    "is": lambda library, c: c.is_(None),
    "is_not": lambda library, c: c.is_not(None),
    "is_distinct_from": lambda library, c: c.is_distinct_from(1),
    "between": lambda library, c: c.between(1, 2),
    "asc": lambda library, c: c.asc(),
    "desc": lambda library, c: c.desc(),
    "nulls_first": lambda library, c: c.nulls_first(),
    "distinct": lambda library, c: c.distinct(),
    "any_": lambda library, c: c.any_(),
    "all_": lambda library, c: c.all_(),
    "bitwise_and": lambda library, c: c.bitwise_and(1),
    "bitwise_lshift": lambda library, c: c.bitwise_lshift(1),
    "op": lambda library, c: c.op("%%")(1),
    "bool_op": lambda library, c: c.bool_op("x")(1),
    "op of a family": lambda library, c: c.op("x", operator_class=library.sql.operators.OperatorClass.MATH)(1),
    "label": lambda library, c: c.label("x"),
    "cast": lambda library, c: library.cast(c, library.Integer),
    "and": lambda library, c: library.and_(c, library.true()),
}
FAMILIES = [name for name in OperatorClass.__members__ if name not in ("UNSPECIFIED", "INDEXABLE", "JSON_GETITEM")]


def warned(library: ModuleType, family: object) -> set[str]:
    class Own(library.types.UserDefinedType):  # type: ignore[name-defined,misc]
        cache_ok = True
        operator_classes = family

        def get_col_spec(self, **options: Any) -> str:
            return "OWN"

    column = library.column("c", Own())
    found = set()
    for name, operation in OPERATIONS.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            operation(library, column)
        if caught:
            found.add(name)
    return found


def test_the_families_are_those_of_sqlalchemy() -> None:
    assert {name: one.value for name, one in OperatorClass.__members__.items()} == {
        name: one.value for name, one in TheirClass.__members__.items()
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_operators_are_warned_of_as_in_sqlalchemy(family: str) -> None:
    ours, theirs = warned(azoth, OperatorClass[family]), warned(sqlalchemy, TheirClass[family])
    assert ours == theirs
    assert bool(ours) is (family != "ANY")


@pytest.mark.parametrize(
    "name",
    ["Integer", "Numeric", "Float", "String", "Text", "Enum", "Boolean", "Date", "DateTime", "Time", "Interval",
     "LargeBinary", "JSON", "ARRAY", "Uuid", "UUID", "TupleType", "NullType"],
)  # fmt: skip
def test_types_have_the_families_of_sqlalchemys(name: str) -> None:
    ours, theirs = getattr(azoth.types, name).operator_classes, getattr(sqlalchemy.types, name).operator_classes
    assert ours.value == theirs.value


def test_the_warning_says_what_to_change() -> None:
    class Money(azoth.types.Numeric):
        cache_ok = True
        operator_classes = OperatorClass.MATH

    column = azoth.column("c", Money())
    assert str(column + 1) == "c + :c_1"
    with pytest.warns(SADeprecationWarning, match="'like_op'") as caught:
        assert str(column.like("x")) == "c LIKE :c_1"
    assert "AZ-C710" in str(caught[0].message)
    assert caught[0].filename == __file__


def test_operators_of_the_types_own_are_no_matter_of_families() -> None:
    class Money(azoth.types.UserDefinedType[Any]):
        cache_ok = True
        operator_classes = OperatorClass.BASE

        class comparator_factory(azoth.types.UserDefinedType.Comparator):
            def __eq__(self, other: object) -> Any:
                return self.op("===")(other)

            __hash__ = azoth.types.UserDefinedType.Comparator.__hash__

    assert str(azoth.column("c", Money()) == 1) == "c === :c_1"


def test_decorated_types_have_the_families_of_what_they_add_to() -> None:
    class Shouted(azoth.types.TypeDecorator[Any]):
        impl = azoth.String
        cache_ok = True

    class Narrow(Shouted):
        operator_classes = OperatorClass.COMPARISON

    assert Shouted().operator_classes is OperatorClass.STRING
    assert str(azoth.column("c", Shouted()).like("x")) == "c LIKE :c_1"
    with pytest.warns(SADeprecationWarning):
        azoth.column("c", Narrow()).like("x")
    assert str(azoth.column("c", Narrow()) == "x") == "c = :c_1"
