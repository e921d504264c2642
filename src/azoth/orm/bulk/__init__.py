"""Changes of many rows by one statement: INSERT, UPDATE and DELETE of entities, and lists of mappings."""

from __future__ import annotations

from azoth.orm.bulk.change_statement import by_columns, changes_entity, execute_change
from azoth.orm.bulk.mappings import bulk_mapper, insert_mappings, save_objects, update_mappings

__all__ = [
    "bulk_mapper",
    "by_columns",
    "changes_entity",
    "execute_change",
    "insert_mappings",
    "save_objects",
    "update_mappings",
]
