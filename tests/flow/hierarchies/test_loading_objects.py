"""Objects of hierarchies in a session: by key, refreshed, merged, changed, read later; compared with SQLAlchemy."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.companies import Model, Statements, all_shown, brief, shown

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


@pytest.mark.needs("unchecked foreign keys")
def test_rows_of_other_classes_are_referred_to_as_with_sqlalchemy(database: Database) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, many_to_one_to_rows_of_other_classes)
    assert outcome_of(database, AZOTH, Model, many_to_one_to_rows_of_other_classes) == expected


def outcome(lib: Library, read: Any) -> Any:
    """Give what reading gives, or the class of the error."""
    try:
        return brief(read())
    except (lib.exc.SQLAlchemyError, AssertionError):
        # SQLAlchemy has no error of its own for unknown discriminators.
        return "refused"


# -- by key -----------------------------------------------------------------------------------------


@scenario
def get_by_key(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for class_ in (m.Person, m.Engineer, m.Senior, m.Manager, m.Boss, m.Clerk):
        for key in range(1, 10):
            s.expunge_all()
            found.append(brief(s.get(class_, key)))
    for class_ in (m.Vehicle, m.Car, m.Cabriolet, m.Lorry, m.Ship):
        for key in range(1, 8):
            s.expunge_all()
            found.append(brief(s.get(class_, key)))
    return found


@scenario
def get_of_what_is_there(lib: Library, m: Any, s: Any) -> Any:
    people = s.scalars(lib.select(m.Person)).all()
    vehicles = s.scalars(lib.select(m.Vehicle)).all()
    statements = Statements(lib, s)
    found = [brief(s.get(class_, key)) for class_ in (m.Person, m.Engineer, m.Senior, m.Clerk) for key in range(1, 9)]
    found += [brief(s.get(class_, key)) for class_ in (m.Vehicle, m.Car, m.Ship) for key in range(1, 7)]
    return [len(people), len(vehicles), len(statements), found]


@scenario
def get_with_options(lib: Library, m: Any, s: Any) -> Any:
    found = [
        shown(s.get(m.Engineer, 4, options=[lib.selectinload(m.Engineer.tools), lib.undefer(m.Engineer.secret)])),
        shown(s.get(m.Senior, 6, options=[lib.joinedload(m.Senior.skills)])),
        shown(s.get(m.Car, 2, options=[lib.joinedload(m.Car.parts)])),
    ]
    s.expunge_all()
    found.append(outcome(lib, lambda: s.get_one(m.Manager, 4)))
    found.append(shown(s.get(m.Engineer, 5, populate_existing=True)))
    return found


@scenario
def identities(lib: Library, m: Any, s: Any) -> Any:
    everything = [*s.scalars(lib.select(m.Person)), *s.scalars(lib.select(m.Vehicle))]
    found = []
    for one in everything:
        key = lib.inspect(one).identity_key
        found.append((key[0].__name__, key[1], s.identity_map[key] is one, lib.inspect(one).mapper.class_.__name__))
    engineer = s.get(m.Engineer, 4)
    keys = [lib.inspect(m.Senior).identity_key_from_primary_key((6,))[0].__name__]
    return [sorted(found), keys, engineer is s.get(m.Person, 4), len(s.identity_map)]


# -- expired, refreshed -----------------------------------------------------------------------------


@scenario
def expired_objects(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for class_, key in ((m.Person, 4), (m.Person, 6), (m.Engineer, 6), (m.Vehicle, 3), (m.Vehicle, 5), (m.Person, 8)):
        s.expunge_all()
        one = s.get(class_, key)
        s.expire(one)
        statements = Statements(lib, s)
        found.append((one.name, shown(one), len(statements)))
    return found


@scenario
def refresh_with_names(lib: Library, m: Any, s: Any) -> Any:
    senior = s.get(m.Senior, 6)
    s.execute(lib.text("UPDATE person SET name = 'n' WHERE id = 6"))
    s.execute(lib.text("UPDATE engineer SET info = 'i' WHERE id = 6"))
    s.execute(lib.text("UPDATE senior SET title = 't' WHERE id = 6"))
    found = []
    for names in (["name"], ["info"], ["title"], ["name", "title"], ["tools"], ["secret"], ["info", "level"], None):
        s.refresh(senior, names)
        found.append(shown(senior))
    s.expire(senior, ["title", "name"])
    found.append((senior.name, shown(senior)))
    s.execute(lib.text("UPDATE vehicle SET name = 'n', roof = 'r' WHERE id = 3"))
    cabriolet = s.get(m.Vehicle, 3)
    s.refresh(cabriolet, ["roof"])
    found.append(shown(cabriolet))
    return found


@scenario
def populate_existing(lib: Library, m: Any, s: Any) -> Any:
    people = s.scalars(lib.select(m.Person)).all()
    names = [one.info for one in people if isinstance(one, m.Engineer)]
    s.execute(lib.text("UPDATE person SET name = name || 'x'"))
    s.execute(lib.text("UPDATE engineer SET info = info || 'x'"))
    s.scalars(lib.select(m.Person).execution_options(populate_existing=True)).all()
    found = [(one.name, getattr(one, "info", None)) for one in sorted(people, key=lambda one: one.id)]
    s.scalars(lib.select(m.Engineer).execution_options(populate_existing=True)).all()
    found += [(one.name, getattr(one, "info", None)) for one in sorted(people, key=lambda one: one.id)]
    wp = lib.with_polymorphic(m.Person, "*")
    s.execute(lib.text("UPDATE manager SET info = info || 'y'"))
    s.scalars(lib.select(wp).execution_options(populate_existing=True)).all()
    found += [(one.name, getattr(one, "info", None)) for one in sorted(people, key=lambda one: one.id)]
    return [names, found]


# -- read later -------------------------------------------------------------------------------------


@scenario
def attributes_of_derived_classes(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for query in (lib.select(m.Person), lib.select(m.Vehicle), lib.select(m.Engineer)):
        s.expunge_all()
        entity = query.column_descriptions[0]["entity"]
        objects = s.scalars(query.order_by(entity.id)).all()
        names = (
            "info",
            "level",
            "doubled",
            "title",
            "car",
            "desk",
            "secret",
            "notes",
            "doors",
            "roof",
            "load",
            "port",
        )
        found += [[(name, getattr(one, name, "none")) for one in objects] for name in names]
    return found


@scenario
def relationships_of_derived_classes(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for query in (lib.select(m.Person), lib.select(m.Vehicle), lib.select(m.Engineer)):
        s.expunge_all()
        entity = query.column_descriptions[0]["entity"]
        objects = s.scalars(query.order_by(entity.id)).all()
        names = (
            "company",
            "vehicles",
            "tools",
            "skills",
            "manager",
            "reports",
            "pupil",
            "parts",
            "owner",
            "towing",
            "towed_by",
        )
        found += [[(name, brief(getattr(one, name, "none"))) for one in objects] for name in names]
    return found


def many_to_one_to_rows_of_other_classes(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.text("UPDATE tool SET engineer_id = 2 WHERE id = 1"))
    s.execute(lib.text("UPDATE part SET car_id = 1 WHERE id = 1"))
    s.execute(lib.text("UPDATE vehicle SET towed_by_id = 1 WHERE id = 2"))
    found = []
    for preloaded in (False, True):
        s.expunge_all()
        kept = [*s.scalars(lib.select(m.Person)), *s.scalars(lib.select(m.Vehicle))] if preloaded else []
        found.append(brief(s.get(m.Tool, 1).engineer))
        found.append(brief(s.get(m.Part, 1).car))
        found.append(brief(s.get(m.Car, 2).towed_by))
        found.append(len(kept))
    for load in (lib.joinedload, lib.selectinload):
        s.expunge_all()
        tools = s.scalars(lib.select(m.Tool).options(load(m.Tool.engineer)).order_by(m.Tool.id)).all()
        found.append([brief(tool.engineer) for tool in tools])
        parts = s.scalars(lib.select(m.Part).options(load(m.Part.car)).order_by(m.Part.id)).all()
        found.append([brief(part.car) for part in parts])
    return found


# -- merge, pickle, inspect -------------------------------------------------------------------------


@scenario
def merge(lib: Library, m: Any, s: Any) -> Any:
    found = [
        shown(s.merge(m.Engineer(id=4, info="merged"))),
        shown(s.merge(m.Senior(id=6, title="merged", name="n"))),
        shown(s.merge(m.Boss(id=20, car="new", name="new boss"))),
        shown(s.merge(m.Cabriolet(id=3, roof="merged"))),
        shown(s.merge(m.Engineer(id=5, tools=[m.Tool(id=1, name="merged")]))),
    ]
    s.commit()
    found.append([tuple(row) for row in s.execute(lib.text("SELECT id, info FROM engineer ORDER BY id"))])
    found.append([tuple(row) for row in s.execute(lib.text("SELECT id, car FROM boss ORDER BY id"))])
    found.append([tuple(row) for row in s.execute(lib.text("SELECT id, kind, roof FROM vehicle ORDER BY id"))])
    return found


@scenario
def merge_of_loaded_objects(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Person, "*")
    people = s.scalars(lib.select(wp).order_by(wp.id)).all()
    with lib.Session(s.get_bind()) as other:
        return [all_shown([other.merge(one, load=load) for one in people]) for load in (True, False)]


@scenario
def inspection(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for one in s.scalars(lib.select(m.Person).order_by(m.Person.id)):
        state = lib.inspect(one)
        found.append(
            (
                state.mapper.class_.__name__,
                state.identity,
                sorted({*state.unloaded} - {"called", "described"}),
                sorted({attr.key for attr in state.attrs} - {"called", "described"}),
                state.persistent,
            )
        )
    return found


@scenario
def mappers(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for class_ in (m.Person, m.Engineer, m.Senior, m.Clerk, m.Vehicle, m.Cabriolet, m.Ship):
        mapper = lib.inspect(class_)
        found.append(
            [
                str(mapper.polymorphic_on),
                sorted(map(str, mapper.polymorphic_map)),
                mapper.polymorphic_identity,
                [one.class_.__name__ for one in mapper.self_and_descendants],
                [one.class_.__name__ for one in mapper.iterate_to_root()],
                mapper.base_mapper.class_.__name__,
                mapper.single,
                mapper.concrete,
                sorted(table.name for table in mapper.tables),
                sorted({*mapper.columns.keys()} - {"doubled"}),
                sorted(mapper.relationships.keys()),
                sorted(mapper.synonyms.keys()),
                sorted(mapper.composites.keys()),
                [str(column) for column in mapper.primary_key],
                mapper.isa(lib.inspect(m.Engineer)),
                mapper.common_parent(lib.inspect(m.Manager)),
            ]
        )
    return found


# -- changed ----------------------------------------------------------------------------------------


@scenario
def changed_discriminators(lib: Library, m: Any, s: Any) -> Any:
    clerk, cart = s.get(m.Clerk, 8), s.get(m.Vehicle, 1)
    clerk.kind = "person"
    cart.kind = 2
    with warnings.catch_warnings():
        # Both say that the objects keep their classes.
        warnings.simplefilter("ignore")
        s.flush()
    found = [brief(s.get(m.Person, 8)), brief(s.scalars(lib.select(m.Car).order_by(m.Car.id)).all())]
    s.commit()
    s.expunge_all()
    found += [brief(s.get(m.Person, 8)), brief(s.get(m.Clerk, 8)), brief(s.get(m.Car, 1)), brief(s.get(m.Vehicle, 1))]
    return found


@scenario
def rows_that_changed_their_class(lib: Library, m: Any, s: Any) -> Any:
    clerk, car = s.get(m.Clerk, 8), s.get(m.Car, 2)
    s.execute(lib.text("UPDATE person SET kind = 'person' WHERE id = 8"))
    s.execute(lib.text("UPDATE vehicle SET kind = 1 WHERE id = 2"))
    found = [
        brief(s.scalars(lib.select(m.Person).where(m.Person.id == 8)).one()),
        brief(s.scalars(lib.select(m.Clerk)).all()),
        brief(s.scalars(lib.select(m.Vehicle).where(m.Vehicle.id == 2)).one()),
    ]
    s.expire_all()
    found += [outcome(lib, lambda: clerk.name), outcome(lib, lambda: car.name)]
    return found


@scenario
def deleted_and_loaded_again(lib: Library, m: Any, s: Any) -> Any:
    for class_, key in ((m.Clerk, 8), (m.Boss, 3), (m.Cabriolet, 6)):
        if class_ is m.Boss:
            for engineer in s.get(m.Boss, 3).reports:
                engineer.manager = None
        s.delete(s.get(class_, key))
    s.commit()
    s.expunge_all()
    found = [
        brief(s.get(m.Person, 8)),
        brief(s.get(m.Manager, 3)),
        brief(s.get(m.Vehicle, 6)),
        brief(s.scalars(lib.select(m.Person).order_by(m.Person.id)).all()),
        [s.scalar(lib.text(f"SELECT count(*) FROM {name}")) for name in ("person", "manager", "boss", "vehicle")],
    ]
    s.add(m.Engineer(id=8, name="again", info="i"))
    s.commit()
    return [*found, brief(s.get(m.Person, 8)), brief(s.get(m.Engineer, 8))]


@scenario
def bad_discriminators(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.text("INSERT INTO person (id, name, kind) VALUES (31, 'unknown', 'no such')"))
    s.execute(lib.text("INSERT INTO vehicle (id, name, kind) VALUES (31, 'unknown', 77)"))
    s.execute(lib.text("INSERT INTO person (id, name, kind) VALUES (32, 'wrong', 'manager')"))
    s.execute(lib.text("INSERT INTO engineer (id, info) VALUES (32, 'wrong')"))
    select = lib.select
    return [
        outcome(lib, lambda: s.scalars(select(m.Person).where(m.Person.id == 31)).all()),
        outcome(lib, lambda: s.scalars(select(m.Engineer).where(m.Engineer.id == 32)).all()),
        outcome(lib, lambda: s.scalars(select(m.Person).where(m.Person.id == 32)).all()),
        outcome(lib, lambda: s.get(m.Person, 31)),
        outcome(lib, lambda: s.get(m.Engineer, 32)),
        outcome(lib, lambda: s.scalars(select(m.Vehicle).where(m.Vehicle.id == 31)).all()),
        outcome(lib, lambda: s.get(m.Car, 31)),
        outcome(lib, lambda: s.scalars(select(m.Car).order_by(m.Car.id)).all()),
    ]


@scenario
def rows_of_other_classes_whose_objects_are_there(lib: Library, m: Any, s: Any) -> Any:
    wp = lib.with_polymorphic(m.Person, [m.Engineer, m.Manager])
    vehicles = lib.with_polymorphic(m.Vehicle, "*")
    kept = [*s.scalars(lib.select(m.Person)), *s.scalars(lib.select(m.Vehicle))]
    cars = lib.select(m.Car).from_statement(lib.text("SELECT * FROM vehicle ORDER BY id"))
    return [
        len(kept),
        outcome(lib, lambda: s.scalars(cars).all()),
        outcome(lib, lambda: s.execute(lib.select(vehicles, vehicles.Car)).all()),
        outcome(lib, lambda: s.scalars(lib.select(wp.Engineer).where(wp.Engineer.level == 3)).all()),
    ]


# -- peers, pickles ---------------------------------------------------------------------------------


@pytest.fixture
def filled(database: Database) -> Any:
    model = Model(AZOTH)
    engine = database.make_engine(library=AZOTH)
    model.metadata.create_all(engine)
    with AZOTH.Session(engine) as session:
        model.fill(session)
        yield model, session


def test_a_loop_over_objects_of_several_classes_sends_one_select_for_each_class(filled: Any) -> None:
    m, s = filled
    people = s.scalars(AZOTH.select(m.Person).order_by(m.Person.id)).all()
    statements = Statements(AZOTH, s)
    assert [one.info for one in people if isinstance(one, m.Engineer)] == ["e4", "e5", "e6", "e7"]
    assert [one.title for one in people if isinstance(one, m.Senior)] == ["dr", "prof"]
    assert len(statements) == 2
    assert [one.info for one in people if isinstance(one, m.Manager)] == ["m-info", "b-info"]
    assert [one.car for one in people if isinstance(one, m.Boss)] == ["rolls"]
    assert len(statements) == 4
    assert [len(one.tools) for one in people if isinstance(one, m.Engineer)] == [2, 1, 1, 0]
    assert len(statements) == 5


def test_without_peers_each_object_is_loaded_by_itself(filled: Any) -> None:
    m, _ = filled
    with AZOTH.Session(filled[1].get_bind(), load_on_peers=False) as s:
        people = s.scalars(AZOTH.select(m.Person).order_by(m.Person.id)).all()
        statements = Statements(AZOTH, s)
        assert [one.info for one in people if isinstance(one, m.Engineer)] == ["e4", "e5", "e6", "e7"]
        assert len(statements) == 4


def test_populate_existing_leaves_no_old_value_of_a_column_that_the_rows_lack(filled: Any) -> None:
    m, s = filled
    people = s.scalars(AZOTH.select(m.Person).order_by(m.Person.id)).all()
    assert [one.info for one in people if isinstance(one, m.Engineer)] == ["e4", "e5", "e6", "e7"]
    assert people[0].notes == "n1"
    s.execute(AZOTH.text("UPDATE engineer SET info = 'new'"))
    s.execute(AZOTH.text("UPDATE person SET notes = 'new'"))
    s.scalars(AZOTH.select(m.Person).execution_options(populate_existing=True)).all()
    assert [one.info for one in people if isinstance(one, m.Engineer)] == ["new"] * 4
    assert people[0].notes == "new"
