"""Why one statement must come before another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one step comes before another.

    Args:
        kind: "foreign key", "relationship" or "unique".
        table: the table whose columns are concerned.
        columns: their names.
        target: what the columns refer to, as ``table.column`` (empty for unique values).
        name: the constraint's or relationship's own name, if it has one.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    target: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        own = ", ".join(f"{self.table}.{column}" for column in self.columns)
        if self.target:
            return f"{own} -> {', '.join(self.target)} ({self.kind}{f' {self.name}' if self.name else ''})"
        return f"{own} (unique{f', {self.name}' if self.name else ''}): the value moves between rows"


@dataclass(frozen=True, slots=True)
class Edge:
    """One step's need to come before another.

    Args:
        before: verb and table of the earlier step, such as "INSERT users".
        after: the same of the later one.
        reason: the constraint or relationship behind it.
    """

    before: str
    after: str
    reason: Reason
