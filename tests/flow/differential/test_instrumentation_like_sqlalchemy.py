"""Managers of instrumentation hear of the same attributes as with SQLAlchemy."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


def told_by(library: Library) -> dict[str, set[str]]:
    extension = import_module(f"{library.name}.ext.instrumentation")
    told: dict[str, set[str]] = {"attribute": set(), "descriptor": set(), "collection": set()}

    class Manager(extension.InstrumentationManager):  # type: ignore[name-defined, misc]
        def instrument_attribute(self, class_: Any, key: str, inst: Any) -> None:
            told["attribute"].add(key)

        def install_descriptor(self, class_: Any, key: str, inst: Any) -> None:
            told["descriptor"].add(key)
            setattr(class_, key, inst)

        def instrument_collection_class(self, class_: Any, key: str, collection_class: Any) -> Any:
            told["collection"].add(key)
            return super().instrument_collection_class(class_, key, collection_class)

    made = library.registry()
    parts = library.Table(
        "part",
        made.metadata,
        library.Column("id", library.Integer, primary_key=True),
        library.Column("whole_id", library.ForeignKey("whole.id")),
    )
    wholes = library.Table(
        "whole",
        made.metadata,
        library.Column("id", library.Integer, primary_key=True),
        library.Column("name", library.String),
    )
    part_class: Any = type("Part", (), {})
    whole_class: Any = type("Whole", (), {"__sa_instrumentation_manager__": Manager})
    made.map_imperatively(part_class, parts)
    made.map_imperatively(whole_class, wholes, properties={"parts": library.relationship(part_class, backref="whole")})
    whole = whole_class(name="x", parts=[part_class()])
    assert whole.parts[0].whole is whole
    made.dispose()
    return told


def test_managers_hear_of_the_same_attributes() -> None:
    assert told_by(AZOTH) == told_by(SQLALCHEMY)
