"""Quotients, CASE and joined texts give values of the types that their parts have."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import azoth
from azoth import (
    Boolean,
    Column,
    Enum,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    TypeDecorator,
    case,
    func,
    insert,
    literal,
    select,
    update,
)


class Cents(TypeDecorator[float]):
    """An amount that is stored in hundredths."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else int(value * 100)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value / 100


bills = Table(
    "bills",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("total", Numeric(10, 2)),
    Column("people", Integer),
    Column("tip", Cents),
    Column("kind", Enum("cash", "card", name="kind_of_bill")),
    Column("open", Boolean),
)
total, people, tip, kind = bills.c.total, bills.c.people, bills.c.tip, bills.c.kind


@pytest.fixture
def connection(engine: azoth.Engine) -> Iterator[azoth.Connection]:
    bills.create(engine)
    with engine.begin() as connection:
        # Ten is a whole number, whatever the type of its column says.
        row = {"total": Decimal("10.00"), "people": 4, "tip": 1.5, "kind": "cash", "open": True}
        connection.execute(insert(bills), row)
        yield connection


@pytest.mark.parametrize(
    "quotient, value",
    [
        (total / 4, 2.5),
        (total / people, 2.5),
        (7 / total, 0.7),
        (people / total, 0.4),
        (func.sum(total) / func.count(bills.c.id * 1) / 4, 2.5),
        (func.coalesce(total, 0) / 4, 2.5),
        (people / 8, 0.5),
        (total / Decimal(4), 2.5),
    ],
)
def test_quotients_keep_their_fraction(connection: azoth.Connection, quotient: Any, value: float) -> None:
    assert float(connection.scalar(select(quotient))) == value


def test_a_quotient_that_an_update_stores_has_its_fraction(connection: azoth.Connection) -> None:
    connection.execute(update(bills).values(total=total / people))
    assert connection.scalar(select(total)) == Decimal("2.50")


@pytest.mark.parametrize(
    "choice, value",
    [
        (case((people > 0, tip), else_=0), 1.5),
        (case((people < 0, tip), else_=2.5), 2.5),
        (case((people < 0, 0), else_=tip), 1.5),
        (case({4: tip}, value=people, else_=0), 1.5),
        (case((people > 0, case((people > 0, tip), else_=0)), else_=0), 1.5),
        (case((people > 0, total), else_=0), Decimal("10.00")),
        (case((people < 0, total), else_=5), Decimal("5.00")),
        (func.sum(case((people > 0, total), else_=0)), Decimal("10.00")),
        (case((people > 0, tip)), 1.5),
        (case((people > 0, None), else_=tip), None),
        (case((people > 0, 1), else_=2), 1),
        (case((people > 0, literal(1.5, Cents)), else_=0), 1.5),
        (case((people < 0, kind), else_="card"), "card"),
        pytest.param(case((people < 0, kind), else_="cheque"), "cheque", marks=pytest.mark.needs("loose types")),
        pytest.param(case((people > 0, "cheque"), else_=kind), "cheque", marks=pytest.mark.needs("loose types")),
        pytest.param(case((people > 0, "none"), else_=total), "none", marks=pytest.mark.needs("loose types")),
    ],
)
def test_plain_values_in_a_case_are_of_the_type_of_the_expressions(
    connection: azoth.Connection, choice: Any, value: object
) -> None:
    found = connection.scalar(select(choice))
    assert found == value
    assert type(found) is type(value)


def test_a_choice_between_expressions_has_the_type_of_the_last_when() -> None:
    assert isinstance(case((people > 0, total), (people < 0, tip), else_=people).type, Cents)
    assert isinstance(case((people > 0, "a"), else_=None).type, String)


@pytest.mark.needs("loose types")
def test_what_is_joined_to_a_word_of_an_enum_is_a_text(connection: azoth.Connection) -> None:
    assert connection.execute(select(kind + "!", "by " + kind, kind.concat(kind))).one() == (
        "cash!",
        "by cash",
        "cashcash",
    )


def test_columns_of_functions_are_found_by_the_name_of_the_function(connection: azoth.Connection) -> None:
    counted = select(kind, func.count(bills.c.id), func.count(people), func.max(people)).group_by(kind).subquery()
    assert counted.c.keys() == ["kind", "count", "count_1", "max"]
    assert connection.execute(select(counted.c.count, counted.c.count_1, counted.c.max)).one() == (1, 1, 4)


def test_a_function_gives_way_to_a_column_of_its_name() -> None:
    odd = Table("odd", MetaData(), Column("count", Integer))
    assert select(func.count(), odd.c.count).subquery().c.keys() == ["count_1", "count"]


def test_the_opposite_of_a_column_has_its_name(connection: azoth.Connection) -> None:
    row = connection.execute(select(~bills.c.open)).one()
    assert row.open is False
    assert select(~bills.c.open).subquery().c.keys() == ["open"]
