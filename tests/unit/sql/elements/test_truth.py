"""Python's own questions to expressions: truth, membership, hashing, iteration; and arguments that are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.sql import compiler
from azoth.sql.elements import and_, any_, bindparam, case, cast, column, literal, not_, or_, over, text, tuple_
from azoth.sql.functions import func
from azoth.sql.operators import Comparator
from azoth.sql.selectable import select
from azoth.sql.types import Integer, String

assert compiler

i, j, s = column("i", Integer), column("j", Integer), column("s", String)


def test_equality_is_true_for_the_same_element_only() -> None:
    assert bool(i == i)
    assert not bool(i == j)
    assert not bool(i == column("i", Integer))
    assert bool(i != j)
    assert not bool(i != i)


def test_expressions_are_found_in_lists_sets_and_dicts() -> None:
    assert i in [j, i]
    assert i not in [j, s]
    assert {i: 1, j: 2}[j] == 2
    assert [j, i].index(i) == 1


@pytest.mark.parametrize("expression", [i < 5, i.is_(None), and_(i == 5, j == 5), i + 5, func.count(), ~(i.in_([1]))])
def test_other_truth_is_refused_with_a_fix(expression: Any) -> None:
    with pytest.raises(TypeError, match="Boolean value of this clause is not defined") as raised:
        bool(expression)
    assert "and_()" in str(raised.value)


def test_python_membership_is_refused_with_a_fix() -> None:
    with pytest.raises(TypeError, match="in_"):
        assert 5 in i


def test_columns_do_not_iterate() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        list(i)
    with pytest.raises(TypeError, match="no parts"):
        i[5]


@pytest.mark.parametrize(
    "make",
    [
        lambda: and_("x = 5"),
        lambda: and_(5),
        lambda: i.in_(5),
        lambda: i.in_("abc"),
        lambda: i.in_(j),
        lambda: i.in_(bindparam("x")),
        lambda: i > None,
        lambda: i < True,
        lambda: s.like(None),
        lambda: s.startswith(s, autoescape=True),
        case,
        lambda: case(5),
        lambda: func.foo(object),
        lambda: func("x"),
        lambda: over(func.sum(i), rows=(None, 0), range_=(None, 0)),
        lambda: over(func.sum(i), rows=(1,)),
        lambda: over(func.sum(i), rows=(2, 1)),
        lambda: text("a = :a").bindparams(b=5),
        lambda: text("a").label("x"),
        lambda: tuple_(i, j, types=[Integer]),
        lambda: any_(text("x")),
        lambda: cast(i, 5),
    ],
)
def test_wrong_argument_is_an_error_with_code(make: Any) -> None:
    with pytest.raises(exc.ArgumentError) as raised:
        make()
    assert raised.value.code.startswith("AZ-C")
    assert raised.value.fix or raised.value.why


def test_unknown_attribute_names_class_and_type() -> None:
    with pytest.raises(AttributeError, match=r"'ColumnClause' object nor its type Integer.*'nothing'"):
        i.nothing


def test_objects_with_a_clause_element_stand_for_it() -> None:
    class Attribute:
        def __clause_element__(self) -> Any:
            return i

    attribute = Attribute()
    assert str(j == attribute) == "j = i"
    assert str(j + attribute) == "j + i"
    assert str(and_(attribute, j == 5)) == "i AND j = :j_1"
    assert str(func.max(attribute)) == "max(i)"
    assert str(j.in_([attribute, 5])) == "j IN (i, :j_1)"
    assert str(not_(attribute)) == "NOT i"


def test_compare_looks_at_structure_and_values() -> None:
    assert (i == 5).compare(i == 5)
    assert not (i == 5).compare(i == 6)
    assert not (i == 5).compare(i < 5)
    assert not (i == 5).compare(and_(i == 5, j == 5))


@pytest.mark.parametrize(
    "one, other, same",
    [
        (i == j, j == i, True),
        (i != j, j != i, True),
        (i + j, j + i, True),
        (i * 2 == j, j == i * 2, True),
        (i < j, j < i, False),
        (i - j, j - i, False),
        (i == 5, j == 5, False),
        (and_(i == 1, or_(j == 2, i == j)), and_(or_(j == i, j == 2), i == 1), True),
        (and_(i == 1, j == 2), and_(i == 2, j == 1), False),
        (and_(i == 1, j == 2), or_(j == 2, i == 1), False),
        (not_(and_(i == j, j == 3)), not_(and_(j == 3, j == i)), True),
        (func.max(i == j).label("x"), func.max(j == i).label("x"), True),
        (func.coalesce(i, j), func.coalesce(j, i), False),
        (select(i).where(i == j), select(i).where(j == i), True),
        (select(i, j), select(j, i), False),
    ],
)
def test_operands_may_change_places_where_that_changes_nothing(one: Any, other: Any, same: bool) -> None:
    assert one.compare(other) is same
    assert other.compare(one) is same


def test_params_give_values_to_named_parameters() -> None:
    condition = or_(i == bindparam("x"), j == bindparam("y", 1))
    given = condition.params(x=5)
    assert given.compile().params == {"x": 5, "y": 1}
    assert condition.compile().params == {"x": None, "y": 1}
    assert condition.params({"y": 3}).compile().params == {"x": None, "y": 3}


def test_unique_params_can_be_combined() -> None:
    condition = i == bindparam("x")
    both = or_(condition.unique_params(x=1), condition.unique_params(x=2)).compile()
    assert str(both) == "i = :x_1 OR i = :x_2"
    assert both.params == {"x_1": 1, "x_2": 2}


def test_type_comparator_adds_and_changes_operators() -> None:
    class Spoken(Integer):
        class comparator_factory(Comparator):
            def __add__(self, other: Any) -> Any:
                return self.op("plus")(other)

            def twice(self) -> Any:
                return self.expr + self.expr

    spoken = column("n", Spoken())
    assert str(spoken + 5) == "n plus :n_1"
    assert str(spoken.twice()) == "n plus n"
    assert str(spoken == 5) == "n = :n_1"
    assert str(spoken.in_([5])) == "n IN (:n_1_1)"
    assert str(5 - spoken) == ":n_1 - n"
    assert str(~(spoken < 5)) == "n >= :n_1"


def test_literal_of_none_is_a_bound_null() -> None:
    assert literal(None).compile().params == {"param_1": None}
