"""Hierarchies of classes by hand: plain classes, one statement for everything that a work needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from bench.vehicles import ARTICLES, VEHICLES, VehicleRow


class Plain:
    """What the classes have in common; each has two attributes of its own."""

    own = ("", "")

    def __init__(self, id: int, name: str, weight: int, number: int, text: str) -> None:
        self.id = id
        self.name = name
        self.weight = weight
        values = self.__dict__
        values[self.own[0]] = number
        values[self.own[1]] = text


def _classes(kinds: Sequence[tuple[str, str, str]]) -> dict[str, type[Plain]]:
    return {kind: type(kind.title(), (Plain,), {"own": (number, text)}) for kind, number, text in kinds}


CLASSES = {**_classes(VEHICLES), **_classes(ARTICLES)}


def _select(table: str, kinds: Sequence[tuple[str, str, str]], joins: str = "") -> str:
    """Select all columns of all kinds, and the number and the text of a row's own in the places of the last two."""
    numbers = " ".join(f"WHEN '{kind}' THEN {number}" for kind, number, _ in kinds)
    texts = " ".join(f"WHEN '{kind}' THEN {text}" for kind, _, text in kinds)
    return (
        f"SELECT {table}.kind, {table}.id, name, weight, CASE {table}.kind {numbers} END,"
        f" CASE {table}.kind {texts} END FROM {table}{joins} WHERE {table}.id <= ?"
    )


SELECT_VEHICLES = _select(
    "vehicle", VEHICLES, "".join(f" LEFT JOIN {kind} ON {kind}.id = vehicle.id" for kind, _, _ in VEHICLES)
)
SELECT_ARTICLES = _select("article", ARTICLES)


class PlainVehicles:
    def open(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def load_joined(self, count: int) -> list[Any]:
        return self._objects(SELECT_VEHICLES, count)

    def read_sizes(self, count: int) -> list[int]:
        sizes: dict[int, int] = {}
        for kind, number, _ in VEHICLES:
            sizes.update(self.connection.execute(f"SELECT id, {number} FROM {kind} WHERE id <= ?", (count,)))
        ids = self.connection.execute("SELECT id, kind, name, weight FROM vehicle WHERE id <= ? ORDER BY id", (count,))
        return [sizes[id_] for id_, _, _, _ in ids.fetchall()]

    def load_single(self, count: int) -> list[Any]:
        return self._objects(SELECT_ARTICLES, count)

    def insert(self, rows: Sequence[VehicleRow]) -> list[Any]:
        vehicles = []
        own: dict[str, list[tuple[int, int, str]]] = {kind: [] for kind, _, _ in VEHICLES}
        execute = self.connection.execute
        for kind, _, name, weight, number, text in rows:
            values = (kind, name, weight)
            id_ = execute("INSERT INTO vehicle (kind, name, weight) VALUES (?, ?, ?)", values).lastrowid
            assert id_ is not None
            own[kind].append((id_, number, text))
            vehicles.append(CLASSES[kind](id_, name, weight, number, text))
        for kind, values_of_kind in own.items():
            self.connection.executemany(f"INSERT INTO {kind} VALUES (?, ?, ?)", values_of_kind)
        self.connection.commit()
        return vehicles

    def hold(self, count: int) -> list[Any]:
        return self.load_joined(count)

    def enlarge(self, vehicles: list[Any]) -> None:
        numbers = {CLASSES[kind]: number for kind, number, _ in VEHICLES}
        own: dict[type[Any], list[tuple[int, int]]] = {class_: [] for class_ in numbers}
        for vehicle in vehicles:
            vehicle.weight += 1
            values, number = vehicle.__dict__, numbers[type(vehicle)]
            values[number] += 1
            own[type(vehicle)].append((values[number], vehicle.id))
        execute = self.connection.executemany
        execute("UPDATE vehicle SET weight = ? WHERE id = ?", [(one.weight, one.id) for one in vehicles])
        for kind, number, _ in VEHICLES:
            execute(f"UPDATE {kind} SET {number} = ? WHERE id = ?", own[CLASSES[kind]])
        self.connection.commit()

    def _objects(self, statement: str, count: int) -> list[Any]:
        rows = self.connection.execute(statement, (count,)).fetchall()
        classes = CLASSES
        return [classes[kind](id_, name, weight, number, text) for kind, id_, name, weight, number, text in rows]
