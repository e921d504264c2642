"""Bulk operations through the session, past the unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azoth.orm import bulk

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.session.statements.door import StatementUnit


class BulkMethods:
    """What sessions do with many rows, past the unit of work.

    Attributes:
        unit: what the session holds: a ``UnitOfWork``, which knows this room.
    """

    unit: StatementUnit

    def bulk_insert_mappings(
        self,
        mapper: Mapper,
        mappings: Iterable[dict[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows from dictionaries, past the unit of work; see ``azoth.orm.bulk.mappings.insert_mappings``.

        Emits: one executemany for rows that follow each other with the same attributes.
        """
        self.unit.carry_out(
            _insert_mappings, self.unit, mapper, mappings, return_defaults=return_defaults, render_nulls=render_nulls
        )

    def bulk_update_mappings(self, mapper: Mapper, mappings: Iterable[dict[str, Any]]) -> None:
        """Update rows from dictionaries that have the primary key, past the unit of work.

        Emits: one executemany for rows that follow each other with the same attributes.
        """
        self.unit.carry_out(_update_mappings, self.unit, mapper, mappings)

    def bulk_save_objects(
        self,
        objects: Iterable[object],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update the rows of objects, without cascades, relationships and the identity map.

        Emits: one executemany for objects that follow each other with the same class and attributes.
        State: the objects stay as they are.
        """
        self.unit.carry_out(
            bulk.save_objects,
            self.unit.connection_for,
            objects,
            return_defaults=return_defaults,
            update_changed_only=update_changed_only,
            preserve_order=preserve_order,
        )


def _insert_mappings(
    unit: StatementUnit, entity: Any, mappings: Iterable[dict[str, Any]], *, return_defaults: bool, render_nulls: bool
) -> None:
    mapper = bulk.bulk_mapper(entity)
    connection = unit.connection_for(mapper)
    bulk.insert_mappings(connection, mapper, mappings, return_defaults=return_defaults, render_nulls=render_nulls)


def _update_mappings(unit: StatementUnit, entity: Any, mappings: Iterable[dict[str, Any]]) -> None:
    mapper = bulk.bulk_mapper(entity)
    bulk.update_mappings(unit.connection_for(mapper), mapper, mappings)
