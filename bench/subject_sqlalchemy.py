"""SQLAlchemy with its C extensions, in the style of its 2.x documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from bench.databases import Database
from bench.subject import Families, PersonRow, Subject
from bench.vehicles_sqlalchemy import MappedVehicles


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    age: Mapped[int]
    score: Mapped[float]
    city: Mapped[str]


class Reading(Base):
    __tablename__ = "reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    age: Mapped[int]
    score: Mapped[float]
    city: Mapped[str]


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    owner: Mapped[str]
    balance: Mapped[int]

    __mapper_args__ = {"version_id_col": version}


class Parent(Base):
    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    children: Mapped[list[Child]] = relationship(back_populates="parent", order_by="Child.id")


class Child(Base):
    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    name: Mapped[str]
    parent: Mapped[Parent] = relationship(back_populates="children")


class SQLAlchemySubject:
    module = "sqlalchemy.orm"

    def __init__(self) -> None:
        self.vehicles = MappedVehicles()

    def version(self) -> str:
        if not sqlalchemy.util.has_compiled_ext():  # type: ignore[no-untyped-call]
            raise RuntimeError("SQLAlchemy runs without its C extensions; the comparison would not be fair")
        return f"SQLAlchemy {sqlalchemy.__version__}, C extensions on"

    def open(self, database: Database) -> None:
        self.engine = create_engine(database.url)
        self.session = Session(self.engine)
        self.vehicles.open(self.engine, self.session)

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()

    def load_people(self, count: int) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Person).where(Person.id <= count)).all())

    def load_rows(self, count: int) -> Sequence[Sequence[Any]]:
        people = Person.__table__
        with self.engine.connect() as connection:
            return connection.execute(select(people).where(people.c.id <= count)).all()

    def insert_people(self, rows: Sequence[PersonRow]) -> list[Any]:
        with Session(self.engine, expire_on_commit=False) as session:
            people = [
                Person(name=name, email=email, age=age, score=score, city=city)
                for _, name, email, age, score, city in rows
            ]
            session.add_all(people)
            session.commit()
            return people

    def hold_people(self, count: int) -> list[Any]:
        return list(self.session.scalars(select(Person).where(Person.id <= count)).all())

    def make_older(self, people: list[Any]) -> None:
        for person in people:
            person.age += 1
        self.session.commit()

    def get_each(self, keys: Sequence[int]) -> list[str]:
        names: list[str] = []
        for key in keys:
            with Session(self.engine) as session:
                person = session.get(Person, key)
                assert person is not None
                names.append(person.name)
        return names

    def select_each(self, keys: Sequence[int]) -> list[str]:
        names: list[str] = []
        for key in keys:
            person = self.session.scalars(select(Person).where(Person.id == key)).one()
            names.append(person.name)
        return names

    def query_each(self, keys: Sequence[int]) -> list[str]:
        names: list[str] = []
        for key in keys:
            person = self.session.query(Person).filter_by(id=key).first()
            assert person is not None
            names.append(person.name)
        return names

    def delete_people(self, people: list[Any]) -> None:
        for person in people:
            self.session.delete(person)
        self.session.commit()

    def hold_accounts(self, count: int) -> list[Any]:
        return list(self.session.scalars(select(Account).where(Account.id <= count)).all())

    def pay_in(self, accounts: list[Any]) -> None:
        for account in accounts:
            account.balance += 1
        self.session.commit()

    def rows_each(self, keys: Sequence[int]) -> list[str]:
        people = Person.__table__
        with self.engine.connect() as connection:
            return [connection.execute(select(people).where(people.c.id == key)).one().name for key in keys]

    def stream_readings(self) -> tuple[int, int]:
        count = ages = 0
        with Session(self.engine) as session:
            for reading in session.scalars(select(Reading).execution_options(yield_per=1_000)):
                count += 1
                ages += reading.age
        return count, ages

    def families_by_second_query(self) -> Families:
        with Session(self.engine) as session:
            parents = session.scalars(select(Parent).options(selectinload(Parent.children)))
            return [(parent.name, [child.name for child in parent.children]) for parent in parents]

    def families_by_join(self) -> Families:
        with Session(self.engine) as session:
            parents = session.scalars(select(Parent).options(joinedload(Parent.children))).unique()
            return [(parent.name, [child.name for child in parent.children]) for parent in parents]


def make() -> Subject:
    return SQLAlchemySubject()
