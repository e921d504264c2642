"""``in_(bindparam(..., expanding=True))`` with values whose type processes them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

import azoth
from azoth import Column, DateTime, Integer, MetaData, Table, bindparam, exc, select, text, tuple_

MOMENT = datetime.datetime(2024, 1, 2)
table = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("at", DateTime))


@pytest.fixture
def connection(engine: azoth.Engine) -> Iterator[azoth.Connection]:
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"at": MOMENT}, {"at": None}])
        yield connection


@pytest.mark.parametrize("count", [1, 3, 40_000])
def test_a_list_is_processed_value_by_value(connection: azoth.Connection, count: int) -> None:
    statement = select(table.c.id).where(table.c.at.in_(bindparam("moments", expanding=True)))
    assert connection.scalars(statement, {"moments": [MOMENT] * count}).all() == [1]


def test_a_list_of_tuples_too(connection: azoth.Connection) -> None:
    statement = select(table.c.id).where(tuple_(table.c.id, table.c.at).in_(bindparam("pairs", expanding=True)))
    assert connection.scalars(statement, {"pairs": [(1, MOMENT), (2, MOMENT)]}).all() == [1]


def test_a_list_of_the_statements_own(connection: azoth.Connection) -> None:
    statement = select(table.c.id).where(table.c.at.in_(bindparam("moments", [MOMENT], expanding=True)))
    assert connection.scalars(statement).all() == [1]


def test_a_list_in_text_whose_parameter_has_a_type(connection: azoth.Connection) -> None:
    statement = text("SELECT id FROM thing WHERE at IN :moments")
    statement = statement.bindparams(bindparam("moments", expanding=True, type_=DateTime()))
    assert connection.scalars(statement, {"moments": [MOMENT]}).all() == [1]


def test_a_list_that_is_missing_is_named(connection: azoth.Connection) -> None:
    statement = select(table.c.id).where(table.c.at.in_(bindparam("moments", expanding=True)))
    with pytest.raises(exc.StatementError, match="moments"):
        connection.execute(statement)
