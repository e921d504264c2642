"""Expiring: an attribute without a value in ``__dict__`` is loaded when it is read next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import EXTRA, STATE


def expire(state: InstanceState, instance: Any) -> None:
    """Drop all mapped values of a persistent instance and its unflushed changes."""
    values = instance.__dict__
    expirable = state.manager.expirable
    extra = values.get(EXTRA)
    if expirable.issuperset(values):
        values.clear()
    else:
        # Attributes that are not mapped stay.
        for key in expirable:
            values.pop(key, None)
    values[STATE] = state
    if extra is not None:
        extra.queued = None
        values[EXTRA] = extra
    for listener in state.manager.dispatch.expire:
        listener(instance, None)


def expire_keys(state: InstanceState, instance: Any, keys: Iterable[str]) -> None:
    """Drop some mapped values and what was changed on them."""
    values = instance.__dict__
    changes = state.changes
    listeners = state.manager.dispatch.expire
    if listeners:
        keys = list(keys)
    for key in keys:
        values.pop(key, None)
        if changes is not None:
            changes.pop(key, None)
        if state.extra is not None and state.extra.queued is not None:
            state.extra.queued.pop(key, None)
    if changes is not None and not changes:
        state.changes = None
        if state.owner is not None:
            state.owner.modified.pop(state, None)
    for listener in listeners:
        listener(instance, keys)
