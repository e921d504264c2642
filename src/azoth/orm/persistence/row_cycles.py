"""Cycles among single rows: finding one, and the error about one that cannot be broken."""

from __future__ import annotations

from azoth.exc import CircularDependencyError
from azoth.orm.persistence.row_operation import RowEdge, RowOperation


def find_cycle(start: RowOperation) -> list[RowEdge]:
    """Find a cycle among the operations that an unfinished one waits for.

    Args:
        start: the operation.

    Returns:
        the cycle's edges, each beginning where the next one ends.
    """
    path: list[RowEdge] = []
    places: dict[RowOperation, int] = {}
    operation = start
    while operation not in places:
        places[operation] = len(path)
        edge = next(edge for edge in operation.before if not edge.dead and not edge.first.done)
        path.append(edge)
        operation = edge.first
    return path[places[operation] :]


def unbreakable(cycle: list[RowEdge]) -> CircularDependencyError:
    """Make the error about a cycle in which no column may be NULL."""
    reasons = list(dict.fromkeys(edge.rule.reason for edge in reversed(cycle)))
    operations = list(dict.fromkeys(edge.second.label for edge in reversed(cycle)))
    columns = [f"{reason.table}.{column}" for reason in reasons for column in reason.columns]
    unique = all(reason.kind == "unique" for reason in reasons)
    advice = f"make one of {', '.join(dict.fromkeys(columns))} nullable"
    if unique:
        advice += ", or move the values in two flushes, through a value that nobody uses"
    else:
        advice += ', declare one of the foreign keys deferrable=True, initially="DEFERRED", or flush in two parts'
    return CircularDependencyError(
        f"no order of {', '.join(operations)} satisfies {'; '.join(str(reason) for reason in reasons)}",
        operations,
        [(edge.first.label, edge.second.label) for edge in reversed(cycle)],
        why="the rows need each other and none of these columns may be NULL for a moment",
        fix=advice,
        code="AZ-F01",
    )
