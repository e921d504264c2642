"""Classes that programs derive from Table: each table is one of its own, so statements with it are found again."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, Integer, MetaData, Table, select
from azoth.sql.cache_key import UNCACHEABLE


class Own(Table):
    """A program's own kind of table."""


class Changing(Table):
    """One whose statements are not to be kept."""

    inherit_cache = False


def made(class_: type[Table]) -> Any:
    return class_("made", MetaData(), Column("id", Integer))


def test_statements_with_them_are_compiled_once(engine: azoth.Engine, recwarn: pytest.WarningsRecorder) -> None:
    table = made(Own)
    assert isinstance(table, Own)
    assert select(table)._shape == select(table)._shape != UNCACHEABLE
    assert select(table)._shape != select(made(Own))._shape
    with engine.begin() as connection:
        table.create(connection)
        assert connection.execute(select(table)).all() == []
    assert not recwarn.list


def test_a_class_may_say_that_they_are_not() -> None:
    assert select(made(Changing))._shape == UNCACHEABLE
