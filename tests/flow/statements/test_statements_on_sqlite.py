"""Statements run on SQLite and do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import exc
from azoth.dialects.sqlite import insert as sqlite_insert
from azoth.sql.dml import delete, insert, update
from azoth.sql.elements import bindparam, column, literal, text, true, tuple_
from azoth.sql.functions import func
from azoth.sql.schema import Column, ForeignKey, MetaData, Table
from azoth.sql.selectable import exists, select, union, values
from azoth.sql.types import Integer, String

pytestmark = pytest.mark.sqlite_only("the dialect of SQLite at work")

metadata = MetaData()


def mail_of(context: Any) -> str:
    return f"mail{context.get_current_parameters()['user_id']}"


users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, unique=True),
    Column("age", Integer, default=7),
    Column("tag", String, server_default="srv"),
)
mails = Table(
    "mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id")),
    Column("address", String, default=mail_of),
)


@pytest.fixture
def connection(engine: azoth.Engine) -> Iterator[Any]:
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(users), [{"name": name} for name in "abcd"])
        connection.execute(insert(mails), [{"user_id": 1}, {"user_id": 2}, {"user_id": 2}])
        yield connection


def rows(connection: Any, statement: Any, parameters: Any = None) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(statement, parameters)]


# --- SELECT ---


def test_defaults_were_filled_in_by_python_and_by_the_server(connection: Any) -> None:
    assert rows(connection, select(users).where(users.c.id == 1)) == [(1, "a", 7, "srv")]
    assert rows(connection, select(mails.c.address)) == [("mail1",), ("mail2",), ("mail2",)]


def test_joins_order_and_limits(connection: Any) -> None:
    joined = select(users.c.name, mails.c.id).join(mails).order_by(mails.c.id.desc())
    assert rows(connection, joined) == [("b", 3), ("b", 2), ("a", 1)]
    assert rows(connection, joined.limit(1).offset(1)) == [("b", 2)]
    assert rows(connection, joined.offset(2)) == [("a", 1)]
    assert rows(connection, joined.fetch(2)) == [("b", 3), ("b", 2)]
    assert len(rows(connection, select(users.c.id).outerjoin(mails))) == 5


def test_grouping(connection: Any) -> None:
    counted = (
        select(users.c.name, func.count(mails.c.id).label("n"))
        .outerjoin(mails)
        .group_by(users.c.name)
        .having(func.count(mails.c.id) > 0)
        .order_by("n")
    )
    assert rows(connection, counted) == [("a", 1), ("b", 2)]


def test_correlated_subqueries_and_exists(connection: Any) -> None:
    count = select(func.count(mails.c.id)).where(mails.c.user_id == users.c.id).scalar_subquery()
    assert rows(connection, select(users.c.name, count).order_by(users.c.id)) == [
        ("a", 1),
        ("b", 2),
        ("c", 0),
        ("d", 0),
    ]
    has_mail = exists().where(mails.c.user_id == users.c.id)
    assert rows(connection, select(users.c.name).where(has_mail)) == [("a",), ("b",)]
    assert rows(connection, select(users.c.name).where(~has_mail)) == [("c",), ("d",)]
    assert connection.execute(select(users.c.id).where(users.c.id == 99).exists().select()).scalar() in (False, 0)


def test_set_operations_with_limited_members(connection: Any) -> None:
    last = select(users.c.id).order_by(users.c.id.desc()).limit(1)
    assert rows(connection, union(last, select(mails.c.user_id)).order_by("id")) == [(1,), (2,), (4,)]
    nested = select(users.c.id).union(select(mails.c.id).union_all(select(mails.c.user_id)))
    assert len(rows(connection, nested)) == 4
    assert rows(connection, select(users.c.id).except_(select(mails.c.user_id)).subquery().select()) == [(3,), (4,)]


def test_ctes(connection: Any) -> None:
    few = select(users.c.id).where(users.c.id < 3).cte("few")
    other = few.alias("other")
    assert len(rows(connection, select(few.c.id, other.c.id).join_from(few, other, true()))) == 4
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 5))
    assert rows(connection, select(func.sum(numbers.c.n))) == [(15,)]


def test_values_as_a_table(connection: Any) -> None:
    given = values(column("p", Integer), column("q", String), name="given").data([(1, "x"), (2, "y")])
    assert rows(connection, select(given.c.q, given.c.p)) == [("x", 1), ("y", 2)]
    assert rows(connection, select(given.cte("g"))) == [(1, "x"), (2, "y")]


def test_lists_of_any_length(connection: Any) -> None:
    assert len(rows(connection, select(users.c.id).where(users.c.id.in_(range(40_000))))) == 4
    assert rows(connection, select(users.c.id).where(users.c.id.in_([]))) == []
    assert rows(connection, select(users.c.id).where(tuple_(users.c.id, users.c.name).in_([(1, "a"), (2, "z")]))) == [
        (1,)
    ]


def test_text_with_columns(connection: Any) -> None:
    chosen = text("SELECT id, name FROM users WHERE id = :id").columns(users.c.id, users.c.name)
    assert rows(connection, chosen, {"id": 2}) == [(2, "b")]
    assert rows(connection, select(chosen.bindparams(id=3).subquery("t").c.name)) == [("c",)]


def test_table_valued_functions(connection: Any) -> None:
    each = func.json_each(literal("[1, 2]")).table_valued("value")
    assert rows(connection, select(each.c.value)) == [(1,), (2,)]


def test_values_of_a_cached_statement_are_those_of_the_statement_at_hand(connection: Any) -> None:
    def of(low: int, name: str) -> Any:
        inner = select(users).where(users.c.id > low).subquery()
        return select(inner.c.id).where(inner.c.name == name)

    assert rows(connection, of(0, "a")) == [(1,)]
    assert rows(connection, of(1, "a")) == []
    assert rows(connection, of(1, "d")) == [(4,)]
    assert rows(connection, of(0, "b").params()) == [(2,)]


def test_a_subquery_made_anew_is_compiled_once(connection: Any) -> None:
    def count(low: int) -> Any:
        return select(func.count()).select_from(select(users).where(users.c.id > low).subquery())

    cache = connection.engine.statement_cache
    rows(connection, count(0))
    before = cache.compilations
    assert rows(connection, count(2)) == [(2,)]
    assert cache.compilations == before


# --- INSERT ---


def test_insert_returning(connection: Any) -> None:
    statement = insert(users).values(name="e").returning(users.c.id, users.c.age + 1, users.c.tag)
    assert rows(connection, statement) == [(5, 8, "srv")]


def test_insert_of_several_rows_in_one_statement(connection: Any) -> None:
    statement = insert(users).values([{"name": "e"}, {"name": "f"}]).returning(users)
    assert rows(connection, statement) == [(5, "e", 7, "srv"), (6, "f", 7, "srv")]


def test_insert_of_defaults_only(connection: Any) -> None:
    connection.execute(insert(users))
    assert rows(connection, select(users).where(users.c.id == 5)) == [(5, None, 7, "srv")]


def test_insert_from_select(connection: Any) -> None:
    connection.execute(insert(users).from_select(["name"], select(mails.c.address).distinct()))
    assert rows(connection, select(users.c.name, users.c.age).where(users.c.id > 4)) == [("mail1", 7), ("mail2", 7)]


def test_on_conflict(connection: Any) -> None:
    again = sqlite_insert(users).values(name="a", age=99)
    connection.execute(again.on_conflict_do_nothing())
    assert rows(connection, select(users.c.age).where(users.c.name == "a")) == [(7,)]
    updating = again.on_conflict_do_update(
        index_elements=["name"], set_={"age": again.excluded.age + 1}, where=users.c.age < 50
    )
    connection.execute(updating)
    connection.execute(updating)
    assert rows(connection, select(users.c.age).where(users.c.name == "a")) == [(100,)]


def test_on_conflict_with_from_select(connection: Any) -> None:
    copied = sqlite_insert(users).from_select(["name"], select(users.c.name))
    connection.execute(copied.on_conflict_do_nothing(index_elements=["name"]))
    assert rows(connection, select(func.count()).select_from(users)) == [(4,)]


# --- UPDATE and DELETE ---


def test_update_by_expression_with_returning(connection: Any) -> None:
    statement = update(users).where(users.c.id == 1).values(age=users.c.age + 1).returning(users.c.age)
    assert rows(connection, statement) == [(8,)]


def test_update_for_many_parameters(connection: Any) -> None:
    statement = update(users).where(users.c.id == bindparam("b_id"))
    connection.execute(statement, [{"b_id": 1, "name": "A"}, {"b_id": 2, "name": "B"}])
    assert rows(connection, select(users.c.name).order_by(users.c.id).limit(2)) == [("A",), ("B",)]


def test_update_from_another_table(connection: Any) -> None:
    connection.execute(update(users).where(users.c.id == mails.c.user_id).values(tag=mails.c.address))
    assert rows(connection, select(users.c.tag).order_by(users.c.id)) == [("mail1",), ("mail2",), ("srv",), ("srv",)]


def test_delete_by_subquery(connection: Any) -> None:
    connection.execute(delete(users).where(users.c.id.not_in(select(mails.c.user_id))))
    assert rows(connection, select(users.c.id)) == [(1,), (2,)]
    with pytest.raises(exc.CompileError, match="DELETE with several tables"):
        connection.execute(delete(users).where(users.c.id == mails.c.user_id))


def test_an_alias_can_be_changed(connection: Any) -> None:
    u = users.alias("u")
    connection.execute(update(u).where(u.c.id == 1).values(age=1))
    connection.execute(delete(u).where(u.c.id == 4))
    assert rows(connection, select(users.c.age).where(users.c.id.in_([1, 4]))) == [(1,)]


# --- refused clearly ---


def test_unknown_columns_are_refused(connection: Any) -> None:
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nmae"):
        connection.execute(insert(users), {"nmae": "x"})


def test_a_missing_parameter_is_named(connection: Any) -> None:
    with pytest.raises(exc.StatementError, match="'b_id'"):
        connection.execute(update(users).where(users.c.id == bindparam("b_id")).values(name="x"))


def test_what_sqlite_lacks_is_refused(connection: Any) -> None:
    lateral = select(mails.c.id).where(mails.c.user_id == users.c.id).lateral("l")
    for statement in (
        select(users.c.id, lateral.c.id),
        select(users.c.id).distinct(users.c.name),
        select(users.tablesample(5).c.id),
        select(users.c.id).fetch(1, with_ties=True),
    ):
        with pytest.raises(exc.CompileError, match="SQLite has no"):
            connection.execute(statement)
