"""Unique values that move between rows within one flush: who gives a value up must write before who takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from azoth.orm.persistence.changes.row_group import RowGroup
from azoth.orm.persistence.planning.unknown_values import UnknownValues
from azoth.orm.persistence.profile.expressions import is_expression_class
from azoth.orm.persistence.profile.table_rules import UniqueRule
from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.named_tuple import NamedTuple

FinalValue = Callable[[InstanceState, Any, str], Any]
"""Finds the value that a row is going to have after the flush."""


class UniqueMovement(NamedTuple):
    """A value that one row gives up and another one takes.

    The verbs are "INSERT", "UPDATE" or "DELETE".
    """

    before_verb: str
    before: InstanceState
    after_verb: str
    after: InstanceState
    rule: UniqueRule


def unique_movements(
    rules: Iterable[UniqueRule],
    inserts: list[RowGroup],
    updates: list[RowGroup],
    deletes: list[RowGroup],
    final_value: FinalValue,
    unknown: UnknownValues,
) -> list[UniqueMovement]:
    """Find the unique values of one table that move between rows.

    Args:
        rules: what must be unique in the table.
        inserts, updates, deletes: its rows in this flush.
        final_value: finds the value that a row is going to have.
        unknown: takes notes of values that would have to be loaded.

    Returns:
        the movements; nothing is looked at where no row gives up a value that another one could take.
    """
    if not deletes and not updates:
        return []
    movements: list[UniqueMovement] = []
    for rule in rules:
        touching = [group for group in updates if not set(rule.keys(group.mapped) or ()).isdisjoint(group.keys)]
        givers = bool(deletes or touching)
        takers = bool(inserts) or bool(touching)
        alone = not inserts and not deletes and sum(len(group.states) for group in touching) < 2
        if givers and takers and not alone:
            movements.extend(_movements_of(rule, inserts, touching, deletes, final_value, unknown))
    return movements


def _movements_of(
    rule: UniqueRule,
    inserts: list[RowGroup],
    updates: list[RowGroup],
    deletes: list[RowGroup],
    final_value: FinalValue,
    unknown: UnknownValues,
) -> Iterator[UniqueMovement]:
    freed: dict[tuple[Any, ...], tuple[str, InstanceState]] = {}
    for verb, groups in (("DELETE", deletes), ("UPDATE", updates)):
        for state, value in _values(rule, groups, committed_value, unknown):
            freed[value] = (verb, state)
    if not freed:
        return
    for verb, groups in (("INSERT", inserts), ("UPDATE", updates)):
        for state, value in _values(rule, groups, final_value, None):
            giver = freed.get(value)
            if giver is not None and giver[1] is not state:
                yield UniqueMovement(giver[0], giver[1], verb, state, rule)


def _values(
    rule: UniqueRule, groups: Iterable[RowGroup], value_of: FinalValue, unknown: UnknownValues | None
) -> Iterator[tuple[InstanceState, tuple[Any, ...]]]:
    for group in groups:
        keys = rule.keys(group.mapped)
        if keys is None:
            continue
        has_tokens = group.mapped.mapper.manager.root.has_tokens
        mapped = group.mapped
        for state, instance in zip(group.states, group.instances, strict=True):
            if mapped.parts is not None and not mapped.has_keys(state.manager.mapper, keys):
                continue
            value = tuple([value_of(state, instance, key) for key in keys])
            if unknown is not None and NO_VALUE in value:
                unknown.note(state, instance, keys, value)
            if not any(part is None or part is NO_VALUE or is_expression_class(type(part)) for part in value):
                try:
                    hash(value)
                except TypeError:
                    continue
                # Rows of different tokens may be in different databases.
                yield state, (*value, state.identity_token) if has_tokens else value
