"""Objects of one class, and rows of one table that are written alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.key_copy import KeyCopy, Slot
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


class InstanceGroup:
    """Objects of one mapper to which the same happens.

    Attributes:
        mapper: the mapper.
        states: the states.
        instances: the instances, position by position.
    """

    __slots__ = ("instances", "mapper", "states")

    def __init__(self, mapper: Mapper) -> None:
        self.mapper = mapper
        self.states: list[InstanceState] = []
        self.instances: list[Any] = []


class RowGroup:
    """Rows of one mapped table that are written by the same statement.

    Args:
        mapped: the mapped table.
        keys: the attribute keys to set (updates only), in the table's order.
        states: the states.
        instances: the instances, position by position.
    """

    __slots__ = ("instances", "keys", "mapped", "states")

    def __init__(
        self, mapped: MappedTable, keys: tuple[str, ...], states: list[InstanceState], instances: list[Any]
    ) -> None:
        self.mapped = mapped
        self.keys = keys
        self.states = states
        self.instances = instances

    def single_rows(self) -> Iterator[RowGroup]:
        """Give each row as a group of its own."""
        for state, instance in zip(self.states, self.instances, strict=True):
            yield RowGroup(self.mapped, self.keys, [state], [instance])


def rows_by_table(
    groups: Mapping[Mapper, InstanceGroup],
    objects: Mapping[InstanceState, Any],
    tables_of: Callable[[Mapper], Iterable[MappedTable]],
) -> Iterator[RowGroup]:
    """Put the rows of objects together by table, in the order of the objects whatever their classes are.

    Args:
        groups: the objects by mapper.
        objects: all of them, in order.
        tables_of: finds the tables of a mapper.
    """
    by_table: dict[MappedTable, list[InstanceGroup]] = {}
    for mapper, group in groups.items():
        for mapped in tables_of(mapper):
            by_table.setdefault(mapped, []).append(group)
    for mapped, sharing in by_table.items():
        if len(sharing) == 1:
            yield RowGroup(mapped, (), sharing[0].states, sharing[0].instances)
            continue
        chosen = objects
        if sum([len(group.states) for group in sharing]) < len(objects):
            managers = {group.mapper.manager for group in sharing}
            chosen = {state: instance for state, instance in objects.items() if state.manager in managers}
        yield RowGroup(mapped, (), list(chosen), list(chosen.values()))


def rows_of_keys(
    wanted: Mapping[Slot, Mapping[InstanceState, KeyCopy]], *, clearable: bool = False
) -> Iterable[RowGroup]:
    """Put together the rows in which foreign keys are written by an UPDATE of their own: one for each row.

    Args:
        wanted: the foreign keys, with the objects.
        clearable: leave out columns that cannot become NULL.
    """
    keys_of: dict[tuple[MappedTable, InstanceState], tuple[str, ...]] = {}
    instances: dict[InstanceState, Any] = {}
    for (table_id, _), by_state in wanted.items():
        for state, copy in by_state.items():
            tables = write_profile(state.manager.mapper).shared_tables
            mapped = next(one for one in tables if id(one.table) == table_id)
            flow = copy.flow
            keys = mapped.clearable_keys(flow.columns) if clearable else tuple([key for _, key in flow.pairs])
            keys_of[mapped, state] = (*keys_of.get((mapped, state), ()), *keys)
            instances[state] = copy.child_instance
    groups: dict[tuple[MappedTable, tuple[str, ...]], RowGroup] = {}
    for (mapped, state), keys in keys_of.items():
        group = groups.get((mapped, keys))
        if group is None:
            group = groups[mapped, keys] = RowGroup(mapped, keys, [], [])
        group.states.append(state)
        group.instances.append(instances[state])
    return groups.values()
