"""Expressions of thousands of terms are built, compared, written, copied and pickled without a deeper stack."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from operator import add, sub
from typing import Any

import pytest

from azoth import Integer, MetaData, String, Table, bindparam, case, func, select, union_all
from azoth.exc import CompileError
from azoth.schema import Column
from azoth.sql import visitors
from azoth.sql.elements import and_, cast, or_

table = Table("t", MetaData(), Column("x", Integer), Column("y", Integer), Column("s", String))
x, y, s = table.c.x, table.c.y, table.c.s

LONG = 2500


def chain(first: Any, step: Callable[[Any, int], Any], count: int = LONG) -> Any:
    expression = first
    for number in range(count):
        expression = step(expression, number)
    return expression


CHAINS: dict[str, tuple[Any, Callable[[Any, int], Any]]] = {
    "sum": (x, lambda e, n: e + n),
    "sum and product": (x, lambda e, n: e * 2 if n % 2 else e - n),
    "quotient": (x, lambda e, n: e / 2),
    "concatenation": (s, lambda e, n: e + "x"),
    "custom operator": (x, lambda e, n: e.op("<->")(n)),
    "and": (x > 0, lambda e, n: e & (x > n)),
    "or": (x > 0, lambda e, n: e | (x > n)),
}

NESTED: dict[str, tuple[Any, Callable[[Any, int], Any]]] = {
    "and within or": (x > 0, lambda e, n: e | (x > n) if n % 2 else e & (y > n)),
    "negation": (x > 0, lambda e, n: ~(e & (x > n))),
    "right operand": (x, lambda e, n: n - e),
    "function": (x, lambda e, n: func.abs(e)),
    "case": (x, lambda e, n: case((x == n, n), else_=e)),
    "cast": (x, lambda e, n: cast(e, Integer)),
    "minus": (x, lambda e, n: -e),
    "comparison": (x > 0, lambda e, n: e == (y > n)),
}


@pytest.fixture(params=CHAINS, ids=str)
def long(request: pytest.FixtureRequest) -> Any:
    return chain(*CHAINS[request.param])


@pytest.fixture(params=CHAINS, ids=str)
def step(request: pytest.FixtureRequest) -> Any:
    return CHAINS[request.param]


def test_a_long_chain_is_written(long: Any) -> None:
    text = str(select(long))
    assert text.count("(") == text.count(")")
    assert len(long.compile().params) >= LONG - 1


def test_a_long_chain_has_a_shape_and_its_values(step: Any) -> None:
    one, same = chain(*step), chain(*step)
    other = chain(*step, count=LONG - 1)
    assert one._shape == same._shape
    assert hash(one._shape) == hash(same._shape)
    assert one._shape != other._shape
    assert one.compare(same)
    assert [bind.value for bind in one._binds] == [bind.value for bind in same._binds]


def test_the_shape_does_not_depend_on_what_was_asked_before() -> None:
    for first, step in CHAINS.values():
        fresh = chain(first, step, 10)
        shapes = []
        asked = first
        for number in range(10):
            asked = step(asked, number)
            shapes.append((asked._shape, asked._binds))
        assert fresh._shape == shapes[-1][0]
        assert [bind.value for bind in fresh._binds] == [bind.value for bind in shapes[-1][1]]


def test_equal_shapes_mean_equal_text() -> None:
    sums = [x + y + x, x + (y + x), x + y, y + x + x, x - y + x, x - (y - x), x - y - x, x - (y + x)]
    products = [(x - y) * x, x - y * x, x * y - x, x * (y - x), (x + y) * x, (x - y) * x * x, (x * x) * (x - y)]
    comparisons = [x + y > x, x + (y > x), (x > y) == (y > x), ((x > y) == (y > x)) == (x > 0)]
    expressions = [*sums, *products, *comparisons]
    known = {(expression._shape, str(expression)) for expression in expressions}
    assert len({shape for shape, _ in known}) == len(known)


def test_a_long_chain_is_searched_and_replaced(long: Any) -> None:
    alias = table.alias()

    def stand_in(node: visitors.Visitable) -> Any:
        return alias.c[node.key] if getattr(node, "table", None) is table else None

    replaced = visitors.replace(long, stand_in)
    columns = {id(node) for node in visitors.iterate(replaced) if node.__visit_name__ == "column"}
    assert columns <= {id(column) for column in alias.c}
    assert visitors.replace(long, lambda node: None) is long


def test_values_of_named_parameters_are_exchanged() -> None:
    expression = chain(x + bindparam("start", 1), lambda e, n: e + n)
    assert expression.params(start=7).compile().params["start"] == 7
    assert expression.compile().params["start"] == 1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))], ids=["copy", "pickle"])
def test_a_long_chain_is_copied_and_pickled(long: Any, copied: Callable[[Any], Any]) -> None:
    other = copied(long)
    assert other is not long
    assert str(other) == str(long)
    assert [bind.value for bind in other._binds] == [bind.value for bind in long._binds]


@pytest.mark.parametrize(
    "expression",
    [
        (x + 1) * 2 - 3,
        x - (y - 1) - 2,
        ((x > 1) == (y > 1)) == (s > "a"),
        s.concat("a").concat("b").like("c%", escape="/"),
        (x + y).in_([1, 2]),
        (x + 1).between(1, 2 + y),
    ],
    ids=str,
)
def test_short_chains_are_pickled_as_they_are(expression: Any) -> None:
    other = pickle.loads(pickle.dumps(expression))
    assert str(other) == str(expression)
    assert other.compile().params == expression.compile().params
    assert type(other.type) is type(expression.type)


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_otherwise_may_be_so_a_hundred_times(name: str) -> None:
    expression = chain(*NESTED[name], count=100)
    assert str(select(expression))
    assert chain(*NESTED[name], count=100)._shape == expression._shape


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_too_deeply_is_refused_with_a_reason(name: str) -> None:
    expression = chain(*NESTED[name])
    with pytest.raises(CompileError, match="nested too deeply") as caught:
        hash(select(expression)._shape)
        str(select(expression))
    assert "AZ-C290" in str(caught.value)
    assert "and_(*conditions)" in str(caught.value)


def test_subqueries_and_unions_may_be_nested_a_hundred_times() -> None:
    inner = chain(select(x), lambda e, n: select(e.subquery().c.x), count=100)
    assert str(inner).count("SELECT") == 101
    united = chain(select(x), lambda e, n: e.union(select(y)), count=100)
    assert str(united).count("UNION") == 100


def test_unions_nested_too_deeply_are_refused_with_a_reason() -> None:
    united = chain(select(x), lambda e, n: e.union(select(y)), count=1500)
    with pytest.raises(CompileError, match="nested too deeply"):
        str(united)
    assert str(union_all(*[select(x) for _ in range(1500)])).count("UNION ALL") == 1499


@pytest.mark.parametrize("join", [and_, or_])
def test_lists_join_what_is_joined_already(join: Any) -> None:
    parts = [x > number for number in range(5)]
    nested = join(join(join(parts[0], parts[1]), parts[2]), join(parts[3], parts[4]))
    assert nested.compare(join(*parts))
    assert str(nested) == str(join(*parts))


@pytest.mark.parametrize("operation", [add, sub])
def test_a_chain_among_the_operands_on_the_right(operation: Any) -> None:
    inner = chain(y, operation, count=300)
    whole = chain(operation(x, inner), operation, count=300)
    assert len(whole._binds) == 600
    assert [bind.value for bind in whole._binds] == [*range(300), *range(300)]
    assert list(whole.compile().params.values()) == [*range(300), *range(300)]
    assert str(whole).count(":") == 600
