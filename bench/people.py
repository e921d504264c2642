"""The data that every library works on: people, parents with children, accounts, always the same."""

from __future__ import annotations

from collections.abc import Iterator

from bench.databases import Database
from bench.scale import Scale
from bench.subject import Families, PersonRow
from bench.vehicles import create_vehicles

CITIES = ("Amsterdam", "Bogotá", "Cairo", "Dakar", "Edinburgh", "Fukuoka", "Gdańsk", "Helsinki")

COLUMNS = ("name", "email", "age", "score", "city")
"""Of people and of readings, beside their keys."""

_OF_A_PERSON = (
    "id {key}, name {text} NOT NULL, email {text} NOT NULL, age INTEGER NOT NULL, score {real} NOT NULL,"
    " city {text} NOT NULL"
)

SCHEMA = (
    f"CREATE TABLE person ({_OF_A_PERSON})",
    f"CREATE TABLE reading ({_OF_A_PERSON})",
    "CREATE TABLE account (id {key}, version INTEGER NOT NULL, owner {text} NOT NULL, balance INTEGER NOT NULL)",
    "CREATE TABLE parent (id {key}, name {text} NOT NULL)",
    "CREATE TABLE child (id {key}, parent_id INTEGER NOT NULL REFERENCES parent (id), name {text} NOT NULL)",
    "CREATE INDEX child_parent_id ON child (parent_id)",
)


def person_rows(count: int) -> list[PersonRow]:
    """Make the first people."""
    return [
        (i, f"person {i}", f"person{i}@example.org", i % 90, i / 8, f"{CITIES[i % len(CITIES)]} {i % 500}")
        for i in range(1, count + 1)
    ]


def account_rows(count: int) -> list[tuple[int, int, str, int]]:
    """Make the first accounts: id, version, owner, balance."""
    return [(i, 1, f"owner {i}", i % 1_000) for i in range(1, count + 1)]


def family_names(parents: int, children: int) -> Families:
    """Name parents and their children."""
    return [(f"parent {p}", [f"child {p}.{c}" for c in range(children)]) for p in range(1, parents + 1)]


def create_database(database: Database, scale: Scale) -> None:
    """Create the schema and the data in an empty database."""
    database.create(SCHEMA)
    database.fill("person", COLUMNS, [row[1:] for row in person_rows(scale.people)])
    database.fill("account", ("version", "owner", "balance"), [row[1:] for row in account_rows(scale.changed)])
    database.fill("parent", ("name",), [(name,) for name, _ in family_names(scale.parents, 0)])
    database.fill("child", ("parent_id", "name"), list(_child_rows(scale.parents, scale.children)))
    # Readings are the people again and again, under keys that go on.
    database.run(
        *(
            f"INSERT INTO reading SELECT id + {offset}, {', '.join(COLUMNS)} FROM person"
            f" WHERE id <= {scale.streamed - offset}"
            for offset in range(0, scale.streamed, scale.people)
        )
    )
    if database.kind == "sqlite":
        # The works on hierarchies are those of SQLite only.
        create_vehicles(database, scale.vehicles)
    database.keep("person", "account")
    database.settle()


def people_in(database: Database) -> list[PersonRow]:
    """Read the committed people from outside of any library."""
    return [
        (id_, name, email, age, score, city)
        for id_, name, email, age, score, city in database.rows(
            "SELECT id, name, email, age, score, city FROM person ORDER BY id"
        )
    ]


def _child_rows(parents: int, children: int) -> Iterator[tuple[int, str]]:
    for parent_id, (_, names) in enumerate(family_names(parents, children), 1):
        for name in names:
            yield parent_id, name
