"""New rows of classes of a hierarchy, and rows that are updated by their keys, are written as by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.database import Database, SQLite
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.staff import CONCRETE, JOINED, KINDS, SINGLE, Staff

SCENARIOS: list[tuple[Scenario, str]] = []
BEYOND: list[tuple[Scenario, str]] = []
"""Those that SQLAlchemy can do on SQLite alone, where the answer does not come back with the rows."""


def scenario(*kinds: str, beyond: Collection[str] = ()) -> Any:
    """Register a scenario for some kinds of hierarchies, and for which of them it goes beyond SQLAlchemy on servers."""

    def register(function: Scenario) -> Scenario:
        SCENARIOS.extend((function, kind) for kind in kinds)
        BEYOND.extend((function, kind) for kind in beyond)
        return function

    return register


@pytest.mark.parametrize("run, kind", SCENARIOS, ids=lambda one: getattr(one, "__name__", one))
def test_does_the_same_as_sqlalchemy(database: Database, tmp_path: Path, run: Scenario, kind: str) -> None:
    expected = outcome_of(database, SQLALCHEMY, partial(Staff, kind=kind), run)
    if (run, kind) in BEYOND and not isinstance(database, SQLite):
        assert str(expected).startswith("error")
        expected = outcome_of(SQLite(tmp_path), SQLALCHEMY, partial(Staff, kind=kind), run)
    assert not str(expected).startswith("error")
    assert outcome_of(database, AZOTH, partial(Staff, kind=kind), run) == expected


# -- INSERT -----------------------------------------------------------------------------------------


@scenario(*KINDS)
def rows_get_their_class(lib: Library, m: Any, s: Any) -> Any:
    for class_ in (m.Person, m.Engineer, m.Programmer, m.Manager):
        s.execute(lib.insert(class_), [{"name": "a", "age": 1}, {"name": "b", "company_id": 2}])
        s.execute(lib.insert(class_), {"name": "c"})
    return m.rows(s)


@scenario(*KINDS)
def a_class_that_is_given_is_kept(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.Engineer), [{"name": "a", "type": "programmer"}, {"name": "b"}])
    if m.kind != JOINED:
        s.execute(lib.insert(m.Engineer).values(type="programmer", id=99))
    return m.rows(s)


@scenario(*KINDS)
def rows_with_different_keys(lib: Library, m: Any, s: Any) -> Any:
    s.execute(
        lib.insert(m.Programmer),
        [
            {"name": "a", "skill": "x"},
            {"name": "b", "language": "go"},
            {"id": 50, "age": 3, "level": 7},
            {"language": "c"},
            {"id": 60},
        ],
    )
    return m.rows(s)


@scenario(*KINDS)
def rows_named_by_attributes(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.Engineer), [{"name": "a", "skill": None}, {"name": None, "skill": "x"}])
    return m.rows(s)


@scenario(*KINDS)
def rows_come_back_as_objects(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"name": str(number), "skill": "x", "level": number} for number in range(4)]
    found = s.scalars(lib.insert(m.Engineer).returning(m.Engineer, sort_by_parameter_order=True), rows).all()
    one = s.scalars(lib.insert(m.Programmer).returning(m.Programmer), {"name": "z", "language": "go"}).one()
    return [m.state(each) for each in (*found, one)], all(each in s for each in found), m.rows(s)


@scenario(*KINDS, beyond=KINDS)
def columns_and_expressions_come_back(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"name": "a", "skill": "x"}, {"name": "b", "skill": "y", "id": 77}, {"name": "c"}]
    returning = (m.Engineer.name, lib.func.upper(m.Engineer.skill), m.Engineer.type)
    statement = lib.insert(m.Engineer).returning(*returning, sort_by_parameter_order=True)
    return [tuple(row) for row in s.execute(statement, rows)], m.rows(s)


@scenario(*KINDS, beyond=[JOINED])
def keys_come_back(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"name": "a"}, {"name": "b"}]
    keys = s.scalars(lib.insert(m.Programmer).returning(m.Programmer.id, sort_by_parameter_order=True), rows).all()
    stored = s.scalars(lib.select(m.Programmer.id).where(m.Programmer.name.in_(["a", "b"])).order_by(m.Programmer.id))
    return keys == stored.all(), len(keys)


@scenario(*KINDS)
def values_of_the_statement_hold_for_all_rows(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"name": "a", "level": 1}, {"name": "b", "level": 2}]
    s.execute(lib.insert(m.Engineer).values(skill=lib.func.upper("glass")), rows)
    found = s.scalars(lib.insert(m.Engineer).values(age=lib.literal(3) + 4).returning(m.Engineer), rows)
    return sorted((one.name, one.age, one.level) for one in found), m.rows(s)


@scenario(SINGLE, CONCRETE)
def values_of_one_row(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.Engineer).values(name="a", skill=lib.func.upper("x"), type="engineer"))
    s.execute(lib.insert(m.Engineer).values({m.Engineer.name: "b", m.Engineer.skill: "y", m.Engineer.type: "engineer"}))
    return m.rows(s)


@scenario(JOINED)
def values_of_the_own_table_are_written_there_alone(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.Engineer).values(id=1, skill="glass"))
    return m.rows(s)


@scenario(*KINDS)
def rows_of_a_select(lib: Library, m: Any, s: Any) -> Any:
    if m.kind == JOINED:
        s.connection().execute(m.Person.__table__.insert(), [{"id": 71}, {"id": 72}])
    query = lib.select(m.Machine.id + 70, m.Machine.label)
    s.execute(lib.insert(m.Engineer).from_select(["id", "skill"], query))
    return m.rows(s)


@scenario(*KINDS)
def bulk_insert_mappings(lib: Library, m: Any, s: Any) -> Any:
    s.bulk_insert_mappings(m.Engineer, [{"name": "a", "skill": "x"}, {"name": "b"}, {"id": 70, "skill": "y"}])
    rows = [{"name": "c", "language": "go"}, {"name": "d"}]
    s.bulk_insert_mappings(m.Programmer, rows, return_defaults=True)
    s.bulk_insert_mappings(m.Manager, [{"name": None, "title": None}], render_nulls=True)
    return m.rows(s), [row["id"] for row in rows]


@scenario(*KINDS)
def bulk_save_objects_of_several_classes(lib: Library, m: Any, s: Any) -> Any:
    objects = [
        m.Engineer(name="a", skill="x"),
        m.Person(name="b"),
        m.Programmer(name="c", language="go"),
        m.Engineer(name="d"),
        m.Manager(name="e", title="t"),
    ]
    s.bulk_save_objects(objects, return_defaults=True)
    return m.rows(s), [one.id for one in objects]


@scenario(*KINDS)
def bulk_save_objects_that_are_known(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.expunge_all()
    for number, one in enumerate(objects):
        one.name = f"n{number}"
        if isinstance(one, m.Engineer):
            one.skill = f"s{number}"
    s.bulk_save_objects([*objects, m.Programmer(name="new", language="go")], preserve_order=False)
    return m.rows(s)


# -- rows that are found by their keys --------------------------------------------------------------


@scenario(*KINDS)
def update_by_keys(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.execute(
        lib.update(m.Engineer),
        [{"id": 2, "name": "a", "skill": "x"}, {"id": 3, "level": 9}]
        + ([{"id": 2, "age": 1}] if m.kind != SINGLE else []),
    )
    s.execute(lib.update(m.Programmer), [{"id": 4, "language": "go", "name": "p", "level": 8}])
    return m.after(s, objects)


@scenario(*KINDS)
def bulk_update_mappings(lib: Library, m: Any, s: Any) -> Any:
    s.bulk_update_mappings(
        m.Engineer, [{"id": 2, "name": "a", "skill": "x"}, {"id": 3, "level": 9}, {"id": 3, "age": 7}]
    )
    s.bulk_update_mappings(m.Person, [{"id": 1, "name": "b"}])
    return m.rows(s)


@scenario(SINGLE, JOINED)
def update_of_the_base_by_keys_of_several_classes(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.execute(lib.update(m.Person), [{"id": number, "name": f"n{number}"} for number in range(1, 6)])
    return m.after(s, objects)
