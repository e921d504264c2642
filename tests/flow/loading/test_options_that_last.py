"""What the options of a statement say holds for its objects later, and reaches objects that were there before."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, literal, select
from azoth.exc import InvalidRequestError
from azoth.orm import (
    Session,
    contains_eager,
    declarative_base,
    defer,
    deferred,
    joinedload,
    lazyload,
    load_only,
    query_expression,
    raiseload,
    relationship,
    selectinload,
    undefer,
    with_expression,
    with_loader_criteria,
)
from azoth.orm.exc import ObjectDeletedError


@pytest.fixture
def shop() -> Any:
    """Two customers with three orders, each of two items."""
    Base: Any = declarative_base()

    class Customer(Base):
        __tablename__ = "customer"
        id = Column(Integer, primary_key=True)
        name = Column(String(20))
        notes = deferred(Column(String(20)))
        orders = relationship("Order", back_populates="customer", order_by="Order.id")
        rank = query_expression()
        level = query_expression(literal(5))

    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        customer_id = Column(ForeignKey("customer.id"))
        title = Column(String(20))
        customer = relationship("Customer", back_populates="orders")
        items = relationship("Item", order_by="Item.id")

    class Item(Base):
        __tablename__ = "item"
        id = Column(Integer, primary_key=True)
        order_id = Column(ForeignKey("orders.id"))
        title = Column(String(20))

    return SimpleNamespace(Base=Base, Customer=Customer, Order=Order, Item=Item)


@pytest.fixture
def engine(database: Any, shop: Any) -> azoth.Engine:
    """An engine on the shop's rows."""
    engine: azoth.Engine = database.make_engine()
    shop.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([shop.Customer(id=1, name="Ada", notes="kind"), shop.Customer(id=2, name="Bob", notes="loud")])
        session.flush()
        session.add_all([shop.Order(id=number, customer_id=1 + number % 2, title=f"o{number}") for number in (1, 2, 3)])
        session.flush()
        session.add_all([shop.Item(id=number, order_id=1 + number % 3, title=f"i{number}") for number in range(1, 7)])
        session.commit()
    return engine


@pytest.fixture
def session(engine: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session on the shop."""
    with Session(engine) as session:
        yield session


def loaded(instance: Any) -> set[str]:
    """Name the attributes that have values."""
    return {key for key in instance.__dict__ if not key.startswith("_")}


def of(shop: Any, *options: Any) -> Any:
    """Select the customer with two orders."""
    return select(shop.Customer).where(shop.Customer.id == 2).options(*options)


# -- objects that were there before ---------------------------------------------------------------


def test_an_expression_fills_what_no_query_has_given_yet(session: Session, shop: Any, statements: list[str]) -> None:
    bob = session.get_one(shop.Customer, 2)
    statements.clear()
    assert (bob.rank, bob.level) == (None, 5)
    assert statements == []
    session.scalars(of(shop, with_expression(shop.Customer.rank, shop.Customer.id * 10))).one()
    assert bob.rank == 20
    session.scalars(of(shop, with_expression(shop.Customer.rank, shop.Customer.id * 100))).one()
    assert bob.rank == 20


def test_an_undeferred_column_fills_objects_that_are_there(session: Session, shop: Any) -> None:
    bob = session.get_one(shop.Customer, 2)
    assert "notes" not in loaded(bob)
    session.scalars(of(shop, undefer(shop.Customer.notes))).one()
    assert "notes" in loaded(bob)


@pytest.mark.parametrize("load", [selectinload, joinedload])
def test_options_reach_behind_relationships_that_are_loaded(session: Session, shop: Any, load: Any) -> None:
    order = session.get_one(shop.Order, 1)
    bob = order.customer
    session.scalars(select(shop.Order).options(load(shop.Order.customer).selectinload(shop.Customer.orders))).all()
    assert "orders" in loaded(bob)
    assert "notes" not in loaded(bob)
    session.scalars(select(shop.Order).options(load(shop.Order.customer).undefer(shop.Customer.notes))).all()
    assert "notes" in loaded(bob)
    ranked = load(shop.Order.customer).with_expression(shop.Customer.rank, shop.Customer.id + 4)
    session.scalars(select(shop.Order).options(ranked)).all()
    assert loaded(bob) >= {"rank"}
    assert bob.rank == 6


def test_expressions_behind_relationships_have_the_values_of_their_statement(session: Session, shop: Any) -> None:
    for load in (lazyload, selectinload, joinedload):
        for number in (1, 2):
            session.expunge_all()
            option = load(shop.Order.customer).with_expression(shop.Customer.rank, shop.Customer.id + number)
            order = session.scalars(select(shop.Order).where(shop.Order.id == 1).options(option)).one()
            assert order.customer.rank == 2 + number


# -- refresh and expiry ---------------------------------------------------------------------------


def test_a_refresh_loads_what_the_options_say(session: Session, shop: Any, statements: list[str]) -> None:
    bob = session.scalars(of(shop, selectinload(shop.Customer.orders).selectinload(shop.Order.items))).one()
    session.expire_all()
    statements.clear()
    session.refresh(bob)
    assert len(statements) == 3
    assert "orders" in loaded(bob)
    assert all("items" in loaded(order) for order in bob.orders)


def test_a_refresh_leaves_out_what_the_options_leave_out(session: Session, shop: Any) -> None:
    bob = session.scalars(of(shop, defer(shop.Customer.name), undefer(shop.Customer.notes))).one()
    session.refresh(bob)
    assert "name" not in loaded(bob)
    assert "notes" in loaded(bob)
    order = session.scalars(select(shop.Order).where(shop.Order.id == 2).options(load_only(shop.Order.id))).one()
    session.refresh(order)
    assert loaded(order) == {"id"}
    session.refresh(order, ["title"])
    assert loaded(order) == {"id", "title"}


def test_a_locking_refresh_keeps_the_options(session: Session, shop: Any) -> None:
    options = (joinedload(shop.Customer.orders), with_loader_criteria(shop.Order, shop.Order.id > 1))
    bob = session.scalars(of(shop, raiseload("*"), *options)).one()
    session.refresh(bob, with_for_update={"of": shop.Customer})
    assert [order.id for order in bob.orders] == [3]
    with pytest.raises(InvalidRequestError, match="items is not loaded"):
        bob.orders[0].items


@pytest.mark.parametrize("load, count", [(selectinload, 2), (joinedload, 1)])
def test_an_expired_object_is_loaded_as_the_options_say(
    session: Session, shop: Any, statements: list[str], load: Any, count: int
) -> None:
    bob = session.scalars(of(shop, load(shop.Customer.orders).defer(shop.Order.title))).one()
    for touch in (lambda: bob.name, lambda: session.get(shop.Customer, 2)):
        session.expire_all()
        statements.clear()
        touch()
        assert len(statements) == count
        assert loaded(bob) == {"id", "name", "level", "orders"}
        assert loaded(bob.orders[0]) == {"id", "customer_id"} | ({"customer"} & loaded(bob.orders[0]))


def test_criteria_hold_for_what_is_loaded_again(session: Session, shop: Any) -> None:
    bob = session.scalars(
        of(shop, joinedload(shop.Customer.orders), with_loader_criteria(shop.Order, shop.Order.id > 1))
    ).one()
    assert [order.id for order in bob.orders] == [3]
    session.refresh(bob)
    assert [order.id for order in loaded(bob) & {"orders"} and bob.orders] == [3]
    session.commit()
    assert bob.name == "Bob"
    assert [order.id for order in bob.orders] == [3]


def test_expressions_are_computed_anew_with_their_values(session: Session, shop: Any) -> None:
    for number in (1, 2):
        session.expunge_all()
        bob = session.scalars(of(shop, with_expression(shop.Customer.rank, shop.Customer.id + number))).one()
        session.refresh(bob)
        assert bob.rank == 2 + number
        session.expire(bob)
        assert bob.rank == 2 + number
        session.expire(bob, ["rank"])
        assert bob.rank == 2 + number


@pytest.mark.parametrize("load", [joinedload, selectinload])
def test_a_deferred_column_of_an_expired_object_is_loaded_beside_its_options(
    session: Session, shop: Any, load: Any
) -> None:
    query = select(shop.Customer).options(load(shop.Customer.orders), defer(shop.Customer.name))
    ada, bob = session.scalars(query.order_by(shop.Customer.id)).unique().all()
    session.commit()
    assert (ada.notes, bob.notes) == ("kind", "loud")
    session.expire_all()
    assert (bob.name, bob.notes, ada.name) == ("Bob", "loud", "Ada")
    assert [order.title for order in ada.orders] == ["o2"]


def test_loads_of_expired_objects_serve_their_peers(session: Session, shop: Any, statements: list[str]) -> None:
    option = selectinload(shop.Customer.orders).selectinload(shop.Order.items)
    customers = session.scalars(select(shop.Customer).order_by(shop.Customer.id).options(option)).all()
    session.commit()
    statements.clear()
    assert [(one.name, [len(order.items) for order in one.orders]) for one in customers] == [
        ("Ada", [2]), ("Bob", [2, 2]),
    ]  # fmt: skip
    assert len([one for one in statements if one.startswith("SELECT")]) == 3


# -- which statement's options hold ---------------------------------------------------------------


def test_a_statement_without_options_does_not_take_them_away(session: Session, shop: Any) -> None:
    bob = session.scalars(of(shop, raiseload(shop.Customer.orders))).one()
    assert session.scalars(of(shop)).one() is bob
    with pytest.raises(InvalidRequestError, match=r"Customer\.orders is not loaded"):
        bob.orders


@pytest.mark.parametrize("expired", [False, True])
def test_options_of_a_later_statement_hold_for_objects_that_had_none(
    session: Session, shop: Any, expired: bool
) -> None:
    bob = session.get_one(shop.Customer, 2)
    if expired:
        session.commit()
    session.scalars(of(shop, raiseload(shop.Customer.orders))).one()
    with pytest.raises(InvalidRequestError, match=r"Customer\.orders is not loaded"):
        bob.orders


def test_an_expired_object_belongs_to_the_statement_that_loads_it(session: Session, shop: Any) -> None:
    bob = session.scalars(of(shop, raiseload(shop.Customer.orders))).one()
    session.commit()
    session.scalars(of(shop)).one()
    assert len(bob.orders) == 2


@pytest.mark.parametrize("expired", [False, True])
def test_criteria_of_a_later_statement_hide_nothing_from_objects_that_were_there(
    session: Session, shop: Any, expired: bool
) -> None:
    bob = session.get_one(shop.Customer, 2)
    if expired:
        session.commit()
    criteria = with_loader_criteria(shop.Order, shop.Order.id > 1)
    session.scalars(of(shop, selectinload(shop.Customer.orders), criteria)).one()
    session.commit()
    assert [order.id for order in bob.orders] == [1, 3]


@pytest.mark.parametrize("again", [False, True])
def test_criteria_hold_for_an_expired_object_whatever_loads_it(session: Session, shop: Any, again: bool) -> None:
    criteria = with_loader_criteria(shop.Order, shop.Order.id > 1)
    bob = session.scalars(of(shop, criteria)).one()
    for options in ([criteria] if again else [], [defer(shop.Customer.name)], [lazyload(shop.Customer.orders)]):
        session.commit()
        assert session.scalars(of(shop, *options)).one() is bob
        assert [order.id for order in bob.orders] == [3]


def test_options_below_a_lazy_load_hold_on_and_on(session: Session, shop: Any) -> None:
    option = lazyload(shop.Customer.orders).lazyload(shop.Order.items).load_only(shop.Item.id)
    bob = session.scalars(of(shop, option)).one()
    item = bob.orders[0].items[0]
    assert loaded(item) == {"id"}
    session.refresh(item)
    assert loaded(item) == {"id"}


@pytest.mark.parametrize("strategy", [selectinload, joinedload])
def test_reading_an_expired_collection_sends_no_more_than_its_options_load(
    shop: Any, engine: azoth.Engine, strategy: Any
) -> None:
    with Session(engine) as session:
        query = select(shop.Customer).options(strategy(shop.Customer.orders)).order_by(shop.Customer.id)
        customers = session.scalars(query).unique().all()
        session.commit()
        sent: list[str] = []
        azoth.event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
        assert [[order.title for order in customer.orders] for customer in customers] == [["o2"], ["o1", "o3"]]
    assert len(sent) == (1 if strategy is joinedload else 2)


def test_what_a_statement_contains_is_looked_for_in_no_later_one(shop: Any, engine: azoth.Engine) -> None:
    with Session(engine) as session:
        query = select(shop.Customer).join(shop.Customer.orders).where(shop.Order.id == 3)
        customer = session.scalars(query.options(contains_eager(shop.Customer.orders))).unique().one()
        assert [order.id for order in customer.orders] == [3]
        session.refresh(customer)
        assert customer.name == "Bob"
        session.expire(customer)
        assert [order.id for order in customer.orders] == [1, 3]
        assert session.merge(shop.Customer(id=2, name="Cid")) is customer
        assert [order.id for order in customer.orders] == [1, 3]


@pytest.mark.parametrize("load", [selectinload, joinedload])
@pytest.mark.parametrize("peers", [False, True])
def test_a_deferred_column_of_expired_objects_loads_beside_what_options_load_eagerly(
    engine: azoth.Engine, shop: Any, statements: list[str], load: Any, peers: bool
) -> None:
    with Session(engine, load_on_peers=peers) as session:
        query = select(shop.Customer).options(load(shop.Customer.orders)).order_by(shop.Customer.id)
        ada, bob = session.scalars(query).unique().all()
        session.expire_all()
        assert (ada.notes, bob.notes) == ("kind", "loud")
        assert {"name", "notes", "orders"} <= loaded(ada) & loaded(bob)
        session.expire_all()
        session.connection().exec_driver_sql("UPDATE orders SET customer_id = NULL WHERE customer_id = 1")
        session.connection().exec_driver_sql("DELETE FROM customer WHERE id = 1")
        with pytest.raises(ObjectDeletedError):
            _ = ada.notes
        assert bob.notes == "loud"
