"""Divides what a flush does among several databases: each step becomes steps of which each has rows of one of them.

Only sessions whose classes have rows in several databases come here (``azoth.orm.sharding``). Which database is asked
when a step is reached, so that the choice may depend on keys that earlier steps have made. Where steps of objects with
rows in several tables announce them together, all is divided first, since they are announced database by database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError
from azoth.orm.persistence.changes.planned_load import PlannedLoad
from azoth.orm.persistence.planning.steps import (
    AssociationDelete,
    AssociationInsert,
    AssociationStep,
    FlushStep,
    InsertStep,
    RowStep,
    set_spans,
)
from azoth.orm.runtime.state import state_of

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection, Places

Part = tuple[Hashable, FlushStep, object]
"""A place, the step for it, and one of the objects that are written there."""


def divided(
    steps: Sequence[FlushStep], places: Places, fill_in: Callable[[InsertStep], None]
) -> Iterator[tuple[FlushStep, FlushConnection]]:
    """Divide steps by the databases of their rows.

    Args:
        steps: the steps of a plan, in order.
        places: the databases.
        fill_in: writes the keys of parents into the objects of a step, before it is asked where these go.

    Returns:
        the steps to run and their connections, in order.

    Raises:
        FlushError: two objects that are to be linked are in different databases.
    """
    if any(isinstance(step, RowStep) and step.span is not None for step in steps):
        parts: Iterable[Part] = [part for step in steps for part in _parts(step, places)]
        by_place: dict[Hashable, list[FlushStep]] = {}
        for place, step, _ in parts:
            by_place.setdefault(place, []).append(step)
        for own in by_place.values():
            set_spans(own)
    else:
        parts = _one_by_one(steps, places, fill_in)
    for place, step, instance in parts:
        yield step, places.connection(step.mapper, place, instance)


def _one_by_one(steps: Sequence[FlushStep], places: Places, fill_in: Callable[[InsertStep], None]) -> Iterator[Part]:
    for step in steps:
        if isinstance(step, InsertStep) and step.copies:
            fill_in(step)
        yield from _parts(step, places)


def divided_loads(loads: Iterable[PlannedLoad], places: Places) -> Iterator[tuple[PlannedLoad, FlushConnection]]:
    """Divide what a plan must load first by the databases of the objects."""
    for load in loads:
        parts: dict[Hashable, PlannedLoad] = {}
        for state, instance in load.parents.items():
            place = places.place_of(state, instance)
            part = parts.get(place)
            if part is None:
                part = parts[place] = PlannedLoad(load.mapper, load.keys, load.reason)
            part.parents[state] = instance
        for place, part in parts.items():
            yield part, places.connection(part.mapper, place, next(iter(part.parents.values())))


def _parts(step: FlushStep, places: Places) -> Iterator[Part]:
    return _parts_of_links(step, places) if isinstance(step, AssociationStep) else _parts_of_rows(step, places)


def _parts_of_rows(step: RowStep, places: Places) -> Iterator[Part]:
    groups: dict[Hashable, tuple[list[Any], list[Any]]] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        states, instances = groups.setdefault(places.place_of(state, instance), ([], []))
        states.append(state)
        instances.append(instance)
    for place, (states, instances) in groups.items():
        here = set(states)
        copies = [copy for copy in step.copies if copy.child in here]
        yield place, type(step)(step.mapped, states, instances, step.keys, copies, step.nulls), instances[0]  # type: ignore[misc]


def _parts_of_links(step: AssociationInsert | AssociationDelete, places: Places) -> Iterator[Part]:
    groups: dict[Hashable, list[tuple[Any, Any]]] = {}
    for pair in step.rows:
        groups.setdefault(_place_of_link(step, pair, places), []).append(pair)
    for place, rows in groups.items():
        part: AssociationInsert | AssociationDelete
        if isinstance(step, AssociationDelete):
            part = AssociationDelete(step.mapper, step.layout, rows, min(step.unsure, len(rows)))
        else:
            part = AssociationInsert(step.mapper, step.layout, rows)
        yield place, part, rows[0][0]


def _place_of_link(step: AssociationStep, pair: tuple[Any, Any], places: Places) -> Hashable:
    """Say in which database the row that links two objects is: that of both."""
    first, second = [places.place_of(state_of(one), one) for one in pair]
    if first != second:
        names = " and ".join(type(one).__name__ for one in pair)
        raise FlushError(
            f"{names} are linked by a row of {step.table.fullname}, but are in different shards",
            why="the row that links two objects must be in the shard of both, or neither finds the other again",
            fix="keep objects with a many-to-many relationship in one shard: let shard_chooser say the same for both",
            code="AZ-X74",
        )
    return first
