"""Changes of many rows by one statement: INSERT, UPDATE and DELETE of entities, and lists of mappings."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.bulk.change_statement import changes_entity, execute_change
    from azoth.orm.bulk.executed import CountedResult
    from azoth.orm.bulk.mappings import bulk_mapper, insert_mappings, save_objects, update_mappings
    from azoth.orm.bulk.rows_of_class import as_sent
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "CountedResult", "as_sent", "bulk_mapper", "changes_entity", "execute_change", "insert_mappings", "save_objects",
    "update_mappings",
]  # fmt: skip
_HOMES = {
    "azoth.orm.bulk.change_statement": ("changes_entity", "execute_change"),
    "azoth.orm.bulk.executed": ("CountedResult",),
    "azoth.orm.bulk.mappings": ("bulk_mapper", "insert_mappings", "save_objects", "update_mappings"),
    "azoth.orm.bulk.rows_of_class": ("as_sent",),
}
"""Where each name is at home."""
