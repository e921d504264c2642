"""Unique values that move between rows within one flush: who gives a value up must write before who takes it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from azoth.orm.persistence.changes import RowGroup
from azoth.orm.persistence.steps import Reason
from azoth.orm.persistence.values import committed_value
from azoth.orm.persistence.write_profile import is_expression_class
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

FinalValue = Callable[[InstanceState, Any, str], Any]
"""Finds the value that a row is going to have after the flush."""


class UniqueRule:
    """Columns whose values may occur once.

    Attributes:
        columns: the columns.
        reason: how plans and errors name it.
    """

    __slots__ = ("columns", "reason")

    def __init__(self, table: Any, columns: tuple[Any, ...], name: str) -> None:
        self.columns = columns
        self.reason = Reason("unique", table.fullname, tuple([column.name for column in columns]), (), name)

    def keys(self, mapper: Any) -> tuple[str, ...] | None:
        """Name a mapper's attributes for the columns; None if one of them is not mapped."""
        by_column = {column: key for key, column in mapper.columns.items()}
        found = [by_column.get(column) for column in self.columns]
        return None if None in found else tuple([key for key in found if key is not None])

    def clearable_keys(self, mapper: Any) -> tuple[str, ...]:
        """Name the attributes that may become NULL for a while, which frees the value."""
        return tuple([mapper.key_of(column) for column in self.columns if column.nullable and not column.primary_key])


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
    table: Any,
    inserts: list[RowGroup],
    updates: list[RowGroup],
    deletes: list[RowGroup],
    final_value: FinalValue,
) -> list[UniqueMovement]:
    """Find the unique values of one table that move between rows.

    Args:
        table: the table.
        inserts, updates, deletes: its rows in this flush.
        final_value: finds the value that a row is going to have.

    Returns:
        the movements; nothing is looked at where no row gives up a value that another one could take.
    """
    if not deletes and not updates:
        return []
    movements: list[UniqueMovement] = []
    for rule in unique_rules(table):
        touching = [group for group in updates if not set(rule.keys(group.mapper) or ()).isdisjoint(group.keys)]
        givers = bool(deletes or touching)
        takers = bool(inserts) or bool(touching)
        alone = not inserts and not deletes and sum(len(group.states) for group in touching) < 2
        if givers and takers and not alone:
            movements.extend(_movements_of(rule, inserts, touching, deletes, final_value))
    return movements


def _movements_of(
    rule: UniqueRule, inserts: list[RowGroup], updates: list[RowGroup], deletes: list[RowGroup], final_value: FinalValue
) -> Iterator[UniqueMovement]:
    freed: dict[tuple[Any, ...], tuple[str, InstanceState]] = {}
    for verb, groups in (("DELETE", deletes), ("UPDATE", updates)):
        for state, value in _values(rule, groups, committed_value):
            freed[value] = (verb, state)
    if not freed:
        return
    for verb, groups in (("INSERT", inserts), ("UPDATE", updates)):
        for state, value in _values(rule, groups, final_value):
            giver = freed.get(value)
            if giver is not None and giver[1] is not state:
                yield UniqueMovement(giver[0], giver[1], verb, state, rule)


def _values(
    rule: UniqueRule, groups: Iterable[RowGroup], value_of: FinalValue
) -> Iterator[tuple[InstanceState, tuple[Any, ...]]]:
    for group in groups:
        keys = rule.keys(group.mapper)
        if keys is None:
            continue
        for state, instance in zip(group.states, group.instances, strict=True):
            value = tuple([value_of(state, instance, key) for key in keys])
            if not any(part is None or part is NO_VALUE or is_expression_class(type(part)) for part in value):
                try:
                    hash(value)
                except TypeError:
                    continue
                yield state, value


def unique_rules(table: Any) -> tuple[UniqueRule, ...]:
    """List what must be unique in a table: the primary key, unique constraints and unique indexes."""
    known = _rules.get(table)
    size = len(table.constraints) + len(table.indexes)
    if known is None or known[0] != size:
        known = _rules[table] = (size, tuple(_find_rules(table)))
    return known[1]


_rules: weakref.WeakKeyDictionary[Any, tuple[int, tuple[UniqueRule, ...]]] = weakref.WeakKeyDictionary()


def _find_rules(table: Any) -> Iterator[UniqueRule]:
    primary_key = tuple(table.primary_key.columns)
    seen = set()
    if primary_key:
        seen.add(tuple([column.name for column in primary_key]))
        yield UniqueRule(table, primary_key, "primary key")
    candidates = [part for part in table.constraints if part.__visit_name__ == "unique_constraint"]
    candidates += [index for index in table.indexes if index.unique]
    for part in sorted(candidates, key=_name_and_columns):
        columns = tuple(part.columns)
        names = tuple([column.name for column in columns])
        if columns and names not in seen:
            seen.add(names)
            yield UniqueRule(table, columns, str(part.name or ""))


def _name_and_columns(part: Any) -> tuple[str, ...]:
    return (str(part.name or ""), *[column.name for column in part.columns])
