"""Steps of a flush with listeners: what runs before and after a step whose mapper somebody listens to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from azoth.orm.persistence.changes.changes import net_changes
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.planning.steps import InsertStep, UpdateStep
from azoth.orm.persistence.ports import FlushConnection
from azoth.orm.persistence.profile.key_copy import KeyCopy
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState

Runner = Callable[[Any, FlushConnection, FlushOutcome], None]


def run_observed(step: Any, connection: FlushConnection, outcome: FlushOutcome, run: Runner) -> None:
    """Run a step between its listeners.

    Args:
        step: an InsertStep, UpdateStep or DeleteStep.
        connection: where.
        outcome: takes notes of what changes in memory.
        run: runs the step itself.

    State: listeners may change columns of the objects; what they change is written.
    """
    dispatch = step.mapper.dispatch
    if isinstance(step, InsertStep):
        _tell(dispatch.before_insert, step, connection)
        written = len(outcome.written)
        run(step, connection, outcome)
        _tell_refreshed(step, outcome.written[written:])
        _tell(dispatch.after_insert, step, connection)
    elif isinstance(step, UpdateStep):
        _tell(dispatch.before_update, step, connection)
        if not step.keys and not dispatch.before_update:
            _tell(dispatch.after_update, step, connection)
            return
        for part in _as_changed_now(step, outcome) if dispatch.before_update else (step,):
            written = len(outcome.written)
            run(part, connection, outcome)
            _tell_refreshed(part, outcome.written[written:])
        _tell(dispatch.after_update, step, connection)
    else:
        _tell(dispatch.before_delete, step, connection)
        run(step, connection, outcome)
        _tell(dispatch.after_delete, step, connection)


def steps_of_untouched(untouched: Iterable[InstanceState]) -> list[UpdateStep]:
    """Make steps of objects that are marked as changed and have nothing to update, where somebody listens."""
    steps: dict[Any, UpdateStep] = {}
    for state in untouched:
        mapper = state.manager.mapper
        instance = state()
        if instance is None or not mapper.dispatch.updating:
            continue
        step = steps.get(mapper)
        if step is None:
            step = steps[mapper] = UpdateStep(mapper, [], [], (), [], ())
        step.states.append(state)
        step.instances.append(instance)
    return list(steps.values())


def _tell(listeners: tuple[Any, ...], step: Any, connection: FlushConnection) -> None:
    if listeners:
        mapper = step.mapper
        for instance in step.instances:
            for listener in listeners:
                listener(mapper, connection, instance)


def _tell_refreshed(step: Any, written: list[tuple[InstanceState, str, Any]]) -> None:
    listeners = step.mapper.manager.dispatch.refresh_flush
    if not listeners:
        return
    copied = {key for copy in step.copies for _, key in copy.link.pairs}
    by_state: dict[InstanceState, list[str]] = {}
    for state, key, _ in written:
        if key not in copied:
            by_state.setdefault(state, []).append(key)
    for state, keys in by_state.items():
        for listener in listeners:
            listener(state(), None, keys)


def _as_changed_now(step: UpdateStep, outcome: FlushOutcome) -> list[UpdateStep]:
    """Look again at what is to be set, because listeners have changed the objects; equal columns go together."""
    copies: dict[InstanceState, list[KeyCopy]] = {}
    for copy in step.copies:
        copies.setdefault(copy.child, []).append(copy)
    profile = write_profile(step.mapper)
    parts: dict[tuple[str, ...], UpdateStep] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        own = copies.get(state)
        keys = net_changes(profile, state, instance, own)
        part = parts.get(keys)
        if part is None:
            part = parts[keys] = UpdateStep(step.mapper, [], [], keys, [], step.nulls)
        part.states.append(state)
        part.instances.append(instance)
        part.copies.extend(own or ())
    unchanged = parts.pop((), None)
    if unchanged is not None:
        outcome.updated.extend(unchanged.states)
    return list(parts.values())
