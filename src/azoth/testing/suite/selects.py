"""Queries: conditions, limits, set operations, common table expressions, window functions, casts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from azoth import (
    Column,
    ColumnElement,
    Executable,
    ForeignKey,
    Integer,
    Numeric,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    text,
    tuple_,
    union,
    union_all,
    values,
)
from azoth.testing.suite.ground import Ground

__all__ = ["TestSelects"]

needs = pytest.mark.azoth_needs

Condition = Callable[[Column[str]], ColumnElement[bool]]

WORDS = ("a", "ab", "100%", "a_b", "a\\b", "a/b", "A")


def numbers(ground: Ground) -> Table:
    """Create a table with the numbers from 1 to 6, in groups."""
    table = ground.table("azoth_numbers", Column("x", Integer), Column("g", String(10)))
    with ground.engine.begin() as connection:
        connection.execute(table.insert(), [{"x": x, "g": "even" if x % 2 == 0 else "odd"} for x in range(1, 7)])
    return table


def found(ground: Ground, statement: Executable, **parameters: object) -> list[Any]:
    """Read the first column of a query."""
    with ground.engine.connect() as connection:
        return list(connection.execute(statement, parameters).scalars())


class TestSelects:
    """Queries give what they ask for."""

    def test_limit_and_offset(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        every = select(x).order_by(x)
        assert found(ground, every.limit(2)) == [1, 2]
        assert found(ground, every.limit(2).offset(3)) == [4, 5]
        assert found(ground, every.offset(4)) == [5, 6]
        assert found(ground, every.limit(0)) == []
        assert found(ground, every.limit(bindparam("n")).offset(bindparam("m")), n=1, m=2) == [3]
        inner = select(x).order_by(x.desc()).limit(3).subquery()
        assert found(ground, select(inner.c.x).order_by(inner.c.x).limit(2)) == [4, 5]

    @needs("limits_by_expressions")
    def test_limits_by_expressions(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        limited = select(x).order_by(x).limit(literal(1) + literal(1)).offset(literal(0) + literal(1))
        assert found(ground, limited) == [2, 3]

    def test_order(self, ground: Ground) -> None:
        table = numbers(ground)
        x, g = table.c.x, table.c.g
        assert found(ground, select(x).order_by(g.desc(), x.desc())) == [5, 3, 1, 6, 4, 2]
        assert found(ground, select((x * -1).label("y")).order_by("y").limit(2)) == [-6, -5]
        assert found(ground, select(distinct(g)).order_by(g)) == ["even", "odd"]
        assert found(ground, select(g).distinct().order_by(g)) == ["even", "odd"]

    @pytest.mark.parametrize(
        "condition, expected",
        [
            pytest.param(lambda w: w.like("a%"), {"a", "ab", "a_b", "a\\b", "a/b"}, id="like"),
            pytest.param(lambda w: w.like("a/_b", escape="/"), {"a_b"}, id="escape"),
            pytest.param(lambda w: w.startswith("a_", autoescape=True), {"a_b"}, id="startswith"),
            pytest.param(lambda w: w.endswith("%", autoescape=True), {"100%"}, id="endswith"),
            pytest.param(lambda w: w.contains("0%", autoescape=True), {"100%"}, id="contains"),
            pytest.param(lambda w: w.contains("/", autoescape=True), {"a/b"}, id="contains the escape"),
            pytest.param(lambda w: w.contains("\\", autoescape=True), {"a\\b"}, id="contains a backslash"),
            pytest.param(lambda w: w.ilike("AB"), {"ab"}, id="ilike"),
            pytest.param(lambda w: w.icontains("B", autoescape=True), {"ab", "a_b", "a\\b", "a/b"}, id="icontains"),
            pytest.param(lambda w: w.in_([]), set(), id="in nothing"),
            pytest.param(lambda w: w.not_in([]), set(WORDS), id="not in nothing"),
            pytest.param(lambda w: w.in_(["100%", "a\\b", "zz"]), {"100%", "a\\b"}, id="in"),
            pytest.param(lambda w: w.between("100", "101"), {"100%"}, id="between"),
            pytest.param(lambda w: or_(w == "ab", and_(w == "a/b", not_(w == "a"))), {"ab", "a/b"}, id="and, or, not"),
            pytest.param(lambda w: func.length(w) == 4, {"100%"}, id="a function"),
            pytest.param(lambda w: (w + "%") == "ab%", {"ab"}, id="concatenation"),
        ],
    )
    def test_conditions_on_texts(self, ground: Ground, condition: Condition, expected: set[str]) -> None:
        table = ground.table("azoth_texts", Column("w", String(20)))
        ground.insert(table, *({"w": word} for word in WORDS))
        result = set(found(ground, select(table.c.w).where(condition(table.c.w))))
        # Databases differ in whether LIKE and = look at capitals.
        assert result - {"A"} == expected - {"A"}

    def test_nulls(self, ground: Ground) -> None:
        table = ground.table("azoth_nulls", Column("x", Integer), Column("y", Integer))
        ground.insert(table, {"x": 1, "y": 1}, {"x": 1}, {})
        x, y = table.c.x, table.c.y
        ids = select(table.c.id).order_by(table.c.id)
        assert found(ground, ids.where(x == None)) == [3]  # noqa: E711  # it is SQL
        assert found(ground, ids.where(x.is_not_distinct_from(y))) == [1, 3]
        assert found(ground, ids.where(x.is_distinct_from(y))) == [2]
        assert found(ground, select(func.coalesce(y, x, 7)).order_by(table.c.id)) == [1, 1, 7]
        assert found(ground, ids.order_by(None).order_by(y.is_(None), table.c.id)) == [1, 2, 3]
        assert found(ground, select(func.count(y))) == [1]
        assert found(ground, select(func.max(x)).where(x > 5)) == [None]

    def test_unions(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        low, high = select(x).where(x <= 2), select(x).where(x.in_([2, 6]))
        both = union(low, high).subquery()
        assert found(ground, select(both.c.x).order_by(both.c.x)) == [1, 2, 6]
        assert sorted(found(ground, union_all(low, high))) == [1, 2, 2, 6]
        assert found(ground, union(low, high).order_by("x").limit(2).offset(1)) == [2, 6]

    @needs("intersections")
    def test_intersections(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        low, even = select(x).where(x <= 3), select(x).where(x % 2 == 0)
        assert found(ground, low.intersect(even)) == [2]
        assert sorted(found(ground, low.except_(even))) == [1, 3]

    def test_groups(self, ground: Ground) -> None:
        table = numbers(ground)
        statement = (
            select(table.c.g, func.sum(table.c.x), func.count(), func.min(table.c.x))
            .group_by(table.c.g)
            .having(func.count() > 1)
            .order_by(table.c.g)
        )
        with ground.engine.connect() as connection:
            assert [tuple(row) for row in connection.execute(statement)] == [("even", 12, 3, 2), ("odd", 9, 3, 1)]

    def test_case(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        size = case((x < 3, "small"), (x < 5, "middle"), else_="large")
        assert found(ground, select(size).order_by(x)) == ["small"] * 2 + ["middle"] * 2 + ["large"] * 2
        assert found(ground, select(case({1: 10, 2: 20}, value=x)).order_by(x)) == [10, 20, None, None, None, None]

    def test_casts(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        assert found(ground, select(cast(x, String(10))).where(x == 5)) == ["5"]
        assert found(ground, select(cast("42", Integer))) == [42]
        assert found(ground, select(cast("1.50", Numeric(10, 2)))) == [Decimal("1.50")]
        assert found(ground, select(cast(null(), Integer))) == [None]

    def test_subqueries(self, ground: Ground) -> None:
        table = numbers(ground)
        other = table.alias("other")
        larger = select(other.c.id).where(other.c.g == table.c.g, other.c.x > table.c.x)
        assert found(ground, select(table.c.x).where(~exists(larger)).order_by(table.c.x)) == [5, 6]
        assert found(ground, select(table.c.x).where(larger.exists()).order_by(table.c.x)) == [1, 2, 3, 4]
        most = select(func.max(other.c.x)).where(other.c.g == table.c.g).scalar_subquery()
        with ground.engine.connect() as connection:
            rows = connection.execute(select(table.c.x, most).order_by(table.c.x)).all()
        assert [tuple(row) for row in rows[:2]] == [(1, 5), (2, 6)]
        assert found(ground, select(table.c.x).where(table.c.x.in_(select(other.c.x).where(other.c.x < 3)))) == [1, 2]
        with ground.engine.connect() as connection:
            assert connection.scalar(select(exists(select(table.c.x).where(table.c.x == 9)))) == False  # noqa: E712  # some have 0

    def test_tuples(self, ground: Ground) -> None:
        table = numbers(ground)
        pair = tuple_(table.c.x, table.c.g)
        statement = select(table.c.x).where(pair.in_([(1, "odd"), (2, "odd"), (4, "even")])).order_by(table.c.x)
        assert found(ground, statement) == [1, 4]

    def test_joins(self, ground: Ground) -> None:
        parent = ground.table("azoth_parent", Column("name", String(10)))
        child = ground.table(
            "azoth_child", Column("parent_id", ForeignKey(parent.c.id)), Column("name", String(10)), key=True
        )
        ground.insert(parent, {"name": "p1"}, {"name": "p2"})
        ground.insert(child, {"parent_id": 1, "name": "c1"}, {"parent_id": 1, "name": "c2"}, {"name": "c3"})
        pairs = select(parent.c.name, child.c.name).order_by(parent.c.id, child.c.id)
        with ground.engine.connect() as connection:
            inner = [tuple(row) for row in connection.execute(pairs.select_from(parent.join(child)))]
            outer = [tuple(row) for row in connection.execute(pairs.select_from(parent.outerjoin(child)))]
        assert inner == [("p1", "c1"), ("p1", "c2")]
        assert outer == [("p1", "c1"), ("p1", "c2"), ("p2", None)]

    @needs("full_outer_joins")
    def test_full_joins(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        low, high = select(x).where(x <= 2).subquery("low"), select(x).where(x.in_([2, 3])).subquery("high")
        joined = low.join(high, low.c.x == high.c.x, full=True)
        with ground.engine.connect() as connection:
            rows = {tuple(row) for row in connection.execute(select(low.c.x, high.c.x).select_from(joined))}
        assert rows == {(1, None), (2, 2), (None, 3)}

    def test_common_table_expressions(self, ground: Ground) -> None:
        table = numbers(ground)
        even = select(table.c.x).where(table.c.g == "even").cte("even")
        sums = select(func.sum(even.c.x).label("s")).cte("sums")
        assert found(ground, select(even.c.x).where(even.c.x * 2 > select(sums.c.s).scalar_subquery() - 5)) == [4, 6]

    @needs("recursive_ctes")
    def test_recursive_expressions(self, ground: Ground) -> None:
        tree = ground.table("azoth_tree", Column("up", Integer))
        ground.insert(tree, {}, {"up": 1}, {"up": 2}, {"up": 1}, {})
        below = select(tree.c.id, literal(0).label("depth")).where(tree.c.id == 1).cte("below", recursive=True)
        below = below.union_all(select(tree.c.id, below.c.depth + 1).where(tree.c.up == below.c.id))
        with ground.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(select(below).order_by(below.c.id))]
        assert rows == [(1, 0), (2, 1), (3, 2), (4, 1)]

    @needs("window_functions")
    def test_window_functions(self, ground: Ground) -> None:
        table = numbers(ground)
        x, g = table.c.x, table.c.g
        rank = func.row_number().over(partition_by=g, order_by=x.desc())
        assert found(ground, select(rank).order_by(x)) == [3, 3, 2, 2, 1, 1]
        assert found(ground, select(func.sum(x).over(order_by=x)).order_by(x)) == [1, 3, 6, 10, 15, 21]
        framed = func.sum(x).over(order_by=x, rows=(-1, 0))
        assert found(ground, select(framed).order_by(x)) == [1, 3, 5, 7, 9, 11]
        assert found(ground, select(func.lag(x).over(partition_by=g, order_by=x)).order_by(x))[:3] == [None, None, 1]

    def test_rows_of_values(self, ground: Ground) -> None:
        given = values(Column("a", Integer), Column("b", String(5)), name="given").data([(1, "x"), (2, "y")])
        with ground.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(select(given).order_by(given.c.a))]
        assert rows == [(1, "x"), (2, "y")]

    def test_comments_in_texts(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            assert connection.scalar(text("SELECT /* 100% */ 1")) == 1

    def test_many_values_in_one_condition(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        assert found(ground, select(x).where(x.in_(range(5, 3_000))).order_by(x)) == [5, 6]

    @needs("row_locks")
    def test_for_update_gives_rows(self, ground: Ground) -> None:
        x = numbers(ground).c.x
        assert found(ground, select(x).where(x < 3).order_by(x).with_for_update()) == [1, 2]
        assert found(ground, select(x).where(x < 3).order_by(x).with_for_update(read=True)) == [1, 2]
