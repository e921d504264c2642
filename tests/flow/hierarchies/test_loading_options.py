"""What queries for classes of hierarchies load, when, and in how many statements, compared with SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.companies import Model, Statements, all_shown, brief

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


def loaded(lib: Library, s: Any, query: Any) -> Any:
    """Give what a query loads, and the number of statements."""
    s.expunge_all()
    statements = Statements(lib, s)
    rows = all_shown(s.execute(query).unique().scalars())
    return len(statements), rows


# -- with_polymorphic -------------------------------------------------------------------------------


@scenario
def with_polymorphic_forms(lib: Library, m: Any, s: Any) -> Any:
    select, wp = lib.select, lib.with_polymorphic
    forms = [
        wp(m.Person, [m.Engineer]),
        wp(m.Person, [m.Engineer, m.Manager]),
        wp(m.Person, [m.Senior]),
        wp(m.Person, "*"),
        wp(m.Person, "*", flat=True),
        wp(m.Person, "*", aliased=True),
        wp(m.Person, "*", name="everybody", flat=True),
        wp(m.Person, [m.Engineer], aliased=True, name="e"),
        wp(m.Person, [m.Engineer], innerjoin=True),
        wp(m.Person, [m.Engineer, m.Senior], innerjoin=True, flat=True),
        wp(m.Person, [m.Clerk]),
        wp(m.Engineer, "*"),
        wp(m.Engineer, [m.Senior], flat=True),
        wp(m.Vehicle, "*"),
        wp(m.Vehicle, [m.Car]),
        wp(m.Vehicle, [m.Ship, m.Cabriolet], flat=True),
        wp(m.Car, "*"),
        wp(m.Car, [m.Cabriolet], aliased=True),
    ]
    return [loaded(lib, s, select(one).order_by(one.id)) for one in forms]


@scenario
def with_polymorphic_of_a_selectable(lib: Library, m: Any, s: Any) -> Any:
    person, engineer = m.Person.__table__, m.Engineer.__table__
    joined = person.outerjoin(engineer)
    inner = lib.select(
        person.c.id, person.c.name, person.c.kind, person.c.company_id, person.c.x, person.c.y, engineer.c.info
    ).select_from(joined)
    found = []
    for selectable in (joined, inner.subquery("sub")):
        wp = lib.with_polymorphic(m.Person, [m.Engineer], selectable=selectable)
        s.expunge_all()
        found.append(brief(s.scalars(lib.select(wp).order_by(wp.id)).all()))
        found.append(list(s.scalars(lib.select(wp.Engineer.info).where(wp.name > "e").order_by(wp.id))))
    return found


@scenario
def criteria_of_with_polymorphic(lib: Library, m: Any, s: Any) -> Any:
    select, or_ = lib.select, lib.core.or_
    found = []
    for options in ({}, {"flat": True}, {"aliased": True}):
        wp = lib.with_polymorphic(m.Person, "*", **options)
        queries = [
            select(wp).where(or_(wp.Engineer.info == "e4", wp.Manager.info == "m-info")).order_by(wp.id),
            select(wp.Engineer).where(wp.Senior.title == "dr"),
            select(wp).where(wp.Senior.title != None).order_by(wp.Senior.title),  # noqa: E711
            select(wp).where(wp.Engineer.doubled > 4).order_by(wp.name),
            select(wp).where(wp.Clerk.desk == "d8"),
            select(wp).join(wp.Engineer.tools).order_by(m.Tool.id),
            select(wp).join(wp.company).where(m.Company.name == "two").order_by(wp.id),
            select(wp).where(wp.Engineer.name == "eva"),
            select(wp).where(wp.called == "eva", wp.Engineer.described == "e4"),
        ]
        found.append([brief(s.scalars(query).unique().all()) for query in queries])
        found.append([tuple(row) for row in s.execute(select(wp.id, wp.Engineer.info, wp.Boss.car).order_by(wp.id))])
        found.append(s.scalar(select(lib.func.count(wp.Engineer.level))))
    return found


@scenario
def aliases_of_with_polymorphic(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Person, [m.Engineer])
    other = lib.aliased(wp, flat=True)
    again = lib.with_polymorphic(m.Person, [m.Engineer], flat=True)
    rows = s.execute(
        lib.select(wp, again)
        .join(again, again.company_id == wp.company_id)
        .where(again.Engineer.level == 1)
        .order_by(wp.id)
    )
    found = [brief(tuple(row)) for row in rows]
    found.append(brief(s.scalars(lib.select(other).where(other.name == "eva")).all()))
    return found


# -- selectin_polymorphic ---------------------------------------------------------------------------


def without_more(rows: Any) -> Any:
    """Leave out what azoth loads along: the columns of classes below those that were asked for."""
    further = {"title", "pupil_id", "car", "roof"}
    shown = [(name, {key: one for key, one in values.items() if key not in further}) for name, values in rows]
    return sorted(shown, key=lambda row: row[1]["id"])


@scenario
def selectin_polymorphic_options(lib: Library, m: Any, s: Any) -> Any:
    select, polymorphic = lib.select, lib.selectin_polymorphic
    queries = [
        select(m.Person).options(polymorphic(m.Person, [m.Engineer])),
        select(m.Person).options(polymorphic(m.Person, [m.Engineer, m.Manager])),
        select(m.Person).options(polymorphic(m.Person, [m.Engineer, m.Senior, m.Boss, m.Clerk])),
        select(m.Vehicle).options(polymorphic(m.Vehicle, [m.Car, m.Ship])),
        select(m.Engineer).options(polymorphic(m.Engineer, [m.Senior])),
    ]
    return [without_more(loaded(lib, s, query)[1]) for query in queries]


@scenario
def selectin_polymorphic_with_siblings(lib: Library, m: Any, s: Any) -> Any:
    select, polymorphic = lib.select, lib.selectin_polymorphic
    queries = [
        select(m.Person).options(polymorphic(m.Person, [m.Engineer]), lib.selectinload(m.Engineer.tools)),
        select(m.Person).options(polymorphic(m.Person, [m.Engineer, m.Manager]), lib.joinedload(m.Engineer.tools)),
        select(m.Person).options(polymorphic(m.Person, [m.Engineer]), lib.undefer(m.Engineer.secret)),
        select(m.Person).options(polymorphic(m.Person, [m.Engineer]), lib.defer(m.Engineer.info)),
        select(m.Person).options(polymorphic(m.Person, [m.Manager]), lib.joinedload(m.Person.company)),
        select(m.Company).options(
            lib.selectinload(m.Company.people).options(
                polymorphic(m.Person, [m.Engineer]), lib.selectinload(m.Engineer.tools)
            )
        ),
        select(m.Company).options(lib.selectinload(m.Company.people).selectin_polymorphic([m.Engineer, m.Boss])),
        select(m.Company).options(lib.joinedload(m.Company.people).selectin_polymorphic([m.Manager])),
    ]
    found = []
    for query in queries:
        _, rows = loaded(lib, s, query)
        found.append(without_more(rows))
        found.append(without_more(all_shown([one for one in s if isinstance(one, m.Person)])))
        tools = [one for one in s if isinstance(one, m.Tool)]
        found.append(sorted(one.id for one in tools))
    return found


# -- options ----------------------------------------------------------------------------------------


@scenario
def column_options_for_derived_attributes(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    wp = lib.with_polymorphic(m.Person, "*")
    flat = lib.with_polymorphic(m.Person, "*", flat=True)
    queries = [
        (m.Person, [lib.undefer(m.Person.notes)]),
        (m.Engineer, [lib.undefer(m.Engineer.notes)]),
        (m.Engineer, [lib.undefer(m.Person.notes)]),
        (m.Senior, [lib.undefer(m.Engineer.secret)]),
        (m.Engineer, [lib.undefer(m.Engineer.secret)]),
        (m.Engineer, [lib.defer(m.Engineer.info), lib.defer(m.Engineer.name)]),
        (m.Engineer, [lib.load_only(m.Engineer.info)]),
        (m.Engineer, [lib.load_only(m.Engineer.name, m.Engineer.level)]),
        (m.Senior, [lib.load_only(m.Senior.title)]),
        (m.Car, [lib.load_only(m.Car.doors)]),
        (m.Cabriolet, [lib.undefer(m.Cabriolet.hidden)]),
        (m.Cabriolet, [lib.defer(m.Cabriolet.roof)]),
        (m.Person, [lib.undefer("*")]),
        (m.Engineer, [lib.undefer("*")]),
        (m.Person, [lib.load_only(m.Person.name)]),
        (wp, [lib.undefer(wp.Engineer.secret)]),
        (flat, [lib.defer(flat.Engineer.level), lib.defer(flat.Boss.car)]),
        (wp, [lib.undefer(wp.notes), lib.defer(wp.Engineer.info)]),
        (wp, [lib.defer(wp.Manager.info), lib.undefer(wp.Engineer.info)]),
        (flat, [lib.load_only(flat.name, flat.Engineer.info)]),
        (wp, [lib.load_only(wp.name), lib.load_only(wp.Engineer.info)]),
    ]
    return [loaded(lib, s, select(entity).options(*options).order_by(entity.id)) for entity, options in queries]


@scenario
def options_behind_objects_that_are_there(lib: Library, m: Any, s: Any) -> Any:
    kept = [*s.scalars(lib.select(m.Person)), *s.scalars(lib.select(m.Vehicle))]
    wp = lib.with_polymorphic(m.Person, [m.Engineer])
    companies = s.scalars(
        lib.select(m.Company)
        .options(lib.selectinload(m.Company.people.of_type(wp)).selectinload(wp.Engineer.tools))
        .order_by(m.Company.id)
    ).all()
    found = [brief([one.people for one in companies]), len(kept)]
    found.append([brief(one.tools) for one in kept if isinstance(one, m.Engineer)])
    parts = s.scalars(lib.select(m.Part).options(lib.joinedload(m.Part.car).selectinload(m.Car.parts))).all()
    return [*found, brief([one.car for one in parts])]


@scenario
def raiseload_of_derived_attributes(lib: Library, m: Any, s: Any) -> Any:
    def outcome(read: Any) -> Any:
        try:
            return brief(read())
        except lib.exc.InvalidRequestError as error:
            return type(error).__name__

    engineer = s.scalars(
        lib.select(m.Engineer)
        .options(lib.raiseload(m.Engineer.tools), lib.defer(m.Engineer.info, raiseload=True))
        .where(m.Engineer.id == 4)
    ).one()
    found = [outcome(lambda: engineer.tools), outcome(lambda: engineer.info), outcome(lambda: engineer.skills)]
    s.expunge_all()
    wp = lib.with_polymorphic(m.Person, "*")
    engineer = s.scalars(lib.select(wp).options(lib.raiseload(wp.Engineer.tools)).where(wp.id == 4)).one()
    found += [outcome(lambda: engineer.tools), outcome(lambda: engineer.skills)]
    s.expunge_all()
    engineer = s.scalars(lib.select(m.Person).options(lib.raiseload("*")).where(m.Person.id == 4)).one()
    found += [outcome(lambda: engineer.tools), outcome(lambda: engineer.company), outcome(lambda: engineer.info)]
    s.expunge_all()
    engineer = s.scalars(lib.select(m.Engineer).options(lib.noload(m.Engineer.manager)).where(m.Engineer.id == 4)).one()
    found += [outcome(lambda: engineer.manager), outcome(lambda: engineer.tools)]
    s.expunge_all()
    engineer = s.scalars(
        lib.select(m.Engineer).options(lib.raiseload(m.Person.company)).where(m.Engineer.id == 4)
    ).one()
    found += [outcome(lambda: engineer.company)]
    return found


@scenario
def eager_loads_of_derived_relationships(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    wp = lib.with_polymorphic(m.Person, "*")
    flat = lib.with_polymorphic(m.Person, [m.Engineer, m.Manager], flat=True)
    found = []
    for load in (lib.joinedload, lib.selectinload, lib.subqueryload):
        queries = [
            (m.Engineer, [load(m.Engineer.tools)]),
            (m.Engineer, [load(m.Engineer.skills)]),
            (m.Engineer, [load(m.Engineer.company)]),
            (m.Engineer, [load(m.Engineer.manager)]),
            (m.Senior, [load(m.Senior.tools), load(m.Senior.pupil)]),
            (m.Manager, [load(m.Manager.reports)]),
            (m.Boss, [load(m.Boss.reports)]),
            (m.Car, [load(m.Car.parts), load(m.Car.owner)]),
            (m.Car, [load(m.Car.towed_by)]),
            (m.Lorry, [load(m.Lorry.towing)]),
            (m.Person, [load(m.Person.vehicles)]),
            (wp, [load(wp.Engineer.tools)]),
            (wp, [load(wp.company), load(wp.Engineer.skills), load(wp.Manager.reports)]),
            (wp, [load(wp.Engineer.manager)]),
            (flat, [load(flat.Engineer.tools)]),
            (flat, [load(flat.Engineer.manager), load(flat.Manager.reports)]),
            (m.Company, [load(m.Company.engineers)]),
            (m.Company, [load(m.Company.clerks)]),
            (m.Company, [load(m.Company.people)]),
            (m.Tool, [load(m.Tool.engineer)]),
            (m.Skill, [load(m.Skill.engineers)]),
            (m.Part, [load(m.Part.car)]),
        ]
        for entity, options in queries:
            _, rows = loaded(lib, s, select(entity).options(*options).order_by(entity.id))
            related = sorted([(type(one).__name__, one.id) for one in s])
            found.append((load.__name__, rows, related))
    return found


@scenario
def eager_loads_with_of_type(lib: Library, m: Any, s: Any) -> Any:
    select, people, vehicles = lib.select, m.Company.people, m.Person.vehicles
    found = []
    for load in (lib.joinedload, lib.selectinload, lib.subqueryload):
        wp = lib.with_polymorphic(m.Person, [m.Engineer, m.Manager], flat=load is lib.joinedload)
        star = lib.with_polymorphic(m.Person, "*", aliased=True)
        queries = [
            (m.Company, [load(people.of_type(wp))]),
            (m.Company, [load(people.of_type(star))]),
            (m.Company, [load(people.of_type(wp)).selectinload(wp.Engineer.tools)]),
            (m.Company, [load(people.of_type(wp)).options(load(wp.Engineer.tools), load(wp.company))]),
            (m.Company, [load(people.of_type(m.Engineer))]),
            (m.Company, [load(people.of_type(m.Engineer)).selectinload(m.Engineer.tools)]),
            (m.Person, [load(vehicles.of_type(m.Car))]),
            (m.Person, [load(vehicles.of_type(m.Ship))]),
            (m.Company, [load(m.Company.engineers.and_(m.Engineer.level > 1))]),
            (m.Company, [load(people.and_(m.Person.name > "d"))]),
            (m.Company, [load(m.Company.clerks.and_(m.Clerk.desk == "d8"))]),
            (m.Company, [load(people).selectinload(m.Person.vehicles)]),
        ]
        for entity, options in queries:
            _, rows = loaded(lib, s, select(entity).options(*options).order_by(entity.id))
            people_there = sorted([one for one in s if isinstance(one, m.Person)], key=lambda one: one.id)
            found.append((load.__name__, rows, all_shown(people_there)))
    return found


@scenario
def contains_eager_of_derived_classes(lib: Library, m: Any, s: Any) -> Any:
    select, contains = lib.select, lib.contains_eager
    wp = lib.with_polymorphic(m.Person, [m.Engineer], flat=True)
    engineer, manager = lib.aliased(m.Engineer), lib.aliased(m.Manager, flat=True)
    people = m.Company.people
    queries = [
        select(m.Company)
        .join(m.Company.engineers)
        .options(contains(m.Company.engineers))
        .order_by(m.Company.id, m.Engineer.id),
        select(m.Company)
        .join(people.of_type(m.Engineer))
        .options(contains(people.of_type(m.Engineer)))
        .order_by(m.Company.id, m.Engineer.id),
        select(m.Company).join(people.of_type(wp)).options(contains(people.of_type(wp))).order_by(m.Company.id, wp.id),
        select(m.Company)
        .outerjoin(people.of_type(engineer))
        .options(contains(people.of_type(engineer)))
        .order_by(m.Company.id, engineer.id),
        select(m.Company)
        .join(people.of_type(wp))
        .outerjoin(wp.Engineer.tools)
        .options(contains(people.of_type(wp)).contains_eager(wp.Engineer.tools))
        .order_by(m.Company.id, wp.id, m.Tool.id),
        select(m.Engineer)
        .join(m.Engineer.tools)
        .options(contains(m.Engineer.tools))
        .order_by(m.Engineer.id, m.Tool.id),
        select(m.Engineer)
        .join(m.Engineer.manager.of_type(manager))
        .options(contains(m.Engineer.manager.of_type(manager)))
        .order_by(m.Engineer.id),
        select(m.Car).outerjoin(m.Car.parts).options(contains(m.Car.parts)).order_by(m.Car.id, m.Part.id),
        select(wp).join(wp.Engineer.tools).options(contains(wp.Engineer.tools)).order_by(wp.id, m.Tool.id),
    ]
    found = []
    for query in queries:
        found.append(loaded(lib, s, query))
        everybody = sorted([one for one in s if isinstance(one, m.Person)], key=lambda one: one.id)
        found.append(all_shown(everybody))
    return found


@scenario
def loader_criteria(lib: Library, m: Any, s: Any) -> Any:
    select, criteria = lib.select, lib.with_loader_criteria
    queries = [
        select(m.Person).options(criteria(m.Person, m.Person.name > "e")).order_by(m.Person.id),
        select(m.Engineer).options(criteria(m.Engineer, m.Engineer.level > 2)).order_by(m.Engineer.id),
        select(m.Person).options(criteria(m.Engineer, m.Engineer.level > 2)).order_by(m.Person.id),
        select(m.Car).options(criteria(m.Car, m.Car.doors > 2)).order_by(m.Car.id),
        select(m.Vehicle).options(criteria(m.Car, m.Car.doors > 2)).order_by(m.Vehicle.id),
        select(m.Company)
        .join(m.Company.engineers)
        .options(criteria(m.Engineer, m.Engineer.level > 1))
        .order_by(m.Company.id),
        select(m.Company)
        .options(criteria(m.Engineer, m.Engineer.level > 1), lib.selectinload(m.Company.engineers))
        .order_by(m.Company.id),
        select(m.Company)
        .options(criteria(m.Engineer, m.Engineer.level > 1), lib.joinedload(m.Company.engineers))
        .order_by(m.Company.id),
        select(m.Company)
        .options(
            criteria(m.Person, lambda cls: cls.name > "e", include_aliases=True), lib.selectinload(m.Company.people)
        )
        .order_by(m.Company.id),
    ]
    return [loaded(lib, s, query) for query in queries]
