"""SELECT as text: columns, labels, conditions, order, limits, classic form."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.sql.compiler import compile_statement
from azoth.sql.elements import and_, bindparam, column, desc, literal, literal_column, or_, text
from azoth.sql.functions import func
from azoth.sql.schema import Column, ForeignKey, MetaData, Table
from azoth.sql.selectable import (
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    exists,
    select,
    table,
    values,
)
from azoth.sql.types import Integer, String

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String))
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id")),
    Column("note", String, key="remark"),
)


def sql(statement: Any) -> str:
    return " ".join(str(statement).split())


@pytest.mark.parametrize("nameless", [column(Integer), column(String(5)), Column(Integer)])
def test_a_column_without_a_name_is_part_of_no_statement(nameless: Any) -> None:
    statements: list[Any] = [
        select(nameless),
        select(nameless.label("x")),
        select(users).where(nameless == 5),
        select(func.max(nameless)),
    ]
    for statement in statements:
        with pytest.raises(exc.CompileError, match="a column without a name"):
            str(statement)
    with pytest.raises(exc.ArgumentError, match="name of each column"):
        table("t", nameless)


def test_a_table_stands_for_its_columns() -> None:
    assert str(select(users)) == "SELECT users.id, users.name \nFROM users"


def test_conditions_of_several_calls_are_combined_by_and() -> None:
    statement = (
        select(users.c.id).where(users.c.id > 1).where(users.c.name == "x", or_(users.c.id < 9, users.c.id == 5))
    )
    assert sql(statement) == (
        "SELECT users.id FROM users WHERE users.id > :id_1 AND users.name = :name_1"
        " AND (users.id < :id_2 OR users.id = :id_3)"
    )
    assert statement.compile().params == {"id_1": 1, "name_1": "x", "id_2": 9, "id_3": 5}


def test_repeated_names_are_labelled_apart() -> None:
    assert sql(select(users, orders)) == (
        "SELECT users.id, users.name, orders.id AS id_1, orders.user_id, orders.note FROM users, orders"
    )


def test_the_same_column_twice_is_labelled_apart() -> None:
    assert sql(select(users.c.id, users.c.id)) == "SELECT users.id, users.id AS id__1 FROM users"


def test_a_made_up_label_avoids_names_that_are_taken() -> None:
    other = table("other", column("id"), column("id_1"))
    assert sql(select(users.c.id, other)) == "SELECT users.id, other.id AS id_2, other.id_1 FROM users, other"


def test_expressions_without_a_name_get_one() -> None:
    statement = select(users.c.id + 1, func.count(users.c.id), func.count(), literal(3), users.c.name.label("n"))
    assert sql(statement) == (
        "SELECT users.id + :id_1 AS anon_1, count(users.id) AS count_1, count(*) AS count_2,"
        " :param_1 AS anon_2, users.name AS n FROM users"
    )


def test_label_styles() -> None:
    both = select(users.c.id, orders.c.id)
    assert sql(both.set_label_style(LABEL_STYLE_NONE)) == "SELECT users.id, orders.id FROM users, orders"
    assert sql(both.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)) == (
        "SELECT users.id AS users_id, orders.id AS orders_id FROM users, orders"
    )
    assert sql(both.apply_labels()) == sql(both.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL))


def test_result_columns_have_name_key_type_and_the_column() -> None:
    compiled = compile_statement(select(orders.c.remark, users.c.name.label("n"), orders.c.id, users.c.id))
    assert [(one.name, one.key) for one in compiled.result_columns] == [
        ("note", "remark"),
        ("n", "n"),
        ("id", "id"),
        ("id_1", "id_1"),
    ]
    assert compiled.result_columns[0].objects[0] is orders.c.remark
    assert users.c.name is compiled.result_columns[1].objects[-1]
    assert compiled.kind == "select"
    assert compiled.returns_rows


def test_order_by_label_uses_the_label() -> None:
    named = users.c.name.label("n")
    assert sql(select(named).order_by(named)) == "SELECT users.name AS n FROM users ORDER BY n"
    assert sql(select(named).order_by(named.desc())) == "SELECT users.name AS n FROM users ORDER BY n DESC"
    assert sql(select(named).order_by("n")) == "SELECT users.name AS n FROM users ORDER BY n"
    assert sql(select(named).order_by(desc("n"))) == "SELECT users.name AS n FROM users ORDER BY n DESC"
    assert sql(select(users).order_by("name")) == "SELECT users.id, users.name FROM users ORDER BY users.name"


def test_names_may_be_of_columns_that_are_not_selected() -> None:
    joined = select(orders.c.id.label("name")).join_from(users, orders)
    assert sql(select(users.c.id).order_by("name")).endswith("ORDER BY users.name")
    assert sql(select(users.c.id).order_by(desc("name"))).endswith("ORDER BY users.name DESC")
    assert sql(select(users.c.id).group_by("name")).endswith("GROUP BY users.name")
    assert sql(joined.order_by("user_id")).endswith("ORDER BY orders.user_id")
    assert sql(joined.order_by("remark")).endswith("ORDER BY orders.note")
    assert sql(joined.order_by("name")).endswith("ORDER BY name")
    assert sql(select(users.alias("u").c.id).order_by("name")).endswith("ORDER BY u.name")


def test_order_by_an_unknown_label_is_refused() -> None:
    with pytest.raises(exc.CompileError, match="Can't resolve label reference 'nme'"):
        str(select(users).order_by("nme"))


def test_order_by_none_removes_the_order() -> None:
    assert sql(select(users.c.id).order_by(users.c.id).order_by(None)) == "SELECT users.id FROM users"
    assert sql(select(users.c.id).group_by(users.c.id).group_by(None)) == "SELECT users.id FROM users"


def test_group_by_and_having() -> None:
    statement = select(users.c.name, func.count()).group_by(users.c.name).having(func.count() > 2, users.c.name != "x")
    assert str(statement) == (
        "SELECT users.name, count(*) AS count_1 \nFROM users GROUP BY users.name "
        "\nHAVING count(*) > :count_1 AND users.name != :name_1"
    )


def test_limit_and_offset_are_bound() -> None:
    statement = select(users.c.id).limit(10).offset(20)
    assert str(statement) == "SELECT users.id \nFROM users\n LIMIT :param_1 OFFSET :param_2"
    assert statement.compile().params == {"param_1": 10, "param_2": 20}
    assert sql(select(users.c.id).offset(3)) == "SELECT users.id FROM users LIMIT -1 OFFSET :param_1"
    assert sql(statement.limit(None).offset(None)) == "SELECT users.id FROM users"


def test_slice_is_limit_and_offset() -> None:
    assert select(users.c.id).slice(5, 15).compile().params == {"param_1": 10, "param_2": 5}
    assert select(users.c.id).slice(0, 4).compile().params == {"param_1": 4}


def test_limit_takes_expressions_and_refuses_other_things() -> None:
    assert sql(select(users.c.id).limit(bindparam("n"))) == "SELECT users.id FROM users LIMIT :n"
    with pytest.raises(exc.ArgumentError, match=r"limit\(\) needs a whole number"):
        select(users.c.id).limit("ten")


def test_fetch() -> None:
    statement = select(users.c.id).fetch(5, with_ties=True).offset(1)
    assert sql(statement) == ("SELECT users.id FROM users OFFSET :param_1 ROWS FETCH FIRST :param_2 ROWS WITH TIES")


def test_distinct() -> None:
    assert sql(select(users.c.name).distinct()) == "SELECT DISTINCT users.name FROM users"
    assert sql(select(users.c.id).distinct(users.c.name)) == "SELECT DISTINCT ON (users.name) users.id FROM users"


def test_for_update() -> None:
    assert sql(select(users.c.id).with_for_update()).endswith("FROM users FOR UPDATE")
    locked = select(users.c.id).with_for_update(read=True, nowait=True, of=users)
    assert sql(locked).endswith("FOR SHARE OF users NOWAIT")
    locked = select(users.c.id).with_for_update(key_share=True, skip_locked=True, of=[users.c.id])
    assert sql(locked).endswith("FOR NO KEY UPDATE OF users SKIP LOCKED")


def test_prefixes_suffixes_and_hints_go_to_their_dialect() -> None:
    statement = (
        select(users.c.id)
        .prefix_with("SQL_NO_CACHE")
        .prefix_with("ELSEWHERE", dialect="other")
        .suffix_with("FOR BROWSE")
        .with_hint(users, "USE INDEX (%(name)s_ix)")
        .with_statement_hint("HINT")
    )
    assert sql(statement) == "SELECT SQL_NO_CACHE users.id FROM users USE INDEX (users_ix) HINT FOR BROWSE"


def test_columns_can_be_added_and_exchanged() -> None:
    statement = select(users.c.id).where(users.c.id == 1)
    assert sql(statement.add_columns(users.c.name)) == "SELECT users.id, users.name FROM users WHERE users.id = :id_1"
    assert (
        sql(statement.with_only_columns(func.count())) == "SELECT count(*) AS count_1 FROM users WHERE users.id = :id_1"
    )
    kept = select(users.c.id).with_only_columns(func.count(), maintain_column_froms=True)
    assert sql(kept) == "SELECT count(*) AS count_1 FROM users"


def test_a_statement_is_not_changed_by_its_methods() -> None:
    statement = select(users.c.id)
    before = statement._shape
    statement.where(users.c.id == 1).order_by(users.c.id).limit(2)
    assert sql(statement) == "SELECT users.id FROM users"
    assert statement._shape == before


def test_filter_by_uses_the_first_or_the_last_joined_table() -> None:
    assert sql(select(users.c.id).filter_by(name="x")) == "SELECT users.id FROM users WHERE users.name = :name_1"
    joined = select(users.c.id).join(orders).filter_by(remark="r")
    assert sql(joined).endswith("JOIN orders ON users.id = orders.user_id WHERE orders.note = :note_1")
    assert sql(select(func.count()).select_from(users).filter_by(id=3)).endswith("WHERE users.id = :id_1")


def test_filter_by_an_unknown_name_suggests_one() -> None:
    with pytest.raises(exc.InvalidRequestError) as caught:
        select(users).filter_by(nmae="x")
    assert caught.value.summary == "users has no attribute 'nmae' to filter by"
    assert caught.value.fix == "did you mean 'name'?"


def test_whereclause_is_the_conjunction() -> None:
    assert select(users).whereclause is None
    clause = select(users).where(users.c.id == 1).where(users.c.name == "x").whereclause
    assert str(clause) == "users.id = :id_1 AND users.name = :name_1"


def test_classic_form() -> None:
    statement = select([users.c.id], users.c.id == 1, from_obj=[users], order_by=[users.c.id], limit=5, distinct=True)
    assert sql(statement) == (
        "SELECT DISTINCT users.id FROM users WHERE users.id = :id_1 ORDER BY users.id LIMIT :param_1"
    )
    assert sql(select([users], whereclause=users.c.id == 1)) == (
        "SELECT users.id, users.name FROM users WHERE users.id = :id_1"
    )
    assert sql(users.select(users.c.id == 2, limit=1)) == (
        "SELECT users.id, users.name FROM users WHERE users.id = :id_1 LIMIT :param_1"
    )
    with pytest.raises(exc.ArgumentError, match="no argument 'sort'"):
        select([users], sort="id")


def test_text_and_literal_columns_stand_as_they_are() -> None:
    statement = select(text("1 AS one"), literal_column("2")).select_from(text("dual"))
    assert sql(statement) == "SELECT 1 AS one, 2 FROM dual"


def test_what_cannot_be_selected_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="object of class str cannot be used"):
        select("users")
    with pytest.raises(exc.ArgumentError, match="class Unmapped cannot be used in a statement"):
        select(type("Unmapped", (), {}))
    with pytest.raises(exc.ArgumentError, match="SELECT cannot be used as a FROM clause"):
        select(users.c.id).select_from(select(users))


def test_objects_with_a_clause_element_are_kept_and_resolved() -> None:
    class Entity:
        _shape = ("entity", 1)
        _binds = ()

        def __clause_element__(self) -> Any:
            return users

    class Attribute:
        key = "title"
        _shape = ("attribute", 1)
        _binds = ()

        def __clause_element__(self) -> Any:
            return users.c.name

    entity, attribute = Entity(), Attribute()
    statement = select(entity, attribute)
    assert statement._raw_columns == (entity, attribute)
    assert sql(statement) == "SELECT users.id, users.name, users.name AS title FROM users"
    assert [one.key for one in compile_statement(statement).result_columns] == ["id", "name", "title"]


def test_params_replaces_values_everywhere() -> None:
    inner = select(users).where(users.c.name == bindparam("n", "a")).subquery()
    statement = select(inner.c.id).where(inner.c.id == bindparam("i", 1))
    changed = statement.params(n="b", i=2)
    assert sql(changed) == sql(statement)
    assert changed.compile().params == {"n": "b", "i": 2}
    assert statement.compile().params == {"n": "a", "i": 1}


def test_compare() -> None:
    assert select(users).where(users.c.id == 1).compare(select(users).where(users.c.id == 1))
    assert not select(users).where(users.c.id == 1).compare(select(users).where(users.c.id == 2))
    assert not select(users).compare(select(orders))


def test_column_descriptions() -> None:
    described = select(users.c.id, func.count().label("n")).column_descriptions
    assert [one["name"] for one in described] == ["id", "n"]
    assert described[0]["expr"] is users.c.id


def test_options_are_part_of_the_shape_and_execution_options_are_not() -> None:
    class Option:
        def __init__(self, number: int) -> None:
            self._shape = ("option", number)
            self._binds = ()

    plain = select(users)
    assert plain.options(Option(1))._shape == plain.options(Option(1))._shape
    assert plain.options(Option(1))._shape != plain.options(Option(2))._shape
    assert plain.execution_options(x=1)._shape == plain._shape
    assert plain.execution_options(x=1).execution_options(y=2).get_execution_options() == {"x": 1, "y": 2}


def test_values_in_from() -> None:
    rows = values(column("p", Integer), column("q", String), name="given").data([(1, "a"), (2, "b")])
    assert sql(select(rows.c.q)) == (
        "SELECT given.q FROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS given (p, q)"
    )
    with pytest.raises(exc.ArgumentError, match="has 1 values for 2 columns"):
        rows.data([(1,)])


def test_reduce_columns_leaves_out_equal_columns() -> None:
    other = table("other", column("id"), column("x"))
    statement = select(users.c.id, other).where(users.c.id == other.c.id)
    assert sql(statement.reduce_columns()) == "SELECT users.id, other.x FROM users, other WHERE users.id = other.id"


def test_exists_in_columns() -> None:
    assert sql(select(exists(select(users.c.id)))) == "SELECT EXISTS (SELECT users.id FROM users) AS anon_1"
    assert sql(exists().where(users.c.id == 1).select()) == (
        "SELECT EXISTS (SELECT * FROM users WHERE users.id = :id_1) AS anon_1"
    )


def test_and_of_nothing_adds_no_condition() -> None:
    assert sql(select(users.c.id).where(and_(users.c.id == 1))) == "SELECT users.id FROM users WHERE users.id = :id_1"
