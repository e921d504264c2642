"""The type of an operation's result."""

from __future__ import annotations

from typing import Any

import pytest

from azoth.sql import operators
from azoth.sql.types import NULLTYPE
from azoth.types import Boolean, Date, DateTime, Float, Integer, Interval, Numeric, String, Text, Time, TypeEngine


@pytest.mark.parametrize(
    "left, op, right, result",
    [
        (Integer(), operators.add, Integer(), Integer),
        (Integer(), operators.add, Numeric(), Numeric),
        (Integer(), operators.mul, Float(), Float),
        (Integer(), operators.truediv, Integer(), Numeric),
        (Integer(), operators.floordiv, Integer(), Integer),
        (Float(), operators.add, Integer(), Float),
        (Date(), operators.sub, Date(), Integer),
        (Date(), operators.add, Interval(), DateTime),
        (DateTime(), operators.sub, DateTime(), Interval),
        (DateTime(), operators.add, Interval(), DateTime),
        (Interval(), operators.add, DateTime(), DateTime),
        (Interval(), operators.mul, Integer(), Interval),
        (Integer(), operators.mul, Interval(), Interval),
        (Time(), operators.sub, Time(), Interval),
        (String(), operators.eq, String(), Boolean),
        (Integer(), operators.in_op, Integer(), Boolean),
        (String(), operators.concat_op, Text(), String),
        (NULLTYPE, operators.add, Integer(), Integer),
        (NULLTYPE, operators.eq, NULLTYPE, Boolean),
    ],
)
def test_result_type(left: TypeEngine[Any], op: Any, right: TypeEngine[Any], result: type[Any]) -> None:
    used, type_ = left.adapt_operator(op, right)
    assert used is op
    assert type(type_) is result


def test_adding_texts_concatenates_them() -> None:
    assert String().adapt_operator(operators.add, Text())[0] is operators.concat_op
    assert String().adapt_operator(operators.add, NULLTYPE)[0] is operators.concat_op
    assert String().adapt_operator(operators.add, Integer())[0] is operators.add


def test_the_left_type_is_kept_with_its_parameters() -> None:
    left = Numeric(10, 2)
    assert left.adapt_operator(operators.add, Integer())[1] is left
    right = Numeric(5, 1)
    assert Integer().adapt_operator(operators.add, right)[1] is right


def test_a_value_beside_an_expression_takes_its_type_or_its_own() -> None:
    text = String(5)
    assert text.coerce_compared_value(operators.eq, "a") is text
    assert type(text.coerce_compared_value(operators.eq, 5)) is Integer
    assert text.coerce_compared_value(operators.eq, None) is text
