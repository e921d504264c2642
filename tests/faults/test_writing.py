"""Writing by a session's flush."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import select
from azoth.orm import Session
from tests.faults.shop import Category, Customer, Line, Order, Tag


def test_insert(survives: Any) -> None:
    def insert(session: Session) -> None:
        session.add(Customer(name="Cleo"))
        session.commit()

    survives(insert)


def test_insert_of_many_rows(survives: Any) -> None:
    def insert(session: Session) -> None:
        session.add_all([Tag(name=f"tag {number}") for number in range(8)])
        session.commit()

    survives(insert)


def test_insert_of_many_rows_with_known_keys(survives: Any) -> None:
    def insert(session: Session) -> None:
        session.add_all([Tag(id=100 + number, name=f"tag {number}") for number in range(8)])
        session.commit()

    survives(insert)


def test_insert_of_a_tree_of_objects(survives: Any) -> None:
    def insert(session: Session) -> None:
        lines = [Line(number=number, amount=1) for number in range(3)]
        session.add(Customer(name="Cleo", orders=[Order(lines=lines, tags={Tag(name="new")})]))
        session.commit()

    survives(insert)


def test_update(survives: Any) -> None:
    def update(session: Session) -> None:
        session.scalars(select(Tag).where(Tag.name == "gift")).one().name = "present"
        session.commit()

    survives(update)


def test_update_of_many_rows(survives: Any) -> None:
    def update(session: Session) -> None:
        for line in session.scalars(select(Line)):
            line.amount += 1
        session.commit()

    survives(update)


def test_versioned_update(survives: Any) -> None:
    def update(session: Session) -> None:
        for customer in session.scalars(select(Customer)).all():
            customer.name += " the second"
        session.commit()

    survives(update)


def test_delete(survives: Any) -> None:
    def delete(session: Session) -> None:
        session.delete(session.get(Category, 3))
        session.commit()

    survives(delete)


@pytest.mark.slow
def test_delete_with_its_cascade(survives: Any) -> None:
    def delete(session: Session) -> None:
        session.delete(session.get(Customer, 1))
        session.commit()

    survives(delete)


def test_orphans_are_deleted(survives: Any) -> None:
    def take_out(session: Session) -> None:
        order = session.get(Order, 1)
        del order.lines[0]
        session.commit()

    survives(take_out)


def test_many_to_many(survives: Any) -> None:
    def exchange(session: Session) -> None:
        order = session.get(Order, 1)
        order.tags = {Tag(name="late"), *[tag for tag in order.tags if tag.name == "gift"]}
        session.commit()

    survives(exchange)


def test_self_referential_chain(survives: Any) -> None:
    def grow(session: Session) -> None:
        books = session.scalars(select(Category).where(Category.name == "books")).one()
        novels = Category(name="novels", parent=books, children=[Category(name="short"), Category(name="long")])
        books.parent = None
        session.add(novels)
        session.commit()

    survives(grow)


def test_key_of_two_columns(survives: Any) -> None:
    def exchange(session: Session) -> None:
        session.delete(session.get(Line, (1, 2)))
        session.add(Line(order_id=2, number=1, amount=5))
        session.get(Line, (1, 1)).amount = 7
        session.commit()

    survives(exchange)


def test_values_from_the_server(survives: Any) -> None:
    def insert(session: Session) -> None:
        order = Order(customer_id=1)
        session.add(order)
        session.flush()
        assert order.status == "open"
        order.note = "changed"
        session.flush()
        assert order.status == "open"
        session.commit()

    survives(insert)


def test_two_flushes_in_a_transaction(survives: Any) -> None:
    def write(session: Session) -> None:
        tag = Tag(name="one")
        session.add(tag)
        session.flush()
        tag.name = "two"
        session.flush()
        session.delete(session.get(Category, 2))
        session.commit()

    survives(write)


def test_two_transactions(survives: Any) -> None:
    def write(session: Session) -> None:
        tag = Tag(name="one")
        session.add(tag)
        session.commit()
        tag.name = "two"
        session.commit()

    survives(write)


def test_a_rollback(survives: Any) -> None:
    def write(session: Session) -> None:
        session.add(Tag(name="never"))
        session.flush()
        session.rollback()
        session.add(Tag(name="kept"))
        session.commit()

    survives(write)


@pytest.mark.slow
def test_merge(survives: Any) -> None:
    def merge(session: Session) -> None:
        session.merge(Customer(id=1, name="Ada L.", orders=[Order(id=1, note="merged"), Order(note="new")]))
        session.merge(Tag(id=50, name="fifty"))
        session.commit()

    survives(merge)
