"""Rows of many-to-many tables: which columns they have, and which pairs of objects appear and disappear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.orm.persistence.profile.table_rules import TableRules
from azoth.orm.runtime.state import InstanceState


class AssociationLayout:
    """The columns of a many-to-many table and the attributes that fill them.

    Both directions of a relationship have equal layouts, so that a flow made on both sides is one row.

    Attributes:
        table: the many-to-many table.
        columns: its columns, in the table's order.
        sources: for each column (0 or 1: which object of the pair, attribute key there).
        slot: what makes two layouts equal.
        loaded_sources: the sources that are no part of their object's primary key, which may have to be loaded.
        rules: foreign keys and unique rules of the table.
    """

    __slots__ = ("columns", "loaded_sources", "rules", "slot", "sources", "table")

    def __init__(self, table: Any, sources: Mapping[Any, tuple[int, str]], pk_keys: tuple[Any, Any]) -> None:
        self.table = table
        self.rules = TableRules(table)
        self.columns = tuple([column for column in table.columns if column in sources])
        self.sources = tuple([sources[column] for column in self.columns])
        self.loaded_sources = tuple([(side, key) for side, key in self.sources if key not in pk_keys[side]])
        self.slot = (id(table), tuple([column.key for column in self.columns]), self.sources)


class AssociationRows:
    """The rows of one many-to-many table that appear and disappear.

    Attributes:
        layout: the table's layout.
        mapper: whose connection writes them.
        added: (first state, second state) -> (first instance, second instance).
        removed: the same.
        unsure: the removed ones that the database may not have: a flush passes over links to what is not in the
            session, and whoever takes such a member out again cannot know whether its link was written.
    """

    __slots__ = ("_renewed", "added", "layout", "mapper", "relationship", "removed", "unsure")

    def __init__(self, layout: AssociationLayout, prop: Any) -> None:
        self.layout = layout
        self.mapper = prop.parent
        self.relationship = f"{prop.parent.class_.__name__}.{prop.key}"
        self.added: dict[tuple[InstanceState, InstanceState], tuple[Any, Any]] = {}
        self.removed: dict[tuple[InstanceState, InstanceState], tuple[Any, Any]] = {}
        self.unsure: set[tuple[InstanceState, InstanceState]] = set()
        self._renewed: dict[tuple[InstanceState, InstanceState], tuple[Any, Any]] = {}

    def renew(self, states: tuple[InstanceState, InstanceState], instances: tuple[Any, Any]) -> None:
        """Write a row anew, because the key of one of its objects changes."""
        self._renewed[states] = instances

    def settle(self) -> None:
        """Decide about rows that both sides changed: what one added and the other removed stays as it is."""
        for pair in self.added.keys() & self.removed.keys():
            del self.added[pair], self.removed[pair]
        for pair, instances in self._renewed.items():
            # The row goes before the key changes and comes back afterwards, which satisfies the foreign key.
            if pair not in self.removed:
                self.added[pair] = self.removed[pair] = instances
