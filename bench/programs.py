"""Whole programs that are timed in a process of their own, in words that azoth and SQLAlchemy share."""

from __future__ import annotations

from typing import Final

CONFIGURED_CLASSES: Final = 300

_START: Final = """
from {package} import ForeignKey, String, create_engine, select
from {package}.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    orders: Mapped[list["Order"]] = relationship(back_populates="user")

class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="orders")
    items: Mapped[list["Item"]] = relationship(back_populates="order")

class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    title: Mapped[str | None]
    order: Mapped[Order] = relationship(back_populates="items")

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(User(name="ann", orders=[Order(items=[Item(title="a pen")])]))
    session.commit()
    query = select(User).where(User.name == "ann").options(selectinload(User.orders))
    print(session.scalars(query).one().orders[0].items[0].title)
"""

_CONFIGURE: Final = """
import time
from datetime import datetime
from {package} import ForeignKey, String
from {package}.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column, relationship

class Base(DeclarativeBase):
    pass

def define(number):
    namespace = {{
        "__module__": __name__,
        "__tablename__": f"table_{{number}}",
        "__annotations__": {{
            "id": Mapped[int],
            "name": Mapped[str],
            "note": Mapped[str | None],
            "price": Mapped[float],
            "made": Mapped[datetime],
            "previous_id": Mapped[int | None],
        }},
        "id": mapped_column(primary_key=True),
        "name": mapped_column(String(50)),
        "previous_id": mapped_column(ForeignKey(f"table_{{max(number - 1, 0)}}.id")),
    }}
    if number:
        namespace["previous"] = relationship(f"C{{number - 1}}", back_populates="next")
    if number + 1 < {classes}:
        namespace["next"] = relationship(f"C{{number + 1}}", back_populates="previous")
    return type(f"C{{number}}", (Base,), namespace)

start = time.perf_counter()
classes = [define(number) for number in range({classes})]
configure_mappers()
print(time.perf_counter() - start)
"""

_NAMES: Final = """
import time
start = time.perf_counter()
import {package}
from {package} import create_engine, ForeignKey, String, select
from {package}.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload, sessionmaker
print(time.perf_counter() - start)
"""

_MODULE: Final = """
import time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def import_of(module: str) -> str:
    """Write a program that prints how many seconds the import of a module takes."""
    return _MODULE.format(module=module)


def import_of_usual_names(package: str) -> str:
    """Write a program that prints how many seconds the import of the names takes that every program needs."""
    return _NAMES.format(package=package)


def first_result(package: str) -> str:
    """Write a program of three classes that stores an object, loads it and prints what it finds."""
    return _START.format(package=package)


def configuring(package: str) -> str:
    """Write a program that prints how many seconds it takes to map and configure classes that refer to each other."""
    return _CONFIGURE.format(package=package, classes=CONFIGURED_CLASSES)
