"""Why one statement must come before another."""

from __future__ import annotations

from typing import Any


class Reason:
    """Why one step comes before another.

    Args:
        kind: "foreign key", "relationship" or "unique".
        table: the table whose columns are concerned.
        columns: their names.
        target: what the columns refer to, as ``table.column`` (empty for unique values).
        name: the constraint's or relationship's own name, if it has one.
    """

    __slots__ = ("columns", "kind", "name", "table", "target")

    def __init__(
        self, kind: str, table: str, columns: tuple[str, ...], target: tuple[str, ...] = (), name: str = ""
    ) -> None:
        self.kind = kind
        self.table = table
        self.columns = columns
        self.target = target
        self.name = name

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Reason) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"Reason{self._values()!r}"

    def _values(self) -> tuple[Any, ...]:
        return (self.kind, self.table, self.columns, self.target, self.name)

    def __str__(self) -> str:
        own = ", ".join(f"{self.table}.{column}" for column in self.columns)
        if self.target:
            return f"{own} -> {', '.join(self.target)} ({self.kind}{f' {self.name}' if self.name else ''})"
        return f"{own} (unique{f', {self.name}' if self.name else ''}): the value moves between rows"


class Edge:
    """One step's need to come before another.

    Args:
        before: verb and table of the earlier step, such as "INSERT users".
        after: the same of the later one.
        reason: the constraint or relationship behind it.
    """

    __slots__ = ("after", "before", "reason")

    def __init__(self, before: str, after: str, reason: Reason) -> None:
        self.before = before
        self.after = after
        self.reason = reason

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Edge) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"Edge{self._values()!r}"

    def _values(self) -> tuple[Any, ...]:
        return (self.before, self.after, self.reason)
