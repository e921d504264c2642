"""Aliases, subqueries, CTEs, correlation, set operations, and the shapes of all of them."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.sql.elements import bindparam, column, literal, text
from azoth.sql.functions import func
from azoth.sql.selectable import (
    ColumnCollection,
    TableClause,
    alias,
    canonical_shape,
    except_,
    exists,
    intersect,
    lateral,
    select,
    table,
    union,
    union_all,
)
from azoth.sql.types import Integer

a = table("a", column("id", Integer), column("x", Integer))
b = table("b", column("id", Integer), column("a_id", Integer))


def sql(statement: Any) -> str:
    return " ".join(str(statement).split())


# --- aliases and subqueries ---


def test_aliases_are_named_or_numbered() -> None:
    assert sql(select(a.alias("q"))) == "SELECT q.id, q.x FROM a AS q"
    first, second = a.alias(), a.alias()
    assert sql(select(first.c.id, second.c.id)) == "SELECT a_1.id, a_2.id AS id_1 FROM a AS a_1, a AS a_2"
    assert sql(select(a.alias("q").alias("r").c.id)) == "SELECT r.id FROM a AS r"


def test_a_subquery_names_its_columns() -> None:
    inner = select(a.c.id, b.c.id, func.count(a.c.x), (a.c.x + 1).label("more")).subquery()
    assert inner.c.keys() == ["id", "id_1", "count", "more"]
    assert sql(select(inner.c.id_1, inner.c.more)) == (
        "SELECT anon_1.id_1, anon_1.more FROM (SELECT a.id AS id, b.id AS id_1, count(a.x) AS count_1,"
        " a.x + :x_1 AS more FROM a, b) AS anon_1"
    )
    assert inner.c.more.type is (a.c.x + 1).type
    assert inner.corresponding_column(a.c.id) is inner.c.id
    assert inner.corresponding_column(b.c.id) is inner.c.id_1


def test_columns_of_other_selectables_of_the_same_origin_correspond() -> None:
    one, two = a.alias(), a.alias()
    assert two.corresponding_column(one.c.x) is two.c.x
    assert two.corresponding_column(one.c.x, require_embedded=True) is None
    assert a.corresponding_column(one.c.x) is a.c.x
    assert b.corresponding_column(a.c.x) is None


def test_text_with_columns_is_a_subquery() -> None:
    rows = text("SELECT id, x FROM a WHERE id > :low").columns(a.c.id, a.c.x)
    assert sql(select(rows.subquery("t").c.x)) == "SELECT t.x FROM (SELECT id, x FROM a WHERE id > :low) AS t"
    assert sql(select(rows.cte("t"))) == "WITH t AS (SELECT id, x FROM a WHERE id > :low) SELECT t.id, t.x FROM t"


def test_alias_function_takes_selects_and_joins() -> None:
    assert sql(alias(select(a.c.id), "s").select()) == "SELECT s.id FROM (SELECT a.id AS id FROM a) AS s"
    joined = alias(a.join(b, a.c.id == b.c.a_id), "j")
    assert joined.c.keys() == ["id", "x", "id_1", "a_id"]


def test_lateral_sees_what_stands_beside_it() -> None:
    per_row = lateral(select(b.c.id).where(b.c.a_id == a.c.id), "per_row")
    assert sql(select(a.c.id, per_row.c.id).select_from(a, per_row)) == (
        "SELECT a.id, per_row.id AS id_1 FROM a, LATERAL (SELECT b.id AS id FROM b WHERE b.a_id = a.id) AS per_row"
    )


def test_tablesample() -> None:
    sample = a.tablesample(5, "sampled", seed=func.random())
    assert sql(select(sample.c.id)) == (
        "SELECT sampled.id FROM a AS sampled TABLESAMPLE system(:param_1) REPEATABLE (random())"
    )


# --- correlation ---


def test_scalar_subqueries_and_exists_are_correlated_without_being_told() -> None:
    count = select(func.count(b.c.id)).where(b.c.a_id == a.c.id).scalar_subquery()
    assert sql(select(a.c.id, count.label("n"))) == (
        "SELECT a.id, (SELECT count(b.id) AS count_1 FROM b WHERE b.a_id = a.id) AS n FROM a"
    )
    assert sql(select(a.c.id).where(exists().where(b.c.a_id == a.c.id))) == (
        "SELECT a.id FROM a WHERE EXISTS (SELECT * FROM b WHERE b.a_id = a.id)"
    )


def test_a_subquery_of_the_only_table_is_not_correlated() -> None:
    assert sql(select(a.c.id).where(select(a.c.id).where(a.c.id == 5).exists())) == (
        "SELECT a.id FROM a WHERE EXISTS (SELECT a.id FROM a WHERE a.id = :id_1)"
    )


def test_correlation_can_be_turned_off_and_chosen() -> None:
    inner = select(b.c.id).where(b.c.a_id == a.c.id)
    off = select(a.c.id).where(a.c.x == inner.correlate(None).scalar_subquery())
    assert sql(off).endswith("(SELECT b.id FROM b, a WHERE b.a_id = a.id)")
    chosen = select(a.c.id).where(a.c.x == inner.correlate(a).scalar_subquery())
    assert sql(chosen).endswith("(SELECT b.id FROM b WHERE b.a_id = a.id)")
    kept = select(a.c.id).where(a.c.x == inner.correlate_except(a).scalar_subquery())
    assert sql(kept).endswith("(SELECT b.id FROM b, a WHERE b.a_id = a.id)")
    only = select(a.c.id).where(a.c.x == inner.correlate_except(b).scalar_subquery())
    assert sql(only).endswith("(SELECT b.id FROM b WHERE b.a_id = a.id)")


def test_a_subquery_in_from_is_not_correlated_with_its_neighbours() -> None:
    inner = select(b.c.id).where(b.c.a_id == a.c.id).subquery()
    assert "FROM b, a WHERE" in sql(select(a.c.id, inner.c.id))


def test_nothing_left_to_select_from_is_an_error() -> None:
    inner = select(a.c.id).where(a.c.id == b.c.id)
    with pytest.raises(exc.InvalidRequestError, match="nothing left to select from") as caught:
        str(select(a.c.id, b.c.id).where(inner.exists()))
    assert "correlate" in caught.value.fix


def test_correlation_reaches_over_two_levels() -> None:
    c = table("c", column("b_id"))
    deepest = select(c.c.b_id).where(c.c.b_id == b.c.id, c.c.b_id == a.c.id).exists()
    middle = select(b.c.id).where(b.c.a_id == a.c.id, deepest).exists()
    assert sql(select(a.c.id).where(middle)) == (
        "SELECT a.id FROM a WHERE EXISTS (SELECT b.id FROM b WHERE b.a_id = a.id AND"
        " EXISTS (SELECT c.b_id FROM c WHERE c.b_id = b.id AND c.b_id = a.id))"
    )


# --- as operands ---


def test_a_select_as_an_operand_is_a_scalar_subquery() -> None:
    assert sql(select(a.c.id).where(a.c.x == select(func.max(b.c.id)))) == (
        "SELECT a.id FROM a WHERE a.x = (SELECT max(b.id) AS max_1 FROM b)"
    )
    assert sql(a.c.id.in_(select(b.c.a_id))) == "a.id IN (SELECT b.a_id FROM b)"
    assert sql(a.c.id.not_in(union(select(b.c.a_id), select(b.c.id)))).startswith("(a.id NOT IN (SELECT b.a_id")
    assert select(a.c.x).scalar_subquery().type is a.c.x.type


def test_not_exists() -> None:
    assert sql(~exists(select(a.c.id))) == "NOT (EXISTS (SELECT a.id FROM a))"
    assert sql(~~exists(select(a.c.id))) == "EXISTS (SELECT a.id FROM a)"


def test_a_scalar_subquery_has_no_columns() -> None:
    with pytest.raises(exc.InvalidRequestError, match="scalar subquery has no columns"):
        _ = select(a.c.id).scalar_subquery().c


# --- CTEs ---


def test_ctes_stand_in_front_in_the_order_of_their_use() -> None:
    first = select(a.c.id).cte("first")
    second = select(first.c.id).where(first.c.id > 1).cte("second")
    assert sql(select(second, first)) == (
        "WITH first AS (SELECT a.id AS id FROM a), second AS (SELECT first.id AS id FROM first WHERE first.id > :id_1)"
        " SELECT second.id, first.id AS id_1 FROM second, first"
    )


def test_a_recursive_cte_speaks_of_itself() -> None:
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 5))
    assert sql(select(func.sum(numbers.c.n))) == (
        "WITH RECURSIVE numbers(n) AS (SELECT :param_1 AS n UNION ALL SELECT numbers.n + :n_1 AS anon_1 FROM numbers"
        " WHERE numbers.n < :n_2) SELECT sum(numbers.n) AS sum_1 FROM numbers"
    )


def test_a_cte_under_another_name_is_written_once() -> None:
    rows = select(a.c.id).cte("rows_of_a")
    other = rows.alias("other")
    assert sql(select(rows.c.id, other.c.id)) == (
        "WITH rows_of_a AS (SELECT a.id AS id FROM a) SELECT rows_of_a.id, other.id AS id_1"
        " FROM rows_of_a, rows_of_a AS other"
    )


def test_prefixes_of_a_cte() -> None:
    rows = select(a.c.id).cte("t").prefix_with("MATERIALIZED").suffix_with("SEARCH")
    assert sql(select(rows)) == "WITH t AS MATERIALIZED (SELECT a.id AS id FROM a) SEARCH SELECT t.id FROM t"


def test_a_nesting_cte_stays_in_its_statement() -> None:
    nested = select(a.c.id).cte("nested", nesting=True)
    inner = select(nested.c.id).subquery("inner_rows")
    assert sql(select(inner.c.id)) == (
        "SELECT inner_rows.id FROM (WITH nested AS (SELECT a.id AS id FROM a) SELECT nested.id AS id FROM nested)"
        " AS inner_rows"
    )


def test_add_cte_writes_ctes_that_are_not_used() -> None:
    changed = a.insert().values(x=1).returning(a.c.id).cte("changed")
    assert sql(select(b.c.id).add_cte(changed)) == (
        "WITH changed AS (INSERT INTO a (x) VALUES (:x) RETURNING a.id) SELECT b.id FROM b"
    )


def test_values_of_ctes_stand_before_those_of_the_statement() -> None:
    rows = select(a.c.id).where(a.c.x == 1).cte("t")
    compiled = select(rows.c.id).where(rows.c.id == 2).compile()
    assert [bind.value for bind in compiled.positional] == [1, 2]


# --- set operations ---


def test_union_with_order_and_limit() -> None:
    statement = select(a.c.x).union(select(b.c.id)).order_by("x").limit(5)
    assert str(statement) == "SELECT a.x \nFROM a UNION SELECT b.id \nFROM b ORDER BY x\n LIMIT :param_1"
    assert sql(union(select(a.c.x), select(b.c.id)).order_by(a.c.x.desc())).endswith("ORDER BY x DESC")
    assert sql(union(select(a.c.x), select(b.c.id)).order_by(b.c.id)).endswith("ORDER BY x")


def test_members_that_need_them_have_parentheses() -> None:
    assert sql(select(a.c.x).union(select(b.c.id).union_all(select(b.c.a_id)))) == (
        "SELECT a.x FROM a UNION (SELECT b.id FROM b UNION ALL SELECT b.a_id FROM b)"
    )
    assert sql(union_all(select(a.c.x).limit(1), select(b.c.id))) == (
        "(SELECT a.x FROM a LIMIT :param_1) UNION ALL SELECT b.id FROM b"
    )


def test_the_other_set_operations() -> None:
    assert sql(intersect(select(a.c.x), select(b.c.id))) == "SELECT a.x FROM a INTERSECT SELECT b.id FROM b"
    assert sql(except_(select(a.c.x), select(b.c.id))) == "SELECT a.x FROM a EXCEPT SELECT b.id FROM b"
    assert "INTERSECT ALL" in sql(select(a.c.x).intersect_all(select(b.c.id)))
    assert "EXCEPT ALL" in sql(select(a.c.x).except_all(select(b.c.id)))


def test_a_union_as_a_subquery_has_the_names_of_its_first_select() -> None:
    both = union(select(a.c.x), select(b.c.id)).subquery("both_rows")
    assert both.c.keys() == ["x"]
    assert both.corresponding_column(b.c.id) is both.c.x
    assert sql(select(both.c.x)) == (
        "SELECT both_rows.x FROM (SELECT a.x AS x FROM a UNION SELECT b.id AS id FROM b) AS both_rows"
    )


def test_selects_of_different_width_cannot_be_united() -> None:
    with pytest.raises(exc.CompileError, match="same number of columns") as caught:
        union(select(a), select(b.c.id))
    assert caught.value.why == "SELECT 1 has 2, SELECT 2 has 1"


# --- shapes ---


def test_a_subquery_made_anew_has_the_same_canonical_shape() -> None:
    def statement(low: int) -> Any:
        rows = select(a.c.id).where(a.c.x > low).subquery()
        return select(func.count()).select_from(rows).where(rows.c.id == low)

    first, second = statement(1), statement(2)
    assert second._shape != first._shape
    assert canonical_shape(second._shape) == canonical_shape(first._shape)
    assert [bind.value for bind in second._binds] == [2, 2, 2]
    assert not first.compare(second)
    assert first.compare(statement(1))


def test_two_living_subqueries_of_one_structure_have_different_shapes() -> None:
    one, two = select(a).subquery(), select(a).subquery()
    assert one._shape != two._shape
    different = select(one.c.id).where(one.c.id == two.c.id)
    same = select(one.c.id).where(one.c.id == one.c.id)
    assert canonical_shape(different._shape) != canonical_shape(same._shape)


def test_shapes_without_derived_selectables_are_canonical() -> None:
    shape = select(a).where(a.c.id == 1)._shape
    assert canonical_shape(shape) is shape


def test_different_structures_have_different_shapes() -> None:
    statements = [
        select(a),
        select(a.c.id),
        select(a).distinct(),
        select(a).where(a.c.id == 1),
        select(a).where(a.c.id != 1),
        select(a).order_by(a.c.id),
        select(a).order_by(a.c.id.desc()),
        select(a).group_by(a.c.id),
        select(a).limit(1),
        select(a).offset(1),
        select(a).join(b, a.c.id == b.c.a_id),
        select(a).outerjoin(b, a.c.id == b.c.a_id),
        select(a).with_for_update(),
        select(a).with_for_update(nowait=True),
        select(a).prefix_with("X"),
        select(a).suffix_with("X"),
        select(a).correlate(b),
        select(a).select_from(b),
        select(a).apply_labels(),
        select(a.alias("z")),
        union(select(a), select(a)),
        union_all(select(a), select(a)),
        select(a.c.id).where(a.c.id.in_([1])),
        select(a.c.id).where(a.c.id.in_([1, 2])),
        select(a).where(a.c.id == bindparam("n")),
        select(a).where(a.c.id == bindparam("m")),
    ]
    assert len({statement._shape for statement in statements}) == len(statements)


def test_values_are_not_part_of_the_shape() -> None:
    assert select(a).where(a.c.id == 1)._shape == select(a).where(a.c.id == 2)._shape
    assert select(a).limit(1)._shape == select(a).limit(2)._shape


# --- collections of columns ---


def test_columns_by_attribute_key_position_and_object() -> None:
    assert a.c.id is a.c["id"]
    assert a.c[1] is a.c.x
    assert a.c["x", "id"].keys() == ["x", "id"]
    assert a.c[:1].keys() == ["id"]
    assert "id" in a.c
    assert a.c.contains_column(a.c.id)
    assert a.c.get("nothing") is None
    with pytest.raises(exc.ArgumentError):
        _ = a.c.id in a.c


def test_a_missing_column_suggests_another() -> None:
    wide = table("wide", column("surname"))
    with pytest.raises(AttributeError, match="no column 'surnam'; did you mean 'surname'"):
        _ = wide.c.surnam
    with pytest.raises(KeyError):
        wide.c["surnam"]


def test_columns_named_like_methods_are_found_by_key() -> None:
    odd = table("odd", column("keys"), column("values"))
    assert odd.c["keys"].name == "keys"
    assert odd.c.keys() == ["keys", "values"]
    assert isinstance(odd.c, ColumnCollection)


def test_a_column_belongs_to_one_table() -> None:
    shared = column("s")
    table("one", shared)
    with pytest.raises(exc.ArgumentError, match="already belongs to table 'one'"):
        TableClause("two", shared)
