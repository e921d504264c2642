"""What the wrong calls are made on: a small mapping, an engine, a session with a row, a connection, a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import azoth
from azoth import event, orm, pool, schema
from azoth.dialects import sqlite
from azoth.engine import URL, make_url
from azoth.orm import attributes


class Base(orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str | None]
    cs: orm.Mapped[list[Child]] = orm.relationship(back_populates="p")


class Child(Base):
    __tablename__ = "child"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[int | None] = orm.mapped_column(azoth.ForeignKey("parent.id"))
    p: orm.Mapped[Parent | None] = orm.relationship(back_populates="cs")


class Pair(Base):
    __tablename__ = "pair"

    a: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    b: orm.Mapped[int] = orm.mapped_column(primary_key=True)


@contextmanager
def ground() -> Iterator[dict[str, Any]]:
    """Give the names of the calls: an engine e, a session s, an object p, a connection c, a table t, and modules."""
    Base.registry.configure()
    engine = azoth.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    table = azoth.Table(
        "t", azoth.MetaData(), azoth.Column("id", azoth.Integer, primary_key=True), azoth.Column("x", azoth.Integer)
    )
    table.metadata.create_all(engine)
    with orm.Session(engine) as session, engine.connect() as connection:
        session.add(Parent(id=1, name="x"))
        session.commit()
        yield {
            "azoth": azoth,
            "orm": orm,
            "event": event,
            "pool": pool,
            "schema": schema,
            "sqlite": sqlite,
            "attributes": attributes,
            "URL": URL,
            "make_url": make_url,
            "e": engine,
            "s": session,
            "p": session.get(Parent, 1),
            "c": connection,
            "t": table,
            "P": Parent,
            "C": Child,
            "K": Pair,
            "mapped": mapped,
            "related": related,
            "plain_class": plain_class,
            "rows": lambda: connection.execute(azoth.select(table)),
            "objects": lambda: session.execute(azoth.select(Parent)),
        }
    engine.dispose()


def mapped(**attributes: Any) -> type[Any]:
    """Map a class with further attributes, and configure it."""

    class OwnBase(orm.DeclarativeBase):
        pass

    body = {
        "__tablename__": "m",
        "__module__": __name__,
        "id": orm.mapped_column(azoth.Integer, primary_key=True),
        **attributes,
    }
    try:
        made = type("M", (OwnBase,), body)
        OwnBase.registry.configure()
    finally:
        OwnBase.registry.dispose()
    return made


def related(*arguments: Any, **options: Any) -> type[Any]:
    """Map two classes with a relationship between them, and configure them."""

    class OwnBase(orm.DeclarativeBase):
        pass

    class X(OwnBase):
        __tablename__ = "x"
        id = orm.mapped_column(azoth.Integer, primary_key=True)

    class Y(OwnBase):
        __tablename__ = "y"
        id = orm.mapped_column(azoth.Integer, primary_key=True)
        x_id = orm.mapped_column(azoth.ForeignKey("x.id"))
        x = orm.relationship(*arguments, **options)

    try:
        OwnBase.registry.configure()
    finally:
        # What is broken must not be in the way of others.
        OwnBase.registry.dispose()
    return Y


def plain_class() -> type[Any]:
    """Make a class that is not mapped."""
    return type("Z", (), {})
