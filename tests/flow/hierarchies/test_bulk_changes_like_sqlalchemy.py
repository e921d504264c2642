"""UPDATE and DELETE of classes of a hierarchy do what SQLAlchemy's do."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.staff import CONCRETE, JOINED, KINDS, SINGLE, Staff

STRATEGIES = {
    SINGLE: ("auto", "evaluate", "fetch", False),
    JOINED: ("auto", "evaluate", "fetch", False),
    # SQLAlchemy takes objects of a concrete class for objects of its base, which are in another table, when it
    # evaluates criteria; see test_bulk_changes_of_several_tables.py.
    CONCRETE: ("fetch", False),
}

SCENARIOS: list[tuple[Scenario, str]] = []


def scenario(*kinds: str) -> Any:
    """Register a scenario for some kinds of hierarchies."""

    def register(function: Scenario) -> Scenario:
        SCENARIOS.extend((function, kind) for kind in kinds)
        return function

    return register


@pytest.mark.parametrize("run, kind", SCENARIOS, ids=lambda one: getattr(one, "__name__", one))
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario, kind: str) -> None:
    expected = outcome_of(database, SQLALCHEMY, partial(Staff, kind=kind), run)
    assert not str(expected).startswith("error")
    assert outcome_of(database, AZOTH, partial(Staff, kind=kind), run) == expected


def in_each_strategy(lib: Library, m: Any, s: Any, statement: Any) -> Any:
    """Execute a statement with each strategy, each time from the same rows."""
    found = []
    for strategy in STRATEGIES[m.kind]:
        objects = m.objects(s)
        result = s.execute(statement, execution_options={"synchronize_session": strategy})
        count = result.rowcount if strategy is False else None
        found.append([m.seen(s, objects), m.rows(s), count])
        s.rollback()
    return found


def following(m: Any, statement: Any) -> Any:
    """Let objects follow a statement."""
    return statement.execution_options(synchronize_session=STRATEGIES[m.kind][0])


# -- UPDATE -----------------------------------------------------------------------------------------


@scenario(*KINDS)
def update_of_all_of_a_class(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.update(m.Engineer).values(skill="glass"))


@scenario(SINGLE, CONCRETE)
def update_by_a_base_attribute(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.update(m.Engineer).where(m.Engineer.age >= 40).values(skill="glass"))


@scenario(*KINDS)
def update_by_an_own_attribute(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.update(m.Engineer).where(m.Engineer.level > 1).values(skill="glass"))


@scenario(*KINDS)
def update_of_a_class_of_the_third_level(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.update(m.Programmer).values(language="rust"))


@scenario(*KINDS)
def update_of_the_base_reaches_objects_of_derived_classes(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.update(m.Person).where(m.Person.age > 20).values(name="new"))


@scenario(SINGLE, CONCRETE)
def update_of_base_attributes_through_a_derived_class(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(
        lib, m, s, lib.update(m.Engineer).values({m.Engineer.name: "new", "age": m.Engineer.age + 1})
    )


@scenario(*KINDS)
def update_with_values_as_parameters(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.update(m.Engineer).where(m.Engineer.level == lib.bindparam("least")), {"least": 2, "skill": "tin"})
    return m.rows(s)


@scenario(*KINDS)
def update_by_an_expression(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.execute(following(m, lib.update(m.Engineer).values(skill=m.Engineer.skill + "!", level=m.Engineer.level * 2)))
    return m.after(s, objects)


@scenario(JOINED)
def update_with_the_join_written_out(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.execute(
        lib.update(m.Engineer)
        .where(m.Engineer.id == m.Person.id, m.Person.name == "eli")
        .values(skill="glass")
        .execution_options(synchronize_session="fetch")
    )
    return m.after(s, objects)


@scenario(*KINDS)
def update_by_what_the_objects_have(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.execute(lib.update(m.Engineer).where(m.Engineer.machines.any(m.Machine.label == "saw")).values(skill="glass"))
    return m.after(s, objects)


@scenario(SINGLE)
def update_by_what_the_base_refers_to(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    s.execute(lib.update(m.Engineer).where(m.Engineer.company.has(title="south")).values(skill="glass"))
    return m.after(s, objects)


@scenario(*KINDS)
def update_returns_own_columns(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    statement = following(m, lib.update(m.Engineer).where(m.Engineer.level > 1).values(skill="glass"))
    found = sorted(s.execute(statement.returning(m.Engineer.id, lib.func.upper(m.Engineer.skill))).all())
    return m.after(s, objects, [tuple(row) for row in found])


@scenario(SINGLE, CONCRETE)
def update_returns_objects(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.update(m.Engineer).where(m.Engineer.level > 1).values(skill="glass").returning(m.Engineer)
    found = sorted(s.scalars(statement), key=lambda one: one.id)
    return [m.state(one) for one in found]


@scenario(SINGLE)
def update_as_the_rows_of_a_query(lib: Library, m: Any, s: Any) -> Any:
    changed = lib.update(m.Engineer).where(m.Engineer.level > 1).values(skill="glass").returning(m.Engineer)
    found = s.scalars(lib.select(m.Engineer).from_statement(changed).execution_options(populate_existing=True))
    return [m.state(one) for one in sorted(found, key=lambda one: one.id)]


@scenario(*KINDS)
def classic_update_and_delete(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    count = s.query(m.Engineer).filter(m.Engineer.level == 1).update({"skill": "glass"})
    more = s.query(m.Programmer).filter_by(language="python").update({m.Programmer.language: "go"})
    return m.after(s, objects, count, more)


@scenario(SINGLE)
def update_of_another_class_by_the_class(lib: Library, m: Any, s: Any) -> Any:
    s.execute(
        lib.update(m.Machine).where(m.Machine.engineer_id == m.Engineer.id, m.Engineer.level > 1).values(label="x")
    )
    return sorted(tuple(row) for row in s.execute(lib.select(m.Machine.id, m.Machine.label)))


# -- DELETE -----------------------------------------------------------------------------------------


@scenario(SINGLE, CONCRETE)
def delete_of_all_of_a_class(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.delete(m.Engineer))


@scenario(SINGLE, CONCRETE)
def delete_by_a_base_attribute(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.delete(m.Engineer).where(m.Engineer.name != "eli"))


@scenario(SINGLE, CONCRETE)
def delete_of_the_base(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.delete(m.Person).where(m.Person.age < 60))


@scenario(SINGLE, CONCRETE)
def delete_of_the_third_level(lib: Library, m: Any, s: Any) -> Any:
    return in_each_strategy(lib, m, s, lib.delete(m.Programmer).filter_by(level=3))


@scenario(SINGLE, CONCRETE)
def delete_returns_columns(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    found = sorted(s.execute(following(m, lib.delete(m.Engineer)).returning(m.Engineer.id, m.Engineer.name)).all())
    return m.after(s, objects, [tuple(row) for row in found])


@scenario(SINGLE)
def classic_delete(lib: Library, m: Any, s: Any) -> Any:
    objects = m.objects(s)
    count = s.query(m.Engineer).filter(m.Engineer.machines.any()).delete()
    return m.after(s, objects, count)
