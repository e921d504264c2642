"""DDL statements as elements, and the way from tables to them."""

from __future__ import annotations

from azoth.sql.ddl.elements import (
    DDL,
    AddConstraint,
    BaseDDLElement,
    CreateColumn,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DDLElement,
    DropColumnComment,
    DropConstraint,
    DropConstraintComment,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    ExecutableDDLElement,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)
from azoth.sql.ddl.schema_work import TablesToDDL, has_type, is_answering
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.ddl.from_select import CreateTableAs, CreateView, DropView
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "DDL", "AddConstraint", "BaseDDLElement", "CreateColumn", "CreateIndex", "CreateSchema", "CreateSequence",
    "CreateTable", "CreateTableAs", "CreateView", "DDLElement", "DropColumnComment", "DropConstraint",
    "DropConstraintComment", "DropIndex", "DropSchema", "DropSequence", "DropTable", "DropTableComment", "DropView",
    "ExecutableDDLElement", "SetColumnComment", "SetConstraintComment", "SetTableComment", "TablesToDDL", "has_type",
    "is_answering",
]  # fmt: skip
_HOMES = {
    "azoth.sql.ddl.from_select": ("CreateTableAs", "CreateView", "DropView"),
}
"""Where each name is at home."""
