"""Statements of thousands of parts run, or fail with the database's own limit."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from azoth.exc import CompileError, OperationalError
from tests.database import Database

MANY = 5000


@pytest.fixture
def table(engine: Engine) -> Table:
    metadata = MetaData()
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [{"id": number, "x": number * 2} for number in range(1, 11)])
    return table


def test_thousands_of_conditions(engine: Engine, table: Table) -> None:
    every: Any = table.c.x > -1
    some: Any = table.c.x == 4
    for number in range(MANY):
        every = every & (table.c.x != -number - 1)
        some = some | (table.c.x == -number)
    with engine.begin() as connection:
        assert len(connection.execute(select(table.c.id).where(every)).all()) == 10
        assert connection.execute(select(table.c.id).where(some)).scalars().all() == [2]
        assert connection.execute(select(table.c.id).where(*[table.c.x != -number for number in range(MANY)])).all()
        assert connection.execute(update(table).where(some).values(x=5)).rowcount == 1
        assert connection.execute(delete(table).where(~some & every)).rowcount == 10


def test_groups_of_conditions_mean_what_the_long_list_means(engine: Engine, table: Table) -> None:
    for count in (299, 300, 301, 601, 1000):
        alternatives = [and_(table.c.x == number, table.c.id > 0) for number in range(count)]
        with engine.connect() as connection:
            found = connection.execute(select(table.c.id).where(or_(*alternatives), table.c.id < 5)).scalars().all()
        assert found == [1, 2, 3, 4]


@pytest.mark.sqlite_only("it limits how deep an expression may be")
def test_a_sum_that_is_too_long_for_the_database_is_its_error(engine: Engine, table: Table) -> None:
    total: Any = table.c.x
    for _ in range(900):
        total = total + 1
    with engine.connect() as connection:
        assert connection.execute(select(total).where(table.c.id == 1)).scalar() == 902
        for _ in range(MANY):
            total = total + 1
        with pytest.raises(OperationalError, match="too large"):
            connection.execute(select(total))


def test_what_is_nested_too_deeply_is_our_error(engine: Engine, table: Table) -> None:
    nested: Any = table.c.x
    for _ in range(MANY):
        nested = func.abs(nested)
    with engine.connect() as connection:
        with pytest.raises(CompileError, match="nested too deeply"):
            connection.execute(select(nested))
        assert connection.execute(select(literal(1))).scalar() == 1


def test_a_python_default_for_each_of_thousands_of_rows(database: Database) -> None:
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return f"name {len(made)}"

    metadata = MetaData()
    name = Column("name", String, default=make)
    table = Table("named", metadata, Column("id", Integer, primary_key=True), name)
    engine = database.make_engine()
    metadata.create_all(engine)
    with engine.begin() as connection:
        result = connection.execute(insert(table).values([{"id": number} for number in range(MANY)]))
        assert [column.name for column in result.prefetch_cols()] == ["name"]
        names = connection.execute(select(table.c.name).order_by(table.c.id)).scalars().all()
    assert len(made) == MANY
    assert names == [f"name {number}" for number in range(1, MANY + 1)]
