"""peewee, in the style of its documentation: one open connection, bulk methods in a transaction, prefetch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from bench.databases import Database, SQLiteFile
from bench.subject import Families, PersonRow, Subject

database = peewee.SqliteDatabase(None)


class BaseModel(peewee.Model):
    class Meta:
        database = database


class Person(BaseModel):
    name = peewee.TextField()
    email = peewee.TextField()
    age = peewee.IntegerField()
    score = peewee.FloatField()
    city = peewee.TextField()


class Parent(BaseModel):
    name = peewee.TextField()


class Child(BaseModel):
    parent = peewee.ForeignKeyField(Parent, backref="children")
    name = peewee.TextField()


class PeeweeSubject:
    module = "peewee"
    query_each = None
    delete_people = None
    hold_accounts = None
    pay_in = None
    rows_each = None
    stream_readings = None
    families_by_join = None
    vehicles = None

    def version(self) -> str:
        return f"peewee {peewee.__version__}"

    def open(self, opened: Database) -> None:
        assert isinstance(opened, SQLiteFile)
        database.init(str(opened.path))
        database.connect()

    def close(self) -> None:
        database.close()

    def load_people(self, count: int) -> list[Any]:
        return list(Person.select().where(Person.id <= count))

    def load_rows(self, count: int) -> Sequence[Sequence[Any]]:
        return list(Person.select().where(Person.id <= count).tuples())

    def insert_people(self, rows: Sequence[PersonRow]) -> list[Any]:
        # bulk_create leaves the keys of SQLite's rows unknown, so each object is saved by itself.
        people = []
        with database.atomic():
            for _, name, email, age, score, city in rows:
                people.append(Person.create(name=name, email=email, age=age, score=score, city=city))
        return people

    def hold_people(self, count: int) -> list[Any]:
        return self.load_people(count)

    def make_older(self, people: list[Any]) -> None:
        for person in people:
            person.age += 1
        with database.atomic():
            Person.bulk_update(people, fields=[Person.age], batch_size=100)

    def get_each(self, keys: Sequence[int]) -> list[str]:
        return [Person.get_by_id(key).name for key in keys]

    def select_each(self, keys: Sequence[int]) -> list[str]:
        return [Person.select().where(Person.id == key).get().name for key in keys]

    def families_by_second_query(self) -> Families:
        parents = Parent.select().order_by(Parent.id)
        return [
            (parent.name, [child.name for child in parent.children])
            for parent in peewee.prefetch(parents, Child.select().order_by(Child.id))
        ]


def make() -> Subject:
    return PeeweeSubject()
