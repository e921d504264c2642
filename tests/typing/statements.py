"""A program whose statements and results have types that mypy must know: checked in strict mode, never run."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, assert_type

from azoth import (
    Boolean,
    Case,
    Cast,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Delete,
    Engine,
    ForeignKey,
    Insert,
    Integer,
    Result,
    Row,
    ScalarResult,
    ScalarSelect,
    Select,
    String,
    Text,
    Update,
    and_,
    case,
    cast,
    create_engine,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    type_coerce,
    union,
    union_all,
    update,
)
from azoth.engine import MappingResult, RowMapping
from azoth.orm import DeclarativeBase, Mapped, Query, Session, mapped_column, relationship, selectinload
from azoth.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate
from azoth.sql.elements import BindParameter, Over, TypeCoerce
from azoth.sql.functions import Function
from azoth.sql.functions.standard import coalesce, count, max, now, sum
from azoth.sql.selectable import CompoundSelect, FromStatement


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    nick: Mapped[str | None]
    born: Mapped[datetime.date]
    price: Mapped[Decimal]
    orders: Mapped[list[Order]] = relationship(back_populates="user")


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="orders")


engine = create_engine("sqlite://")
assert_type(engine, Engine)


def operators() -> None:
    assert_type(User.id == 5, ColumnElement[bool])
    assert_type(User.id != Order.id, ColumnElement[bool])
    assert_type(User.id < 5, ColumnElement[bool])
    assert_type(User.name.like("a%"), ColumnElement[bool])
    assert_type(User.name.not_ilike("a%"), ColumnElement[bool])
    assert_type(User.name.startswith("a", autoescape=True), ColumnElement[bool])
    assert_type(User.id.in_([1, 2]), ColumnElement[bool])
    assert_type(User.id.not_in(select(Order.user_id)), ColumnElement[bool])
    assert_type(User.nick.is_(None), ColumnElement[bool])
    assert_type(User.nick.is_not(None), ColumnElement[bool])
    assert_type(User.id.between(1, 2), ColumnElement[bool])
    assert_type(~(User.id == 1), ColumnElement[bool])
    assert_type((User.id == 1) & (User.name == "a"), ColumnElement[bool])
    assert_type((User.id == 1) | (User.name == "a"), ColumnElement[bool])
    assert_type(User.orders.any(Order.id == 1), ColumnElement[bool])
    assert_type(Order.user.has(name="a"), ColumnElement[bool])
    assert_type(User.id + 5, ColumnElement[int])
    assert_type(User.id * Order.id, ColumnElement[int])
    assert_type(User.id - 5, ColumnElement[int])
    assert_type(User.id / 2, ColumnElement[float | Decimal])
    assert_type(User.price * Decimal(2), ColumnElement[Decimal])
    assert_type(-User.id, ColumnElement[int])
    assert_type(User.name + "x", ColumnElement[str])
    assert_type(User.nick + "x", ColumnElement[str])
    assert_type(User.name.concat("x"), ColumnElement[str])
    assert_type(User.name.desc(), ColumnElement[str])
    assert_type(User.born.asc().nulls_first(), ColumnElement[datetime.date])
    assert_type(User.id.label("key"), ColumnElement[int])
    assert_type(User.name.collate("NOCASE"), ColumnElement[str])


def expressions() -> None:
    assert_type(literal(5), BindParameter[int])
    assert_type(literal("5", Text), BindParameter[str])
    assert_type(cast(User.id, String), Cast[str])
    assert_type(cast(User.name, Boolean()), Cast[bool])
    assert_type(type_coerce(User.id, String), TypeCoerce[str])
    assert_type(case((User.id == 1, "a"), else_="b"), Case[Any])
    assert_type(and_(User.id == 1, User.name == "a"), ColumnElement[Any])
    assert_type(or_(User.id == 1, User.name == "a"), ColumnElement[Any])
    assert_type(func.count(), count)
    assert_type(func.count(User.id), count)
    assert_type(func.max(User.id), max[int])
    assert_type(func.sum(User.price), sum[Decimal])
    assert_type(func.now(), now)
    assert_type(func.coalesce(User.nick, "x"), coalesce[str])
    assert_type(func.lower(User.name), Function[Any])
    assert_type(func.row_number().over(order_by=User.id), Over[int])
    assert_type(func.max(User.id).over(), Over[int])
    assert_type(Column("id", Integer), Column[int])
    assert_type(Column(Integer), Column[int])
    assert_type(Column("name", String(50), ForeignKey("user.id"), nullable=False), Column[str])


def selects() -> None:
    assert_type(select(User), Select[User])
    assert_type(select(User.id, User.name), Select[int, str])
    assert_type(select(User, Order.id), Select[User, int])
    assert_type(
        select(User.id, User.name, User.nick, User.born, Order), Select[int, str, str | None, datetime.date, Order]
    )
    assert_type(select(func.count()), Select[int])
    assert_type(select(func.max(User.id), User.name), Select[int, str])
    assert_type(select(User.id + 1), Select[int])
    assert_type(select(User).where(User.id == 1).order_by(User.name).limit(5), Select[User])
    assert_type(select(User).join(User.orders).options(selectinload(User.orders)), Select[User])
    assert_type(select(User).filter_by(name="a").distinct().with_for_update(), Select[User])
    assert_type(select(User.id).add_columns(User.name), Select[int, str])
    assert_type(select(User.id).with_only_columns(User.name), Select[str])
    assert_type(select(User.id).with_only_columns(User.name, Order), Select[str, Order])
    assert_type(select(User.id).scalar_subquery(), ScalarSelect[Any])
    assert_type(union(select(User.id), select(Order.id)), CompoundSelect[int])
    assert_type(union_all(select(User.id, User.name), select(Order.id, User.name)), CompoundSelect[int, str])
    assert_type(select(User).from_statement(text("SELECT 1")), FromStatement[User])


def changes() -> None:
    assert_type(insert(User), Insert)
    assert_type(insert(User).values(name="a"), Insert)
    assert_type(insert(User).returning(User.id, User.name), ReturningInsert[int, str])
    assert_type(insert(User).returning(User, sort_by_parameter_order=True), ReturningInsert[User])
    assert_type(update(User).where(User.id == 1).values(name="a"), Update)
    assert_type(update(User).returning(User.id), ReturningUpdate[int])
    assert_type(delete(User).where(User.id == 1), Delete)
    assert_type(delete(User).returning(User.id, User.nick), ReturningDelete[int, str | None])


def sessions(session: Session) -> None:
    assert_type(session.get(User, 1), User | None)
    assert_type(session.get_one(User, 1), User)
    assert_type(session.merge(User()), User)
    assert_type(session.connection(), Connection)
    assert_type(session.get_bind(), Engine | Connection)
    assert_type(session.scalars(select(User)), ScalarResult[User])
    assert_type(session.scalars(select(User)).all(), Sequence[User])
    assert_type(session.scalars(select(User)).first(), User | None)
    assert_type(session.scalars(select(User)).one(), User)
    assert_type(session.scalars(select(User)).unique().one_or_none(), User | None)
    assert_type(session.scalars(select(User.id)).all(), Sequence[int])
    assert_type(session.scalars(insert(User).returning(User)).all(), Sequence[User])
    assert_type(session.scalar(select(User.name)), str | None)
    assert_type(session.scalar(select(func.count(User.id))), int | None)
    assert_type(session.execute(select(User.id, User.name)), Result[int, str])
    assert_type(session.execute(select(User.id, User.name)).all(), Sequence[Row[int, str]])
    assert_type(session.execute(select(User.id, User.name)).one()[1], str)
    assert_type(session.execute(select(User.id, User.name)).one().tuple(), tuple[int, str])
    assert_type(session.execute(select(User.id)).scalar_one(), int)
    assert_type(session.execute(select(User.id)).scalar_one_or_none(), int | None)
    assert_type(session.execute(select(User)).scalars().all(), Sequence[User])
    assert_type(session.execute(select(User)).unique().scalars().all(), Sequence[User])
    assert_type(session.execute(select(User)).mappings(), MappingResult)
    assert_type(session.execute(select(User)).mappings().all(), Sequence[RowMapping])
    assert_type(session.execute(insert(User).returning(User.id, User.name)).one(), Row[int, str])
    assert_type(session.execute(update(User)).rowcount, int)
    assert_type(session.execute(text("SELECT 1")).all(), Sequence[Row[*tuple[Any, ...]]])
    for key, name in session.execute(select(User.id, User.name)):
        assert_type(key, int)
        assert_type(name, str)
    for user in session.scalars(select(User)):
        assert_type(user, User)
    for users in session.scalars(select(User)).partitions(10):
        assert_type(users, Sequence[User])


def queries(session: Session) -> None:
    assert_type(session.query(User), Query[User])
    assert_type(session.query(User).filter(User.id == 1).order_by(User.name), Query[User])
    assert_type(session.query(User).all(), list[User])
    assert_type(session.query(User).first(), User | None)
    assert_type(session.query(User).one(), User)
    assert_type(session.query(User).one_or_none(), User | None)
    assert_type(session.query(User).get(1), User | None)
    assert_type(session.query(User).count(), int)
    assert_type(session.query(User)[0], User)
    assert_type(session.query(User)[0:2], list[User])
    assert_type(session.query(User.id).all(), list[Row[int]])
    assert_type(session.query(User, Order).all(), list[Row[User, Order]])
    assert_type(session.query(User.id, User.name).first(), Row[int, str] | None)
    for user in session.query(User):
        assert_type(user, User)


def connections() -> None:
    with engine.connect() as connection:
        assert_type(connection, Connection)
        assert_type(connection.execute(select(User.id, User.name)), CursorResult[int, str])
        assert_type(connection.execute(select(User.id)).scalar(), int | None)
        assert_type(connection.scalar(select(User.id)), int | None)
        assert_type(connection.scalars(select(User.id)).all(), Sequence[int])
        assert_type(connection.execute(text("SELECT 1")).mappings().all(), Sequence[RowMapping])
        assert_type(connection.execute(update(User)).rowcount, int)
        for key, name in connection.execute(select(User.id, User.name)):
            assert_type(key, int)
            assert_type(name, str)
    with engine.begin() as connection:
        assert_type(connection, Connection)


def faults(session: Session) -> None:
    session.get(User, 1).name  # type: ignore[union-attr]  # there may be none
    session.scalars(select(User)).one().nam  # type: ignore[attr-defined]
    session.scalars(select(User.id)).one().name  # type: ignore[attr-defined]
    select(User).wher(User.id == 1)  # type: ignore[attr-defined]
