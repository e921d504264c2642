"""A step of a plan in words: its statements, what is particular about it, and why its rows go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.planning.planned_statements import PlannedStatement, planned_statements
from azoth.orm.persistence.planning.steps import (
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    ReleaseKeysStep,
    ReplaceStep,
    SetKeysStep,
    UpdateStep,
    is_observed,
    rows_by_class,
)
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.persistence.changes.removals import Removals
    from azoth.sql.ports import CompilerDialect


class StepDescription(NamedTuple):
    """What a view of a plan says about one step.

    Attributes:
        statements: the statements that it sends.
        notes: what is particular about it.
        reasons: for a DELETE, how many rows go for which reason.
    """

    statements: list[PlannedStatement]
    notes: list[str]
    reasons: dict[str, int]


def describe(step: FlushStep, dialect: CompilerDialect, removals: Removals) -> StepDescription:
    """Describe a step as its objects stand now.

    Args:
        step: the step.
        dialect: the dialect in which its statements are sent.
        removals: why objects are deleted.
    """
    reasons = _reasons_of_deletion(step, removals)
    notes = _notes(step)
    if reasons:
        notes.append("; ".join(f"{reason}: {count:,}" for reason, count in reasons.items()))
    return StepDescription(planned_statements(step, dialect), notes, reasons)


def _notes(step: FlushStep) -> list[str]:
    found = []
    classes = rows_by_class(step)
    if len(classes) > 1:
        found.append("rows of " + ", ".join(f"{name}: {count:,}" for name, count in classes.items()))
    if isinstance(step, UpdateStep | SetKeysStep) and step.keys:
        found.append(f"sets {_columns(step, step.keys)}")
    if isinstance(step, ReleaseKeysStep):
        found.append(f"sets {_columns(step, step.keys)} to NULL before the rows go, as post_update asks for")
    elif isinstance(step, ClearKeysStep):
        found.append(f"sets {_columns(step, step.keys)} to NULL for a moment, which breaks a cycle")
    if isinstance(step, InsertStep | UpdateStep) and step.nulls:
        found.append(f"leaves {_columns(step, step.nulls)} NULL for now, which breaks a cycle; a later step sets it")
    if isinstance(step, ReplaceStep):
        found.append("rows of deleted objects are taken over by new ones with their keys; nothing of theirs is left")
    elif isinstance(step, InsertStep) and _keys_from_server(step):
        found.append("the database makes the keys")
    if isinstance(step, UpdateStep | DeleteStep) and step.mapped.version_key is not None:
        found.append("versions are checked")
    if isinstance(step, InsertStep | UpdateStep | SetKeysStep):
        found.extend(
            f"takes {column} when the step is bound, because an earlier step makes it"
            for column in dict.fromkeys(_fed_columns(step))
        )
    if is_observed(step):
        found.append("listeners are told, and may change what is written")
    return found


def _reasons_of_deletion(step: FlushStep, removals: Removals) -> dict[str, int]:
    counted: dict[str, int] = {}
    if isinstance(step, DeleteStep):
        for state in step.states:
            reason = removals.reason(state)
            counted[reason] = counted.get(reason, 0) + 1
    return counted


def written_keys(step: FlushStep) -> tuple[str, ...]:
    """Name the attributes that a step writes, or finds its rows by."""
    if isinstance(step, InsertStep):
        return tuple(step.mapped.columns)
    if isinstance(step, UpdateStep | SetKeysStep | ClearKeysStep):
        return step.keys
    if isinstance(step, DeleteStep):
        return step.mapped.key_keys
    return ()


def column_names(step: Any, keys: tuple[str, ...]) -> list[str]:
    """Name the columns of some attributes."""
    return [step.mapped.columns[key].name for key in keys]


def _columns(step: Any, keys: tuple[str, ...]) -> str:
    return ", ".join(column_names(step, keys))


def _fed_columns(step: InsertStep | UpdateStep | SetKeysStep) -> list[str]:
    """Name the columns whose values exist only once their parents are inserted."""
    found: dict[Any, str] = {}
    for copy in step.copies:
        if copy.flow not in found and copy.parent is not None and copy.parent.pk is None:
            names = ", ".join(f"{column.table.fullname}.{column.name}" for column in copy.flow.columns)
            sources = ", ".join(f"{column.table.fullname}.{column.name}" for column in copy.flow.sources)
            found[copy.flow] = f"{names} from {sources}"
    return list(found.values())


def _keys_from_server(step: InsertStep) -> bool:
    mapped = step.mapped
    keys = mapped.key_keys
    if len(keys) != 1 or keys[0] in mapped.given_keys or mapped.columns[keys[0]].default is not None:
        return False
    copied = {copy.child for copy in step.copies if keys[0] in copy.flow.slot[1]}
    return any(
        instance.__dict__.get(keys[0]) is None and state not in copied
        for state, instance in zip(step.states, step.instances, strict=True)
    )
