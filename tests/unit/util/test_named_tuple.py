"""``azoth.util.named_tuple`` makes what ``typing.NamedTuple`` makes."""

from __future__ import annotations

import copy
import inspect
import pickle
import typing
from typing import Any

import pytest

from azoth.util import named_tuple


class Ours(named_tuple.NamedTuple):
    """Three values."""

    first: int
    second: str = "two"
    third: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        return self.first + sum(self.third)


class Pythons(typing.NamedTuple):
    """Three values."""

    first: int
    second: str = "two"
    third: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        return self.first + sum(self.third)


both = pytest.mark.parametrize("kind", [Ours, Pythons])


@both
def test_values_are_given_by_position_by_name_and_by_default(kind: Any) -> None:
    assert kind(1) == (1, "two", ()) == kind(first=1)
    assert kind(1, "b", third=(2, 3)).total == 6
    assert hash(kind(1)) == hash((1, "two", ()))
    first, *rest = kind(1)
    assert (first, rest) == (1, ["two", ()])


@both
def test_fields_can_be_read_but_not_set(kind: Any) -> None:
    made = kind(1, "b")
    assert (made.first, made.second, made.third) == (1, "b", ())
    with pytest.raises(AttributeError):
        made.first = 2
    with pytest.raises(AttributeError):
        made.fourth = 2


@both
def test_a_wrong_argument_is_an_error(kind: Any) -> None:
    for arguments, keywords in (((), {}), ((1, 2, 3, 4), {}), ((1,), {"first": 1}), ((1,), {"fourth": 4})):
        with pytest.raises(TypeError, match="__new__"):
            kind(*arguments, **keywords)


@both
def test_what_python_asks_of_named_tuples_is_answered(kind: Any) -> None:
    made = kind(1, "b")
    assert made._asdict() == {"first": 1, "second": "b", "third": ()}
    assert made._replace(second="c") == (1, "c", ())
    assert type(made._replace(second="c")) is kind
    assert kind._make([1, "b", ()]) == made
    assert kind._fields == kind.__match_args__ == ("first", "second", "third")
    assert kind._field_defaults == {"second": "two", "third": ()}
    assert repr(made) == f"{kind.__name__}(first=1, second='b', third=())"
    assert list(inspect.signature(kind).parameters) == ["first", "second", "third"]
    assert kind.__doc__ == "Three values."


@both
def test_copies_and_pickles_are_of_the_class(kind: Any) -> None:
    made = kind(1, "b", (2,))
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert again == made
        assert type(again) is kind


@both
def test_a_derived_class_keeps_the_fields(kind: Any) -> None:
    class Derived(kind):  # type: ignore[misc]
        third = "mine"

    made = Derived(1)
    assert (made.first, made.second, made.third) == (1, "two", "mine")
    assert made == (1, "two", ())
