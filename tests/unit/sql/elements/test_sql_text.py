"""Expressions as SQL text where it differs from SQLAlchemy's, needs a dialect, or deserves to be seen."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.sql import selectable
from azoth.sql.compiler import GenericDialect
from azoth.sql.elements import (
    and_,
    bindparam,
    case,
    cast,
    column,
    desc,
    literal,
    literal_column,
    not_,
    or_,
    text,
    tuple_,
    type_coerce,
)
from azoth.sql.functions import GenericFunction, func
from azoth.sql.types import ARRAY, JSON, Boolean, DateTime, Float, Integer, Interval, Numeric, String, TupleType

assert selectable

i, j, s, b = column("i", Integer), column("j", Integer), column("s", String), column("b", Boolean)


class NumbersForTruth(GenericDialect):
    """A database without a boolean type."""

    supports_native_boolean = False
    paramstyle = "qmark"


def on_numbers(expression: Any) -> str:
    return str(expression.compile(dialect=NumbersForTruth()))


@pytest.mark.parametrize(
    "expression, sql",
    [
        (i == 5, "i = :i_1"),
        (i.in_([]), "i IN (NULL) AND (1 != 1)"),
        (i.not_in([]), "(i NOT IN (NULL) OR (1 = 1))"),
        (tuple_(i, j).in_([]), "(i, j) IN ((NULL, NULL)) AND (1 != 1)"),
        (tuple_(i, s).in_([(1, "a"), (2, "b")]), "(i, s) IN ((:param_1_1, :param_1_2), (:param_1_3, :param_1_4))"),
        (i / j, "i / (j + 0.0)"),
        (i / column("f", Float), "i / (f + 0.0)"),
        (i // j, "i / j"),
        (column("f", Float) // j, "FLOOR(f / j)"),
        (func.now(), "now()"),
        (~or_(i == 1, j == 2), "NOT (i = :i_1 OR j = :j_1)"),
        (~~and_(i == 1, j == 2), "i = :i_1 AND j = :j_1"),
        (case((i == 1, "a"), else_="b"), "CASE WHEN i = :i_1 THEN :param_1 ELSE :param_2 END"),
        (case({1: "a"}, value=i, else_=None), "CASE i WHEN :i_1 THEN :param_1 END"),
        (case([(i == 1, "a")], else_="b"), "CASE WHEN i = :i_1 THEN :param_1 ELSE :param_2 END"),
        (s.regexp_match("^a"), "s REGEXP :s_1"),
        (~s.regexp_match("^a"), "s NOT REGEXP :s_1"),
        (s.regexp_replace("a", "b", flags="g"), "REGEXP_REPLACE(s, :s_1, :s_2, 'g')"),
        (func.sum(i).over(order_by=j, rows=(-2, 0)),
         "sum(i) OVER (ORDER BY j ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"),
        (
            func.sum(i).over(partition_by=j, order_by=desc("x"), groups=(None, 3), exclude="ties"),
            (
                "sum(i) OVER (PARTITION BY j ORDER BY x DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 3 FOLLOWING "
                "EXCLUDE ties)"
            ),
        ),
        (column("a", ARRAY(Integer))[2], "a[:a_1]"),
        (column("a", ARRAY(Integer))[2:5], "a[:a_1::a_2]"),
        (func.json_each("[]").scalar_table_valued("value"), "(json_each(:json_each_1)).value"),
        (text(r"a\:b = c and d::int = :d"), "a:b = c and d::int = :d"),
        (and_(), ""),
        (or_(and_(), i == 5), "i = :i_1"),
        (b & (i == 5), "b AND i = :i_1"),
    ],
)  # fmt: skip
def test_generic_sql(expression: Any, sql: str) -> None:
    assert str(expression) == sql


@pytest.mark.parametrize(
    "expression, sql",
    [
        (b == True, "b = 1"),  # noqa: E712
        (b.is_(False), "b IS 0"),
        (and_(b, i == 5), "b = 1 AND i = ?"),
        (or_(~b, i == 5), "b = 0 OR i = ?"),
        (not_(not_(b)), "b = 1"),
        (and_(b), "b = 1"),
        (and_(func.f(type_=Boolean), b), "f() = 1 AND b = 1"),
        (case((b, 1)), "CASE WHEN b = 1 THEN ? END"),
        (i.in_([1, 2]), "i IN (?, ?)"),
    ],
)
def test_truth_where_there_is_no_boolean_type(expression: Any, sql: str) -> None:
    assert on_numbers(expression) == sql


@pytest.mark.parametrize(
    "style, sql",
    [
        ("qmark", "a = ? AND b LIKE '5%' AND c = ?"),
        ("named", "a = :x AND b LIKE '5%' AND c = :i_1"),
        ("format", "a = %s AND b LIKE '5%%' AND c = %s"),
        ("pyformat", "a = %(x)s AND b LIKE '5%%' AND c = %(i_1)s"),
        ("numeric", "a = :1 AND b LIKE '5%' AND c = :2"),
    ],
)
def test_placeholders_of_each_style(style: str, sql: str) -> None:
    dialect = GenericDialect()
    dialect.paramstyle = style
    five = i == 5
    compiled = and_(text("a = :x AND b LIKE '5%'"), literal_column("c") == five.right).compile(dialect=dialect)
    assert str(compiled) == sql
    assert [compiled.bind_names[bind] for bind in compiled.positional] == ["x", "i_1"]
    assert compiled.params == {"x": None, "i_1": 5}


@pytest.mark.parametrize(
    "expression, sql",
    [
        (i == 5, "i = 5"),
        (s == "it's", "s = 'it''s'"),
        (i.in_([1, 2]), "i IN (1, 2)"),
        (tuple_(i, s).in_([(1, "a")]), "(i, s) IN ((1, 'a'))"),
        (s.startswith("x"), "s LIKE 'x' || '%'"),
        (i + literal(None), "i + NULL"),
        (func.f(True, "x"), "f(true, 'x')"),
    ],
)
def test_values_in_the_text_where_literals_are_asked_for(expression: Any, sql: str) -> None:
    assert str(expression.compile(compile_kwargs={"literal_binds": True})) == sql


def test_literal_execute_writes_its_value_only() -> None:
    assert str(and_(i == literal(5, literal_execute=True), j == 6)) == "i = 5 AND j = :j_1"


def test_value_without_literal_form_is_a_compile_error() -> None:
    with pytest.raises(exc.CompileError, match="literal"):
        (column("x") == object()).compile(compile_kwargs={"literal_binds": True})


def test_anonymous_names_avoid_names_that_are_taken() -> None:
    compiled = and_(i == 5, j == bindparam("i_1", 6)).compile()
    assert str(compiled) == "i = :i_2 AND j = :i_1"
    assert compiled.params == {"i_2": 5, "i_1": 6}


def test_one_name_for_two_values_is_a_compile_error() -> None:
    with pytest.raises(exc.CompileError, match="'x'"):
        str(and_(i == bindparam("x", 1), j == bindparam("x", 2)))


def test_a_parameter_used_twice_has_one_name() -> None:
    five = literal(5)
    compiled = and_(i == five, j == five).compile()
    assert str(compiled) == "i = :param_1 AND j = :param_1"
    assert compiled.params == {"param_1": 5}


def test_unknown_element_is_an_unsupported_compilation_error() -> None:
    class Odd(type(i)):  # type: ignore[misc]
        __visit_name__ = "odd"

    with pytest.raises(exc.UnsupportedCompilationError, match="Odd"):
        str(Odd("x") == 5)


def test_custom_generic_function_is_found_by_func() -> None:
    class as_millennium(GenericFunction):
        type = Integer()

    assert str(func.as_millennium(i) + 5) == "as_millennium(i) + :as_millennium_1"
    assert isinstance(func.as_millennium(i), as_millennium)

    class buffer(GenericFunction):
        type = String
        name = "ST_Buffer"
        identifier = "buffer"
        package = "geo"

    assert str(func.geo.buffer(s)) == "ST_Buffer(s)"
    assert isinstance(func.geo.buffer(s).type, String)


def test_function_name_ending_in_an_underscore_loses_it() -> None:
    assert str(func.if_(b, 1, 2)) == "if(b, :if_1, :if_2)"


def test_result_types_follow_the_operands() -> None:
    when = column("d", DateTime)
    assert isinstance((when - when).type, Interval)
    assert isinstance((i + 5).type, Integer)
    assert isinstance((5 + i).type, Integer)
    assert isinstance((s + "x").type, String)
    assert isinstance((i == 5).type, Boolean)
    assert isinstance(func.coalesce(None, s).type, String)
    assert isinstance(func.array_agg(i).type, ARRAY)
    assert isinstance(func.percentile_cont(0.5).within_group(i).type, Integer)
    assert isinstance(tuple_(i, s).type, TupleType)
    assert isinstance(s.op("->>", return_type=Integer)(1).type, Integer)
    assert isinstance((i == "x").right.type, String)


def test_json_parts_keep_the_type_and_bind_the_step() -> None:
    document = column("doc", JSON)
    part = document["a"]["b", 0]
    assert isinstance(part.type, JSON)
    assert [type(bind.type).__name__ for bind in part._binds] == ["JSONStrIndexType", "JSONPathType"]
    assert [bind.value for bind in part._binds] == ["a", ("b", 0)]


def test_json_parts_are_compared_as_what_the_user_says() -> None:
    part = column("doc", JSON)["a"]
    assert isinstance((part.as_integer() == 5).left.type, Integer)
    assert isinstance((part.as_integer() == 5).right.type, Integer)
    assert isinstance(part.as_string().type, String)
    assert isinstance(part.as_float().type, Float)
    assert isinstance(part.as_boolean().type, Boolean)
    assert isinstance(part.as_numeric(10, 2).type, Numeric)
    assert isinstance(part.as_json()["b"].type, JSON)
    with pytest.raises(exc.InvalidRequestError, match="as_integer"):
        column("doc", JSON).as_integer()


def test_cast_and_type_coerce_give_values_their_type() -> None:
    assert isinstance(cast("5", Integer).clause.type, Integer)
    assert isinstance(type_coerce("5", Integer).clause.type, Integer)
    assert isinstance(type_coerce(bindparam("x"), Integer).clause.type, Integer)


def test_column_valued_function_is_named_as_its_table() -> None:
    numbers = func.generate_series(1, 3).column_valued("n")
    assert " ".join(str(selectable.select(numbers)).split()) == (
        "SELECT n FROM generate_series(:generate_series_1, :generate_series_2) AS n"
    )


def test_table_valued_function_has_columns() -> None:
    rows = func.json_each("[1]").table_valued("key", column("value", Integer), name="r")
    assert isinstance(rows.c.value.type, Integer)
    assert " ".join(str(selectable.select(rows.c.value)).split()) == "SELECT r.value FROM json_each(:json_each_1) AS r"
