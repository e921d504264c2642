"""Defaults of columns that are asked for by themselves: ``connection.scalar(table.c.x.default)``."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from azoth import (
    Column,
    ColumnDefault,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    event,
    func,
    literal,
    select,
    text,
)
from azoth.exc import InvalidRequestError, ObjectNotExecutableError


def seven(context: Any) -> int:
    assert (context.isinsert, context.get_current_parameters()) == (False, {})
    found: int = context.connection.scalar(select(text("7")))
    return found + len(context.current_column.key)


table = Table(
    "with_defaults",
    MetaData(),
    Column("value", String(10), default="v"),
    Column("function", Integer, default=lambda: 5),
    Column("asked", Integer, default=seven),
    Column("expression", Integer, default=func.abs(-3)),
    Column("selected", Integer, default=select(func.abs(-4))),
    Column("moment", DateTime, default=literal(datetime.datetime(2020, 1, 2, 3, 4, 5))),
    Column("written", DateTime, default=text("'2020-01-02 03:04:05'")),
    Column("changed", Integer, onupdate=lambda: 6),
    Column("curious", Integer, default=lambda context: context.statement),
)


@pytest.mark.parametrize(
    "name, value",
    [
        ("value", "v"),
        ("function", 5),
        ("asked", 12),
        ("expression", 3),
        ("selected", 4),
        ("moment", datetime.datetime(2020, 1, 2, 3, 4, 5)),
        pytest.param("written", datetime.datetime(2020, 1, 2, 3, 4, 5), marks=pytest.mark.needs("loose types")),
    ],
)
def test_a_default_has_the_value_that_an_insert_would_get(engine: Engine, name: str, value: Any) -> None:
    with engine.connect() as connection:
        assert connection.scalar(table.c[name].default) == value


def test_one_of_an_update_too_and_one_without_column(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(table.c.changed.onupdate) == 6
        assert connection.scalar(ColumnDefault(func.abs(-9))) == 9


def test_what_python_makes_needs_no_statement(engine: Engine) -> None:
    with engine.connect() as connection:
        sent: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *heard: sent.append(heard[2]))
        connection.scalar(table.c.value.default)
        connection.scalar(table.c.function.default)
        assert sent == []


def test_there_is_no_statement_to_look_at(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(InvalidRequestError, match="AZ-E78"):
        connection.scalar(table.c.curious.default)


def test_it_is_no_statement_that_gives_rows(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(ObjectNotExecutableError):
        connection.execute(table.c.value.default)
