"""The data that every library works on: people, and parents with children, always the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.subject import Families, PersonRow
from bench.vehicles import create_vehicles

CITIES = ("Amsterdam", "Bogotá", "Cairo", "Dakar", "Edinburgh", "Fukuoka", "Gdańsk", "Helsinki")

SCHEMA = """
CREATE TABLE person (
    id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, age INTEGER NOT NULL,
    score FLOAT NOT NULL, city TEXT NOT NULL
);
CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE child (
    id INTEGER NOT NULL PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id), name TEXT NOT NULL
);
CREATE INDEX child_parent_id ON child (parent_id);
"""


def person_rows(count: int) -> list[PersonRow]:
    """Make the first people."""
    return [
        (i, f"person {i}", f"person{i}@example.org", i % 90, i / 8, f"{CITIES[i % len(CITIES)]} {i % 500}")
        for i in range(1, count + 1)
    ]


def family_names(parents: int, children: int) -> Families:
    """Name parents and their children."""
    return [(f"parent {p}", [f"child {p}.{c}" for c in range(children)]) for p in range(1, parents + 1)]


def create_database(database: Path, people: int, parents: int, children: int, vehicles: int) -> None:
    """Write a database file with the schema and the data."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)", person_rows(people))
        connection.executemany(
            "INSERT INTO parent (name) VALUES (?)", [(name,) for name, _ in family_names(parents, 0)]
        )
        connection.executemany("INSERT INTO child (parent_id, name) VALUES (?, ?)", _child_rows(parents, children))
        create_vehicles(connection, vehicles)


def people_in(database: Path) -> list[PersonRow]:
    """Read the committed people from outside of any library."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT id, name, email, age, score, city FROM person ORDER BY id").fetchall()


def _child_rows(parents: int, children: int) -> Iterator[tuple[int, str]]:
    for parent_id, (_, names) in enumerate(family_names(parents, children), 1):
        for name in names:
            yield parent_id, name
