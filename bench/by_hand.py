"""What a careful programmer writes by hand on a server's driver: plain classes, and statements of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from bench.databases import Database
from bench.subject import Families, PersonRow

PORTION: int = 1_000
"""How many rows of a stream a driver has at once."""


class Person:
    def __init__(self, id: int | None, name: str, email: str, age: int, score: float, city: str) -> None:
        self.id = id
        self.name = name
        self.email = email
        self.age = age
        self.score = score
        self.city = city


class Account:
    def __init__(self, id: int, version: int, owner: str, balance: int) -> None:
        self.id = id
        self.version = version
        self.owner = owner
        self.balance = balance


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
SELECT_READING = "SELECT id, name, email, age, score, city FROM reading"
INSERT_PERSON = "INSERT INTO person (name, email, age, score, city) VALUES (%s, %s, %s, %s, %s)"


class ByHand:
    """The works over one connection, which begins transactions by itself; whoever reads ends them with a rollback."""

    query_each = None
    families_by_join = None
    vehicles = None
    connection: Any

    def cursor(self) -> Any:
        """Open a cursor."""
        return self.connection.cursor()

    def insert(self, values: Sequence[Sequence[object]]) -> list[int]:
        """Insert people and return their keys."""
        raise NotImplementedError

    def rows_of(self, statement: str) -> Iterator[Any]:
        """Yield rows without having all of them at once."""
        raise NotImplementedError

    def open(self, database: Database) -> None:
        self.connection = database.connect()

    def close(self) -> None:
        self.connection.close()

    def load_people(self, count: int) -> list[Any]:
        return [
            Person(id_, name, email, age, score, city) for id_, name, email, age, score, city in self._people(count)
        ]

    def load_rows(self, count: int) -> Sequence[Sequence[Any]]:
        return self._people(count)

    def insert_people(self, rows: Sequence[PersonRow]) -> list[Any]:
        people = [Person(None, name, email, age, score, city) for _, name, email, age, score, city in rows]
        keys = self.insert([(one.name, one.email, one.age, one.score, one.city) for one in people])
        for person, key in zip(people, keys, strict=True):
            person.id = key
        self.connection.commit()
        return people

    def hold_people(self, count: int) -> list[Any]:
        return self.load_people(count)

    def make_older(self, people: list[Any]) -> None:
        for person in people:
            person.age += 1
        self._execute_many("UPDATE person SET age = %s WHERE id = %s", [(person.age, person.id) for person in people])
        self.connection.commit()

    def delete_people(self, people: list[Any]) -> None:
        self._execute_many("DELETE FROM person WHERE id = %s", [(person.id,) for person in people])
        self.connection.commit()

    def hold_accounts(self, count: int) -> list[Any]:
        accounts = self._read("SELECT id, version, owner, balance FROM account WHERE id <= %s", (count,))
        self.connection.rollback()
        return [Account(*row) for row in accounts]

    def pay_in(self, accounts: list[Any]) -> None:
        for account in accounts:
            account.balance += 1
        changed = self._execute_many(
            "UPDATE account SET balance = %s, version = %s WHERE id = %s AND version = %s",
            [(one.balance, one.version + 1, one.id, one.version) for one in accounts],
        )
        if changed != len(accounts):
            raise RuntimeError("somebody else has changed an account")
        self.connection.commit()
        for account in accounts:
            account.version += 1

    def get_each(self, keys: Sequence[int]) -> list[str]:
        names = []
        for key in keys:
            (row,) = self._read(f"{SELECT_PERSON} WHERE id = %s", (key,))
            names.append(Person(*row).name)
            self.connection.rollback()
        return names

    def select_each(self, keys: Sequence[int]) -> list[str]:
        return self.rows_each(keys)

    def rows_each(self, keys: Sequence[int]) -> list[str]:
        names = []
        for key in keys:
            ((_, name, _, _, _, _),) = self._read(f"{SELECT_PERSON} WHERE id = %s", (key,))
            names.append(name)
        self.connection.rollback()
        return names

    def families_by_second_query(self) -> Families:
        parents = {row[0]: Parent(*row) for row in self._read("SELECT id, name FROM parent ORDER BY id")}
        for row in self._read("SELECT id, parent_id, name FROM child ORDER BY id"):
            child = Child(*row)
            parents[child.parent_id].children.append(child)
        self.connection.rollback()
        return [(parent.name, [child.name for child in parent.children]) for parent in parents.values()]

    def stream_readings(self) -> tuple[int, int]:
        count = ages = 0
        for row in self.rows_of(SELECT_READING):
            reading = Person(*row)
            count += 1
            ages += reading.age
        self.connection.rollback()
        return count, ages

    def _people(self, count: int) -> Sequence[Any]:
        rows = self._read(f"{SELECT_PERSON} WHERE id <= %s", (count,))
        self.connection.rollback()
        return rows

    def _read(self, statement: str, values: Sequence[object] = ()) -> Sequence[Any]:
        with closing(self.cursor()) as cursor:
            cursor.execute(statement, values)
            rows: Sequence[Any] = cursor.fetchall()
            return rows

    def _execute_many(self, statement: str, values: Sequence[Sequence[object]]) -> int:
        with closing(self.connection.cursor()) as cursor:
            cursor.executemany(statement, values)
            count: int = cursor.rowcount
            return count
