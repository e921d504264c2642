"""Functions make the values of columns for which a mapping has no attribute, as in SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

OPTIONS: dict[str, dict[str, Any]] = {
    "one is left out": {"exclude_properties": ["plain"]},
    "several are left out": {"exclude_properties": ["plain", "told", "fixed", "document"]},
    "some are named": {"include_properties": ["id", "name"]},
    "the database makes one": {"exclude_properties": ["plain", "told"], "eager_defaults": True},
}


def table_of(lib: Library, metadata: Any) -> Any:
    def told(context: Any) -> str:
        return f"{context.current_column.key} beside {context.get_current_parameters()['name']}"

    return lib.Table(
        "things",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String(10)),
        lib.Column("plain", lib.Integer, default=lambda: 7, onupdate=lambda: 9),
        lib.Column("told", lib.String(40), default=told, onupdate=told),
        lib.Column("fixed", lib.Integer, default=3, onupdate=4),
        lib.Column("document", lib.JSON, default=lambda: {"made": 1}),
        lib.Column("counted", lib.Integer, server_default="1"),
    )


def rows_written(lib: Library, database: Database, options: dict[str, Any], *, is_heard: bool) -> list[Any]:
    class Thing:
        name: str

    registry = lib.registry()
    things = table_of(lib, registry.metadata)
    registry.map_imperatively(Thing, things, **options)
    engine = database.make_engine(library=lib)
    registry.metadata.create_all(engine)
    if is_heard:
        lib.event.listen(engine, "before_execute", lambda *_arguments: None)
    found = []
    with lib.Session(engine) as session:
        one, two = Thing(), Thing()
        one.name, two.name = "one", "two"
        session.add_all([one, two])
        session.flush()
        found.append([tuple(row) for row in session.execute(lib.select(things).order_by(things.c.id))])
        one.name = "three"
        session.flush()
        found.append([tuple(row) for row in session.execute(lib.select(things).order_by(things.c.id))])
    registry.metadata.drop_all(engine)
    return found


@pytest.mark.parametrize("is_heard", [False, True], ids=["plain", "heard"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_the_functions_are_called_for_each_row(database: Database, options: dict[str, Any], is_heard: bool) -> None:
    ours = rows_written(AZOTH, database, options, is_heard=is_heard)
    assert ours == rows_written(SQLALCHEMY, database, options, is_heard=is_heard)
    assert [row[2] for row in ours[1]] == [9, 7]


def test_the_column_of_a_name_that_a_derived_class_uses_otherwise_has_its_default(database: Database) -> None:
    class Thing:
        size: int

    class Big(Thing):
        pass

    registry = AZOTH.registry()
    things = AZOTH.Table(
        "things",
        registry.metadata,
        AZOTH.Column("id", AZOTH.Integer, primary_key=True),
        AZOTH.Column("kind", AZOTH.String(10)),
        AZOTH.Column("size", AZOTH.Integer, default=lambda: 5),
        AZOTH.Column("own_size", AZOTH.Integer),
    )
    options = {"polymorphic_on": things.c.kind, "exclude_properties": ["own_size"]}
    registry.map_imperatively(Thing, things, polymorphic_identity="thing", **options)
    registry.map_imperatively(Big, inherits=Thing, polymorphic_identity="big", properties={"size": things.c.own_size})
    engine = database.make_engine()
    registry.metadata.create_all(engine)
    with AZOTH.Session(engine) as session:
        one = Big()
        one.size = 2
        session.add(one)
        session.flush()
        assert session.execute(AZOTH.select(things)).all() == [(1, "big", 5, 2)]
