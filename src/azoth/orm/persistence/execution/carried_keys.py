"""Foreign keys in memory that follow those of the rows, which the database changes along with what they refer to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.changes.key_changes import instances_of
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.persistence.planning.steps import SetKeysStep, UpdateStep
from azoth.orm.persistence.profile.carried_keys import CarriedKey, carried_keys, carried_sources
from azoth.orm.persistence.profile.values import key_value
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState

Parts = tuple[Any, ...]
"""The values of a key."""
Carried = dict[tuple[CarriedKey, Hashable], dict[Parts, Parts]]
"""Foreign keys, of objects with one identity token; each with the keys that were referred to and what is there instead.
"""


def note_carried(carried: Carried, step: UpdateStep | SetKeysStep, outcome: FlushOutcome) -> None:
    """Note which keys a step has changed that foreign keys refer to.

    Args:
        carried: where to.
        step: a step that has run; its objects still know their changes.
        outcome: what the flush has changed so far.
    """
    if carried_sources(step.mapper.base_mapper).isdisjoint(step.keys):
        return
    for state, instance in zip(step.states, step.instances, strict=True):
        before = _before(state, instance, outcome)
        for key in carried_keys(state.manager.mapper).keys:
            after = {source: key_value(state, instance, source) for source in key.sources}
            _note(carried, (key, state.identity_token), before, after)


def _before(state: InstanceState, instance: object, outcome: FlushOutcome) -> dict[str, Any]:
    """Give what was known to be in the row before the flush, by attribute."""
    mapper = state.manager.mapper
    before = {**instance.__dict__, **(state.changes or {})}
    pk = outcome.key_changes.get(state, state.pk)
    return {**before, **dict(zip(mapper.primary_key_keys, pk if mapper.composite_key else (pk,), strict=True))}


def _note(carried: Carried, key: tuple[CarriedKey, Hashable], before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = (tuple([values.get(source, NO_VALUE) for source in key[0].sources]) for values in (before, after))
    if old != new and NO_VALUE not in (*old, *new) and None not in old:
        carried.setdefault(key, {})[old] = new


def carry(carried: Carried, outcome: FlushOutcome) -> None:
    """Let the objects in memory that refer to changed keys have what their rows have now.

    Args:
        carried: the changed keys.
        outcome: takes notes of what changes in memory.

    State: where the foreign key says ``ON UPDATE CASCADE`` or ``SET NULL``, it has its new value, and objects with it
        in their primary key are found by the new one; else it is expired, and loaded when it is read.
    """
    while carried:
        following: Carried = {}
        for (key, token), changed in carried.items():
            for state, instance in _referring(outcome, key, token, changed):
                _follow(state, instance, key, changed[_parts(state, instance, key.keys)], outcome, following)
        carried = following


def _referring(
    outcome: FlushOutcome, key: CarriedKey, token: Hashable, changed: dict[Parts, Parts]
) -> Iterable[tuple[InstanceState, Any]]:
    found = []
    for state, instance in instances_of(outcome.identity_map, key.mapper):
        # What was set in this flush is what the row has.
        is_set = state.changes is not None and not state.changes.keys().isdisjoint(key.keys)
        if not is_set and state.identity_token == token and _parts(state, instance, key.keys) in changed:
            found.append((state, instance))
    return found


def _parts(state: InstanceState, instance: object, keys: tuple[str, ...]) -> Parts:
    return tuple([key_value(state, instance, key) for key in keys])


def _follow(
    state: InstanceState, instance: object, key: CarriedKey, new: Parts, outcome: FlushOutcome, following: Carried
) -> None:
    mapper = state.manager.mapper
    in_pk = not set(key.keys).isdisjoint(mapper.primary_key_keys)
    if key.action not in ("CASCADE", "SET NULL"):
        if not in_pk:
            for name in key.keys:
                instance.__dict__.pop(name, None)
            outcome.carried.append(state)
        return
    before = _before(state, instance, outcome)
    for name, value in zip(key.keys, new, strict=True):
        instance.__dict__[name] = value if key.action == "CASCADE" else None
    outcome.carried.append(state)
    if in_pk:
        from azoth.orm.persistence.execution.update_executor import change_identities  # noqa: PLC0415  # for such keys

        change_identities(outcome, mapper, ((state, instance),), ())
    further = carried_keys(mapper)
    if not further.sources.isdisjoint(key.keys):
        after = {source: key_value(state, instance, source) for source in further.sources}
        for other in further.keys:
            _note(following, (other, state.identity_token), before, after)
