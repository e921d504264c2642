"""INSERTs that the database lets pass without inserting a row: no object takes another row's key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, UniqueConstraint, func, insert, select
from azoth.orm import Session, declarative_base, relationship
from azoth.orm.exc import FlushError

Base: Any = declarative_base()

PASSED_OVER = "was not inserted: INSERT into"


class Mail(Base):
    __tablename__ = "mails"
    id = Column(Integer, primary_key=True)
    address = Column(String)
    made = Column(Integer, server_default="3")
    letters = relationship("Letter")
    __table_args__ = (UniqueConstraint("address", sqlite_on_conflict="IGNORE"),)


class Letter(Base):
    __tablename__ = "letters"
    id = Column(Integer, primary_key=True)
    mail_id = Column(ForeignKey("mails.id"))


class Eager(Base):
    __tablename__ = "eager_mails"
    id = Column(Integer, primary_key=True)
    address = Column(String)
    made = Column(Integer, server_default="3")
    __mapper_args__ = {"eager_defaults": True}
    __table_args__ = (UniqueConstraint("address", sqlite_on_conflict="IGNORE"),)


class Guarded(Base):
    __tablename__ = "guarded"
    id = Column(Integer, primary_key=True)
    address = Column(String)


class Coded(Base):
    __tablename__ = "coded"
    code = Column(String, primary_key=True)
    address = Column(String)
    __table_args__ = (UniqueConstraint("address", sqlite_on_conflict="IGNORE"),)


pytestmark = pytest.mark.sqlite_only("ON CONFLICT of constraints and RAISE(IGNORE)")


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER guard BEFORE INSERT ON guarded WHEN NEW.address = 'a' BEGIN SELECT RAISE(IGNORE); END"
        )
    with Session(engine) as session:
        yield session


NEW: dict[str, Callable[[str], Any]] = {
    "a key by lastrowid": lambda address: Mail(address=address),
    "a key by RETURNING": lambda address: Eager(address=address),
    "a key that is given": lambda address: Coded(code=f"new {address}", address=address),
    "an expression": lambda address: Mail(address=func.lower(address.upper())),
    "an expression by RETURNING": lambda address: Eager(address=func.lower(address.upper())),
    "an expression and a key": lambda address: Coded(code=f"new {address}", address=func.lower(address.upper())),
}


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("addresses", [["a"], ["c", "a"], ["a", "c"], [*"cdefghijk", "a", *"lmnopq"]])
def test_an_object_without_a_row_is_an_error(session: Session, kind: str, addresses: list[str]) -> None:
    make = NEW[kind]
    session.add_all([Mail(address="a"), Eager(address="a"), Coded(code="old", address="a")])
    session.commit()
    new = [make(address) for address in addresses]
    session.add_all(new)
    with pytest.raises(FlushError, match=PASSED_OVER) as raised:
        session.flush()
    assert raised.value.code == "AZ-F154"
    session.rollback()
    assert session.new == set()
    assert [azoth.inspect(one).transient for one in new] == [True] * len(new)
    assert [one.__dict__.get("id") for one in new] == [None] * len(new)
    assert session.scalar(select(func.count()).select_from(type(new[0]))) == 1


@pytest.mark.parametrize("addresses", [["a"], ["b", "a"], ["a", "b"]])
def test_a_trigger_that_passes_over_a_row_is_an_error(session: Session, addresses: list[str]) -> None:
    session.add_all([Guarded(address=address) for address in addresses])
    with pytest.raises(FlushError, match=PASSED_OVER):
        session.commit()
    session.rollback()
    session.add(Guarded(address="b"))
    session.commit()
    assert session.scalars(select(Guarded.address)).all() == ["b"]


def test_no_child_is_attached_to_another_parent(session: Session) -> None:
    session.add_all([Mail(address="a"), Mail(address="b")])
    session.commit()
    session.add(Mail(address="a", letters=[Letter()]))
    with pytest.raises(FlushError, match=PASSED_OVER):
        session.commit()
    session.rollback()
    assert session.scalars(select(Letter)).all() == []


def test_a_savepoint_keeps_the_rest(session: Session) -> None:
    first = Mail(address="a")
    session.add(first)
    session.flush()
    with pytest.raises(FlushError), session.begin_nested():
        session.add(Mail(address="a"))
    session.add(Mail(address="b"))
    session.commit()
    assert session.scalars(select(Mail.address).order_by(Mail.id)).all() == ["a", "b"]
    assert first.address == "a"


@pytest.mark.parametrize("way", ["mappings", "objects"])
def test_bulk_methods_give_no_keys_of_other_rows(session: Session, way: str) -> None:
    session.add_all([Mail(address="a"), Mail(address="b")])
    session.commit()
    with pytest.raises(FlushError, match=PASSED_OVER):
        if way == "mappings":
            session.bulk_insert_mappings(Mail, [{"address": "a"}], return_defaults=True)
        else:
            session.bulk_save_objects([Mail(address="a")], return_defaults=True)


def test_bulk_methods_and_upserts_pass_over_rows_where_nobody_asks_for_keys(session: Session) -> None:
    session.add(Mail(address="a"))
    session.commit()
    session.bulk_insert_mappings(Mail, [{"address": "a"}, {"address": "b"}])
    session.bulk_save_objects([Mail(address="a"), Mail(address="c")])
    session.execute(insert(Mail), [{"address": "a"}, {"address": "d"}])
    assert session.scalars(select(Mail.address).order_by(Mail.address)).all() == ["a", "b", "c", "d"]


def test_core_knows_no_key_of_a_row_that_was_passed_over(session: Session) -> None:
    connection = session.connection()
    assert tuple(connection.execute(insert(Mail.__table__), {"address": "a"}).inserted_primary_key) == (1,)
    assert tuple(connection.execute(insert(Mail.__table__), {"address": "a"}).inserted_primary_key) == (None,)


def test_rows_of_a_view_are_inserted_by_its_triggers(engine: azoth.Engine, session: Session) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW seen AS SELECT * FROM coded")
        connection.exec_driver_sql(
            "CREATE TRIGGER write_seen INSTEAD OF INSERT ON seen "
            "BEGIN INSERT INTO coded VALUES (NEW.code, NEW.address); END"
        )
    base: Any = declarative_base()

    class Seen(base):
        __tablename__ = "seen"
        code = Column(String, primary_key=True)
        address = Column(String)

    session.add_all([Seen(code="x", address="a"), Seen(code="y", address="b")])
    session.commit()
    session.add(Seen(code="z", address="c"))
    session.commit()
    assert session.scalars(select(Coded.code).order_by(Coded.code)).all() == ["x", "y", "z"]
