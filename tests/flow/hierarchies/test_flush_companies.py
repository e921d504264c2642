"""Objects of a hierarchy of joined and shared tables are written as with SQLAlchemy, in no more statements."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import Library, Scenario
from tests.flow.hierarchies.flushed import assert_alike
from tests.flow.hierarchies.flushed_companies import Companies

SCENARIOS: list[Scenario] = []
VERSIONED: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario, for tables with and without a version."""
    SCENARIOS.append(function)
    VERSIONED.append(function)
    return function


def unversioned(function: Scenario) -> Scenario:
    """Register a scenario whose changes of keys count versions in other places with SQLAlchemy."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    assert_alike(database, Companies, run)


@pytest.mark.parametrize("run", VERSIONED, ids=lambda run: run.__name__)
def test_does_the_same_with_versions(database: Database, run: Scenario) -> None:
    assert_alike(database, lambda lib: Companies(lib, versioned=True), run)


def mixed(m: Any, count: int = 12) -> list[Any]:
    """Objects of all classes in turn."""
    found = []
    for number in range(count):
        class_ = m.classes[number % len(m.classes)]
        found.append(class_(name=f"{class_.__name__} {number}", number=number))
    return found


def facts(people: Any) -> list[Any]:
    return [(type(one).__name__, one.id, one.name, one.kind) for one in people]


# -- INSERT ---------------------------------------------------------------------------------------------------


@scenario
def insert_all_classes(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m)
    s.add_all(people)
    s.flush()
    known = [people[3].__dict__["person_id"], people[4].__dict__["director_id"], people[4].__dict__["person_id"]]
    return [facts(people), known]


@scenario
def insert_in_the_order_of_adding(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m)[::-1]
    for one in people:
        s.add(one)
    s.flush()
    return facts(people)


@scenario
def insert_with_given_keys(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m)
    for place, one in enumerate(people):
        one.id = 100 - place
    s.add_all(people)
    s.commit()
    return facts(people)


@scenario
def defaults_of_the_server(lib: Library, m: Any, s: Any) -> Any:
    one, other = m.Director(name="a"), m.Director(name="b", bonus=5)
    s.add_all([one, other])
    s.flush()
    return [one.bonus, other.bonus, one.level, one.id == one.director_id]


@scenario
def expressions_as_values(lib: Library, m: Any, s: Any) -> Any:
    one = m.Engineer(name=lib.func.lower("ADA"), language=lib.func.upper("c"), number=1)
    other = m.Director(name="x", level=lib.literal(3) + 4)
    s.add_all([one, other])
    s.commit()
    one.language = lib.func.lower("Q")
    other.bonus = lib.literal(1) + 1
    s.commit()
    return [one.name, one.language, other.level, other.bonus]


@scenario
def relationships_between_the_classes(lib: Library, m: Any, s: Any) -> Any:
    boss = m.Director(name="boss")
    people = [m.Engineer(name="e", manager=boss), m.Senior(name="s", manager=m.Manager(name="m"))]
    s.add_all([*people, m.Clerk(name="c", mentor=people[1])])
    s.flush()
    return [facts(people), [one.manager_id for one in people], facts([boss]), len(boss.engineers)]


@scenario
def friends_of_other_classes(lib: Library, m: Any, s: Any) -> Any:
    one, other, third = m.Engineer(name="1"), m.Clerk(name="2"), m.Director(name="3")
    one.friends = [other, third]
    third.friends = [one]
    s.add(one)
    s.commit()
    one.friends.remove(other)
    one.friends.remove(third)
    s.delete(third)
    s.commit()
    return [facts(one.friends)]


@scenario
def mentors_in_a_chain(lib: Library, m: Any, s: Any) -> Any:
    first = m.Clerk(name="c")
    second = m.Engineer(name="e", mentor=first)
    third = m.Director(name="d", mentor=second)
    s.add(third)
    s.commit()
    return [third.mentor.mentor is first, facts([first, second, third])]


@scenario
def members_of_the_derived_table(lib: Library, m: Any, s: Any) -> Any:
    one = m.Senior(name="s", machines=[m.Machine(name="a"), m.Machine(name="b")])
    s.add(one)
    s.commit()
    one.machines.pop()
    s.add(m.Machine(name="c", engineer=one))
    s.commit()
    return [sorted(machine.name for machine in one.machines)]


@scenario
def a_company_of_all_classes(lib: Library, m: Any, s: Any) -> Any:
    company = m.Company(name="x", people=mixed(m))
    s.add(company)
    s.commit()
    del company.people[2:5]
    s.commit()
    return [facts(sorted(company.people, key=lambda one: one.id)), s.query(m.Person).count()]


# -- UPDATE ---------------------------------------------------------------------------------------------------


@scenario
def update_only_the_tables_that_changed(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m)
    s.add_all(people)
    s.commit()
    s.query(m.Person).all()
    for one in people:
        one.name += "!"
    people[1].language = people[2].language = "c"
    people[3].level = 5
    people[4].level, people[4].bonus = 6, 7
    s.commit()
    people[4].bonus = 8
    people[2].grade = 3
    people[5].desk = "d"
    s.commit()
    return facts(people)


@scenario
def update_with_equal_values_writes_nothing(lib: Library, m: Any, s: Any) -> Any:
    one = m.Senior(name="a", language="b", grade=3)
    s.add(one)
    s.flush()
    one.name, one.language, one.grade = "a", "b", 3
    s.flush()
    return len(s.dirty)


@scenario
def one_attribute_expired(lib: Library, m: Any, s: Any) -> Any:
    one = m.Director(name="a", level=2, bonus=3)
    s.add(one)
    s.commit()
    one.name  # loads
    s.expire(one, ["bonus", "name"])
    found = [sorted(set(one.__dict__) & {"name", "level", "bonus"}), one.bonus, one.name]
    s.refresh(one, ["level"])
    one.level += 1
    s.flush()
    return [*found, one.level]


@scenario
def merge_derived_objects(lib: Library, m: Any, s: Any) -> Any:
    s.add_all([m.Director(id=1, name="a", level=1), m.Senior(id=2, name="b", grade=1)])
    s.commit()
    s.expunge_all()
    found = s.merge(m.Director(id=1, name="A", bonus=9))
    other = s.merge(m.Senior(id=3, name="c", language="l"))
    same = s.merge(m.Senior(id=2, grade=5))
    s.commit()
    return [found.name, found.bonus, found.level, other.id, same.grade, same.name]


@scenario
def move_to_another_manager(lib: Library, m: Any, s: Any) -> Any:
    one, first, second = m.Engineer(name="e"), m.Manager(name="f"), m.Director(name="s")
    one.manager = first
    s.add_all([one, second])
    s.commit()
    one.manager = second
    s.commit()
    s.delete(second)
    s.commit()
    return [one.manager, one.manager_id]


# -- DELETE ---------------------------------------------------------------------------------------------------


@scenario
def delete_all_classes(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m)
    s.add_all(people)
    s.commit()
    for one in people[1:]:
        s.delete(one)
    s.commit()
    return facts(s.query(m.Person).order_by(m.Person.id))


@scenario
def delete_a_company(lib: Library, m: Any, s: Any) -> Any:
    company = m.Company(name="x", people=mixed(m))
    company.people[1].machines.append(m.Machine(name="m"))
    company.people[1].manager = company.people[3]
    s.add(company)
    s.commit()
    s.delete(company)
    s.commit()
    return s.query(m.Person).count()


@scenario
def delete_who_refer_to_each_other(lib: Library, m: Any, s: Any) -> Any:
    first = m.Clerk(name="c")
    second = m.Engineer(name="e", mentor=first)
    third = m.Director(name="d", mentor=second)
    s.add(third)
    s.commit()
    for one in (first, second, third):
        s.delete(one)
    s.commit()
    return s.query(m.Person).count()


@scenario
def a_number_moves_between_classes(lib: Library, m: Any, s: Any) -> Any:
    one, other = m.Engineer(name="a", number=1), m.Clerk(name="b", number=2)
    s.add_all([one, other])
    s.commit()
    s.delete(one)
    s.flush()
    other.number = 1
    s.commit()
    return other.number


@scenario
def rollback_of_an_insert(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m, 6)
    s.add_all(people)
    s.flush()
    s.rollback()
    return [lib.inspect(one).transient for one in people]


@scenario
def a_row_that_fails(lib: Library, m: Any, s: Any) -> Any:
    people = [*mixed(m, 6), m.Director(name="again", number=3)]
    s.add_all(people)
    try:
        s.flush()
    except lib.exc.IntegrityError:
        s.rollback()
    return [lib.inspect(one).transient for one in people]


@scenario
def two_flushes(lib: Library, m: Any, s: Any) -> Any:
    people = mixed(m, 6)
    s.add_all(people)
    s.flush()
    for one in people:
        one.number += 10
    s.add_all(mixed(m, 6))
    s.flush()
    s.delete(people[4])
    s.commit()
    return facts(s.query(m.Person).order_by(m.Person.id))
