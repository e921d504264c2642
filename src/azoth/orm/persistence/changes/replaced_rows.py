"""New objects with the keys of deleted ones: they take over the rows, so that whatever refers to these stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from azoth.orm.persistence.changes.row_group import RowGroup
from azoth.orm.persistence.profile.key_copy import KeyCopy, Slot, planned_values
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import InstanceState

Objects = Mapping[InstanceState, Any]


class ReplacedRows:
    """Which new objects of a flush take over rows of deleted ones.

    A DELETE and an INSERT would leave the same row. Between them, though, the database would delete the rows that refer
    to it, or refuse to.

    Attributes:
        former: new state -> the deleted object whose key it has.
    """

    __slots__ = ("_successors", "former")

    def __init__(self) -> None:
        self.former: dict[InstanceState, tuple[InstanceState, Any]] = {}
        self._successors: dict[InstanceState, InstanceState] = {}

    def find(self, new: Objects, deleted: Objects, copies: Mapping[Slot, Mapping[InstanceState, KeyCopy]]) -> None:
        """Find them.

        Args:
            new: the new objects.
            deleted: those whose rows are deleted.
            copies: foreign key -> child -> where its value comes from; keys may consist of such values.
        """
        by_key = {(state.manager.root, state.pk, state.identity_token): state for state in deleted}
        for state, instance in new.items():
            pk = _planned_pk(state, instance, copies)
            try:
                former = None if pk is None else by_key.get((state.manager.root, pk, state.identity_token))
            except TypeError:
                # A key that is a SQL expression, or nothing that can be a key.
                continue
            if former is not None and former not in self._successors and _share_a_row(state, former):
                self.former[state] = (former, deleted[former])
                self._successors[former] = state

    def __bool__(self) -> bool:
        return bool(self.former)

    def successor(self, former: InstanceState) -> InstanceState | None:
        """Give the new object that takes over the rows of a deleted one; None where there is none."""
        return self._successors.get(former)

    def give_up(self, former: InstanceState) -> None:
        """Let the rows of an object be deleted after all."""
        state = self._successors.pop(former, None)
        if state is not None:
            del self.former[state]

    def divided(self, group: RowGroup) -> Iterable[tuple[RowGroup, bool]]:
        """Divide rows to insert: first those that are there and are taken over, then new ones; with which they are."""
        taken = [place for place, state in enumerate(group.states) if self._takes(group.mapped, state)]
        if not taken:
            return ((group, False),)
        known = set(taken)
        others = [place for place in range(len(group.states)) if place not in known]
        parts = ((_part(group, taken), True), (_part(group, others), False))
        return [part for part in parts if part[0].states]

    def without_taken(self, group: RowGroup) -> RowGroup:
        """Leave out the rows to delete that are taken over."""
        successors = self._successors
        kept = [
            place
            for place, state in enumerate(group.states)
            if state not in successors or not _has_row(successors[state], group.mapped)
        ]
        return group if len(kept) == len(group.states) else _part(group, kept)

    def _takes(self, mapped: MappedTable, state: InstanceState) -> bool:
        former = self.former.get(state)
        return former is not None and _has_row(former[0], mapped)


def _planned_pk(
    state: InstanceState, instance: object, copies: Mapping[Slot, Mapping[InstanceState, KeyCopy]]
) -> object:
    """Give the primary key that a new object is going to have, as far as that is known before the flush."""
    mapper, values = state.manager.mapper, instance.__dict__
    keys = write_profile(mapper).pk_key_set
    found = [by_state[state] for slot, by_state in copies.items() if state in by_state and not keys.isdisjoint(slot[1])]
    return mapper.pk_from_values({**values, **planned_values(found)} if found else values)


def _has_row(state: InstanceState, mapped: MappedTable) -> bool:
    return mapped in write_profile(state.manager.mapper).shared_tables


def _share_a_row(state: InstanceState, former: InstanceState) -> bool:
    """Tell whether the first rows of two objects are in one table, and nothing of the former is left to cascades."""
    profiles = [write_profile(one.manager.mapper) for one in (state, former)]
    if not all(profile.shared_tables for profile in profiles):
        return False
    first = profiles[0].shared_tables[0] is profiles[1].shared_tables[0]
    return first and len(profiles[1].deleted_tables) == len(profiles[1].shared_tables)


def _part(group: RowGroup, places: list[int]) -> RowGroup:
    states = [group.states[place] for place in places]
    return RowGroup(group.mapped, group.keys, states, [group.instances[place] for place in places])
