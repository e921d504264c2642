"""The standard sqlite3 module and plain classes: what a careful programmer writes by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from bench.databases import Database, SQLiteFile
from bench.subject import Families, PersonRow, Subject
from bench.vehicles_sqlite3 import PlainVehicles


class Person:
    def __init__(self, id: int | None, name: str, email: str, age: int, score: float, city: str) -> None:
        self.id = id
        self.name = name
        self.email = email
        self.age = age
        self.score = score
        self.city = city


class Parent:
    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name
        self.children: list[Child] = []


class Child:
    def __init__(self, id: int, parent_id: int, name: str) -> None:
        self.id = id
        self.parent_id = parent_id
        self.name = name


SELECT_PERSON = "SELECT id, name, email, age, score, city FROM person"


class Sqlite3Subject:
    module = "sqlite3"
    delete_people = None
    hold_accounts = None
    pay_in = None
    rows_each = None
    stream_readings = None

    def __init__(self) -> None:
        self.vehicles = PlainVehicles()

    def version(self) -> str:
        return f"sqlite3 (SQLite {sqlite3.sqlite_version})"

    def open(self, database: Database) -> None:
        assert isinstance(database, SQLiteFile)
        self.connection = database.connect()
        self.vehicles.open(self.connection)

    def close(self) -> None:
        self.connection.close()

    def load_people(self, count: int) -> list[Any]:
        cursor = self.connection.execute(f"{SELECT_PERSON} WHERE id <= ?", (count,))
        return [Person(id_, name, email, age, score, city) for id_, name, email, age, score, city in cursor.fetchall()]

    def load_rows(self, count: int) -> Sequence[Sequence[Any]]:
        return self.connection.execute(f"{SELECT_PERSON} WHERE id <= ?", (count,)).fetchall()

    def insert_people(self, rows: Sequence[PersonRow]) -> list[Any]:
        people = []
        execute = self.connection.execute
        for _, name, email, age, score, city in rows:
            person = Person(None, name, email, age, score, city)
            values = (person.name, person.email, person.age, person.score, person.city)
            cursor = execute("INSERT INTO person (name, email, age, score, city) VALUES (?, ?, ?, ?, ?)", values)
            person.id = cursor.lastrowid
            people.append(person)
        self.connection.commit()
        return people

    def hold_people(self, count: int) -> list[Any]:
        return self.load_people(count)

    def make_older(self, people: list[Any]) -> None:
        for person in people:
            person.age += 1
        changes = [(person.age, person.id) for person in people]
        self.connection.executemany("UPDATE person SET age = ? WHERE id = ?", changes)
        self.connection.commit()

    def get_each(self, keys: Sequence[int]) -> list[str]:
        names = []
        for key in keys:
            row = self.connection.execute(f"{SELECT_PERSON} WHERE id = ?", (key,)).fetchone()
            names.append(row[1])
        return names

    def select_each(self, keys: Sequence[int]) -> list[str]:
        return self.get_each(keys)

    def query_each(self, keys: Sequence[int]) -> list[str]:
        return self.get_each(keys)

    def families_by_second_query(self) -> Families:
        parents = {row[0]: Parent(*row) for row in self.connection.execute("SELECT id, name FROM parent ORDER BY id")}
        for row in self.connection.execute("SELECT id, parent_id, name FROM child ORDER BY id"):
            child = Child(*row)
            parents[child.parent_id].children.append(child)
        return [(parent.name, [child.name for child in parent.children]) for parent in parents.values()]

    def families_by_join(self) -> Families:
        parents: dict[int, Parent] = {}
        joined = (
            "SELECT parent.id, parent.name, child.id, child.name FROM parent"
            " LEFT JOIN child ON child.parent_id = parent.id ORDER BY child.id"
        )
        for parent_id, parent_name, child_id, child_name in self.connection.execute(joined):
            parent = parents.get(parent_id)
            if parent is None:
                parent = parents[parent_id] = Parent(parent_id, parent_name)
            if child_id is not None:
                parent.children.append(Child(child_id, parent_id, child_name))
        return [(parent.name, [child.name for child in parent.children]) for parent in parents.values()]


def make() -> Subject:
    return Sqlite3Subject()
