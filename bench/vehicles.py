"""The data of the works on hierarchies of classes: vehicles over joined tables, and articles in one table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

VehicleRow = tuple[str, int, str, int, int, str]
"""kind, id, name, weight, and the two columns of its class: a number and a text"""

VEHICLES = (
    ("car", "doors", "colour"),
    ("truck", "axles", "cargo"),
    ("ship", "masts", "harbour"),
    ("bicycle", "gears", "brand"),
)
"""Kind, which is the name of the table too, and its columns."""

ARTICLES = (
    ("book", "pages", "author"),
    ("film", "minutes", "director"),
    ("song", "tempo", "singer"),
    ("game", "players", "studio"),
)
"""Kind and its columns in the one table."""

COMMON = "id INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, weight INTEGER NOT NULL"
OF_A_VEHICLE = "id INTEGER NOT NULL PRIMARY KEY REFERENCES vehicle (id), {} INTEGER NOT NULL, {} TEXT NOT NULL"
OF_ARTICLES = ", ".join(f"{number} INTEGER, {text} TEXT" for _, number, text in ARTICLES)

SCHEMA = "\n".join(
    [
        f"CREATE TABLE vehicle ({COMMON});",
        *(f"CREATE TABLE {kind} ({OF_A_VEHICLE.format(number, text)});" for kind, number, text in VEHICLES),
        f"CREATE TABLE article ({COMMON}, {OF_ARTICLES});",
    ]
)


def vehicle_rows(count: int, *, kinds: Sequence[tuple[str, str, str]] = VEHICLES) -> list[VehicleRow]:
    """Make the first vehicles, the kinds in turn."""
    return [
        (kinds[i % len(kinds)][0], i, f"number {i}", i % 5_000, i % 17, f"text {i % 1_000}")
        for i in range(1, count + 1)
    ]


def article_rows(count: int) -> list[VehicleRow]:
    """Make the first articles."""
    return vehicle_rows(count, kinds=ARTICLES)


def create_vehicles(connection: sqlite3.Connection, count: int) -> None:
    """Write the tables and their data."""
    connection.executescript(SCHEMA)
    for kind, id_, name, weight, number, text in vehicle_rows(count):
        connection.execute("INSERT INTO vehicle VALUES (?, ?, ?, ?)", (id_, kind, name, weight))
        connection.execute(f"INSERT INTO {kind} VALUES (?, ?, ?)", (id_, number, text))
    columns = {kind: f"{number}, {text}" for kind, number, text in ARTICLES}
    for kind, *values in article_rows(count):
        connection.execute(
            f"INSERT INTO article (kind, id, name, weight, {columns[kind]}) VALUES (?, ?, ?, ?, ?, ?)", (kind, *values)
        )


def vehicles_in(database: Path) -> list[VehicleRow]:
    """Read the committed vehicles from outside of any library."""
    found: list[VehicleRow] = []
    with closing(sqlite3.connect(database)) as connection:
        for kind, number, text in VEHICLES:
            found += connection.execute(
                f"SELECT vehicle.kind, vehicle.id, name, weight, {number}, {text}"
                f" FROM vehicle JOIN {kind} ON {kind}.id = vehicle.id"
            )
    return sorted(found, key=lambda row: row[1])


def values_of(objects: Iterable[Any]) -> list[VehicleRow]:
    """Read everything of some objects, whose classes are called as their kinds."""
    own = {kind: (number, text) for kind, number, text in (*VEHICLES, *ARTICLES)}
    found = []
    for one in objects:
        kind = type(one).__name__.lower()
        number, text = own[kind]
        found.append((kind, one.id, one.name, one.weight, getattr(one, number), getattr(one, text)))
    return found
