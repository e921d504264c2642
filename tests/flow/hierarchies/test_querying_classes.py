"""Queries for classes of hierarchies find the rows that SQLAlchemy finds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.companies import Model, Point, all_shown, brief

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


# -- base and derived classes -----------------------------------------------------------------------


@scenario
def every_class_by_itself(lib: Library, m: Any, s: Any) -> Any:
    classes = (
        m.Person,
        m.Engineer,
        m.Senior,
        m.Manager,
        m.Boss,
        m.Clerk,
        m.Vehicle,
        m.Car,
        m.Cabriolet,
        m.Lorry,
        m.Ship,
    )
    found = []
    for class_ in classes:
        found.append(all_shown(s.scalars(lib.select(class_).order_by(class_.id))))
        s.expunge_all()
        found.append(all_shown(s.query(class_).order_by(class_.id)))
        s.expunge_all()
    return found


@scenario
def filters_and_orders(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    return [
        brief(
            s.scalars(
                select(m.Engineer).where(m.Engineer.name > "en", m.Engineer.level > 1).order_by(m.Engineer.info)
            ).all()
        ),
        brief(s.scalars(select(m.Senior).where(m.Senior.info == "e6", m.Senior.name == "sue")).all()),
        brief(s.scalars(select(m.Engineer).filter_by(name="eva", level=1)).all()),
        brief(s.scalars(select(m.Engineer).filter_by(called="eva", described="e4", doubled=2)).all()),
        brief(s.scalars(select(m.Engineer).where(m.Engineer.doubled > 2).order_by(m.Engineer.doubled.desc())).all()),
        brief(s.scalars(select(m.Person).where(m.Person.place == None).order_by(m.Person.id)).all()),  # noqa: E711
        brief(s.scalars(select(m.Cabriolet).where(m.Cabriolet.doors > 2).order_by(m.Cabriolet.name)).all()),
        brief(s.scalars(select(m.Clerk).where(m.Clerk.desk == "d8")).all()),
        brief(s.query(m.Car).filter_by(doors=2).order_by(m.Car.id).all()),
        brief(s.query(m.Ship).filter(m.Ship.port == "kiel", m.Vehicle.name == "ship").all()),
        brief(s.query(m.Engineer).filter(m.Person.name == "eva").all()),
        brief(s.query(m.Senior).filter(m.Engineer.level == 3).all()),
        brief(s.query(m.Car).filter(m.Vehicle.name == "car").all()),
    ]


@scenario
def composites_and_synonyms(lib: Library, m: Any, s: Any) -> Any:
    manager = s.scalars(lib.select(m.Manager).where(m.Manager.place == Point(2, 3))).one()
    alias = lib.aliased(m.Boss)
    boss = s.scalars(lib.select(alias).where(alias.place == Point(3, 4), alias.called == "bea")).one()
    places = s.execute(lib.select(m.Boss.place, m.Boss.called)).all()
    return [brief(manager), repr(manager.place), manager.called, brief(boss), repr(boss.place), repr(places)]


@scenario
def counts(lib: Library, m: Any, s: Any) -> Any:
    func, select = lib.func, lib.select
    classes = (m.Person, m.Engineer, m.Senior, m.Manager, m.Clerk, m.Vehicle, m.Car, m.Cabriolet, m.Lorry, m.Ship)
    return [
        [s.query(one).count() for one in classes],
        [s.scalar(select(func.count()).select_from(one)) for one in classes],
        [s.scalar(select(func.count(one.id))) for one in classes],
        [s.query(func.count(one.id)).scalar() for one in classes],
        [s.query(one.name).count() for one in classes],
        [s.query(s.query(one).exists()).scalar() for one in classes],
        [s.scalar(select(select(one).exists())) for one in classes],
        [s.scalar(select(func.max(one.name))) for one in classes],
        [s.query(one).filter(one.name > "d").count() for one in classes],
    ]


@scenario
def columns_alone(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    queries = [
        select(m.Engineer.name).order_by(m.Engineer.name),
        select(m.Engineer.name, m.Engineer.info).order_by(m.Engineer.name),
        select(m.Senior.title, m.Senior.name).order_by(m.Senior.name),
        select(m.Senior.title).order_by(m.Senior.title),
        select(m.Engineer.id, m.Engineer.level).order_by(m.Engineer.level),
        select(m.Car.name).order_by(m.Car.name),
        select(m.Cabriolet.roof).order_by(m.Cabriolet.roof),
        select(m.Cabriolet.id).order_by(m.Cabriolet.id),
        select(m.Clerk.id, m.Clerk.desk),
        select(m.Ship.name, m.Ship.port),
        select(lib.func.count(m.Car.id), m.Car.doors).group_by(m.Car.doors).order_by(m.Car.doors),
        select(m.Engineer.doubled).order_by(m.Engineer.doubled),
        select(m.Engineer.level + 1).order_by(m.Engineer.level),
        select(lib.func.upper(m.Car.name)).order_by(m.Car.name),
        select(m.Person.kind, lib.func.count(m.Person.id)).group_by(m.Person.kind).order_by(m.Person.kind),
    ]
    return [[tuple(row) for row in s.execute(query)] for query in queries]


@scenario
def expressions_of_classes_in_one_table(lib: Library, m: Any, s: Any) -> Any:
    select, case, func = lib.select, lib.core.case, lib.func
    queries = [
        select(case((m.Car.doors > 2, "many"), else_="few")).order_by(m.Car.id),
        select(func.count(lib.core.distinct(m.Car.doors))),
        select(m.Car.doors.label("d")).order_by("d"),
        select(lib.core.cast(m.Cabriolet.doors, lib.String)).order_by(m.Cabriolet.doors),
        select(m.Vehicle.name).where(m.Car.doors > 2).order_by(m.Vehicle.name),
        select(lib.core.literal_column("1")).where(m.Car.doors > 2),
        select(func.count()).select_from(m.Car).where(m.Car.doors > 0),
    ]
    return [[tuple(row) for row in s.execute(query)] for query in queries]


@scenario
def several_classes_in_one_statement(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    queries = [
        select(m.Person, m.Vehicle).where(m.Vehicle.owner_id == m.Person.id).order_by(m.Vehicle.id),
        select(m.Engineer, m.Car).where(m.Car.owner_id == m.Engineer.id).order_by(m.Car.id),
        select(m.Person, m.Car).join(m.Car, m.Car.owner_id == m.Person.id).order_by(m.Car.id),
        select(m.Engineer, m.Tool).join(m.Engineer.tools).order_by(m.Tool.id),
        select(m.Company, m.Engineer).join(m.Company.engineers).order_by(m.Engineer.id),
        select(m.Company, m.Clerk).join(m.Company.clerks).order_by(m.Clerk.id),
        select(m.Company, m.Clerk).outerjoin(m.Company.clerks).order_by(m.Company.id, m.Clerk.id),
    ]
    return [[brief(tuple(row)) for row in s.execute(query)] for query in queries]


@scenario
def classes_of_one_table_in_one_statement(lib: Library, m: Any, s: Any) -> Any:
    select, aliased = lib.select, lib.aliased
    car, lorry = aliased(m.Car), aliased(m.Lorry)
    queries = [
        select(car, lorry).where(car.owner_id == lorry.owner_id).order_by(car.id),
        select(m.Car, lorry).where(m.Car.owner_id == lorry.owner_id).order_by(m.Car.id),
        select(m.Car, m.Lorry),
        select(m.Car.name, m.Cabriolet.roof).order_by(m.Car.name),
        select(m.Vehicle, m.Cabriolet).order_by(m.Vehicle.id),
        select(m.Vehicle.id, m.Car.doors).order_by(m.Vehicle.id),
    ]
    return [[brief(tuple(row)) for row in s.execute(query)] for query in queries]


@scenario
def base_and_derived_in_one_statement(lib: Library, m: Any, s: Any) -> Any:
    alias = lib.aliased(m.Engineer, flat=True)
    rows = s.execute(
        lib.select(m.Person, alias).join(alias, alias.company_id == m.Person.company_id).order_by(m.Person.id, alias.id)
    )
    return [brief(tuple(row)) for row in rows]


@scenario
def select_base_and_sub(lib: Library, m: Any, s: Any) -> Any:
    rows = s.execute(lib.select(m.Person, m.Engineer).order_by(m.Person.id, m.Engineer.id)).all()
    return [brief(tuple(row)) for row in rows]


# -- subqueries -------------------------------------------------------------------------------------


@scenario
def scalar_subqueries(lib: Library, m: Any, s: Any) -> Any:
    select, func = lib.select, lib.func
    cars = select(func.count(m.Car.id)).where(m.Car.owner_id == m.Person.id).scalar_subquery()
    tools = select(func.count(m.Tool.id)).where(m.Tool.engineer_id == m.Engineer.id).scalar_subquery()
    top = select(func.max(m.Engineer.level)).scalar_subquery()
    senior = lib.aliased(m.Senior)
    below = select(func.count(senior.id)).where(senior.level > m.Engineer.level).scalar_subquery()
    queries = [
        select(m.Person.id, cars).order_by(m.Person.id),
        select(m.Engineer.id, cars, tools).order_by(m.Engineer.id),
        select(m.Engineer.id).where(m.Engineer.level == top),
        select(m.Engineer.id, below).order_by(m.Engineer.id),
        select(m.Senior.id, tools).order_by(m.Senior.id),
    ]
    return [[tuple(row) for row in s.execute(query)] for query in queries]


@scenario
def correlated_subqueries(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    person = lib.aliased(m.Person)
    queries = [
        select(m.Company).where(select(m.Engineer.id).where(m.Engineer.company_id == m.Company.id).exists()),
        select(m.Company).where(~select(m.Clerk).where(m.Clerk.company_id == m.Company.id).exists()),
        select(m.Engineer).where(select(m.Car).where(m.Car.owner_id == m.Engineer.id).exists()),
        select(person).where(select(m.Engineer).where(m.Engineer.id == person.id).exists()).order_by(person.id),
        select(m.Person).where(m.Person.id.in_(select(m.Engineer.id))).order_by(m.Person.id),
        select(m.Person).where(m.Person.id.in_(select(m.Car.owner_id))).order_by(m.Person.id),
        select(m.Person).where(m.Person.id.in_(select(m.Cabriolet.owner_id))).order_by(m.Person.id),
        select(m.Vehicle).where(m.Vehicle.id.not_in(select(m.Car.id))).order_by(m.Vehicle.id),
        select(m.Vehicle).where(m.Vehicle.id.in_(select(lib.aliased(m.Car).id))).order_by(m.Vehicle.id),
    ]
    return [brief(s.scalars(query).all()) for query in queries]


@scenario
def aliases_of_subqueries(lib: Library, m: Any, s: Any) -> Any:
    select, aliased = lib.select, lib.aliased
    found = []
    for class_ in (m.Person, m.Engineer, m.Senior, m.Vehicle, m.Car, m.Cabriolet, m.Ship, m.Clerk):
        inner = select(class_).where(class_.name > "d").subquery()
        alias = aliased(class_, inner)
        found.append(all_shown(s.scalars(select(alias).order_by(alias.id))))
        s.expunge_all()
        cte = select(class_).where(class_.id < 6).cte()
        alias = aliased(class_, cte)
        found.append(all_shown(s.scalars(select(alias).order_by(alias.name))))
        s.expunge_all()
        found.append([tuple(row) for row in s.execute(select(alias.name).order_by(alias.name))])
    return found


@scenario
def unions(lib: Library, m: Any, s: Any) -> Any:
    select, aliased, union = lib.select, lib.aliased, lib.core.union
    found = []
    for class_ in (m.Engineer, m.Car, m.Person, m.Clerk):
        both = union(select(class_).where(class_.id < 3), select(class_).where(class_.id > 3)).subquery()
        alias = aliased(class_, both)
        found.append(all_shown(s.scalars(select(alias).order_by(alias.id))))
        s.expunge_all()
        query = s.query(class_).filter(class_.id < 4).union(s.query(class_).filter(class_.id > 5))
        found.append(all_shown(query.order_by(class_.name)))
        s.expunge_all()
        again = select(class_).from_statement(union(select(class_).where(class_.id < 3), select(class_)))
        found.append(sorted(brief(s.scalars(again).all())))
        s.expunge_all()
    return found


@scenario
def from_statements(lib: Library, m: Any, s: Any) -> Any:
    select, text = lib.select, lib.text
    engineers = text(
        "SELECT person.id, person.name, person.kind, person.company_id, engineer.info, engineer.level FROM person "
        "JOIN engineer ON person.id = engineer.id ORDER BY person.id"
    )
    people = text("SELECT * FROM person ORDER BY id")
    cars = text("SELECT * FROM vehicle WHERE doors IS NOT NULL ORDER BY id")
    found = [
        brief(s.scalars(select(m.Engineer).from_statement(engineers)).all()),
        brief(s.query(m.Person).from_statement(people).all()),
        brief(s.query(m.Car).from_statement(cars).all()),
        brief(s.scalars(select(m.Vehicle).from_statement(cars)).all()),
    ]
    s.expunge_all()
    typed = text("SELECT id, name, kind FROM person ORDER BY id").columns(m.Person.id, m.Person.name, m.Person.kind)
    found.append(brief(s.scalars(select(m.Person).from_statement(typed)).all()))
    wp = lib.with_polymorphic(m.Person, [m.Engineer])
    plain = select(wp).order_by(wp.id)
    loaded = [vars(one) for one in s.scalars(select(wp).from_statement(plain)) if isinstance(one, m.Engineer)]
    found.append([(one["id"], one["info"], one["level"]) for one in loaded])
    return found


@scenario
def statements_that_do_not_tell_the_class(lib: Library, m: Any, s: Any) -> Any:
    return s.scalars(lib.select(m.Engineer).from_statement(lib.text("SELECT id, name FROM person"))).all()


@scenario
def statements_that_give_rows_of_other_classes(lib: Library, m: Any, s: Any) -> Any:
    return s.scalars(lib.select(m.Car).from_statement(lib.text("SELECT * FROM vehicle"))).all()


# -- shapes -----------------------------------------------------------------------------------------


@scenario
def limits_distinct_and_portions(lib: Library, m: Any, s: Any) -> Any:
    select = lib.select
    return [
        brief(s.scalars(select(m.Engineer).order_by(m.Engineer.id).limit(2).offset(1)).all()),
        brief(s.scalars(select(m.Car).order_by(m.Car.id.desc()).limit(1)).all()),
        brief(s.scalars(select(m.Person).order_by(m.Person.id).execution_options(yield_per=2)).all()),
        brief(list(s.query(m.Engineer).order_by(m.Engineer.id).yield_per(2))),
        brief(s.query(m.Car).distinct().order_by(m.Car.id).all()),
        [tuple(row) for row in s.query(m.Car.doors).distinct().order_by(m.Car.doors)],
        brief(s.query(m.Engineer).join(m.Engineer.tools).distinct().order_by(m.Engineer.id).all()),
        brief(s.query(m.Engineer).order_by(m.Engineer.level.desc()).first()),
        brief(s.query(m.Engineer).order_by(m.Engineer.id)[1:3]),
    ]


@scenario
def joined_collections_with_limit(lib: Library, m: Any, s: Any) -> Any:
    select, joined = lib.select, lib.joinedload
    found = []
    queries = [
        select(m.Engineer).options(joined(m.Engineer.tools)).order_by(m.Engineer.id).limit(2),
        select(m.Senior).options(joined(m.Senior.tools)).order_by(m.Senior.title, m.Senior.name).limit(1),
        select(m.Car).options(joined(m.Car.parts)).order_by(m.Car.doors.desc()).limit(2),
        select(m.Company).options(joined(m.Company.engineers)).order_by(m.Company.id).limit(1),
        select(m.Company).options(joined(m.Company.clerks)).order_by(m.Company.id).limit(2),
        select(m.Engineer).options(joined(m.Engineer.skills)).order_by(m.Engineer.info.desc()).limit(3).offset(1),
        select(m.Engineer).options(joined(m.Engineer.tools)).distinct().order_by(m.Engineer.level),
        select(m.Engineer).options(joined(m.Engineer.tools)).order_by(m.Engineer.doubled).limit(2),
    ]
    for query in queries:
        found.append(all_shown(s.scalars(query).unique()))
        s.expunge_all()
    return found


@scenario
def bundles(lib: Library, m: Any, s: Any) -> Any:
    select, bundle = lib.select, lib.Bundle
    queries = [
        select(bundle("b", m.Engineer.name, m.Engineer.info)).order_by(m.Engineer.id),
        select(bundle("b", m.Car.name, m.Car.doors)).order_by(m.Car.id),
        select(bundle("b", m.Cabriolet.id)).order_by(m.Cabriolet.id),
        select(m.Clerk.id, bundle("b", m.Clerk.desk)),
        select(bundle("b", m.Engineer.id, bundle("c", m.Engineer.level))).order_by(m.Engineer.id),
    ]
    return [[repr(tuple(row)) for row in s.execute(query)] for query in queries]


@scenario
def descriptions(lib: Library, m: Any, s: Any) -> Any:
    alias, wp = lib.aliased(m.Engineer, name="e"), lib.with_polymorphic(m.Person, "*")
    query = s.query(m.Person, m.Engineer, alias, wp, m.Engineer.name, m.Engineer.info, wp.Engineer.info, m.Car.doors)

    def name_of(entity: Any) -> str:
        insp = lib.inspect(entity)
        return f"{type(insp).__name__} {insp.mapper.class_.__name__}"

    return [
        [
            one["name"],
            getattr(one["type"], "__name__", type(one["type"]).__name__),
            one["aliased"],
            name_of(one["entity"]),
        ]
        for one in query.column_descriptions
    ]


@scenario
def labels_of_rows(lib: Library, m: Any, s: Any) -> Any:
    queries = [
        lib.select(m.Engineer, m.Engineer.info),
        lib.select(lib.aliased(m.Car, name="c")),
        lib.select(m.Lorry, m.Lorry.load),
        lib.select(lib.with_polymorphic(m.Person, "*", name="wp", flat=True)),
        lib.select(m.Senior.id, m.Engineer.info),
    ]
    return [list(s.execute(query).keys()) for query in queries]


@scenario
def bundles_with_one_key_twice(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Person, [m.Engineer, m.Manager])
    alias = lib.aliased(m.Person, flat=True)
    queries = [
        lib.select(lib.Bundle("b", wp.Engineer.info, wp.Manager.info)).order_by(wp.id),
        lib.select(lib.Bundle("b", m.Person.id, alias.id, m.Person.id))
        .where(alias.id == m.Person.id)
        .order_by(alias.id),
    ]
    return [[tuple(row[0]) for row in s.execute(query)] for query in queries]
