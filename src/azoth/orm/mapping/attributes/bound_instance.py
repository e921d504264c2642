"""An instance's values as bound parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from azoth.orm.exc import DetachedInstanceError, UnresolvedDetachedValueError, UnresolvedValueError
from azoth.orm.mapping.attributes.join_marks import is_table_column
from azoth.orm.runtime.state import instance_behind, loaded_value, row_is_gone, state_of
from azoth.sql.elements import BindParameter
from azoth.sql.selectable import lineage_of


def bound_to(instance: object, mapper: Any) -> Callable[[Any], Any]:
    """Make the function that exchanges a column of a mapper for an instance's value of it.

    Args:
        instance: the instance. A value that it does not have yet (a key that the flush will make), or that a flush may
            change (a foreign key), is read when the statement runs.
        mapper: the mapper of the instance.
    """
    instance = instance_behind(instance)
    columns = mapper.column_to_key

    def bind(column: Any) -> Any:
        key = columns.get(column)
        if key is None and is_table_column(column):
            # A relationship to an alias compares with the alias's columns.
            key = next((columns[origin] for origin in lineage_of(column)[1:] if origin in columns), None)
        return column if key is None else bound_value(instance, mapper, column, key)

    return bind


def bound_value(instance: Any, mapper: Any, column: Any, key: str) -> BindParameter[Any]:
    """Bind one value of an instance: its key as it is, a reference as the flush before the statement leaves it.

    Either is the answer of the parameter's ``callable``.
    """
    value = instance.__dict__.get(key)
    if key in mapper.primary_key_keys:
        if value is None:
            value = _from_identity(instance, mapper, key)
        if value is not None:
            return BindParameter(column.key, value, type_=column.type, unique=True, callable_=partial(_itself, value))
    return BindParameter(
        column.key,
        type_=column.type,
        unique=True,
        callable_=partial(_value_at_execution, instance, mapper, key, value),
    )


def _itself(value: object) -> object:
    return value


def _value_at_execution(instance: object, mapper: Any, key: str, known: object) -> object:
    """Find the value of an instance when a statement runs.

    Args:
        instance: the instance.
        mapper: its mapper.
        key: the attribute.
        known: the value that it had when the condition was written; of one that has left its session since then and
            was expired, nobody knows another.
    """
    state = state_of(instance)
    if key not in instance.__dict__:
        if known is not None and (state.identity_map is None or row_is_gone(state)):
            return known
        if key in mapper.primary_key_keys:
            if state.pk is not None:
                # Of an expired or detached object, too.
                return _from_identity(instance, mapper, key)
            name = type(instance).__name__
            raise UnresolvedValueError(
                f"a statement refers to {name}.{key} of an object that has no value for it",
                why="the object was not flushed, so no row can refer to it",
                fix=f"add() it and flush first, or leave the condition out while the {name} is new",
                code="AZ-M313",
            )
    try:
        return loaded_value(state, instance, key)
    except DetachedInstanceError as error:
        raise UnresolvedDetachedValueError(
            f"a statement refers to {type(instance).__name__}.{key} of a detached object, which is not loaded",
            orig=error,
            why=error.why,
            fix="add() it to a session, or load what the condition needs before it leaves one",
            code="AZ-M741",
        ) from error


def _from_identity(instance: Any, mapper: Any, key: str) -> Any:
    pk = state_of(instance).pk
    if pk is None or not mapper.composite_key:
        return pk
    return pk[mapper.primary_key_keys.index(key)]
