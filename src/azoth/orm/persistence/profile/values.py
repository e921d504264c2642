"""Values of instances as a flush sees them, without loading anything."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE


def key_value(state: InstanceState, instance: object, key: str) -> Any:
    """Find the present value of a column attribute.

    Args:
        state: the instance's state.
        instance: the instance.
        key: the attribute key.

    Returns:
        the value; the database's key for an expired attribute of the primary key; NO_VALUE where it is not known.
    """
    values = instance.__dict__
    if key in values:
        return values[key]
    return _part_of_pk(state, key)


def committed_value(state: InstanceState, instance: object, key: str) -> Any:
    """Find the value of a column attribute in the database.

    Args:
        state: the instance's state.
        instance: the instance.
        key: the attribute key.

    Returns:
        the value before any unflushed change; NO_VALUE where it is not known.
    """
    changes = state.changes
    if changes is not None and key in changes:
        value = changes[key]
    else:
        value = instance.__dict__.get(key, NO_VALUE)
    return _part_of_pk(state, key) if value is NO_VALUE else value


def _part_of_pk(state: InstanceState, key: str) -> Any:
    pk = state.pk
    if pk is None:
        return NO_VALUE
    mapper = state.manager.mapper
    keys = mapper.primary_key_keys
    if key not in keys:
        return NO_VALUE
    return pk[keys.index(key)] if mapper.composite_key else pk
