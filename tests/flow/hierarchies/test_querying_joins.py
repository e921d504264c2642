"""Joins from, to and between classes of hierarchies, and relationships of them in criteria, are as in SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.companies import Model, brief

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


def found(s: Any, *queries: Any) -> Any:
    """Give what each query finds, entities by class and key."""
    return [[brief(tuple(row)) for row in s.execute(query)] for query in queries]


# -- along relationships ----------------------------------------------------------------------------


@scenario
def from_a_plain_class(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    return found(
        s,
        select(m.Company, m.Person).join(m.Company.people).order_by(m.Person.id),
        select(m.Company.id).join(m.Company.engineers).where(m.Engineer.level > 1).order_by(m.Engineer.id),
        select(m.Company.id).join(m.Company.engineers).where(m.Engineer.name == "eva"),
        select(m.Company.id, m.Manager.info).outerjoin(m.Company.managers).order_by(m.Company.id, m.Manager.id),
        select(m.Company.id).join(m.Company.clerks),
        select(m.Tool.id, m.Engineer.name).join(m.Tool.engineer).order_by(m.Tool.id),
        select(m.Skill.id, m.Engineer.name).join(m.Skill.engineers).order_by(m.Skill.id, m.Engineer.id),
        select(m.Part.id, m.Car.doors).join(m.Part.car).order_by(m.Part.id),
        select(m.Person, m.Vehicle).join(m.Person.vehicles).order_by(m.Vehicle.id),
    )


@scenario
def from_a_derived_class(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    return found(
        s,
        select(m.Engineer, m.Company).join(m.Engineer.company).order_by(m.Engineer.id),
        select(m.Senior, m.Company).outerjoin(m.Senior.company).order_by(m.Senior.id),
        select(m.Senior, m.Tool).join(m.Senior.tools).order_by(m.Tool.id),
        select(m.Engineer, m.Skill).join(m.Engineer.skills).order_by(m.Engineer.id, m.Skill.id),
        select(m.Engineer, m.Vehicle).join(m.Engineer.vehicles).order_by(m.Vehicle.id),
        select(m.Car, m.Part).join(m.Car.parts).order_by(m.Part.id),
        select(m.Cabriolet, m.Part).outerjoin(m.Cabriolet.parts).order_by(m.Cabriolet.id),
        select(m.Car, m.Person).join(m.Car.owner).order_by(m.Car.id),
        select(m.Ship, m.Person).join(m.Ship.owner),
        select(m.Car, m.Person, m.Company).join(m.Car.owner).join(m.Person.company).order_by(m.Car.id),
    )


@scenario
def with_of_type(lib: Library, m: Any, s: Any) -> Any:
    select, of = lib.select, m.Company.people.of_type
    wp = lib.with_polymorphic(m.Person, [m.Engineer, m.Manager])
    flat = lib.with_polymorphic(m.Person, "*", flat=True)
    whole = lib.with_polymorphic(m.Person, [m.Engineer], aliased=True)
    engineer = lib.aliased(m.Engineer)
    flat_engineer = lib.aliased(m.Engineer, flat=True)
    return found(
        s,
        select(m.Company.id, m.Engineer).join(of(m.Engineer)).order_by(m.Engineer.id),
        select(m.Company.id, m.Senior).join(of(m.Senior)).order_by(m.Senior.id),
        select(m.Company.id, m.Clerk).join(of(m.Clerk)).order_by(m.Clerk.id),
        select(m.Company.id, m.Clerk.id).outerjoin(of(m.Clerk)).order_by(m.Company.id),
        select(m.Company.id, engineer).join(of(engineer)).where(engineer.level < 3).order_by(engineer.id),
        select(m.Company.id, flat_engineer).join(of(flat_engineer)).order_by(flat_engineer.name),
        select(m.Company.id, wp).join(of(wp)).where(wp.Engineer.info > "e4").order_by(wp.id),
        select(m.Company.id)
        .join(of(wp))
        .where(lib.core.or_(wp.Engineer.info == "e4", wp.Manager.info == "b-info"))
        .order_by(wp.id),
        select(m.Company.id, flat.Engineer.info, flat.Boss.car).join(of(flat)).order_by(flat.id),
        select(m.Company.id, whole.name, whole.Engineer.level).join(of(whole)).order_by(whole.id),
        select(m.Company.id, m.Tool.id).join(of(m.Engineer)).join(m.Engineer.tools).order_by(m.Tool.id),
        select(m.Company.id, m.Tool.id).join(of(wp)).join(wp.Engineer.tools).order_by(m.Tool.id),
        select(m.Person.id, m.Car.doors).join(m.Person.vehicles.of_type(m.Car)).order_by(m.Car.id),
        select(m.Person.id, m.Car.doors).outerjoin(m.Person.vehicles.of_type(m.Car)).order_by(m.Person.id, m.Car.id),
        select(m.Person.id, m.Ship.port).join(m.Person.vehicles.of_type(m.Ship)),
        select(m.Company.id).join(of(m.Engineer).and_(m.Engineer.level == 2)),
    )


@scenario
def with_explicit_conditions(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    engineer, senior = lib.aliased(m.Engineer), lib.aliased(m.Senior, flat=True)
    lorry = lib.aliased(m.Lorry)
    return found(
        s,
        select(m.Company.id, m.Engineer)
        .join(m.Engineer, m.Engineer.company_id == m.Company.id)
        .order_by(m.Engineer.id),
        select(m.Company.id, m.Engineer.id)
        .outerjoin(m.Engineer, lib.core.and_(m.Engineer.company_id == m.Company.id, m.Engineer.level > 2))
        .order_by(m.Company.id),
        select(m.Company.id, engineer.info).join(engineer, engineer.company_id == m.Company.id).order_by(engineer.id),
        select(m.Person.id, engineer.info).outerjoin(engineer, engineer.id == m.Person.id).order_by(m.Person.id),
        select(m.Engineer.id, senior.title).outerjoin(senior, senior.pupil_id == m.Engineer.id).order_by(m.Engineer.id),
        select(m.Person.id, m.Car).join(m.Car, m.Car.owner_id == m.Person.id).order_by(m.Car.id),
        select(m.Person.id, m.Cabriolet.roof)
        .outerjoin(m.Cabriolet, m.Cabriolet.owner_id == m.Person.id)
        .order_by(m.Person.id),
        select(m.Car.id, lorry.load).outerjoin(lorry, lorry.id == m.Car.towed_by_id).order_by(m.Car.id),
        select(m.Tool.id, m.Senior.title).join(m.Senior, m.Senior.id == m.Tool.engineer_id),
    )


@scenario
def classic_joins(lib: Library, m: Any, s: Any) -> Any:
    return [
        brief(s.query(m.Company).join(m.Company.engineers).filter(m.Engineer.info == "e5").all()),
        brief(s.query(m.Company).join(m.Engineer, m.Engineer.company_id == m.Company.id).order_by(m.Company.id).all()),
        brief(s.query(m.Engineer).join(m.Tool).filter(m.Tool.name == "tool3").all()),
        brief(s.query(m.Tool).join(m.Engineer).filter(m.Engineer.name == "eva").order_by(m.Tool.id).all()),
        brief(s.query(m.Person).join(m.Vehicle).filter(m.Vehicle.name == "ship").all()),
        brief(s.query(m.Car).join(m.Part).filter(m.Part.id == 3).all()),
        brief(s.query(m.Engineer).outerjoin(m.Engineer.tools).filter(m.Tool.id == None).all()),  # noqa: E711
        brief(s.query(m.Company).select_from(m.Engineer).join(m.Engineer.company).filter(m.Engineer.level == 1).all()),
        s.query(m.Company).join(m.Company.engineers).count(),
        s.query(m.Company, m.Clerk).outerjoin(m.Company.clerks).count(),
    ]


@scenario
def between_classes_of_one_hierarchy(lib: Library, m: Any, s: Any) -> Any:
    select, aliased = lib.select, lib.aliased
    manager, engineer, pupil = aliased(m.Manager), aliased(m.Engineer), aliased(m.Engineer, flat=True)
    boss = aliased(m.Boss, flat=True)
    lorry, car = aliased(m.Lorry), aliased(m.Car)
    return found(
        s,
        select(m.Engineer, manager).join(manager, m.Engineer.manager).order_by(m.Engineer.id),
        select(m.Engineer, manager).outerjoin(m.Engineer.manager.of_type(manager)).order_by(m.Engineer.id),
        select(m.Manager, engineer).join(m.Manager.reports.of_type(engineer)).order_by(engineer.id),
        select(m.Boss.car, engineer.info).join(m.Boss.reports.of_type(engineer)).order_by(engineer.id),
        select(m.Engineer.id, boss.car).join(m.Engineer.manager.of_type(boss)).order_by(m.Engineer.id),
        select(m.Senior, pupil).join(m.Senior.pupil.of_type(pupil)).order_by(m.Senior.id),
        select(m.Car, lorry).join(m.Car.towed_by.of_type(lorry)).order_by(m.Car.id),
        select(m.Car, lorry).outerjoin(m.Car.towed_by.of_type(lorry)).order_by(m.Car.id),
        select(m.Lorry, car).join(m.Lorry.towing.of_type(car)).order_by(car.id),
        select(m.Lorry.load, car.doors).join(car, m.Lorry.towing).order_by(car.id),
    )


@scenario
def from_a_base_class_along_what_a_derived_class_has(lib: Library, m: Any, s: Any) -> Any:
    company = s.query(m.Company).join(m.Company.people)
    vehicle = s.query(m.Vehicle).join(m.Vehicle.owner)
    return [
        brief(company.join(m.Engineer.tools).filter(m.Tool.id == 3).all()),
        brief(company.join(m.Senior.tools).filter(m.Tool.id == 4).all()),
        brief(company.outerjoin(m.Engineer.tools).filter(m.Tool.id == None).order_by(m.Company.id).all()),  # noqa: E711
        brief(company.join(m.Engineer.skills).filter(m.Skill.id == 2).order_by(m.Company.id).all()),
        brief(vehicle.join(m.Engineer.tools).filter(m.Tool.id < 4).order_by(m.Vehicle.id).all()),
        brief(s.query(m.Part).join(m.Part.car).join(m.Cabriolet.owner).filter(m.Person.id == 3).all()),
    ]


# -- any(), has(), contains() and comparisons -------------------------------------------------------


@scenario
def any_and_has(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    C, P, E, M, V = m.Company, m.Person, m.Engineer, m.Manager, m.Vehicle
    criteria = [
        (C, C.people.any(P.name == "eva")),
        (C, C.people.any(E.level == 1)),
        (C, C.engineers.any(E.info == "e5")),
        (C, C.engineers.any(E.name == "eva")),
        (C, C.engineers.any()),
        (C, ~C.clerks.any()),
        (C, C.clerks.any(desk="d8")),
        (C, C.managers.any(name="max")),
        (C, C.people.of_type(E).any(E.level == 2)),
        (C, C.people.of_type(m.Clerk).any()),
        (C, C.people.of_type(m.Senior).any(m.Senior.title == "dr")),
        (P, P.vehicles.any(V.name == "car")),
        (P, P.vehicles.of_type(m.Car).any(m.Car.doors > 2)),
        (P, P.vehicles.of_type(m.Ship).any(m.Ship.port == "kiel")),
        (P, P.vehicles.of_type(m.Car).any()),
        (P, P.company.has(C.name == "two")),
        (E, E.company.has(name="one")),
        (E, E.tools.any(m.Tool.id > 2)),
        (E, E.skills.any(m.Skill.name == "skill2")),
        (m.Senior, m.Senior.skills.any(m.Skill.name == "skill2")),
        (m.Tool, m.Tool.engineer.has(E.level == 1)),
        (m.Tool, m.Tool.engineer.has(E.name == "emil")),
        (m.Tool, m.Tool.engineer.of_type(m.Senior).has(m.Senior.title == "dr")),
        (m.Skill, m.Skill.engineers.any(E.name == "sue")),
        (m.Part, m.Part.car.has(m.Car.doors == 4)),
        (m.Part, m.Part.car.of_type(m.Cabriolet).has()),
        (m.Car, m.Car.parts.any()),
        (m.Car, ~m.Car.parts.any()),
        (m.Car, m.Car.owner.has(P.name == "eva")),
        (V, V.owner.of_type(E).has(E.level == 3)),
        (E, E.manager.has(M.info == "b-info")),
        (E, E.manager.has(name="max")),
        (E, E.manager.has()),
        (E, E.manager.of_type(m.Boss).has(m.Boss.car == "rolls")),
        (M, M.reports.any(E.level == 2)),
        (M, M.reports.any(name="eva")),
        (M, M.reports.any()),
        (m.Boss, m.Boss.reports.any(E.info == "e6")),
        (m.Senior, m.Senior.pupil.has(E.info == "e4")),
        (m.Senior, m.Senior.pupil.has(name="sue")),
        (m.Lorry, m.Lorry.towing.of_type(m.Cabriolet).any(m.Cabriolet.roof == "soft")),
        (C, C.engineers.any(E.manager.has(M.info == "b-info"))),
        (C, C.engineers.any(E.tools.any(m.Tool.id == 4))),
        (M, M.reports.any(E.manager.has(name="bea"))),
    ]
    return [
        brief(s.scalars(select(class_).where(criterion).order_by(class_.id)).all()) for class_, criterion in criteria
    ]


@scenario
def any_and_has_of_aliases(lib: Library, m: Any, s: Any) -> Any:
    select, aliased = lib.select, lib.aliased
    engineer, flat = aliased(m.Engineer), aliased(m.Engineer, flat=True)
    manager, car, lorry = aliased(m.Manager), aliased(m.Car), aliased(m.Lorry)
    wp = lib.with_polymorphic(m.Person, "*")
    wp_flat = lib.with_polymorphic(m.Person, "*", flat=True)
    criteria = [
        (engineer, engineer.tools.any(m.Tool.id > 2)),
        (flat, flat.tools.any(m.Tool.id > 2)),
        (engineer, engineer.manager.has(m.Manager.info == "b-info")),
        (flat, flat.manager.of_type(manager).has(manager.info == "b-info")),
        (manager, manager.reports.any(m.Engineer.level == 2)),
        (car, car.towed_by.has(m.Lorry.load == 7)),
        (car, car.towed_by.of_type(lorry).has(lorry.load == 7)),
        (wp, wp.Engineer.tools.any(m.Tool.id > 2)),
        (wp_flat, wp_flat.Engineer.tools.any(m.Tool.id > 2)),
        (wp, wp.Engineer.manager.has(m.Manager.info == "b-info")),
        (wp_flat, wp_flat.Manager.reports.any(m.Engineer.info == "e5")),
        (wp, wp.vehicles.of_type(m.Car).any()),
    ]
    return [
        brief(s.scalars(select(entity).where(criterion).order_by(entity.id)).all()) for entity, criterion in criteria
    ]


@scenario
def comparisons_with_objects(lib: Library, m: Any, s: Any) -> Any:
    eva, bea, tool = s.get(m.Engineer, 4), s.get(m.Person, 3), s.get(m.Tool, 1)
    car, lorry, skill = s.get(m.Car, 2), s.get(m.Vehicle, 4), s.get(m.Skill, 2)
    criteria = [
        (m.Tool, m.Tool.engineer == eva),
        (m.Tool, m.Tool.engineer != eva),
        (m.Engineer, m.Engineer.manager == bea),
        (m.Engineer, m.Engineer.manager == None),  # noqa: E711
        (m.Engineer, m.Engineer.manager != None),  # noqa: E711
        (m.Manager, m.Manager.reports.contains(eva)),
        (m.Senior, m.Senior.pupil == eva),
        (m.Engineer, m.Engineer.tools.contains(tool)),
        (m.Engineer, m.Engineer.skills.contains(skill)),
        (m.Car, m.Car.towed_by == lorry),
        (m.Lorry, m.Lorry.towing.contains(car)),
        (m.Vehicle, m.Vehicle.owner == eva),
        (m.Car, m.Car.owner == eva),
        (m.Company, m.Company.engineers.contains(eva)),
        (m.Company, m.Company.people.contains(bea)),
        (m.Tool, lib.with_parent(eva, m.Engineer.tools)),
        (m.Car, lib.with_parent(lorry, m.Lorry.towing)),
        (m.Engineer, lib.with_parent(bea, m.Manager.reports)),
    ]
    return [brief(s.scalars(lib.select(one).where(criterion).order_by(one.id)).all()) for one, criterion in criteria]


# -- where SQLAlchemy fails -------------------------------------------------------------------------


@pytest.fixture
def filled(database: Database) -> Any:
    model = Model(AZOTH)
    engine = database.make_engine(library=AZOTH)
    model.metadata.create_all(engine)
    with AZOTH.Session(engine) as session:
        model.fill(session)
        yield model, session


def test_other_sides_in_the_same_table_are_asked_about_by_their_own_class(filled: Any) -> None:
    """SQLAlchemy asks for the class of the row outside, and finds nothing."""
    m, s = filled

    def keys_of(class_: Any, criterion: Any) -> list[int]:
        return list(s.scalars(AZOTH.select(class_.id).where(criterion).order_by(class_.id)))

    assert keys_of(m.Car, m.Car.towed_by.has()) == [2, 6]
    assert keys_of(m.Car, m.Car.towed_by.has(m.Lorry.load == 7)) == [2, 6]
    assert keys_of(m.Car, m.Car.towed_by.has(m.Lorry.load == 8)) == []
    assert keys_of(m.Car, ~m.Car.towed_by.has()) == [3]
    assert keys_of(m.Lorry, m.Lorry.towing.any(m.Car.doors == 3)) == [4]
    assert keys_of(m.Lorry, m.Lorry.towing.any(m.Car.doors == 9)) == []


def test_a_join_of_a_table_with_itself_asks_for_another_name(filled: Any) -> None:
    m, s = filled
    with pytest.raises(AZOTH.exc.InvalidRequestError, match="person stands on both sides of the join"):
        s.execute(AZOTH.select(m.Company).join(m.Company.people).join(m.Engineer.manager))
    for joined in (
        AZOTH.select(m.Car).join(m.Car.towed_by),
        AZOTH.select(m.Car.id, m.Lorry.load).join(m.Lorry, m.Lorry.id == m.Car.towed_by_id),
    ):
        with pytest.raises(AZOTH.exc.InvalidRequestError, match="vehicle stands on both sides of the join"):
            s.execute(joined)
