"""What a library does in the benchmark: the works, in the words of no library."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from bench.databases import Database
from bench.vehicles import VehicleRow

PersonRow = tuple[int, str, str, int, float, str]
"""id, name, email, age, score, city"""

Families = list[tuple[str, list[str]]]
"""Each parent's name with the names of its children."""


class Vehicles(Protocol):
    """The works of a library on hierarchies of classes; the attributes stand in ``bench.vehicles``."""

    def load_joined(self, count: int) -> list[Any]:
        """Load the first vehicles with the columns of all their classes, in a session of their own."""

    def read_sizes(self, count: int) -> list[int]:
        """Load the first vehicles as vehicles, in the order of their keys; then read of each a number of its class."""

    def load_single(self, count: int) -> list[Any]:
        """Load the first articles, all of which are in one table, with the columns of all their classes."""

    def insert(self, rows: Sequence[VehicleRow]) -> list[Any]:
        """Make an object of each row, without its id; save them all in one transaction; each then has an id."""

    def hold(self, count: int) -> list[Any]:
        """Load the first vehicles with all columns into a session that stays open."""

    def enlarge(self, vehicles: list[Any]) -> None:
        """Add one to the weight and to the number of held vehicles, which are in two tables, and commit."""


class Subject(Protocol):
    """One library, in the style that its own documentation recommends.

    Every method works on the database of the last ``open``; the schema is there already. Objects that a method
    returns are plain mapped objects with the attributes id, name, email, age, score and city.
    """

    @property
    def module(self) -> str:
        """What a program imports to map classes."""

    def version(self) -> str:
        """Name the library and its version."""

    def open(self, database: Database) -> None:
        """Connect to a database."""

    def close(self) -> None:
        """Release the connection and everything that belongs to it."""

    def load_people(self, count: int) -> list[Any]:
        """Load the first people as objects, in a session of their own."""

    def load_rows(self, count: int) -> Sequence[Sequence[Any]]:
        """Load the first people as rows."""

    def insert_people(self, rows: Sequence[PersonRow]) -> list[Any]:
        """Make an object of each row, without its id; save them all in one transaction; each then has an id."""

    def hold_people(self, count: int) -> list[Any]:
        """Load the first people into a session that stays open until ``close``."""

    def make_older(self, people: list[Any]) -> None:
        """Add a year to the age of held people and commit."""

    def get_each(self, keys: Sequence[int]) -> list[str]:
        """Get one person after the other by primary key, each in a new session; return the names."""

    def select_each(self, keys: Sequence[int]) -> list[str]:
        """Select one person after the other in one session; return the names."""

    @property
    def delete_people(self) -> Callable[[list[Any]], None] | None:
        """Delete held people and commit."""

    @property
    def hold_accounts(self) -> Callable[[int], list[Any]] | None:
        """Load the first accounts into a session that stays open; None where the library has no versions."""

    @property
    def pay_in(self) -> Callable[[list[Any]], None] | None:
        """Add one to the balance of held accounts, each only if it has its version still, and commit."""

    @property
    def rows_each(self) -> Callable[[Sequence[int]], list[str]] | None:
        """Select one person after the other as a row over one connection; return the names."""

    @property
    def stream_readings(self) -> Callable[[], tuple[int, int]] | None:
        """Load all readings as objects, a thousand at a time; return how many there are and the sum of the ages."""

    @property
    def families_by_second_query(self) -> Callable[[], Families] | None:
        """Load all parents with their children in two statements; None where the library has no way to."""

    @property
    def families_by_join(self) -> Callable[[], Families] | None:
        """Load all parents with their children in one statement; None where the library has no way to."""

    @property
    def query_each(self) -> Callable[[Sequence[int]], list[str]] | None:
        """The same as ``select_each`` through the classic Query; None where the library has none."""

    @property
    def vehicles(self) -> Vehicles | None:
        """The works on hierarchies; None where a query for a base class gives no objects of the derived ones."""


def make_subject(name: str) -> Subject:
    """Import a library and make its subject.

    Raises:
        ImportError: the library, or what the subject needs of it, is not there.
    """
    return cast(Subject, importlib.import_module(f"bench.subject_{name}").make())
