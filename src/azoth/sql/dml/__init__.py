"""The statements that change data: INSERT, UPDATE, DELETE."""

from __future__ import annotations

from azoth.sql.dml.change import Change, ConditionalChange, UpdateBase, ValuedChange, ValuesBase
from azoth.sql.dml.delete import Delete, delete
from azoth.sql.dml.insert import Insert, insert
from azoth.sql.dml.on_conflict import OnConflict, OnConflictInsert
from azoth.sql.dml.target_copy import DMLTargetCopy, from_dml_column
from azoth.sql.dml.update import Update, update

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Change", "ConditionalChange", "DMLTargetCopy", "Delete", "Insert", "OnConflict", "OnConflictInsert", "Update",
    "UpdateBase", "ValuedChange", "ValuesBase", "delete", "from_dml_column", "insert", "update",
]  # fmt: skip
