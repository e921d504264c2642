"""UPDATE and DELETE as text."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.sql.compiler import compile_statement
from azoth.sql.dml import delete, update
from azoth.sql.elements import bindparam
from azoth.sql.functions import func
from azoth.sql.schema import Column, ForeignKey, MetaData, Table
from azoth.sql.selectable import exists, select
from azoth.sql.types import Integer, String

metadata = MetaData()
users = Table(
    "users", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer)
)
orders = Table("orders", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")))


def number() -> int:
    return 3


touched = Table(
    "touched",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scalar", Integer, onupdate=6),
    Column("called", Integer, onupdate=number),
    Column("expression", Integer, onupdate=func.random()),
)


def sql(statement: Any) -> str:
    return " ".join(str(statement).split())


def test_update_with_values_and_condition() -> None:
    statement = update(users).where(users.c.id == 5).values(name="x")
    assert str(statement) == "UPDATE users SET name=:name WHERE users.id = :id_1"
    assert statement.compile().params == {"name": "x", "id_1": 5}


def test_update_by_expressions_and_subqueries() -> None:
    count = select(func.count(orders.c.id)).where(orders.c.user_id == users.c.id)
    assert sql(update(users).values({users.c.age: users.c.age + 1, "name": func.upper(users.c.name)})) == (
        "UPDATE users SET name=upper(users.name), age=(users.age + :age_1)"
    )
    assert sql(update(users).values(age=count)) == (
        "UPDATE users SET age=(SELECT count(orders.id) AS count_1 FROM orders WHERE orders.user_id = users.id)"
    )


def test_ordered_values_keep_their_order() -> None:
    assert sql(update(users).ordered_values((users.c.age, 1), ("name", "x"))) == "UPDATE users SET age=:age, name=:name"
    with pytest.raises(exc.ArgumentError, match="cannot be combined"):
        update(users).ordered_values(("age", 1)).values(name="x")


def test_classic_forms() -> None:
    assert sql(update(users, users.c.id == 1, {"name": "x"})) == "UPDATE users SET name=:name WHERE users.id = :id_1"
    assert sql(users.update(users.c.id == 1, values={"name": "x"})) == (
        "UPDATE users SET name=:name WHERE users.id = :id_1"
    )
    assert sql(delete(users, users.c.id == 1)) == "DELETE FROM users WHERE users.id = :id_1"
    assert sql(users.delete(whereclause=users.c.id == 1)) == "DELETE FROM users WHERE users.id = :id_1"


def test_parameters_of_the_condition_are_no_columns() -> None:
    statement = update(users).where(users.c.id == bindparam("b_id"))
    compiled = compile_statement(statement, parameter_keys=("b_id", "name"))
    assert compiled.string == "UPDATE users SET name=:name WHERE users.id = :b_id"


def test_a_parameter_with_the_name_of_a_set_column_is_refused() -> None:
    statement = update(users).where(users.c.id == bindparam("id")).values(id=5)
    with pytest.raises(exc.CompileError, match="'id' is reserved") as caught:
        str(statement)
    assert "b_id" in caught.value.fix


def test_unknown_columns_and_empty_updates_are_refused() -> None:
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nmae"):
        str(update(users).values(nmae="x"))
    with pytest.raises(exc.CompileError, match="sets nothing"):
        compile_statement(update(users), parameter_keys=())


def test_onupdate_fills_columns_without_values() -> None:
    compiled = compile_statement(update(touched).values(id=1))
    assert compiled.string == "UPDATE touched SET id=:id, scalar=:scalar, called=:called, expression=random()"
    assert compiled.default_columns == (touched.c.called,)
    assert compiled.server_columns == (touched.c.expression,)
    given = compile_statement(update(touched).values(scalar=1, called=2, expression=3))
    assert given.default_columns == ()


def test_other_tables_of_an_update() -> None:
    statement = update(users).values(age=orders.c.id).where(users.c.id == orders.c.user_id)
    assert sql(statement) == "UPDATE users SET age=orders.id FROM orders WHERE users.id = orders.user_id"


def test_subqueries_are_correlated_with_the_changed_table() -> None:
    inner = exists().where(orders.c.user_id == users.c.id)
    assert sql(delete(users).where(inner)) == (
        "DELETE FROM users WHERE EXISTS (SELECT * FROM orders WHERE orders.user_id = users.id)"
    )
    assert sql(update(users).values(age=1).where(~inner)) == (
        "UPDATE users SET age=:age WHERE NOT (EXISTS (SELECT * FROM orders WHERE orders.user_id = users.id))"
    )


def test_filter_by_and_several_conditions() -> None:
    assert sql(delete(users).filter_by(name="x").where(users.c.id > 1)) == (
        "DELETE FROM users WHERE users.name = :name_1 AND users.id > :id_1"
    )
    with pytest.raises(exc.InvalidRequestError, match="no attribute 'nme'"):
        update(users).filter_by(nme="x")


def test_delete() -> None:
    assert str(delete(users)) == "DELETE FROM users"
    assert sql(delete(users).where(users.c.id.in_(select(orders.c.user_id)))) == (
        "DELETE FROM users WHERE users.id IN (SELECT orders.user_id FROM orders)"
    )
    assert sql(delete(users).using(orders).where(users.c.id == orders.c.user_id)) == (
        "DELETE FROM users USING orders WHERE users.id = orders.user_id"
    )


def test_returning() -> None:
    compiled = compile_statement(update(users).values(age=1).returning(users.c.id, users.c.name.label("n")))
    assert compiled.string == "UPDATE users SET age=:age RETURNING users.id, users.name AS n"
    assert [one.name for one in compiled.result_columns] == ["id", "n"]
    assert sql(delete(users).returning(users.c.id)) == "DELETE FROM users RETURNING users.id"
    with pytest.raises(exc.InvalidRequestError, match="gives no rows"):
        delete(users).cte("x").c.keys()


def test_an_alias_can_be_changed() -> None:
    u = users.alias("u")
    assert sql(update(u).values(age=1).where(u.c.id == 2)) == "UPDATE users AS u SET age=:age WHERE u.id = :id_1"


def test_a_change_with_a_cte() -> None:
    former = select(orders.c.user_id).cte("former")
    assert sql(delete(users).where(users.c.id.in_(select(former.c.user_id)))) == (
        "WITH former AS (SELECT orders.user_id AS user_id FROM orders)"
        " DELETE FROM users WHERE users.id IN (SELECT former.user_id FROM former)"
    )
    gone = delete(users).returning(users.c.id).cte("gone")
    assert sql(select(gone.c.id)) == "WITH gone AS (DELETE FROM users RETURNING users.id) SELECT gone.id FROM gone"


def test_statements_are_values() -> None:
    statement = update(users)
    statement.where(users.c.id == 1).values(age=2)
    assert statement.whereclause is None
    assert update(users).where(users.c.id == 1)._shape == update(users).where(users.c.id == 2)._shape
    assert delete(users).where(users.c.id == 1)._shape != delete(users).where(users.c.id > 1)._shape
