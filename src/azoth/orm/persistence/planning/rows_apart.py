"""Rows of one step that need statements of their own, because their classes have different columns of the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from azoth.orm.persistence.planning.steps import InsertStep, ReleaseKeysStep, SetKeysStep, UpdateStep
from azoth.orm.persistence.statements.statements import table_statements

if TYPE_CHECKING:
    from azoth.orm.persistence.profile.mapped_table import MappedTable
    from azoth.sql.ports import CompilerDialect

Changing = TypeVar("Changing", UpdateStep, SetKeysStep, ReleaseKeysStep)


def inserted_apart(step: InsertStep, dialect: CompilerDialect) -> Iterable[InsertStep]:
    """Divide the rows of an INSERT by the classes of their objects, where these give values for different columns.

    Args:
        step: the step.
        dialect: the dialect in which the rows are sent.

    Returns:
        steps of one class; those follow each other whose keys the database counts in the order of the rows.
    """
    if step.mapped.parts is None:
        return (step,)
    made: list[InsertStep] = []
    by_table: dict[MappedTable, InsertStep] = {}
    in_order = _counted(step, dialect)
    last: MappedTable | None = None
    for state, instance in zip(step.states, step.instances, strict=True):
        mapped = step.mapped.parts[state.manager.mapper]
        part = None if in_order and mapped is not last else by_table.get(mapped)
        if part is None:
            part = by_table[mapped] = InsertStep(mapped, [], [], (), None, step.nulls)
            made.append(part)
            last = mapped
        part.states.append(state)
        part.instances.append(instance)
    return made


def _counted(step: InsertStep, dialect: CompilerDialect) -> bool:
    """Tell whether the database counts the keys of some rows."""
    statements = table_statements(step.mapped, dialect)
    key = statements.counted_key
    return statements.database_counts and any(instance.__dict__.get(key) is None for instance in step.instances)


def updated_apart(step: Changing) -> Iterable[Changing]:
    """Divide the rows of an UPDATE by the classes of their objects, where it changes more of some than of others.

    Args:
        step: the step.
    """
    parts = step.mapped.update_parts
    if parts is None:
        return (step,)
    by_table: dict[MappedTable, Changing] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        mapped = parts[state.manager.mapper]
        part = by_table.get(mapped)
        if part is None:
            part = by_table[mapped] = type(step)(mapped, [], [], step.keys, step.copies, step.nulls)
        part.states.append(state)
        part.instances.append(instance)
    return list(by_table.values())
