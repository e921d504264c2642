"""Equal structure has equal shapes, whatever values are bound; different structure has different ones."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from azoth.sql import compiler
from azoth.sql.cache_key import UNCACHEABLE, binds_of, shape_of
from azoth.sql.elements import (
    and_,
    between,
    bindparam,
    case,
    cast,
    column,
    extract,
    literal,
    literal_column,
    not_,
    null,
    or_,
    text,
    tuple_,
    type_coerce,
)
from azoth.sql.functions import func
from azoth.sql.types import Boolean, Integer, String
from azoth.sql.visitors import replace, walk

assert compiler

i, j, s, b = column("i", Integer), column("j", Integer), column("s", String), column("b", Boolean)

NUMBERS = st.integers(-1000, 1000)


def numeric(draw: st.DrawFn, depth: int) -> tuple[str, Any]:
    """Draw an expression and the text of its structure; values are drawn anew for each."""
    kind = draw(st.integers(0, 9 if depth else 2))
    if kind == 0:
        return ("i", i)
    if kind == 1:
        return ("j", j)
    if kind == 2:
        return ("?", literal(draw(NUMBERS)))
    left_text, left = numeric(draw, depth - 1)
    right_text, right = numeric(draw, depth - 1)
    texts = f"({left_text},{right_text})"
    match kind:
        case 3:
            return ("+" + texts, left + right)
        case 4:
            return ("-" + texts, left - right)
        case 5:
            return ("neg" + texts, -(left * right))
        case 6:
            return ("coalesce" + texts, func.coalesce(left, right))
        case 7:
            return ("greatest" + texts, func.greatest(left, right))
        case 8:
            return ("sum" + texts, func.sum(left).over(order_by=right))
        case _:
            return ("cast" + texts, cast(left, Integer) % right)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> tuple[str, Any]:
    kind = draw(st.integers(0, 11 if depth else 7))
    left_text, left = numeric(draw, 1)
    right_text, right = numeric(draw, 1)
    texts = f"({left_text},{right_text})"
    match kind:
        case 0:
            return ("=" + texts, left == right)
        case 1:
            return ("<" + texts, left < right)
        case 2:
            values = draw(st.lists(NUMBERS, max_size=4))
            return (f"in{len(values)}({left_text})", left.in_(values))
        case 3:
            return (f"null({left_text})", left.is_(None))
        case 4:
            return (f"between{texts}", left.between(right, draw(NUMBERS)))
        case 5:
            escape = draw(st.sampled_from([None, "/", "!"]))
            return (f"like{escape}", s.like(draw(st.text(max_size=3)), escape=escape))
        case 6:
            return (f"case{texts}", case((left == 1, right), else_=draw(NUMBERS)) == 1)
        case 7:
            name = draw(st.sampled_from(["a", "b"]))
            return (f":{name}({left_text})", left == bindparam(name))
    one_text, one = draw(conditions(depth - 1))
    other_text, other = draw(conditions(depth - 1))
    match kind:
        case 8 | 9:
            return (f"and({one_text};{other_text})", and_(one.self_group(), literal_column("TRUE"), other.self_group()))
        case 10:
            return (f"or({one_text};{other_text})", or_(one.self_group(), literal_column("TRUE"), other.self_group()))
        case _:
            return (f"text({one_text})", and_(text("x > :x").bindparams(x=1), one))


@given(conditions(), conditions())
def test_shapes_are_equal_exactly_where_the_sql_is(one: tuple[str, Any], other: tuple[str, Any]) -> None:
    # The SQL of equal shapes is equal; the SQL of different structures may look alike after simplification, so the
    # converse is asked of the structures that were drawn.
    if one[1]._shape == other[1]._shape:
        assert str(one[1]) == str(other[1])
        assert len(one[1]._binds) == len(other[1]._binds)
    if one[0] == other[0]:
        assert one[1]._shape == other[1]._shape
        assert hash(one[1]._shape) == hash(other[1]._shape)


@given(conditions())
def test_eager_shape_and_binds_are_those_of_a_copy(drawn: tuple[str, Any]) -> None:
    expression = drawn[1]
    copy = expression._copy_with()
    assert copy._shape == expression._shape
    assert [id(bind) for bind in copy._binds] == [id(bind) for bind in expression._binds]


@given(conditions())
def test_binds_are_all_parameters_in_tree_order(drawn: tuple[str, Any]) -> None:
    expression = drawn[1]
    walked = [id(node) for node in walk(expression) if node.__visit_name__ == "bindparam"]
    assert [id(bind) for bind in expression._binds] == walked


def test_different_expressions_have_different_shapes() -> None:
    expressions = [
        i == 5, i == "5", i != 5, i == j, i.is_not(None), s == "x", i.in_([1]), i.in_([1, 2]), ~i.in_([1]),
        i.in_([]), i == bindparam("x"), i == bindparam("y"), i.in_(bindparam("x", expanding=True)),
        s.like("x"), s.like("x", escape="/"), s.ilike("x"), s.startswith("x"), s.endswith("x"), s.contains("x"),
        s.startswith("x", escape="/"), i.desc(), i.asc(), i.desc().nulls_last(), i.label("a"), i.label("b"),
        i.label(None), i.is_(None),
        cast(i, String), cast(i, String(5)), type_coerce(i, String), func.count(i), func.sum(i), func.count(),
        func.foo(i), func.pkg.foo(i), func.foo(i, type_=Integer), func.sum(i).over(), func.sum(i).over(order_by=j),
        func.sum(i).over(partition_by=j), func.sum(i).over(order_by=j, rows=(None, 0)),
        func.sum(i).over(order_by=j, rows=(-1, 0)), func.sum(i).over(order_by=j, range_=(None, 0)),
        func.sum(i).filter(j > 5), func.mode().within_group(i), and_(i == 5, j == 5), or_(i == 5, j == 5),
        not_(and_(i == 5, j == 5)), -i, i + 5, 5 + i, i - 5, case((i == 5, 1)), case((i == 5, 1), else_=2),
        text("a"), text(":a"), literal_column("i"), column("i"), null(), tuple_(i, j), tuple_(j, i), i.op("&")(5),
        i.op("|")(5), i.bool_op("&")(5), extract("year", i), extract("month", i), between(i, 1, 2), s.collate("a"),
        s.collate("b"), s.regexp_match("a"), s.regexp_match("a", flags="i"), s.regexp_replace("a", "b"), ~b,
        b.is_(True),
        i.in_([1]) & b, tuple_(i, j).in_([(1, 2)]), tuple_(i, j).in_([(1, 2), (3, 4)]), i.distinct(),
        literal(5, literal_execute=True), literal(6, literal_execute=True), bindparam("x", callable_=lambda: 5),
    ]  # fmt: skip
    shapes = [expression._shape for expression in expressions]
    for place, shape in enumerate(shapes):
        assert shape != UNCACHEABLE
        alike = [str(expressions[other]) for other in range(place) if shapes[other] == shape]
        assert not alike, f"{expressions[place]} has the shape of {alike}"


def test_uncacheable_parts_make_the_whole_uncacheable() -> None:
    class Opaque(String):
        cache_ok = False

    opaque = column("o", Opaque())
    for expression in (
        opaque == "x", and_(opaque == "x", i == 5), func.max(opaque), opaque.label("x"), opaque.in_(["a"]), -opaque,
        case((opaque == "x", 1)), cast(i, Opaque()), opaque + "x", func.max(opaque).over(order_by=i),
    ):  # fmt: skip
        assert expression._shape == UNCACHEABLE


def test_replacing_a_column_computes_the_shape_anew() -> None:
    condition = and_(i == 5, s == "x")
    adapted = replace(condition, lambda node: j if node is i else None)
    assert str(adapted) == "j = :i_1 AND s = :s_1"
    assert adapted._shape == and_(j == 5, s == "x")._shape
    assert adapted._binds == condition._binds


def test_shape_of_and_binds_of_follow_tuples() -> None:
    five = i == 5
    assert shape_of((i, (five, "plain"))) == (i._shape, (five._shape, "plain"))
    assert list(binds_of((i, (five, "plain")))) == list(five._binds)
