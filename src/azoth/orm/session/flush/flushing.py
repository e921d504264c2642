"""The way to a flush's plan: what must be loaded is loaded, until nothing more is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from azoth.orm import persistence
from azoth.orm.exc import FlushError
from azoth.orm.loading.relationship_loader import load_for_states
from azoth.orm.runtime.ports import Unit
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

MOST_LOADS: Final = 100
"""How often a flush looks for what to load until it gives up on listeners that expire what was loaded."""


def settled_plan(
    unit: Unit, only: Collection[InstanceState] | None, dialect_of: Callable[[Any], Any], *, explain: bool
) -> persistence.FlushPlan:
    """Plan a flush that is about to run, loading what it depends on.

    Args:
        unit: the unit of work.
        only: limit the plan to these states, and what they cannot be written without.
        dialect_of: finds the dialect of a mapper's statements, for who looks at the plan.
        explain: whether somebody is going to look at it.

    Returns:
        the plan, ready to run.

    Errors:
        FlushError: what is loaded does not stay loaded.

    Emits: the SELECTs of ``plan.loads``: for relationships one for each 500 objects and level of a cascade, for old
        values of columns one for each 50 rows.
    State: relationships of objects that are deleted, or whose key changes, are loaded.
    """
    identity_map = unit.identity_map
    for _ in range(MOST_LOADS):
        changes = persistence.FlushChanges(identity_map, only)
        if not changes.loads:
            break
        _load_first(unit, changes)
    else:
        raise FlushError(
            f"over {MOST_LOADS} rounds of loads have not settled what the flush deletes",
            why=f"something expires what the flush loads: {changes.loads[0]}",
            fix="let listeners of load and refresh leave the relationships of loaded objects alone",
            code="AZ-F240",
        )
    plan = persistence.plan_changes(changes, dialect_of, explain=explain)
    if plan.loads:
        persistence.load_committed_values(plan.loads, unit.connection_for)
        plan = persistence.plan_changes(persistence.FlushChanges(identity_map, only), dialect_of, explain=explain)
    return plan


def _load_first(unit: Unit, changes: persistence.FlushChanges) -> None:
    """Load what changes depend on, following cascades level by level."""
    removals = changes.removals
    loads = changes.loads
    while loads:
        for state, instance in removals.joining.items():
            if state.identity_map is not unit.identity_map:
                unit.identity_map.add(state, instance)
        for load in loads:
            for key in load.keys:
                _load(unit, load.mapper.relationships[key], load.parents)
        removals.proceed()
        loads = removals.take_loads()


def _load(unit: Unit, relationship: Any, parents: Mapping[InstanceState, Any]) -> None:
    if relationship.never_loads:
        for state, instance in parents.items():
            relationship.attribute.remember_members(state, instance)
        return
    # With the first flush that loads, as the rest of its package.
    from azoth.orm.persistence.execution.temporary_values import temporary_values  # noqa: PLC0415

    with temporary_values(_committed_keys(relationship, parents)):
        load_for_states(unit, relationship, parents)


def _committed_keys(
    relationship: Any, parents: Mapping[InstanceState, Any]
) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Find the values in the database of the columns that a relationship begins at, where they are changed."""
    keys = [relationship.parent.key_of(column) for column in relationship.local_columns]
    for state, instance in parents.items():
        for key in keys:
            if key in (state.changes or ()):
                before = persistence.committed_value(state, instance, key)
                if before is not NO_VALUE:
                    yield instance.__dict__, key, before
