"""The mapped classes of the query tests."""

from __future__ import annotations

from typing import Any

from azoth import Column, ForeignKey, Integer, String
from azoth.orm import declarative_base, relationship

Base: Any = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column("user_name", String(50))
    age = Column(Integer)
    addresses = relationship("Address", back_populates="user", order_by="Address.id")


class Address(Base):
    __tablename__ = "addresses"
    id = Column(Integer, primary_key=True)
    email = Column(String(50))
    user_id = Column(ForeignKey("users.id"))
    user = relationship("User", back_populates="addresses")
    notes = relationship("Note", back_populates="address")


class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    text = Column(String(50))
    address_id = Column(ForeignKey("addresses.id"))
    address = relationship("Address", back_populates="notes")


class Stock(Base):
    __tablename__ = "stock"
    place = Column(String(10), primary_key=True)
    item = Column(Integer, primary_key=True)


def users() -> list[User]:
    """Make three users: ed with two addresses, jack with one, wendy with none."""
    ed = [Address(id=1, email="ed@a", notes=[Note(id=1, text="first")]), Address(id=2, email="ed@b")]
    return [
        User(id=1, name="ed", age=30, addresses=ed),
        User(id=2, name="jack", age=25, addresses=[Address(id=3, email="jack@a")]),
        User(id=3, name="wendy", age=30),
    ]
