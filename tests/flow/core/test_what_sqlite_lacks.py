from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, Integer, MetaData, String, Table, all_, any_, func, insert, select
from azoth.exc import ArgumentError, CompileError

pytestmark = pytest.mark.sqlite_only("what SQLite lacks, others have")

metadata = MetaData()
things = Table("things", metadata, Column("id", Integer, primary_key=True), Column("name", String))


@pytest.fixture
def connection(engine: azoth.Engine) -> Any:
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(things), [{"id": 3, "name": "a"}, {"id": 5, "name": "b"}])
        yield connection


def test_texts_of_several_rows_are_joined(connection: Any) -> None:
    assert connection.scalar(select(func.aggregate_strings(things.c.name, "; "))) == "a; b"
    assert connection.scalar(select(func.group_concat(things.c.name, "; "))) == "a; b"


def test_exclusive_or_is_written_by_the_operators_that_there_are(connection: Any) -> None:
    statement = select(things.c.id.bitwise_xor(6)).order_by(things.c.id)
    assert connection.scalars(statement).all() == [3 ^ 6, 5 ^ 6]
    assert connection.scalars(select(things.c.id.bitwise_xor(6) * 2).order_by(things.c.id)).all() == [10, 6]


@pytest.mark.parametrize(
    "condition, fix",
    [
        (things.c.id == any_(select(things.c.id).scalar_subquery()), "in_"),
        (things.c.id > all_(select(things.c.id).scalar_subquery()), "func.max"),
        (things.c.name.regexp_replace("a", "b") == "b", "connect"),
    ],
)
def test_what_there_is_not_is_refused_with_another_way(connection: Any, condition: Any, fix: str) -> None:
    with pytest.raises(CompileError, match=r"SQLite has no") as error:
        connection.execute(select(things).where(condition))
    assert fix in str(error.value)


def test_plain_values_may_be_selected(connection: Any) -> None:
    assert str(select(1)) == "SELECT 1"
    assert connection.execute(select(1, 2.5, None, True)).all() == [(1, 2.5, None, True)]
    assert connection.scalars(select(1).where(things.c.id > 0).select_from(things)).all() == [1, 1]
    assert connection.execute(select("*").select_from(things).order_by(things.c.id)).first() == (3, "a")


def test_other_texts_may_not_be_selected() -> None:
    with pytest.raises(ArgumentError, match=r"text\(") as error:
        select("name")
    assert error.value.code == "AZ-C27"
