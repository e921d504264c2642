"""The data of the works on hierarchies of classes: vehicles over joined tables, and articles in one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bench.databases import Database

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

SCHEMA = (
    f"CREATE TABLE vehicle ({COMMON})",
    *(f"CREATE TABLE {kind} ({OF_A_VEHICLE.format(number, text)})" for kind, number, text in VEHICLES),
    f"CREATE TABLE article ({COMMON}, {OF_ARTICLES})",
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


def create_vehicles(database: Database, count: int) -> None:
    """Write the tables and their data."""
    database.run(*SCHEMA)
    rows = vehicle_rows(count)
    database.fill("vehicle", ("kind", "id", "name", "weight"), [row[:4] for row in rows])
    for kind, number, text in VEHICLES:
        database.fill(kind, ("id", number, text), [(row[1], *row[4:]) for row in rows if row[0] == kind])
    for kind, number, text in ARTICLES:
        articles = [row for row in article_rows(count) if row[0] == kind]
        database.fill("article", ("kind", "id", "name", "weight", number, text), articles)


def vehicles_in(database: Database) -> list[VehicleRow]:
    """Read the committed vehicles from outside of any library."""
    found: list[VehicleRow] = []
    for kind, number, text in VEHICLES:
        found += [
            (kind, id_, name, weight, of_class, text_of_class)
            for id_, name, weight, of_class, text_of_class in database.rows(
                f"SELECT vehicle.id, name, weight, {number}, {text} FROM vehicle JOIN {kind} ON {kind}.id = vehicle.id"
            )
        ]
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
