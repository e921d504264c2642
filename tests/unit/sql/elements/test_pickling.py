"""Expressions travel between processes: what is bound and built stays, shapes are made anew."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from azoth.sql import compiler, operators
from azoth.sql.elements import and_, bindparam, case, cast, column, not_, text, tuple_
from azoth.sql.functions import func
from azoth.sql.types import JSON, Boolean, Integer, String

assert compiler

i, s, b = column("i", Integer), column("s", String), column("b", Boolean)

EXPRESSIONS = [
    i == 5,
    and_(i == 5, s.like("x", escape="/"), not_(b)),
    i.in_([1, 2]),
    i == bindparam("x"),
    case((i == 1, "a"), else_="b"),
    cast(i, String(5)),
    func.sum(i).filter(i > 5).over(order_by=s.desc(), rows=(None, 0)),
    func.count(),
    tuple_(i, s).in_([(1, "a")]),
    text("a = :a").bindparams(a=5),
    i.op("&")(5),
    column("doc", JSON)["a"].as_integer() > 5,
    i.label("x"),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_are_the_same_sql_with_the_same_values(expression: Any, duplicate: Any) -> None:
    twin = duplicate(expression)
    assert str(twin) == str(expression)
    assert twin.compile().params == expression.compile().params
    assert twin._shape == expression._shape
    assert twin.compare(expression)


@pytest.mark.parametrize("name", sorted(set(operators.__all__) - {"Operator"}))
def test_operators_are_found_by_name(name: str) -> None:
    operator = getattr(operators, name)
    assert pickle.loads(pickle.dumps(operator)) is operator
