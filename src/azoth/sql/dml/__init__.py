"""The statements that change data: INSERT, UPDATE, DELETE."""

from __future__ import annotations

from azoth.sql.dml.change import Change, ConditionalChange, UpdateBase, ValuedChange, ValuesBase
from azoth.sql.dml.insert import Insert, ReturningInsert, insert
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.dml.delete_statement import Delete, ReturningDelete, delete
    from azoth.sql.dml.on_conflict import OnConflict, OnConflictInsert
    from azoth.sql.dml.target_copy import DMLTargetCopy, from_dml_column
    from azoth.sql.dml.update_statement import ReturningUpdate, Update, update
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Change", "ConditionalChange", "DMLTargetCopy", "Delete", "Insert", "OnConflict", "OnConflictInsert",
    "ReturningDelete", "ReturningInsert", "ReturningUpdate", "Update", "UpdateBase", "ValuedChange", "ValuesBase",
    "delete", "from_dml_column", "insert", "update",
]  # fmt: skip
_HOMES = {
    "azoth.sql.dml.delete_statement": ("Delete", "ReturningDelete", "delete"),
    "azoth.sql.dml.on_conflict": ("OnConflict", "OnConflictInsert"),
    "azoth.sql.dml.target_copy": ("DMLTargetCopy", "from_dml_column"),
    "azoth.sql.dml.update_statement": ("ReturningUpdate", "Update", "update"),
}
"""Where each name is at home."""
