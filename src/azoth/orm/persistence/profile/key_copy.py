"""Foreign key values that a child takes over from its parent."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError
from azoth.orm.persistence.profile.values import key_value
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.sql.selectable.from_clause import lineage_of
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager
    from azoth.sql.elements import ColumnElement

Slot = tuple[int, tuple[str, ...]]
"""The foreign key that is written: the table's id and the attribute keys, sorted."""


class ForeignKeyFlow:
    """How a child's foreign key columns follow from its parent.

    Attributes:
        relationship: ``Class.attribute`` of the relationship.
        pairs: (attribute key on the parent, attribute key on the child).
        columns: the child's columns, in the order of the pairs.
        sources: the parent's columns, in the order of the pairs.
        slot: which foreign key is written.
        post_update: whether the key is set by an UPDATE of its own.
        loaded_keys: the parent's attribute keys that are no part of its primary key, which may have to be loaded.
        parent: the mapper of the parent.
        child: the mapper of the child.
    """

    __slots__ = (
        "child",
        "columns",
        "loaded_keys",
        "of_classes",
        "pairs",
        "parent",
        "post_update",
        "relationship",
        "slot",
        "sources",
    )

    def __init__(self, prop: Any, parent: Any, child: Any) -> None:
        self.parent = parent
        self.child = child
        self.of_classes: dict[ClassManager, ForeignKeyFlow] = {}
        self.relationship = f"{prop.parent.class_.__name__}.{prop.key}"
        self.sources = tuple([source for source, _ in prop.synchronize_pairs])
        self.columns = tuple([column for _, column in prop.synchronize_pairs])
        self.pairs = tuple([(parent.key_of(source), child.key_of(column)) for source, column in prop.synchronize_pairs])
        self.slot: Slot = (id(_table_of(self.columns[0])), tuple(sorted([key for _, key in self.pairs])))
        self.post_update: bool = bool(prop.post_update)
        self.loaded_keys = tuple([key for key, _ in self.pairs if key not in parent.primary_key_keys])

    def to(self, state: InstanceState) -> ForeignKeyFlow:
        """Give the flow into the table of a child's own class, where that is a concrete one derived from the related.

        Args:
            state: the child.

        Raises:
            FlushError: its table has no such column.
        """
        manager = state.manager
        if manager.root is self.child.manager.root:
            return self
        known = self.of_classes.get(manager.root)
        if known is None:
            known = self.of_classes[manager.root] = self._into(manager.mapper)
        return known

    def _into(self, mapper: Mapper) -> ForeignKeyFlow:
        other = copy(self)
        keys = []
        for column, (_, key) in zip(self.columns, self.pairs, strict=True):
            own = [one for one in lineage_of(column) if one in mapper.column_to_key]
            keys.append(mapper.column_to_key[own[0]] if own else key)
        missing = [key for key in keys if key not in mapper.key_to_column]
        if missing:
            raise FlushError(
                f"{self.relationship} cannot set {mapper.class_.__name__}.{missing[0]}",
                why=f"the table of the concrete class {mapper.class_.__name__} has no such column",
                fix="give the table a column with the foreign key, or keep its objects out of the relationship",
                code="AZ-F340",
            )
        other.child = mapper
        other.columns = tuple([mapper.key_to_column[key] for key in keys])
        other.pairs = tuple([(source, key) for (source, _), key in zip(self.pairs, keys, strict=True)])
        other.slot = (id(_table_of(other.columns[0])), tuple(sorted(keys)))
        return other


class KeyCopy(NamedTuple):
    """One child whose foreign key is taken over from a parent, or set to NULL where there is none."""

    flow: ForeignKeyFlow
    child: InstanceState
    child_instance: Any
    parent: InstanceState | None
    parent_instance: Any


def _table_of(column: ColumnElement[Any]) -> Any:
    """Find the table whose row a column is part of; for a column of an alias or subquery, the table behind it."""
    return lineage_of(column)[-1].table


def keeps_key(flow: ForeignKeyFlow, child: InstanceState, key: str) -> bool:
    """Tell whether a column stays when its flow is cut: part of the primary key, while others become NULL."""
    return len(flow.pairs) > 1 and key in child.manager.mapper.primary_key_keys


def planned_values(copies: list[KeyCopy]) -> dict[str, Any]:
    """Find the foreign key values that relationships are going to copy into an object.

    Args:
        copies: the object's copies.

    Returns:
        attribute key -> value; NO_VALUE where the parent's key is made by a later step.
    """
    planned: dict[str, Any] = {}
    for flow, _, _, parent, parent_instance in copies:
        for source_key, key in flow.pairs:
            if parent is None:
                planned[key] = None
                continue
            value = key_value(parent, parent_instance, source_key)
            planned[key] = NO_VALUE if value is None and parent.pk is None else value
    return planned
