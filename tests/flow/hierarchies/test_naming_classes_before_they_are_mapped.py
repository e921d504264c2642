"""A base class that is mapped with the classes whose columns its queries bring, before these are mapped themselves."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, MetaData, String, Table, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, configure_mappers, registry


class Vessel:
    pass


class Cup(Vessel):
    pass


class Mug(Cup):
    pass


class Stranger:
    pass


@pytest.fixture
def mappings() -> Any:
    metadata = MetaData()
    tables = {
        "vessel": Table("vessel_later", metadata, Column("id", Integer, primary_key=True), Column("kind", String)),
        "cup": Table(
            "cup_later",
            metadata,
            Column("id", ForeignKey("vessel_later.id"), primary_key=True),
            Column("size", Integer),
        ),
        "mug": Table(
            "mug_later", metadata, Column("id", ForeignKey("cup_later.id"), primary_key=True), Column("text", String)
        ),
    }
    mappings = registry(metadata=metadata)
    yield mappings, tables
    mappings.dispose()


def test_they_join_in_when_they_are_mapped(mappings: Any, engine: Engine, statements: list[str]) -> None:
    registered, tables = mappings
    vessel = tables["vessel"]
    registered.map_imperatively(
        Vessel, vessel, polymorphic_on=vessel.c.kind, polymorphic_identity="v", with_polymorphic=[Mug, Cup]
    )
    registered.map_imperatively(Cup, tables["cup"], inherits=Vessel, polymorphic_identity="c")
    registered.map_imperatively(Mug, tables["mug"], inherits=Cup, polymorphic_identity="m")
    registered.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Vessel(id=1), Cup(id=2, size=3), Mug(id=3, size=4, text="hi")])
        session.commit()
        session.expunge_all()
        statements.clear()
        found = session.scalars(select(Vessel).order_by(vessel.c.id)).all()
        assert [type(one) for one in found] == [Vessel, Cup, Mug]
        assert (found[1].size, found[2].size, found[2].text) == (3, 4, "hi")
        assert len(statements) == 1


def test_those_that_are_never_mapped_are_an_error_of_the_configuration(mappings: Any) -> None:
    registered, tables = mappings
    registered.map_imperatively(Vessel, tables["vessel"], with_polymorphic=[Cup])
    with pytest.raises(InvalidRequestError, match="Cup is no mapped class that is derived from Vessel"):
        configure_mappers()


def test_classes_of_others_are_an_error_at_once(mappings: Any) -> None:
    registered, tables = mappings
    with pytest.raises(InvalidRequestError, match="Stranger is no mapped class that is derived from Vessel"):
        registered.map_imperatively(Vessel, tables["vessel"], with_polymorphic=[Stranger])
