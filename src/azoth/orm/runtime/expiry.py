"""Expiring: an attribute without a value in ``__dict__`` is loaded when it is read next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import STATE


def expire(state: InstanceState, instance: Any) -> None:
    """Drop all mapped values of a persistent instance and its unflushed changes."""
    values = instance.__dict__
    expirable = state.manager.expirable
    if expirable.issuperset(values):
        values.clear()
    else:
        # Attributes that are not mapped stay.
        for key in expirable:
            values.pop(key, None)
    values[STATE] = state
    state.changes = None
    if state.extra is not None:
        state.extra.queued = state.extra.empty = None
    for listener in state.manager.dispatch.expire:
        listener(instance, None)


def expire_states(states: Iterable[InstanceState]) -> None:
    """Expire persistent instances, those that are still alive.

    Each commit does this for all objects, so the plain case (nobody listens, nothing but mapped values and state in
    ``__dict__``) stands in the loop: a quarter less time than a call of ``expire()`` for each.
    """
    manager: Any = None
    for state in states:
        if state.manager is not manager:
            manager = state.manager
            expirable = manager.expirable
            is_plain = not manager.dispatch.expire
        instance = state()
        if instance is None:
            continue
        values = instance.__dict__
        if is_plain and state.extra is None and expirable.issuperset(values):
            values.clear()
            values[STATE] = state
            state.changes = None
        else:
            expire(state, instance)


def expire_keys(state: InstanceState, instance: Any, keys: Iterable[str]) -> None:
    """Drop some mapped values and what was changed on them."""
    values = instance.__dict__
    changes = state.changes
    listeners = state.manager.dispatch.expire
    if listeners:
        keys = list(keys)
    composites = state.manager.composites
    if composites:
        keys = list(keys)
        for composite in composites.values():
            if not composite.key_set.isdisjoint(keys):
                values.pop(composite.key, None)
    for key in keys:
        values.pop(key, None)
        if changes is not None:
            changes.pop(key, None)
        if state.extra is not None and state.extra.queued is not None:
            state.extra.queued.pop(key, None)
    if changes is not None and not changes:
        state.changes = None
        identity_map = state.identity_map
        if identity_map is not None:
            identity_map.modified.pop(state, None)
    for listener in listeners:
        listener(instance, keys)
