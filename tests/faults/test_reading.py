"""Reading through a session, within a transaction that also writes."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import select
from azoth.orm import Session, joinedload, selectinload
from tests.faults.shop import Customer, Line, Order, Tag


def test_autoflush(survives: Any) -> None:
    def query(session: Session) -> None:
        session.add(Tag(name="seen"))
        assert session.scalars(select(Tag).where(Tag.name == "seen")).one().name == "seen"
        session.commit()

    survives(query)


def test_get(survives: Any) -> None:
    def get(session: Session) -> None:
        assert session.get(Customer, 1).name == "Ada"
        assert session.get(Customer, 99) is None
        session.get(Tag, 1).name = "got"
        session.commit()

    survives(get)


@pytest.mark.slow
def test_lazy_loads(survives: Any) -> None:
    def walk(session: Session) -> None:
        customer = session.get(Customer, 1)
        for order in customer.orders:
            for line in order.lines:
                line.amount += len(order.tags)
        session.commit()

    survives(walk)


def test_selectin(survives: Any) -> None:
    def load(session: Session) -> None:
        options = selectinload(Customer.orders).selectinload(Order.lines)
        for customer in session.scalars(select(Customer).options(options).order_by(Customer.id)):
            customer.orders[0].lines[0].amount = 9
        session.commit()

    survives(load)


def test_joined(survives: Any) -> None:
    def load(session: Session) -> None:
        options = joinedload(Order.customer), joinedload(Order.tags)
        for order in session.scalars(select(Order).options(*options).order_by(Order.id)).unique():
            order.note = f"{order.customer.name} {len(order.tags)}"
        session.commit()

    survives(load)


def test_rows_in_portions(survives: Any) -> None:
    def stream(session: Session) -> None:
        amounts = 0
        for line in session.scalars(select(Line).execution_options(yield_per=2)):
            amounts += line.amount
        session.add(Tag(name=f"{amounts} pieces"))
        session.commit()

    survives(stream)


def test_rows_in_portions_left_unread(survives: Any) -> None:
    def stream(session: Session) -> None:
        result = session.scalars(select(Line).execution_options(yield_per=1))
        next(iter(result))
        session.add(Tag(name="done"))
        session.commit()

    survives(stream)


def test_refresh_and_expire(survives: Any) -> None:
    def refresh(session: Session) -> None:
        customer = session.get(Customer, 1)
        session.refresh(customer)
        session.expire(customer)
        customer.name = customer.name.upper()
        session.flush()
        session.refresh(customer, ["name"])
        session.commit()
        assert customer.name == "ADA"

    survives(refresh)


def test_only_reading(survives: Any) -> None:
    def read(session: Session) -> None:
        assert len(session.scalars(select(Order)).all()) == 4
        session.commit()

    survives(read)


def test_reading_after_a_commit(survives: Any) -> None:
    def read(session: Session) -> None:
        session.add(Tag(name="new"))
        session.commit()
        assert len(session.scalars(select(Tag)).all()) == 3

    survives(read)
