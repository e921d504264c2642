"""Operators of one's own for columns and relationships make the same SQL and find the same rows in both libraries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import azoth
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of


def make_model(lib: Library) -> Any:
    base: Any = lib.declarative_base()

    class Shouting(lib.orm.ColumnProperty.Comparator):  # type: ignore[misc, name-defined]
        def __eq__(self, other: object) -> Any:
            return lib.func.upper(self.__clause_element__()) == lib.func.upper(other)

        def is_short(self) -> Any:
            return lib.func.length(self.__clause_element__()) < 3

    class Named(lib.orm.RelationshipProperty.Comparator):  # type: ignore[misc, name-defined]
        def __eq__(self, other: object) -> Any:
            return self.has(name=other) if isinstance(other, str) else super().__eq__(other)

        def any(self, criterion: Any = None, **kwargs: Any) -> Any:
            return lib.and_(super().any(criterion, **kwargs), self.property.parent.class_.id > 0)

        def has_red(self) -> Any:
            return super().any(colour="red")

    class Owner(base):
        __tablename__ = "owner"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.column_property(lib.Column(lib.String(20)), comparator_factory=Shouting)
        things = lib.relationship("Thing", back_populates="owner", comparator_factory=Named)

    class Thing(base):
        __tablename__ = "thing"
        id = lib.Column(lib.Integer, primary_key=True)
        colour = lib.Column(lib.String(20))
        owner_id = lib.Column(lib.ForeignKey("owner.id"))
        owner = lib.relationship(Owner, back_populates="things", comparator_factory=Named)

    def fill(session: Any) -> None:
        ed, al, sue = (Owner(id=number, name=name) for number, name in enumerate(["ed", "al", "susan"], 1))
        session.add_all([ed, al, sue, Thing(id=1, colour="red", owner=ed), Thing(id=2, colour="blue", owner=sue)])
        session.commit()

    return SimpleNamespace(metadata=base.metadata, fill=fill, Owner=Owner, Thing=Thing)


def found(session: Any, lib: Library, entity: Any, criterion: Any) -> list[int]:
    return list(session.scalars(lib.select(entity.id).where(criterion).order_by(entity.id)))


def columns_compare(lib: Library, m: Any, s: Any) -> Any:
    alias = lib.orm.aliased(m.Owner)
    return [
        found(s, lib, m.Owner, m.Owner.name == "ED"),
        found(s, lib, m.Owner, m.Owner.name.is_short()),
        found(s, lib, alias, alias.name == "Al"),
        found(s, lib, alias, alias.name.is_short()),
    ]


def relationships_compare(lib: Library, m: Any, s: Any) -> Any:
    alias = lib.orm.aliased(m.Thing)
    ed = s.get(m.Owner, 1)
    return [
        found(s, lib, m.Thing, m.Thing.owner == "ED"),
        found(s, lib, m.Thing, m.Thing.owner == ed),
        found(s, lib, m.Thing, m.Thing.owner != ed),
        found(s, lib, alias, alias.owner == "ed"),
        found(s, lib, m.Owner, m.Owner.things.any()),
        found(s, lib, m.Owner, m.Owner.things.any(m.Thing.colour == "blue")),
        found(s, lib, m.Owner, m.Owner.things.has_red()),
        found(s, lib, m.Owner, m.Owner.things.contains(s.get(m.Thing, 2))),
        found(s, lib, m.Owner, ~m.Owner.things.any()),
    ]


def they_join_and_load_as_before(lib: Library, m: Any, s: Any) -> Any:
    joined = s.execute(lib.select(m.Owner.id, m.Thing.id).join(m.Owner.things).order_by(m.Thing.id)).all()
    narrowed = lib.select(m.Owner.id).join(m.Owner.things.and_(m.Thing.colour == "red"))
    options = lib.orm.selectinload(m.Owner.things)
    owners = s.scalars(lib.select(m.Owner).order_by(m.Owner.id).options(options)).all()
    loaded = [[thing.id for thing in owner.things] for owner in owners]
    return [tuple(row) for row in joined], list(s.scalars(narrowed)), loaded


def they_are_comparators(lib: Library, m: Any, s: Any) -> Any:
    alias = lib.orm.aliased(m.Owner)
    own = [m.Owner.name.comparator, m.Owner.things.comparator]
    assert all(isinstance(one, lib.orm.PropComparator) for one in own)
    moved = own[0].adapt_to_entity(lib.inspect(alias))
    moved_to = moved.adapter(m.Owner.__table__.c.name).table is lib.inspect(alias).selectable
    own_adapters = [one.adapter for one in (*own, m.Owner.name, m.Owner.things)]
    return own_adapters, alias.name.adapter is not None, moved_to, own[0].property.key, own[1].property.key


SCENARIOS: list[Scenario] = [
    columns_compare,
    relationships_compare,
    they_join_and_load_as_before,
    they_are_comparators,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_scenario(database: Database, scenario: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, make_model, scenario)
    assert "error" not in repr(expected)
    assert outcome_of(database, AZOTH, make_model, scenario) == expected


@pytest.mark.parametrize("method", ["any", "has", "of_type", "and_"])
def test_a_column_is_no_relationship(method: str) -> None:
    comparator = make_model(AZOTH).Owner.name.comparator
    arguments = [] if method in ("any", "has") else [None]
    with pytest.raises(azoth.exc.InvalidRequestError, match=rf"Shouting has no {method}\(\)"):
        getattr(comparator, method)(*arguments)
