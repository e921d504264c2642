"""Programs over several databases end in the same objects and rows as with SQLAlchemy."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

SHARDS = ("north", "south")
SCENARIOS: dict[str, Callable[[Any, Any], Any]] = {}


def scenario(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    SCENARIOS[function.__name__] = function
    return function


class Program:
    """The same program, with one of the libraries: stations with readings in two databases."""

    def __init__(self, library: Library, database: Database) -> None:
        self.library = library
        self.sharding = import_module(f"{library.name}.ext.horizontal_shard")
        base: Any = library.declarative_base()

        class Station(base):
            __tablename__ = "station"
            id = library.Column(library.Integer, primary_key=True)
            pole = library.Column(library.String)
            name = library.Column(library.String)
            readings = library.relationship("Reading", backref="station", cascade="all, delete-orphan")

        class Reading(base):
            __tablename__ = "reading"
            id = library.Column(library.Integer, primary_key=True)
            station_id = library.Column(library.ForeignKey("station.id"))
            value = library.Column(library.Integer)

        self.Station, self.Reading = Station, Reading
        self.engines = {name: database.make_engine(library=library) for name in SHARDS}
        for engine in self.engines.values():
            base.metadata.create_all(engine)
        self.chosen: list[Any] = []
        self.asks_everywhere = False
        self.session = self.sharding.ShardedSession(
            shard_chooser=self.shard_of, identity_chooser=self.might_be_in, execute_chooser=self.for_statement,
            shards=self.engines,
        )  # fmt: skip
        self.fill()

    def shard_of(self, mapper: Any, instance: Any, clause: Any = None) -> Any:
        if isinstance(instance, self.Reading):
            self.chosen.append(("Reading", instance.station_id))
            return self.shard_of(mapper, instance.station)
        return instance.pole

    def might_be_in(
        self, mapper: Any, key: Any, *, lazy_loaded_from: Any, execution_options: Any, bind_arguments: Any, **kw: Any
    ) -> Any:
        return [lazy_loaded_from.identity_token] if lazy_loaded_from is not None else list(SHARDS)

    def for_statement(self, state: Any) -> Any:
        lazy = state.lazy_loaded_from if state.is_select and not self.asks_everywhere else None
        return [lazy.identity_token] if lazy is not None else list(SHARDS)

    def fill(self) -> None:
        session = self.session
        for number, (pole, name) in enumerate([("north", "Alert"), ("south", "Vostok"), ("south", "Dumont")], 1):
            station = self.Station(id=number, pole=pole, name=name)
            station.readings = [self.Reading(value=number * 10), self.Reading(value=number * 10 + 1)]
            session.add(station)
        session.commit()

    def token(self, instance: Any) -> Any:
        return self.library.inspect(instance).identity_token

    def rows(self) -> Any:
        found = {}
        for name, engine in self.engines.items():
            with engine.connect() as connection:
                for table in ("station", "reading"):
                    rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id").all()
                    found[name, table] = [tuple(row) for row in rows]
        return found


@scenario
def what_is_inserted(p: Any, session: Any) -> Any:
    return p.rows(), sorted(set(p.chosen))


@scenario
def what_is_selected(p: Any, session: Any) -> Any:
    stations = session.scalars(p.library.select(p.Station)).all()
    values = session.execute(p.library.select(p.Reading.value)).all()
    return [(one.name, p.token(one)) for one in stations], [tuple(row) for row in values]


@scenario
def one_shard_in_many_ways(p: Any, session: Any) -> Any:
    statement = p.library.select(p.Station).order_by(p.Station.name)
    found = [
        session.scalars(statement, bind_arguments={"shard_id": "south"}).all(),
        session.scalars(statement.options(p.sharding.set_shard_id("south"))).all(),
        session.query(p.Station).set_shard("south").all(),
        session.scalars(statement, execution_options={"identity_token": "south"}).all(),
    ]
    return [sorted((one.name, p.token(one)) for one in some) for some in found]


@scenario
def objects_by_key(p: Any, session: Any) -> Any:
    found = [session.get(p.Station, key) for key in (1, 2, 3, 4)]
    at_north = [session.get(p.Station, key, identity_token="north") for key in (1, 2)]
    named = session.get(p.Station, 2, bind_arguments={"shard_id": "south"})
    again = session.get(p.Station, 2) is found[1] and named is found[1]
    return [one and (one.name, p.token(one)) for one in [*found, *at_north]], again


@scenario
def loads_that_follow(p: Any, session: Any) -> Any:
    stations = session.scalars(p.library.select(p.Station)).all()
    values = [[reading.value for reading in station.readings] for station in stations]
    session.expire_all()
    names = [station.name for station in stations]
    owners = [reading.station.name for reading in session.scalars(p.library.select(p.Reading))]
    for station in stations:
        session.refresh(station)
    return values, names, owners


@scenario
def members_that_are_in_other_shards(p: Any, session: Any) -> Any:
    with p.engines["south"].begin() as connection:
        connection.exec_driver_sql("INSERT INTO reading (id, station_id, value) VALUES (70, 1, 99)")
    p.asks_everywhere = True
    found = []
    for name in ("lazyload", "selectinload", "immediateload", "subqueryload"):
        option = getattr(p.library.orm, name)(p.Station.readings)
        stations = session.scalars(p.library.select(p.Station).options(option)).all()
        found.append([[(reading.value, p.token(reading)) for reading in station.readings] for station in stations])
        session.expunge_all()
    reading = session.scalars(p.library.select(p.Reading).where(p.Reading.id == 70)).one()
    return found, reading.station.name, p.token(reading.station)


@scenario
def the_shard_that_a_statement_names(p: Any, session: Any) -> Any:
    p.asks_everywhere = True
    found = []
    for way in ("option", "propagated", "argument"):
        for loader in ("lazyload", "selectinload"):
            statement = p.library.select(p.Station).options(getattr(p.library.orm, loader)(p.Station.readings))
            arguments = {"bind_arguments": {"shard_id": "north"}} if way == "argument" else {}
            if way != "argument":
                statement = statement.options(
                    p.sharding.set_shard_id("north", propagate_to_loaders=way == "propagated")
                )
            stations = session.scalars(statement, **arguments).all()
            found.append([(station.name, len(station.readings)) for station in stations])
            session.expunge_all()
    return found


@scenario
def changes_and_deletions(p: Any, session: Any) -> Any:
    alert, vostok, dumont = session.query(p.Station).all()
    alert.name, dumont.name = "Alert 2", "Dumont 2"
    alert.readings.pop()
    session.delete(vostok)
    dumont.readings.append(p.Reading(value=99))
    session.commit()
    return p.rows()


@scenario
def changes_of_many_rows(p: Any, session: Any) -> Any:
    readings = session.query(p.Reading).order_by(p.Reading.id).set_shard("south").all()
    raised = session.execute(p.library.update(p.Reading).values(value=p.Reading.value + 1000)).rowcount
    values = [one.value for one in readings]
    gone = session.query(p.Reading).filter(p.Reading.value > 1030).delete()
    south = {"bind_arguments": {"shard_id": "south"}}
    some = session.execute(p.library.update(p.Reading).values(value=0).where(p.Reading.id == 1), **south).rowcount
    session.commit()
    return raised, gone, some, values, p.rows()


@scenario
def rollbacks(p: Any, session: Any) -> Any:
    session.add_all([p.Station(id=8, pole=pole, name=f"new {pole}") for pole in SHARDS])
    session.flush()
    session.rollback()
    session.add(p.Station(id=10, pole="north", name="kept"))
    session.commit()
    return p.rows()


@scenario
def merging(p: Any, session: Any) -> Any:
    merged = session.merge(p.Station(id=3, pole="south", name="Durville"))
    new = session.merge(p.Station(id=30, pole="north", name="Thule"))
    session.commit()
    return p.token(merged), p.token(new), p.rows()


@scenario
def connections(p: Any, session: Any) -> Any:
    return [
        session.get_bind(shard_id="south") is p.engines["south"],
        session.connection(bind_arguments={"shard_id": "south"}).engine is p.engines["south"],
        session.connection_callable(shard_id="north").engine is p.engines["north"],
        session._identity_lookup(p.library.inspect(p.Station), [1]),
    ]


@scenario
def names_of_classes(p: Any, session: Any) -> Any:
    query = session.query(p.Station)
    return type(query).__name__, hasattr(p.sharding, "ShardChooser"), hasattr(p.sharding, "IdentityChooser")


def outcome(library: Library, database: Database, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if library is SQLALCHEMY else "error")
        program = Program(library, database)
        try:
            program.session.expunge_all()
            return SCENARIOS[name](program, program.session)
        finally:
            program.session.close()


@pytest.mark.parametrize("name", SCENARIOS)
def test_shards_act_as_in_sqlalchemy(database: Database, name: str) -> None:
    assert outcome(AZOTH, database, name) == outcome(SQLALCHEMY, database, name)
