"""An entity of a class that shares its base's table means that class's rows, whatever it stands for in a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, exists, func, or_, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, aliased, contains_eager, declarative_base, joinedload, relationship, with_polymorphic


@pytest.fixture
def shop() -> Any:
    """Orders, and payments of four classes in one table."""
    Base: Any = declarative_base()

    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        payments = relationship("Payment", back_populates="order", order_by="Payment.id")

    class Payment(Base):
        __tablename__ = "payment"
        id = Column(Integer, primary_key=True)
        type = Column(String(10))
        amount = Column(Integer)
        order_id = Column(ForeignKey("orders.id"))
        order = relationship(Order, back_populates="payments")
        __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "payment"}

    class Card(Payment):
        number = Column(String(10))
        __mapper_args__ = {"polymorphic_identity": "card"}

    class Gold(Card):
        __mapper_args__ = {"polymorphic_identity": "gold"}

    class Cash(Payment):
        currency = Column(String(3))
        __mapper_args__ = {"polymorphic_identity": "cash"}

    return SimpleNamespace(Base=Base, Order=Order, Payment=Payment, Card=Card, Gold=Gold, Cash=Cash)


@pytest.fixture
def session(database: Any, shop: Any) -> Iterator[Session]:
    """A session on: order 1 paid plainly and by card, 2 in cash, 3 by gold card, 4 not at all."""
    engine = database.make_engine()
    shop.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([
            shop.Order(id=1, payments=[shop.Payment(id=1, amount=1), shop.Card(id=2, amount=2, number="a")]),
            shop.Order(id=2, payments=[shop.Cash(id=3, amount=3)]),
            shop.Order(id=3, payments=[shop.Gold(id=4, amount=4)]),
            shop.Order(id=4),
        ])  # fmt: skip
        session.commit()
        session.expunge_all()
        yield session


def _part(shop: Any, **arguments: Any) -> Any:
    return with_polymorphic(shop.Payment, [shop.Card, shop.Cash], **arguments).Card


STANDS_FOR_CARDS: dict[str, Callable[[Any], Any]] = {
    "part": _part,
    "part of an alias": lambda shop: _part(shop, aliased=True),
    "part of a flat alias": lambda shop: _part(shop, flat=True),
    "part of a subquery": lambda shop: _part(shop, selectable=select(shop.Payment).subquery()),
    "subquery of the base": lambda shop: aliased(shop.Card, select(shop.Payment).subquery()),
    "subquery of the table": lambda shop: aliased(shop.Card, select(shop.Payment.__table__).subquery()),
    "CTE": lambda shop: aliased(shop.Card, select(shop.Payment).cte()),
    "subquery by names": lambda shop: aliased(
        shop.Card, select(shop.Payment.__table__).subquery().select().subquery(), adapt_on_names=True
    ),
    "alias of the table": lambda shop: aliased(shop.Card, shop.Payment.__table__.alias()),
    "alias": lambda shop: aliased(shop.Card),
    "alias of an alias": lambda shop: aliased(aliased(shop.Card), select(shop.Payment.__table__).subquery()),
    "subquery of the class": lambda shop: aliased(shop.Card, select(shop.Card).subquery()),
    "with_polymorphic of a subquery": lambda shop: with_polymorphic(
        shop.Card, [shop.Gold], selectable=select(shop.Payment).subquery()
    ),
}


@pytest.fixture(params=STANDS_FOR_CARDS)
def card(request: Any, shop: Any) -> Any:
    """Something that stands for the class with two of the four rows."""
    return STANDS_FOR_CARDS[request.param](shop)


def test_it_selects_its_objects(session: Session, shop: Any, card: Any) -> None:
    found = session.scalars(select(card).order_by(card.id)).all()
    assert [(type(one), one.id) for one in found] == [(shop.Card, 2), (shop.Gold, 4)]


def test_its_rows_are_counted(session: Session, card: Any) -> None:
    assert session.scalar(select(func.count()).select_from(card)) == 2


def test_it_is_joined(session: Session, shop: Any, card: Any) -> None:
    Order = shop.Order
    query = select(Order.id, card.id).join(card, card.order_id == Order.id).order_by(Order.id)
    assert session.execute(query).all() == [(1, 2), (3, 4)]


def test_it_is_joined_along_a_relationship(session: Session, shop: Any, card: Any) -> None:
    Order = shop.Order
    query = select(Order.id, card.id).outerjoin(Order.payments.of_type(card)).order_by(Order.id)
    assert session.execute(query).all() == [(1, 2), (2, None), (3, 4), (4, None)]


def test_others_are_joined_to_it(session: Session, shop: Any, card: Any) -> None:
    query = select(card.id, shop.Order.id).select_from(card).join(card.order).order_by(card.id)
    assert session.execute(query).all() == [(2, 1), (4, 3)]


@pytest.mark.parametrize("condition", [lambda card: (), lambda card: (card.amount > 0,)])
def test_it_is_asked_for(session: Session, shop: Any, card: Any, condition: Any) -> None:
    query = select(shop.Order.id).where(shop.Order.payments.of_type(card).any(*condition(card)))
    assert session.scalars(query.order_by(shop.Order.id)).all() == [1, 3]


def test_it_exists(session: Session, shop: Any, card: Any) -> None:
    there = exists(card).where(card.order_id == shop.Order.id)
    inner = select(card).where(card.order_id == shop.Order.id).exists()
    for condition in (there, inner):
        assert session.scalars(select(shop.Order.id).where(condition).order_by(shop.Order.id)).all() == [1, 3]


@pytest.mark.parametrize("contained", [False, True])
def test_it_is_loaded_eagerly(session: Session, shop: Any, card: Any, contained: bool) -> None:
    step = shop.Order.payments.of_type(card)
    query = select(shop.Order).order_by(shop.Order.id)
    query = query.outerjoin(step).options(contains_eager(step)) if contained else query.options(joinedload(step))
    found = {order.id: [one.id for one in order.payments] for order in session.scalars(query).unique()}
    assert found == {1: [2], 2: [], 3: [4], 4: []}


def test_a_limit_keeps_its_rows(session: Session, card: Any) -> None:
    query = select(card).options(joinedload(card.order)).order_by(card.id).limit(1).offset(1)
    assert [one.id for one in session.scalars(query)] == [4]


def test_columns_of_a_part_are_values_of_the_whole(session: Session, shop: Any) -> None:
    whole = with_polymorphic(shop.Payment, [shop.Card, shop.Cash])
    either = or_(whole.amount > 2, whole.Card.number == "a")
    assert session.scalars(select(whole.id).where(either).order_by(whole.id)).all() == [2, 3, 4]
    assert session.scalars(select(whole.Card.id).order_by(whole.id)).all() == [1, 2, 3, 4]


def test_a_part_beside_its_whole_is_refused(session: Session, shop: Any) -> None:
    whole = with_polymorphic(shop.Payment, [shop.Card, shop.Cash])
    with pytest.raises(InvalidRequestError, match="select\\(\\) of Payment and of its part Card"):
        session.execute(select(whole, whole.Card))


def test_an_alias_has_the_criterion_once(shop: Any) -> None:
    assert str(select(aliased(shop.Card).id)).count(" IN ") == 1
