"""Statements on single rows, and the edges between them."""

from __future__ import annotations

from typing import Any

from azoth.orm.persistence.dependencies import KeyRule
from azoth.orm.persistence.unique_rule import UniqueRule
from azoth.orm.runtime.state import InstanceState


class RowOperation:
    """One statement on one row.

    Attributes:
        verb: its kind.
        mapper, state, instance: whose row.
        keys: the attribute keys that it sets (updates only).
        nulls: the attribute keys that it writes as NULL for now.
        waiting: how many operations must still come before.
        before, after: the edges from and to other operations.
        index: the place among its kind, to keep the order in which objects were added.
    """

    __slots__ = ("after", "before", "done", "index", "instance", "keys", "mapper", "nulls", "state", "verb", "waiting")

    def __init__(
        self, verb: str, mapper: Any, keys: tuple[str, ...], state: InstanceState, instance: Any, index: int
    ) -> None:
        self.verb = verb
        self.mapper = mapper
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
        return f"{self.verb} {self.mapper.local_table.fullname}"


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
