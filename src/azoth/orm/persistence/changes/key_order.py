"""Changed and deleted rows in the order of their primary keys, so that programs that lock the same rows take turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from operator import le
from typing import TYPE_CHECKING, Any, cast

from azoth.orm.mapping.derived import derived
from azoth.orm.persistence.changes.row_group import RowGroup
from azoth.sql.types.base import TypeEngine

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

SortKey = Callable[[Any], Any]


def in_key_order(group: RowGroup) -> RowGroup:
    """Sort rows that are there by the primary keys of their objects; keys that do not sort stay in the given order."""
    states = group.states
    if len(states) < 2:
        return group
    keys: list[Any] = [state.pk for state in states]
    sort_keys = _sort_keys(states[0].manager.mapper)
    try:
        if sort_keys:
            keys = _sortable(keys, sort_keys)
        if all(map(le, keys, islice(keys, 1, None))):
            return group
        places = sorted(range(len(keys)), key=keys.__getitem__)
    except TypeError:
        return group
    instances = group.instances
    return RowGroup(group.mapped, group.keys, [states[place] for place in places], [instances[one] for one in places])


def _sortable(keys: Sequence[Any], sort_keys: Sequence[SortKey]) -> list[Any]:
    if len(sort_keys) == 1:
        return list(map(sort_keys[0], keys))
    return [tuple([sort(part) for sort, part in zip(sort_keys, key, strict=True)]) for key in keys]


@derived
def _sort_keys(mapper: Mapper) -> tuple[SortKey, ...]:
    """Give what makes the parts of a key sort; nothing where no type has a way of its own."""
    types = [column.type for column in mapper.primary_key]
    return tuple([type_.sort_key_function for type_ in types]) if any(map(_sorts_otherwise, types)) else ()


def _sorts_otherwise(type_: TypeEngine[Any]) -> bool:
    own = type(type_).sort_key_function
    if type_._is_decorator:
        # It is imported already.
        from azoth.sql.types import TypeDecorator  # noqa: PLC0415

        if own is TypeDecorator.sort_key_function:
            return _sorts_otherwise(cast("TypeDecorator[Any]", type_).impl_instance)
    return own is not TypeEngine.sort_key_function
