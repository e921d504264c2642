"""INSERT as text: which columns it has, where their values come from, RETURNING, ON CONFLICT."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.dialects.sqlite.dml import insert as sqlite_insert
from azoth.sql.compiler import compile_statement
from azoth.sql.dml import insert
from azoth.sql.elements import bindparam
from azoth.sql.functions import func
from azoth.sql.schema import Column, MetaData, Table
from azoth.sql.selectable import select, table, union
from azoth.sql.types import Integer, String

metadata = MetaData()
users = Table(
    "users", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer)
)
source = Table("source", metadata, Column("id", Integer, primary_key=True), Column("label", String))
renamed = Table("renamed", metadata, Column("id", Integer, primary_key=True), Column("db_name", String, key="name"))


def number() -> int:
    return 5


def from_context(context: Any) -> Any:
    return context.get_current_parameters()["id"]


filled = Table(
    "filled",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scalar", Integer, default=5),
    Column("called", Integer, default=number),
    Column("contextual", Integer, default=from_context),
    Column("expression", Integer, default=func.random()),
    Column("queried", Integer, default=select(func.max(source.c.id)).scalar_subquery()),
    Column("server", Integer, server_default="3"),
)


def sql(statement: Any) -> str:
    return " ".join(str(statement).split())


def test_without_values_all_columns_are_shown() -> None:
    assert str(insert(users)) == "INSERT INTO users (id, name, age) VALUES (:id, :name, :age)"


def test_values_decide_the_columns_in_the_order_of_the_table() -> None:
    statement = insert(users).values(age=3, name="x")
    assert sql(statement) == "INSERT INTO users (name, age) VALUES (:name, :age)"
    assert statement.compile().params == {"name": "x", "age": 3}
    assert sql(users.insert().values({users.c.name: "x"})) == "INSERT INTO users (name) VALUES (:name)"
    assert sql(users.insert({"name": "x"})) == "INSERT INTO users (name) VALUES (:name)"
    assert sql(insert(users, values={"name": "x"})) == "INSERT INTO users (name) VALUES (:name)"


def test_later_values_replace_earlier_ones() -> None:
    statement = insert(users).values(name="a", age=1).values({users.c.name: "b"})
    assert statement.compile().params == {"name": "b", "age": 1}


def test_a_tuple_is_taken_in_the_order_of_the_columns() -> None:
    assert insert(users).values((1, "x")).compile().params == {"id": 1, "name": "x"}
    with pytest.raises(exc.ArgumentError, match="4 values for the 3 columns"):
        insert(users).values((1, "x", 3, 4))


def test_several_rows() -> None:
    statement = insert(users).values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
    assert sql(statement) == "INSERT INTO users (id, name) VALUES (:id_m0, :name_m0), (:id_m1, :name_m1)"
    assert statement.compile().params == {"id_m0": 1, "name_m0": "a", "id_m1": 2, "name_m1": "b"}
    assert sql(insert(users).values([(1, "a"), (2, "b")])) == sql(statement)


def test_a_row_without_a_value_that_others_have_leaves_it_to_the_database() -> None:
    for rows in ([{"id": 1, "name": "a"}, {"id": 2}], [{"id": 2}, {"id": 1, "name": "a"}]):
        statement = insert(users).values(rows)
        empty = 1 + (rows[0] == {"id": 1, "name": "a"})
        values = [f"(:id_m{place}, {'NULL' if place == empty - 1 else f':name_m{place}'})" for place in range(2)]
        assert sql(statement) == f"INSERT INTO users (id, name) VALUES {', '.join(values)}"


def test_forms_of_values_cannot_be_mixed() -> None:
    with pytest.raises(exc.ArgumentError, match="cannot be mixed"):
        insert(users).values([{"id": 1}]).values(id=2)
    with pytest.raises(exc.ArgumentError, match="takes one dictionary"):
        insert(users).values({"id": 1}, name="x")
    with pytest.raises(exc.InvalidRequestError, match="cannot be combined"):
        insert(users).values(id=1).from_select(["id"], select(source.c.id))


def test_parameter_keys_decide_the_columns() -> None:
    compiled = compile_statement(insert(users), parameter_keys=("name",))
    assert compiled.string == "INSERT INTO users (name) VALUES (:name)"
    assert compiled.positional[0].required
    both = compile_statement(insert(users).values(age=1), parameter_keys=("name",))
    assert both.string == "INSERT INTO users (name, age) VALUES (:name, :age)"


def test_no_values_at_all_insert_a_row_of_defaults() -> None:
    assert compile_statement(insert(users), parameter_keys=()).string == "INSERT INTO users DEFAULT VALUES"
    assert sql(insert(users).values({})) == "INSERT INTO users DEFAULT VALUES"


def test_unknown_columns_are_refused() -> None:
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nmae"):
        str(insert(users).values(nmae="x"))
    with pytest.raises(exc.CompileError, match="Unconsumed column names: a, b"):
        compile_statement(insert(users), parameter_keys=("b", "id", "a"))


def test_keys_name_columns_and_names_are_written() -> None:
    assert sql(insert(renamed).values(name="x")) == "INSERT INTO renamed (db_name) VALUES (:name)"


def test_expressions_as_values() -> None:
    statement = insert(users).values(id=select(func.max(source.c.id)), name=func.lower("X"), age=bindparam("years"))
    assert sql(statement) == (
        "INSERT INTO users (id, name, age) VALUES ((SELECT max(source.id) AS max_1 FROM source),"
        " lower(:lower_1), :years)"
    )


def test_defaults_fill_columns_without_values() -> None:
    compiled = compile_statement(insert(filled).values(id=1))
    assert " ".join(compiled.string.split()) == (
        "INSERT INTO filled (id, scalar, called, contextual, expression, queried)"
        " VALUES (:id, :scalar, :called, :contextual, random(), (SELECT max(source.id) AS max_1 FROM source))"
    )
    assert compiled.default_columns == (filled.c.called, filled.c.contextual)
    assert compiled.server_columns == (filled.c.expression, filled.c.queried, filled.c.server)
    assert compiled.table is filled
    assert compiled.kind == "insert"


def test_a_key_made_by_the_server_is_noted() -> None:
    assert compile_statement(insert(users).values(name="x")).server_columns == (users.c.id,)
    assert compile_statement(insert(users).values(id=1)).server_columns == ()


def test_defaults_are_made_for_each_of_several_rows() -> None:
    text = sql(insert(filled).values([{"id": 1}, {"id": 2}]))
    assert ":scalar, :called" in text
    assert ":scalar_m1, :called_m1" in text


def test_from_select() -> None:
    assert sql(insert(users).from_select(["id", users.c.name], select(source))) == (
        "INSERT INTO users (id, name) SELECT source.id, source.label FROM source"
    )
    assert sql(insert(filled).from_select(["id"], select(source.c.id), include_defaults=False)) == (
        "INSERT INTO filled (id) SELECT source.id FROM source"
    )
    assert sql(insert(filled).from_select(["id"], select(source.c.id))).startswith(
        "INSERT INTO filled (id, scalar, called, contextual, expression, queried)"
        " SELECT source.id, :scalar AS anon_1, :called AS anon_2, :contextual AS anon_3, random() AS random_1,"
    )
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nothing"):
        str(insert(users).from_select(["nothing"], select(source.c.id)))


def test_from_select_of_a_union_with_defaults_selects_from_it() -> None:
    both = union(select(source.c.id), select(users.c.id))
    small = table("small", *[])
    assert small.c.keys() == []
    assert " FROM (SELECT source.id AS id FROM source UNION SELECT users.id AS id FROM users) AS anon_" in sql(
        insert(filled).from_select(["id"], both)
    )


def test_from_select_with_a_cte_in_front() -> None:
    rows = select(source.c.id).cte("picked")
    assert sql(insert(users).from_select(["id"], select(rows.c.id))) == (
        "WITH picked AS (SELECT source.id AS id FROM source) INSERT INTO users (id) SELECT picked.id FROM picked"
    )


def test_returning() -> None:
    compiled = compile_statement(insert(users).values(name="x").returning(users.c.id, users.c.age + 1))
    assert compiled.string == (
        "INSERT INTO users (name) VALUES (:name) RETURNING users.id, users.age + :age_1 AS anon_1"
    )
    assert compiled.returns_rows
    assert [one.key for one in compiled.result_columns] == ["id", "anon_1"]
    assert sql(insert(users).returning(users)).endswith("RETURNING users.id, users.name, users.age")


def test_prefixes() -> None:
    assert sql(insert(users).prefix_with("OR REPLACE").values(id=1)) == (
        "INSERT OR REPLACE INTO users (id) VALUES (:id)"
    )


def test_on_conflict_do_nothing() -> None:
    statement = sqlite_insert(users).values(name="x")
    assert sql(statement.on_conflict_do_nothing()) == ("INSERT INTO users (name) VALUES (:name) ON CONFLICT DO NOTHING")
    assert sql(statement.on_conflict_do_nothing(index_elements=["name"], index_where=users.c.age > 5)) == (
        "INSERT INTO users (name) VALUES (:name) ON CONFLICT (name) WHERE age > 5 DO NOTHING"
    )


def test_on_conflict_do_update() -> None:
    statement = sqlite_insert(users).values(name="x", age=1)
    updating = statement.on_conflict_do_update(
        index_elements=[users.c.name], set_={"age": statement.excluded.age + users.c.age}, where=users.c.age < 9
    ).returning(users.c.id)
    assert sql(updating) == (
        "INSERT INTO users (name, age) VALUES (:name, :age) ON CONFLICT (name)"
        " DO UPDATE SET age = (excluded.age + users.age) WHERE users.age < :age_1 RETURNING users.id"
    )
    literal = statement.on_conflict_do_update(index_elements=["name"], set_={users.c.age: 7})
    assert literal.compile().params == {"name": "x", "age": 1, "age_1": 7}
    assert literal._shape != statement._shape


def test_on_conflict_do_update_needs_columns_and_values() -> None:
    statement = sqlite_insert(users).values(name="x")
    with pytest.raises(exc.ArgumentError, match="needs the columns"):
        statement.on_conflict_do_update(set_={"age": 1})
    with pytest.raises(exc.ArgumentError, match="needs the values to set"):
        statement.on_conflict_do_update(index_elements=["name"])
    with pytest.raises(exc.ArgumentError, match="no column 'agee' to set"):
        statement.on_conflict_do_update(index_elements=["name"], set_={"agee": 1})
    with pytest.raises(exc.InvalidRequestError, match="has an ON CONFLICT clause already"):
        statement.on_conflict_do_nothing().on_conflict_do_nothing()


def test_an_insert_needs_a_table() -> None:
    with pytest.raises(exc.ArgumentError):
        insert("users")
    with pytest.raises(exc.ArgumentError, match="Insert needs a table"):
        insert(users.c.id)


def test_equal_inserts_have_equal_shapes() -> None:
    assert insert(users).values(name="a")._shape == insert(users).values(name="b")._shape
    assert insert(users).values(name="a")._shape != insert(users).values(age=1)._shape
    assert insert(users).values({})._shape != insert(users)._shape
