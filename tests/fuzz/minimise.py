"""Make a sequence and its model smaller while it still shows the same difference."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import TypeVar

from tests.fuzz.compare import Difference, compare
from tests.fuzz.models import Column, Entity, Model, Relation
from tests.fuzz.steps import Sequence, Settings, Step
from tests.fuzz.world import World

Part = TypeVar("Part", Entity, Relation)


class Minimiser:
    """Makes a failing program smaller.

    Args:
        model, sequence: the program.
        difference: what it shows.
        seconds: how long to try.
    """

    def __init__(self, model: Model, sequence: Sequence, difference: Difference, seconds: float = 60) -> None:
        self.model = model
        self.sequence = replace(sequence, steps=sequence.steps[: difference.number + 1])
        self.difference = difference
        self.until = time.monotonic() + seconds

    def run(self) -> tuple[Model, Sequence, Difference]:
        """Give the smallest program found."""
        smaller = True
        while smaller and time.monotonic() < self.until:
            smaller = self.drop_steps()
            smaller |= self.try_models()
            smaller |= self.try_sequences()
        return self.model, self.sequence, self.difference

    def drop_steps(self) -> bool:
        any_dropped = False
        worlds = World("sqlalchemy", self.model), World("azoth", self.model)
        size = max(1, len(self.sequence.steps) // 2)
        while size:
            start = 0
            while start < len(self.sequence.steps) and time.monotonic() < self.until:
                steps = self.sequence.steps
                tried = replace(self.sequence, steps=steps[:start] + steps[start + size :])
                if self.accept(self.model, tried, worlds):
                    any_dropped = True
                else:
                    start += size
            size //= 2
        for world in worlds:
            world.close()
        return any_dropped

    def try_models(self) -> bool:
        found = False
        again = True
        while again and time.monotonic() < self.until:
            again = any(self.accept_model(model) for model in smaller_models(self.model))
            found |= again
        return found

    def accept_model(self, model: Model) -> bool:
        try:
            worlds = World("sqlalchemy", model), World("azoth", model)
        except Exception:  # noqa: BLE001  what cannot be mapped is no smaller program
            return False
        try:
            return self.accept(model, self.sequence, worlds)
        finally:
            for world in worlds:
                world.close()

    def try_sequences(self) -> bool:
        found = False
        worlds = World("sqlalchemy", self.model), World("azoth", self.model)
        again = True
        while again and time.monotonic() < self.until:
            again = any(self.accept(self.model, one, worlds) for one in smaller_sequences(self.sequence))
            found |= again
        for world in worlds:
            world.close()
        return found

    def accept(self, model: Model, sequence: Sequence, worlds: tuple[World, World]) -> bool:
        """Keep a smaller program if it shows the same."""
        if not sequence.steps:
            return False
        difference = compare(sequence, *worlds)
        if difference is None or difference.likeness != self.difference.likeness:
            return False
        self.model, self.difference = model, difference
        self.sequence = replace(sequence, steps=sequence.steps[: difference.number + 1])
        return True


def smaller_models(model: Model) -> Iterator[Model]:
    """Give models with one part less."""
    for relation in model.relations:
        yield replace(model, relations=tuple(one for one in model.relations if one is not relation))
    for entity in model.entities:
        is_related = any(entity.name in (relation.owner, relation.member) for relation in model.relations)
        if not is_related and model.family(entity.name) == [entity.name]:
            yield replace(model, entities=tuple(one for one in model.entities if one is not entity))
    for entity in model.entities:
        for one in _plainer_entities(entity):
            yield replace(model, entities=tuple(one if old is entity else old for old in model.entities))
        yield from _plainer_hierarchies(model, entity)
    for relation in model.relations:
        for plainer in _plainer_relations(relation):
            yield replace(model, relations=tuple(plainer if old is relation else old for old in model.relations))
    if not model.foreign_keys:
        yield replace(model, foreign_keys=True)


def _plainer_hierarchies(model: Model, entity: Entity) -> Iterator[Model]:
    """Give models in which a hierarchy has less tables, or a plainer key."""
    family = model.family(entity.name)
    if entity.base is not None:
        base = model.entity(entity.base)
        if entity.shared_table is None:
            changed = [
                replace(one, shared_table=base.table, cascades=False)
                if one is entity or (one.name in family and one.shared_table == entity.table)
                else one
                for one in model.entities
            ]
            yield replace(model, entities=tuple(changed))
        if base.base is not None and entity.shared_table is None:
            flat = replace(entity, base=base.base)
            yield replace(model, entities=tuple(flat if one is entity else one for one in model.entities))
    elif len(family) > 1 and entity.key != "auto":
        yield replace(
            model,
            entities=tuple(replace(one, key="auto") if one.name in family else one for one in model.entities),
        )


def _plainer_entities(entity: Entity) -> Iterator[Entity]:
    for column in entity.columns[entity.base is None :]:
        yield replace(entity, columns=tuple(one for one in entity.columns if one is not column))
    for column in entity.columns:
        plain = Column(column.name, column.type)
        if column != plain:
            yield replace(entity, columns=tuple(plain if one is column else one for one in entity.columns))
    plainer = ("versioned", "computed", "eager_defaults", "loads_all", "polymorphic_load", "cascades")
    is_alone = entity.base is None and entity.discriminator is None
    yield from _plainer(entity, Entity(""), (*plainer, "key") if is_alone else plainer)
    if entity.discriminator == "Integer":
        yield replace(entity, discriminator="String")


def _plainer_relations(relation: Relation) -> Iterator[Relation]:
    names = tuple(field.name for field in fields(Relation) if field.name not in ("name", "owner", "member", "kind"))
    yield from _plainer(relation, Relation("", "", ""), names)
    if relation.sides == "both":
        yield replace(relation, sides="owner")
        yield replace(relation, sides="member")


def _plainer(part: Part, plain: Part, names: tuple[str, ...]) -> Iterator[Part]:
    for name in names:
        if getattr(part, name) != getattr(plain, name):
            yield replace(part, **{name: getattr(plain, name)})


def smaller_sequences(sequence: Sequence) -> Iterator[Sequence]:
    """Give sequences with a plainer session, or with one value less."""
    if sequence.settings != Settings():
        yield replace(sequence, settings=Settings())
        for name in ("autoflush", "expire_on_commit", "load_on_peers"):
            if getattr(sequence.settings, name) != getattr(Settings(), name):
                yield replace(sequence, settings=replace(sequence.settings, **{name: getattr(Settings(), name)}))
    for number, step in enumerate(sequence.steps):
        for plainer in _plainer_steps(step):
            yield replace(sequence, steps=(*sequence.steps[:number], plainer, *sequence.steps[number + 1 :]))


def _plainer_steps(step: Step) -> Iterator[Step]:
    for value in step.values:
        yield replace(step, values=tuple(one for one in step.values if one is not value))
