"""What the write side needs to know of a mapper, worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.derived import derived
from azoth.orm.persistence.profile.hierarchy_rules import identities_of, is_left_to_cascade, keys_left_to_cascade
from azoth.orm.persistence.profile.hierarchy_tables import hierarchy_tables
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.relationship_sync import RelationshipSync, relationship_syncs
from azoth.sql.types.base import TypeEngine

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


class WriteProfile:
    """The write side's view of one mapper; independent of any dialect.

    Attributes:
        mapper: the mapper.
        tables: the tables that it writes, in an order in which the rows of one object can be inserted.
        shared_tables: the same as a flush writes them: together with the rows of other classes of the hierarchy.
        deleted_tables: those in which a flush deletes rows; the others are left to the database.
        cascaded: shared table -> the attributes of its key that the database changes along with an earlier table.
        twins: attributes of an inherited key, each with that of the derived class's own column of the same value.
        moves_at_once: whether an object's rows have a new key once its first one has it.
        identities: the values of the discriminator that objects of the class may have; None where nothing tells.
        tables_of: attribute key -> the shared tables in which it has a column; none for what is only read.
        only_table: the one shared table in which all attributes have their columns; None for other mappings.
        versioned: the table that counts the versions, or None.
        columns: attribute key -> column, of the columns that are loaded.
        positions: attribute key -> position among them.
        comparisons: attribute key -> comparison of two values, for types that do not compare with ``==``.
        pk_keys, pk_key_set: the attribute keys of the primary key.
        divided_keys: changed attributes -> the tables to update, each with its attributes, as far as worked out.
        plain_keys: the attribute keys of columns whose change means one UPDATE of one table and is seen by ``==``.
        relationships: the relationships that a flush carries out.
        relationship_keys: their attribute keys.
        followed_keys: the attribute keys whose changes its relationships carry on to other rows (``passive_updates``).
        owning_keys: the attribute keys of relationships with the delete-orphan cascade, in order.
        releasing: the relationships whose members lose their foreign keys or association rows when an object is
            deleted, and for that must be known.
    """

    __slots__ = (
        "cascaded", "columns", "comparisons", "deleted_tables", "divided_keys", "followed_keys", "identities", "mapper",
        "moves_at_once", "only_table", "owning_keys", "pk_key_set", "pk_keys", "plain_keys", "positions",
        "read_only_keys", "relationship_keys", "relationships", "releasing", "shared_tables", "tables", "tables_of",
        "twins", "versioned",
    )  # fmt: skip

    def __init__(self, mapper: Mapper) -> None:
        self.mapper = mapper
        self.tables, self.shared_tables = hierarchy_tables(mapper.base_mapper)[mapper]
        self.columns: dict[str, Any] = {key: mapper.columns[key] for key in mapper.column_keys}
        self.positions = {key: position for position, key in enumerate(self.columns)}
        self.comparisons = {
            key: column.type.compare_values
            for key, column in self.columns.items()
            if type(column.type).compare_values is not TypeEngine.compare_values
        }
        self.pk_keys: tuple[str, ...] = tuple(mapper.primary_key_keys)
        self.pk_key_set = frozenset(self.pk_keys)
        self.divided_keys: dict[tuple[str, ...], list[tuple[MappedTable, tuple[str, ...]]]] = {}
        self.tables_of: dict[str, tuple[MappedTable, ...]] = {
            key: tuple(
                [shared for own, shared in zip(self.tables, self.shared_tables, strict=True) if key in own.columns]
            )
            for key in self.columns
        }
        self.twins: list[tuple[str, str]] = [pair for mapped in self.tables for pair in mapped.twins.items()]
        own = {twin for _, twin in self.twins}
        # Columns of joined tables that are only read; what a subquery computes may be set, and is not stored.
        joined = frozenset([column for table in mapper.tables for column in table.c])
        self.read_only_keys = frozenset(
            [
                key
                for key, tables in self.tables_of.items()
                if not tables and self.columns[key] in joined and key not in own
            ]
        )
        alone = len(self.tables) == 1 and all(self.tables_of.values())
        self.only_table = self.shared_tables[0] if alone else None
        places = list(zip(self.tables, self.shared_tables, strict=True))
        self.deleted_tables = tuple([shared for own, shared in places if not is_left_to_cascade(mapper, own)])
        self.cascaded = {
            shared: keys for own, shared in places if (keys := keys_left_to_cascade(mapper, own, self.tables))
        }
        self.moves_at_once = all(
            shared.is_first or set(self.pk_keys).isdisjoint(own.columns.keys() - self.cascaded.get(shared, frozenset()))
            for own, shared in places
        ) and (not self.tables or self.tables[0].identifies)
        self.identities = identities_of(mapper)
        self.versioned = next((mapped for mapped in self.shared_tables if mapped.version_key is not None), None)
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
