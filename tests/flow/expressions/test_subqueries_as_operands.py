"""Subqueries, tables and scalar subqueries in the places of values and of lists: as with SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import column, select, table
from tests.database import Database
from tests.flow.differential_core.libraries import same

pytest.importorskip("sqlalchemy")


class Shelf:
    """Numbers, and some of them again."""

    def __init__(self, lib: Any, engine: Any) -> None:
        metadata = lib.MetaData()
        self.every = lib.Table("every", metadata, lib.Column("n", lib.Integer))
        self.some = lib.Table("some_of", metadata, lib.Column("n", lib.Integer))
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(self.every.insert(), [{"n": n} for n in range(6)])
            connection.execute(self.some.insert(), [{"n": n} for n in (1, 4, 5)])
        self.chosen = lib.select(self.some.c.n).where(self.some.c.n > 3)


LISTS: dict[str, Callable[[Any, Shelf], Any]] = {
    "subquery": lambda lib, shelf: shelf.chosen.subquery(),
    "named subquery": lambda lib, shelf: shelf.chosen.subquery("x"),
    "CTE": lambda lib, shelf: shelf.chosen.cte("x"),
    "union": lambda lib, shelf: lib.union(shelf.chosen, lib.select(lib.literal(0))).subquery(),
    "table": lambda lib, shelf: shelf.some,
    "alias": lambda lib, shelf: shelf.some.alias(),
    "scalar subquery": lambda lib, shelf: shelf.chosen.scalar_subquery(),
    "scalar subquery of it": lambda lib, shelf: shelf.chosen.scalar_subquery().scalar_subquery(),
}


@pytest.mark.parametrize("kind", LISTS)
def test_whatever_gives_rows_stands_on_the_right_of_in(kind: str, database: Database) -> None:
    def scenario(lib: Any, engine: Any) -> Any:
        shelf = Shelf(lib, engine)
        n = shelf.every.c.n
        with engine.connect() as connection:
            rows = LISTS[kind](lib, shelf)
            return [
                connection.scalars(lib.select(n).where(condition).order_by(n)).all()
                for condition in (n.in_(rows), n.not_in(rows))
            ]

    same(scenario, database)


def test_rows_written_in_the_statement_stand_there_too() -> None:
    rows = azoth.values(column("n", azoth.Integer), name="v").data([(1,), (2,)])
    assert str(column("a", azoth.Integer).in_(rows)) == "a IN (VALUES (:param_1), (:param_2))"


def test_a_subquery_of_one_column_is_a_value(database: Database) -> None:
    def scenario(lib: Any, engine: Any) -> Any:
        shelf = Shelf(lib, engine)
        n = shelf.every.c.n
        most = lib.select(lib.func.max(shelf.some.c.n)).subquery()
        with engine.connect() as connection:
            return [
                connection.scalars(lib.select(n).where(n == most)).all(),
                connection.scalars(lib.select(n).where(n > most)).all(),
                connection.scalar(lib.select(lib.func.coalesce(most, 0))),
            ]

    same(scenario, database)


def test_a_table_is_none() -> None:
    for what in (table("t", column("a")), select(column("a")).lateral("l")):
        with pytest.raises(azoth.exc.ArgumentError, match="is no value"):
            _ = column("b") == what


def test_rows_are_inserted_from_whatever_gives_some(database: Database) -> None:
    def scenario(lib: Any, engine: Any) -> Any:
        shelf = Shelf(lib, engine)
        with engine.begin() as connection:
            for source in (shelf.chosen.subquery("x"), shelf.some, shelf.some.alias("y"), shelf.chosen.cte("z")):
                connection.execute(shelf.every.insert().from_select(["n"], source))
            return connection.scalars(lib.select(shelf.every.c.n).order_by(shelf.every.c.n)).all()

    same(scenario, database)


def test_a_scalar_subquery_answers_as_the_select_inside() -> None:
    inner = select(column("a", azoth.Integer)).scalar_subquery()
    assert str(inner.limit(1)).split() == ["SELECT", "a", "LIMIT", ":param_1"]
    assert inner.scalar_subquery().type is inner.type
    with pytest.raises(AttributeError, match="no_such_method"):
        _ = inner.no_such_method  # type: ignore[attr-defined]
