"""Steps of a flush with listeners: what runs before and after a step whose mapper somebody listens to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from azoth.orm.persistence.changes.changes import keys_by_table, net_changes
from azoth.orm.persistence.execution.key_copy_executor import Written
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.execution.update_executor import move_identities
from azoth.orm.persistence.planning.steps import InsertStep, SetKeysStep, UpdateStep
from azoth.orm.persistence.profile.key_copy import KeyCopy
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.persistence.statements.statements import table_statements
from azoth.orm.runtime.history import is_changed
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.persistence.ports import FlushConnection
    from azoth.orm.runtime.identity_map import IdentityMap

    Runner = Callable[[Any, FlushConnection, FlushOutcome], None]

WrittenStep: TypeAlias = InsertStep | UpdateStep | SetKeysStep
KeysByState: TypeAlias = dict[InstanceState, dict[str, None]]


def run_observed(step: Any, connection: FlushConnection, outcome: FlushOutcome, run: Runner) -> None:
    """Run a step between its listeners.

    Args:
        step: an InsertStep, UpdateStep, SetKeysStep or DeleteStep.
        connection: where.
        outcome: takes notes of what changes in memory.
        run: runs the step itself.

    State: listeners may change columns of the objects; what they change is written.
    """
    span = step.span
    # Of an object with rows in several tables the listeners hear before its first one is written and after its last.
    beginning = list(zip(step.states, step.instances, strict=True)) if span is None else span.beginning
    announced = beginning if span is None else span.announced
    tell = partial(_tell, outcome.identity_map, connection)
    if isinstance(step, InsertStep):
        tell("before_insert", beginning)
        _run_part(step, connection, outcome, run)
        tell("after_insert", announced)
    elif isinstance(step, UpdateStep):
        tell("before_update", beginning)
        if any(mapper.dispatch.before_update for mapper in step.mapped.mappers):
            is_plain = step.mapped.is_alone and write_profile(step.mapper).only_table is not None
            for part in _as_changed_now(step, outcome) if is_plain else _rows_changed_now(step, outcome):
                _run_part(part, connection, outcome, run)
            if not step.mapped.is_alone:
                pairs = zip(step.states, step.instances, strict=True) if span is None else span.ending
                move_identities(outcome, step.mapper, pairs)
        elif step.keys or span is not None:
            _run_part(step, connection, outcome, run)
        tell("after_update", announced)
    elif isinstance(step, SetKeysStep):
        _run_part(step, connection, outcome, run)
    else:
        tell("before_delete", beginning)
        run(step, connection, outcome)
        tell("after_delete", announced)


def steps_of_untouched(untouched: Iterable[InstanceState]) -> list[UpdateStep]:
    """Make steps of objects that are marked as changed and have nothing to update, where somebody listens."""
    steps: dict[Any, UpdateStep] = {}
    for state in untouched:
        mapper = state.manager.mapper
        instance = state()
        if instance is None or not mapper.dispatch.updating or not write_profile(mapper).tables:
            continue
        mapped = write_profile(mapper).shared_tables[0]
        step = steps.get(mapped)
        if step is None:
            step = steps[mapped] = UpdateStep(mapped, [], [])
        step.states.append(state)
        step.instances.append(instance)
    return list(steps.values())


def settle_late_changes(identity_map: IdentityMap, late: Iterable[InstanceState]) -> None:
    """Settle what listeners have changed, while rows were written, on objects that the flush knows nothing of.

    Args:
        identity_map: what the session holds.
        late: the objects; they were as their rows when the flush began.

    Emits: a warning where there are such changes; the next flush writes them.
    State: objects that were given the values which they had are as before, so that a flush at the end of a transaction
        does not go on for ever.
    """
    changed = 0
    for state in late:
        instance = identity_map.modified.get(state)
        if instance is not None and is_changed(state, instance):
            # A change of a relationship was warned of when it was made.
            changed += not write_profile(state.manager.mapper).positions.keys().isdisjoint(state.changes or ())
        elif instance is not None:
            del identity_map.modified[state]
            state.changes = None
    if changed:
        warn(
            f"columns of {changed} object(s) without changes were set by listeners while a flush was writing rows",
            why="what a flush writes is settled before its first statement, so that this is left to the next one",
            fix="change objects in a listener of before_flush; what hears of single rows may set columns of the object "
            "that it is given",
            code="AZ-F244",
        )


def _run_part(step: WrittenStep, connection: FlushConnection, outcome: FlushOutcome, run: Runner) -> None:
    if not any(mapper.manager.dispatch.written for mapper in step.mapped.mappers):
        run(step, connection, outcome)
        return
    written = len(outcome.written)
    outcome.expired = []
    run(step, connection, outcome)
    _tell_made(step, connection, outcome, outcome.written[written:])


def _tell(
    identity_map: IdentityMap, connection: FlushConnection, event: str, pairs: Iterable[tuple[InstanceState, object]]
) -> None:
    """Tell the listeners of each object's class."""
    listeners_of: dict[Any, tuple[Any, ...]] = {}
    identity_map.is_being_written = True
    try:
        for state, instance in pairs:
            mapper = state.manager.mapper
            listeners = listeners_of.get(mapper)
            if listeners is None:
                listeners = listeners_of[mapper] = getattr(mapper.dispatch, event)
            for listener in listeners:
                listener(mapper, connection, instance)
    finally:
        identity_map.is_being_written = False


def _tell_made(step: WrittenStep, connection: FlushConnection, outcome: FlushOutcome, written: Written) -> None:
    """Tell what the database and functions have made of an object's values, and which of them it has not got."""
    unit = outcome.identity_map.unit()
    if unit is None:
        return
    expired, outcome.expired = outcome.expired or (), None
    refreshed_keys, expired_keys = _made_keys(step, connection, written)
    for states, keys in expired:
        if keys:
            for state in states:
                expired_keys.setdefault(state, {}).update(dict.fromkeys(keys))
    context = unit.flush_context
    for state, instance in zip(step.states, step.instances, strict=True):
        dispatch = state.manager.dispatch
        if state in refreshed_keys:
            for listener in dispatch.refresh_flush:
                listener(instance, context, list(refreshed_keys[state]))
        if state in expired_keys:
            for listener in dispatch.expire:
                listener(instance, list(expired_keys[state]))


def _made_keys(step: WrittenStep, connection: FlushConnection, written: Written) -> tuple[KeysByState, KeysByState]:
    """Find the attributes that a step has given values, and those that it has left without."""
    statements = table_statements(step.mapped, connection.dialect)
    by_function = statements.defaulted if isinstance(step, InsertStep) else statements.updated
    copied = {key for copy in step.copies for _, key in copy.flow.pairs}
    copied.update(step.mapped.twins.values())
    refreshed: KeysByState = {}
    expired: KeysByState = {}
    # What the database gave back first, whenever the functions were called.
    for state, key, _, value in sorted(written, key=lambda one: one[1] in by_function):
        if key not in copied:
            instance = state()
            is_missing = value is NO_VALUE and key not in getattr(instance, "__dict__", ())
            if is_missing or value is not NO_VALUE:
                (expired if is_missing else refreshed).setdefault(state, {})[key] = None
    return refreshed, expired


def _as_changed_now(step: UpdateStep, outcome: FlushOutcome) -> list[UpdateStep]:
    """Look again at what is to be set, because listeners have changed the objects; equal columns go together."""
    copies = _copies_by_child(step)
    parts: dict[tuple[str, ...], UpdateStep] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        own = copies.get(state)
        keys = net_changes(write_profile(state.manager.mapper), state, instance, own)
        part = parts.get(keys)
        if part is None:
            part = parts[keys] = UpdateStep(step.mapped, [], [], keys, nulls=step.nulls)
        part.states.append(state)
        part.instances.append(instance)
        part.copies.extend(own or ())
    unchanged = parts.pop((), None)
    if unchanged is not None:
        outcome.updated.update(dict.fromkeys(unchanged.states))
    return list(parts.values())


def _rows_changed_now(step: UpdateStep, outcome: FlushOutcome) -> list[UpdateStep]:
    """Do the same for objects with several tables: a row that nobody had planned to change is written with the first.

    A row that is planned for a later step waits for that.
    """
    copies = _copies_by_child(step)
    planned = {} if step.span is None else step.span.tables
    parts: dict[tuple[MappedTable, tuple[str, ...]], UpdateStep] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        own = copies.get(state)
        outcome.updated[state] = None
        begins_here = step.span is None or state in planned
        profile = write_profile(state.manager.mapper)
        for mapped, keys in keys_by_table(profile, net_changes(profile, state, instance, own)):
            if mapped is step.mapped or (begins_here and mapped not in planned.get(state, ())):
                part = parts.get((mapped, keys))
                if part is None:
                    part = parts[mapped, keys] = UpdateStep(mapped, [], [], keys, nulls=step.nulls)
                part.states.append(state)
                part.instances.append(instance)
                part.copies.extend(own or ())
    return list(parts.values())


def _copies_by_child(step: UpdateStep) -> dict[InstanceState, list[KeyCopy]]:
    copies: dict[InstanceState, list[KeyCopy]] = {}
    for copy in step.copies:
        copies.setdefault(copy.child, []).append(copy)
    return copies
