"""What the write side needs to know of a mapper, worked out once."""

from __future__ import annotations

import weakref
from typing import Any

from azoth.orm.persistence.profile.relationship_sync import RelationshipSync, relationship_syncs
from azoth.orm.persistence.profile.table_rules import TableRules
from azoth.sql.types.base import TypeEngine


class WriteProfile:
    """The write side's view of one mapper; independent of any dialect.

    Attributes:
        mapper: the mapper.
        columns: attribute key -> column, of the columns that are persisted.
        positions: attribute key -> position in the table.
        comparisons: attribute key -> comparison of two values, for types that do not compare with ``==``.
        pk_keys: the attribute keys of the primary key.
        plain_keys: the attribute keys of columns whose change means nothing else and is seen by ``==``.
        relationships: the relationships that a flush carries out.
        relationship_keys: their attribute keys.
        owning_keys: the attribute keys of relationships with the delete-orphan cascade, in order.
        releasing: the relationships whose members lose their foreign keys or association rows when an object is
            deleted, and for that must be known.
        rules: foreign keys and unique rules of the table.
        statements: the compiled statements, by dialect.
        shape: the mapper's shape, which changes with its attributes.
    """

    __slots__ = (
        "columns", "comparisons", "mapper", "owning_keys", "pk_keys", "plain_keys", "positions", "relationship_keys",
        "relationships", "releasing", "rules", "shape", "statements",
    )  # fmt: skip

    def __init__(self, mapper: Any) -> None:
        self.mapper = mapper
        self.shape = mapper._shape
        self.rules = TableRules(mapper.local_table)
        self.statements: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self.columns: dict[str, Any] = {key: mapper.columns[key] for key in mapper.column_keys}
        self.positions = {key: position for position, key in enumerate(self.columns)}
        self.comparisons = {
            key: column.type.compare_values
            for key, column in self.columns.items()
            if type(column.type).compare_values is not TypeEngine.compare_values
        }
        self.pk_keys: tuple[str, ...] = tuple(mapper.primary_key_keys)
        self.plain_keys = frozenset(self.columns) - self.comparisons.keys() - set(self.pk_keys)
        self.relationships: tuple[RelationshipSync, ...] = relationship_syncs(mapper)
        self.relationship_keys = frozenset(sync.key for sync in self.relationships)
        self.owning_keys = tuple([one.key for one in mapper.relationships if one.cascade.delete_orphan])
        self.releasing = tuple(
            [
                sync.prop
                for sync in self.relationships
                if not sync.many_to_one and not sync.prop.passive_deletes and sync.prop.lazy != "noload"
            ]
        )


def write_profile(mapper: Any) -> WriteProfile:
    """Give the profile of a mapper, working it out on first use and again after attributes were added."""
    # It lives on the mapper, because it refers to the mapper: a weak dictionary would keep both forever.
    profile: WriteProfile | None = mapper.__dict__.get("_write_profile")
    if profile is None or profile.shape is not mapper._shape:
        profile = mapper._write_profile = WriteProfile(mapper)
    return profile
