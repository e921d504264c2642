"""Classes whose queries select from a union or a subquery, and what statements say of others of the hierarchy."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table, func, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, joinedload, polymorphic_union, registry, relationship
from azoth.sql.expression import LABEL_STYLE_TABLENAME_PLUS_COL

metadata = MetaData()
ports = Table("ports", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
vessels = Table(
    "vessels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("kind", String(20)),
    Column("port_id", Integer, ForeignKey("ports.id")),
)
steamers = Table(
    "steamers",
    metadata,
    Column("id", Integer, ForeignKey("vessels.id"), primary_key=True),
    Column("power", Integer),
)
yachts = Table(
    "yachts", metadata, Column("id", Integer, ForeignKey("vessels.id"), primary_key=True), Column("masts", Integer)
)
boilers = Table(
    "boilers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("maker", String(20)),
    Column("steamer_id", Integer, ForeignKey("steamers.id")),
)
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", String(20)),
    Column("vessel_id", Integer, ForeignKey("vessels.id")),
)


class Port: ...


class Vessel:
    def __init__(self, **values: Any) -> None:
        for key, value in values.items():
            setattr(self, key, value)


class Steamer(Vessel): ...


class Yacht(Vessel): ...


class Boiler: ...


class Note: ...


Vessel_: Any = Vessel
Steamer_: Any = Steamer
Yacht_: Any = Yacht
Port_: Any = Port
Boiler_: Any = Boiler
Note_: Any = Note


def union_of_tables() -> Any:
    return polymorphic_union({"steamer": vessels.join(steamers), "yacht": vessels.join(yachts)}, None, "fleet")


def joined_subquery() -> Any:
    joined = select(vessels, steamers, yachts).select_from(vessels.outerjoin(steamers).outerjoin(yachts))
    return joined.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery("fleet")


@pytest.fixture(params=[union_of_tables, joined_subquery])
def session(request: pytest.FixtureRequest, engine: azoth.Engine) -> Iterator[Session]:
    mappings = registry(metadata=metadata)
    mapped = mappings.map_imperatively
    mapped(Port, ports, properties={"vessels": relationship(Vessel, order_by=vessels.c.id)})
    mapped(Boiler, boilers)
    mapped(Note, notes)
    mapped(
        Vessel,
        vessels,
        polymorphic_on=vessels.c.kind,
        with_polymorphic=("*", request.param()),
        properties={"notes": relationship(Note)},
    )
    mapped(
        Steamer,
        steamers,
        inherits=Vessel,
        polymorphic_identity="steamer",
        properties={"boilers": relationship(Boiler, order_by=boilers.c.id)},
    )
    mapped(Yacht, yachts, inherits=Vessel, polymorphic_identity="yacht")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(ports.insert(), [{"id": 1, "name": "Kiel"}, {"id": 2, "name": "Bergen"}])
        rows = [(1, "Ara", "steamer", 1), (2, "Bora", "steamer", 2), (3, "Coral", "yacht", 1)]
        names = ("id", "name", "kind", "port_id")
        connection.execute(vessels.insert(), [dict(zip(names, row, strict=True)) for row in rows])
        connection.execute(steamers.insert(), [{"id": 1, "power": 10}, {"id": 2, "power": 20}])
        connection.execute(yachts.insert(), [{"id": 3, "masts": 2}])
        made = [(1, "Blohm", 1), (2, "Voss", 1), (3, "Blohm", 2)]
        connection.execute(
            boilers.insert(), [dict(zip(("id", "maker", "steamer_id"), row, strict=True)) for row in made]
        )
        connection.execute(
            notes.insert(), [{"id": 1, "text": "rust", "vessel_id": 1}, {"id": 2, "text": "rust", "vessel_id": 3}]
        )
    try:
        with Session(engine) as session:
            yield session
    finally:
        mappings.dispose()


def named(session: Session, statement: Any) -> list[str]:
    return [one.name for one in session.scalars(statement).unique()]


def test_criteria_about_a_derived_class_concern_the_rows_of_its_base(session: Session) -> None:
    assert named(session, select(Vessel).where(Steamer_.power == 20)) == ["Bora"]
    assert named(session, select(Vessel).where((Steamer_.power == 20) | (Yacht_.masts == 2)).order_by(Vessel_.id)) == [
        "Bora",
        "Coral",
    ]
    assert session.scalar(select(func.count(Vessel_.id)).where(Steamer_.power > 5)) == 2
    assert named(session, select(Vessel).where(Steamer_.power > 0).order_by(Steamer_.power.desc())) == ["Bora", "Ara"]
    found = select(Note_.text, Vessel_.name).where(Note_.vessel_id == Vessel_.id, Yacht_.masts == 2)
    assert session.execute(found).all() == [("rust", "Coral")]


def test_criteria_about_a_base_concern_the_rows_of_a_derived_class(session: Session) -> None:
    assert named(session, select(Steamer).where(Vessel_.name == "Bora")) == ["Bora"]
    assert named(session, select(Steamer).order_by(Vessel_.name.desc())) == ["Bora", "Ara"]
    assert session.execute(select(Steamer_.power).where(Vessel_.kind == "steamer").order_by(Vessel_.id)).all() == [
        (10,),
        (20,),
    ]
    assert session.execute(select(Vessel_.name).select_from(Steamer).order_by(Steamer_.id)).all() == [
        ("Ara",),
        ("Bora",),
    ]


def test_joins_begin_at_the_class_that_is_there(session: Session) -> None:
    assert named(session, select(Vessel).join(Steamer_.boilers).where(Boiler_.maker == "Voss")) == ["Ara"]
    assert named(session, select(Steamer).join(Vessel_.notes)) == ["Ara"]
    behind = select(Port).join(Port_.vessels).join(Steamer_.boilers).where(Boiler_.maker == "Voss")
    assert named(session, behind) == ["Kiel"]
    assert named(session, select(Port).join(Port_.vessels).where(Steamer_.power == 20)) == ["Bergen"]
    without = select(Vessel).outerjoin(Steamer_.boilers).where(Boiler_.id.is_(None))
    assert named(session, without) == ["Coral"]


def test_existing_related_rows_are_those_of_the_class_that_is_there(session: Session) -> None:
    assert named(session, select(Vessel).where(Steamer_.boilers.any(Boiler_.maker == "Voss"))) == ["Ara"]
    assert named(session, select(Steamer).where(Vessel_.notes.any(Note_.text == "rust"))) == ["Ara"]
    assert named(session, select(Port).where(Port_.vessels.any(Yacht_.masts == 2))) == ["Kiel"]


def test_attributes_beside_each_other_are_those_of_one_row(session: Session) -> None:
    statement = select(Vessel_.name, Steamer_.power).order_by(Vessel_.id)
    rows = session.execute(statement).all()
    assert rows == [("Ara", 10), ("Bora", 20), ("Coral", None)]
    assert [row._mapping[Steamer_.power] for row in rows] == [10, 20, None]
    inside = statement.order_by(None).subquery()
    assert session.execute(select(inside.c.power).where(inside.c.name == "Bora")).all() == [(20,)]


def test_objects_of_a_derived_class_are_those_that_a_join_brings(session: Session) -> None:
    statement = select(Steamer, Port_.name).join(Port_.vessels).where(Vessel_.kind == "steamer").order_by(Vessel_.id)
    for options in ((), (joinedload(Steamer_.boilers),)):
        session.expunge_all()
        rows = session.execute(statement.options(*options)).unique().all()
        assert [(one.name, one.power, port) for one, port in rows] == [("Ara", 10, "Kiel"), ("Bora", 20, "Bergen")]
        assert [len(one.boilers) for one, _ in rows] == [2, 1]


def test_a_collection_of_a_derived_class_is_joined_where_the_base_is_asked_for(session: Session) -> None:
    vessels_found = session.scalars(select(Vessel).options(joinedload(Steamer_.boilers)).order_by(Vessel_.id)).unique()
    found = {one.name: one.__dict__.get("boilers") for one in vessels_found}
    assert [one.maker for one in found["Ara"] or ()] == ["Blohm", "Voss"]
    assert found["Coral"] is None


def test_a_class_that_is_joined_by_itself_is_read_by_itself(session: Session) -> None:
    statement = select(Vessel).join(Steamer, (Steamer_.id == Vessel_.id) & (Steamer_.power == 20))
    assert named(session, statement) == ["Bora"]


def test_tables_that_a_statement_names_stay_those_tables(session: Session) -> None:
    fleet = azoth.inspect(Vessel).selectable
    statement = select(vessels.c.name).where(vessels.c.id == next(iter(fleet.c)))
    assert sorted(session.scalars(statement)) == ["Ara", "Bora", "Coral"]


def test_tables_that_are_joined_beside_a_union_stay_those_tables(session: Session) -> None:
    other = (vessels.c.port_id == Vessel_.port_id) & (vessels.c.id != Vessel_.id)
    statement = select(Vessel).join(vessels, other).where(vessels.c.name == "Coral")
    assert named(session, statement) == ["Ara"]
    assert named(session, select(Vessel).where(vessels.c.name == "Coral")) == ["Coral"]


def test_statements_about_unions_can_be_pickled(session: Session) -> None:
    statement = pickle.loads(pickle.dumps(select(vessels.c.name).where(vessels.c.id == 2)))
    assert session.scalars(statement).all() == ["Bora"]
    assert pickle.loads(pickle.dumps(azoth.inspect(Vessel).selectable)).c.keys()


def test_rows_of_other_classes_are_refused(session: Session) -> None:
    statement = select(Steamer).select_from(Port).join(Port_.vessels).where(Vessel_.kind == "yacht")
    if "UNION" not in str(azoth.inspect(Vessel).selectable):
        # The steamer of a yacht's row has no key.
        assert session.scalars(statement).all() == [None]
        return
    with pytest.raises(InvalidRequestError, match="can't be loaded"):
        session.scalars(statement).all()
