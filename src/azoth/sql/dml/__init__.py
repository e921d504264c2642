"""The statements that change data: INSERT, UPDATE, DELETE."""

from __future__ import annotations

from azoth.sql.dml.change import Change, ConditionalChange, UpdateBase, ValuedChange, ValuesBase
from azoth.sql.dml.delete import Delete, ReturningDelete, delete
from azoth.sql.dml.insert import Insert, ReturningInsert, insert
from azoth.sql.dml.on_conflict import OnConflict, OnConflictInsert
from azoth.sql.dml.target_copy import DMLTargetCopy, from_dml_column
from azoth.sql.dml.update import ReturningUpdate, Update, update

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Change", "ConditionalChange", "DMLTargetCopy", "Delete", "Insert", "OnConflict", "OnConflictInsert",
    "ReturningDelete", "ReturningInsert", "ReturningUpdate", "Update", "UpdateBase", "ValuedChange", "ValuesBase",
    "delete", "from_dml_column", "insert", "update",
]  # fmt: skip
