"""Statements on single rows, the edges between them, and the cycles that these may make."""

from __future__ import annotations

from azoth.exc import CircularDependencyError
from azoth.orm.persistence.profile.key_rule import KeyRule
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.table_rules import UniqueRule
from azoth.orm.runtime.state import InstanceState


class RowOperation:
    """One statement on one row.

    Attributes:
        verb: its kind.
        mapped, state, instance: the mapped table, and whose row.
        keys: the attribute keys that it sets (updates only).
        nulls: the attribute keys that it writes as NULL for now.
        waiting: how many operations must still come before.
        before, after: the edges from and to other operations.
        index: the place among its kind, to keep the order in which objects were added.
    """

    __slots__ = ("after", "before", "done", "index", "instance", "keys", "mapped", "nulls", "state", "verb", "waiting")

    def __init__(
        self, verb: str, mapped: MappedTable, keys: tuple[str, ...], state: InstanceState, instance: object, index: int
    ) -> None:
        self.verb = verb
        self.mapped = mapped
        self.keys = keys
        self.state = state
        self.instance = instance
        self.index = index
        self.nulls: tuple[str, ...] = ()
        self.waiting = 0
        self.done = False
        self.before: list[RowEdge] = []
        self.after: list[RowEdge] = []

    @property
    def label(self) -> str:
        """Verb and table."""
        return f"{self.verb} {self.mapped.table.fullname}"


class RowEdge:
    """One operation's need to come before another.

    Attributes:
        first, second: the operations.
        rule: the foreign key or unique rule.
        kind: "provide" (the second refers to what the first makes), "release" (the first lets go of what the second
            removes) or "unique" (the second takes what the first gives up).
        dead: whether the edge was broken.
    """

    __slots__ = ("dead", "first", "kind", "rule", "second")

    def __init__(self, first: RowOperation, second: RowOperation, rule: KeyRule | UniqueRule, kind: str) -> None:
        self.first = first
        self.second = second
        self.rule = rule
        self.kind = kind
        self.dead = False


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
