"""What the database does by itself for the tables of derived classes, and what their discriminators may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.hierarchy.inheritance import JOINED

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.profile.mapped_table import MappedTable


def is_left_to_cascade(mapper: Mapper, mapped: MappedTable) -> bool:
    """Tell whether the database deletes the rows of a table along with those of the base class.

    Args:
        mapper: the class of the objects.
        mapped: one of its tables.
    """
    owner = _owner(mapper, mapped.table)
    # What a base class says holds for all derived ones.
    return owner is not None and any(one.passive_deletes for one in owner.iterate_to_root())


def keys_left_to_cascade(mapper: Mapper, mapped: MappedTable, tables: Iterable[MappedTable]) -> frozenset[str]:
    """Name the attributes of a table's key that the database changes along with the key of a base class.

    Args:
        mapper: the class of the objects.
        mapped: one of its tables.
        tables: all of them.
    """
    owner = _owner(mapper, mapped.table)
    if owner is None or owner.inheritance is None:
        return frozenset()
    passive = {one.table: _is_passive(mapper, one.table) for one in tables}
    found = []
    for column, own in owner.inheritance.pairs:
        refers = own.references(column)
        key = mapped.key_of(own)
        if key is not None and refers and passive.get(column.table):
            found.append(key)
    return frozenset(found)


def identities_of(mapper: Mapper) -> frozenset[Any] | None:
    """List the discriminators that objects of a class may have: its own, and those of classes that share its table."""
    if mapper.polymorphic_key is None or mapper.polymorphic_identity is None:
        return None
    found: list[Any] = [mapper]
    for one in found:
        found.extend([below for below in one._derived_mappers if below.single])
    return frozenset([one.polymorphic_identity for one in found])


def _owner(mapper: Mapper, table: object) -> Mapper | None:
    """Find the mapper that has joined a table to those of its base; None for tables of another kind."""
    one: Mapper
    for one in mapper.iterate_to_root():
        if one.inheritance is not None and one.inheritance.kind == JOINED and one.local_table is table:
            return one
    return None


def _is_passive(mapper: Mapper, table: object) -> bool:
    owners = [one for one in mapper.iterate_to_root() if one.local_table is table]
    return bool(owners) and owners[-1].passive_updates
