"""Random changes of objects of a hierarchy leave the same rows as with SQLAlchemy."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library
from tests.flow.hierarchies.flushed import flushed
from tests.flow.hierarchies.flushed_companies import Companies

SEEDS = range(25)


class Walk:
    """The changes of one random walk; both libraries are led along the same one.

    Args:
        seed: the seed.
        model: the classes.
        session: the session.
    """

    def __init__(self, seed: int, model: Any, session: Any) -> None:
        self.chance = random.Random(seed)
        self.model = model
        self.session = session
        # What is loaded when differs, and with it what would be flushed early.
        session.autoflush = False
        self.alive: dict[int, Any] = {}
        self.next_id = 1

    def run(self) -> None:
        """Change, and commit now and then."""
        company = self.model.Company(id=1, name="c")
        self.session.add(company)
        self.session.commit()
        for _ in range(self.chance.randint(2, 5)):
            for _ in range(self.chance.randint(1, 8)):
                self.chance.choice([self.add, self.add, self.change, self.change, self.relate, self.remove])()
            self.chance.choice([self.session.flush, self.session.commit])()

    def pick(self, *classes: Any) -> Any:
        """One of the objects of some classes, or None."""
        found = [one for one in self.alive.values() if isinstance(one, classes)]
        return self.chance.choice(found) if found else None

    def add(self) -> None:
        """Add an object of a random class."""
        class_ = self.chance.choice(self.model.classes)
        one = class_(id=self.next_id, name=self.chance.choice("abc"))
        if self.chance.random() < 0.5:
            one.mentor = self.pick(self.model.Person)
        if self.chance.random() < 0.5:
            one.company_id = 1
        if isinstance(one, self.model.Engineer) and self.chance.random() < 0.5:
            one.manager = self.pick(self.model.Manager)
        self.alive[self.next_id] = one
        self.next_id += 1
        self.session.add(one)

    def change(self) -> None:
        """Change a column of a random object."""
        one = self.pick(self.model.Person)
        if one is None:
            return
        keys = [key for key in ("name", "language", "grade", "level", "bonus", "desk") if hasattr(type(one), key)]
        key = self.chance.choice(keys)
        value: Any = self.chance.choice("xyz") if key in ("name", "language", "desk") else self.chance.randint(1, 3)
        setattr(one, key, value)

    def relate(self) -> None:
        """Change a relationship between two objects."""
        one, other = self.pick(self.model.Person), self.pick(self.model.Person)
        if one is None:
            return
        if isinstance(one, self.model.Engineer) and self.chance.random() < 0.6:
            self.refer(one, "manager", self.pick(self.model.Manager))
        elif self.chance.random() < 0.5:
            if other.id < one.id:
                self.refer(one, "mentor", other)
        elif other in one.friends:
            one.friends.remove(other)
        else:
            one.friends.append(other)

    def refer(self, one: Any, key: str, other: Any) -> None:
        """Let an object refer to another, or to none."""
        # A None that replaces what was not loaded is written by SQLAlchemy whether it was NULL or not.
        present = getattr(one, key)
        chosen = self.chance.choice([other, None])
        if chosen is not present:
            setattr(one, key, chosen)

    def remove(self) -> None:
        """Delete an object to which nobody refers."""
        self.session.flush()
        one = self.pick(self.model.Person)
        if one is None:
            return
        for other in self.alive.values():
            if other.mentor is one:
                other.mentor = None
            if one in other.friends:
                other.friends.remove(one)
            if isinstance(other, self.model.Engineer) and other.manager is one:
                other.manager = None
        del self.alive[one.id]
        self.session.delete(one)


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
@pytest.mark.parametrize("seed", SEEDS)
def test_leaves_the_same_rows(database: Database, seed: int, versioned: bool) -> None:
    def walk(lib: Library, model: Any, session: Any) -> None:
        Walk(seed, model, session).run()

    def make_model(lib: Library) -> Companies:
        return Companies(lib, versioned=versioned)

    expected = flushed(database, SQLALCHEMY, make_model, walk)
    found = flushed(database, AZOTH, make_model, walk)
    assert found.result == expected.result
    assert found.rows == expected.rows
    if not versioned:
        assert found.written == expected.written
