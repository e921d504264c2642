"""What the write side needs to know of a mapper, worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.derived import derived
from azoth.orm.persistence.profile.mapped_table import MappedTable, mapped_tables
from azoth.orm.persistence.profile.relationship_sync import RelationshipSync, relationship_syncs
from azoth.sql.types.base import TypeEngine

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


class WriteProfile:
    """The write side's view of one mapper; independent of any dialect.

    Attributes:
        mapper: the mapper.
        tables: the tables that it writes, in an order in which the rows of one object can be inserted.
        tables_of: attribute key -> the tables in which it has a column; none for what is only read.
        only_table: the one table in which all attributes have their columns; None for other mappings.
        versioned: the table that counts the versions, or None.
        columns: attribute key -> column, of the columns that are loaded.
        positions: attribute key -> position among them.
        comparisons: attribute key -> comparison of two values, for types that do not compare with ``==``.
        pk_keys: the attribute keys of the primary key.
        plain_keys: the attribute keys of columns whose change means one UPDATE of one table and is seen by ``==``.
        relationships: the relationships that a flush carries out.
        relationship_keys: their attribute keys.
        followed_keys: the attribute keys whose changes its relationships carry on to other rows (``passive_updates``).
        owning_keys: the attribute keys of relationships with the delete-orphan cascade, in order.
        releasing: the relationships whose members lose their foreign keys or association rows when an object is
            deleted, and for that must be known.
    """

    __slots__ = (
        "columns", "comparisons", "followed_keys", "mapper", "only_table", "owning_keys", "pk_keys", "plain_keys",
        "positions", "read_only_keys", "relationship_keys", "relationships", "releasing", "tables", "tables_of",
        "versioned",
    )  # fmt: skip

    def __init__(self, mapper: Mapper) -> None:
        self.mapper = mapper
        self.tables: tuple[MappedTable, ...] = mapped_tables(mapper)
        self.columns: dict[str, Any] = {key: mapper.columns[key] for key in mapper.column_keys}
        self.positions = {key: position for position, key in enumerate(self.columns)}
        self.comparisons = {
            key: column.type.compare_values
            for key, column in self.columns.items()
            if type(column.type).compare_values is not TypeEngine.compare_values
        }
        self.pk_keys: tuple[str, ...] = tuple(mapper.primary_key_keys)
        self.tables_of: dict[str, tuple[MappedTable, ...]] = {
            key: tuple([mapped for mapped in self.tables if key in mapped.columns]) for key in self.columns
        }
        # Columns of joined tables that are only read; what a subquery computes may be set, and is not stored.
        joined = frozenset([column for table in mapper.tables for column in table.c])
        self.read_only_keys = frozenset(
            [key for key, tables in self.tables_of.items() if not tables and self.columns[key] in joined]
        )
        alone = len(self.tables) == 1 and all(self.tables_of.values())
        self.only_table = self.tables[0] if alone else None
        self.versioned = next((mapped for mapped in self.tables if mapped.version_key is not None), None)
        self.plain_keys = self._plain_keys()
        self.relationships: tuple[RelationshipSync, ...] = relationship_syncs(mapper)
        self.relationship_keys = frozenset(sync.key for sync in self.relationships)
        self.followed_keys: frozenset[str] = frozenset().union(
            *[sync.referred_keys for sync in self.relationships if not sync.prop.passive_updates]
        )
        self.owning_keys = tuple([one.key for one in mapper.relationships if one.cascade.delete_orphan])
        self.releasing = tuple(
            [
                sync.prop
                for sync in self.relationships
                if not sync.many_to_one and not sync.prop.passive_deletes and sync.prop.lazy != "noload"
            ]
        )

    def _plain_keys(self) -> frozenset[str]:
        if len(self.tables) > 1 and self.versioned is not None:
            # A change of any table counts the version in another one.
            return frozenset()
        keys = {key for key, tables in self.tables_of.items() if len(tables) == 1}
        return frozenset(keys.difference(self.comparisons, self.pk_keys, *[mapped.key_keys for mapped in self.tables]))


@derived
def write_profile(mapper: Mapper) -> WriteProfile:
    """Give the profile of a mapper, working it out on first use and again after attributes were added."""
    return WriteProfile(mapper)
