"""Keys of two parts, under other names in derived tables, are copied down and change as with SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, Library, Scenario
from tests.flow.hierarchies.flushed import assert_alike
from tests.flow.hierarchies.flushed_companies import Natural

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy_where_the_database_cascades(database: Database, run: Scenario) -> None:
    assert_alike(database, Natural, run)


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy_where_it_does_not(database: Database, run: Scenario) -> None:
    assert_alike(database, lambda lib: Natural(lib, passive=False), run)


def places(m: Any) -> list[Any]:
    return [
        m.Place(country="a", code=1, name="p"),
        m.Town(country="a", code=2, name="t", people=5),
        m.Capital(country="b", code=1, name="c", people=6, since=7),
    ]


def facts(found: Any) -> list[Any]:
    return [(type(one).__name__, one.country, one.code, one.name) for one in found]


@scenario
def insert(lib: Library, m: Any, s: Any) -> Any:
    found = places(m)
    s.add_all(found)
    s.flush()
    return [facts(found), found[1].town_country, found[2].town_code, lib.inspect(found[2]).identity]


@scenario
def update_and_delete(lib: Library, m: Any, s: Any) -> Any:
    found = places(m)
    s.add_all(found)
    s.commit()
    for one in found:
        one.name += "!"
    found[2].since = 8
    s.commit()
    s.delete(found[1])
    s.delete(found[2])
    s.commit()
    return facts(s.query(m.Place))


@scenario
def change_the_keys(lib: Library, m: Any, s: Any) -> Any:
    found = places(m)
    s.add_all(found)
    s.commit()
    for one in found:
        one.code += 10
    s.flush()
    twins = [found[1].town_code, found[2].town_code, found[2].town_country]
    s.commit()
    return [facts(found), twins, [lib.inspect(one).identity for one in found]]


@scenario
def change_the_keys_and_other_columns(lib: Library, m: Any, s: Any) -> Any:
    found = places(m)
    s.add_all(found)
    s.commit()
    found[1].code, found[1].people = 20, 50
    found[2].country, found[2].since, found[2].name = "z", 9, "n"
    s.commit()
    found[2].people = 1
    s.commit()
    return [facts(found), found[1].people, found[2].since, s.get(m.Place, ("z", 1)) is found[2]]


@scenario
def notes_follow(lib: Library, m: Any, s: Any) -> Any:
    one = m.Capital(country="b", code=1, notes=[m.Note(text_="x")])
    s.add(one)
    s.commit()
    one.code = 7
    s.commit()
    return [one.notes[0].code, one.notes[0].country]


@scenario
def a_key_that_is_given_back(lib: Library, m: Any, s: Any) -> Any:
    found = places(m)
    s.add_all(found)
    s.commit()
    found[2].code = 5
    s.flush()
    s.rollback()
    return [facts(found), lib.inspect(found[2]).identity]


def test_a_key_without_a_value_says_whose_it_may_be(database: Database) -> None:
    model = Natural(AZOTH)
    engine = database.make_engine(foreign_keys=True)
    model.metadata.create_all(engine)
    with AZOTH.Session(engine) as session:
        session.add_all([model.Place(country="a", code=1), model.Town(country="a")])
        with pytest.raises(
            AZOTH.orm.exc.FlushError, match="Place, or a class derived from it, cannot be inserted: code"
        ):
            session.flush()
