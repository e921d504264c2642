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
from azoth.sql.ddl.from_select import CreateTableAs, CreateView, DropView
from azoth.sql.ddl.schema_work import TablesToDDL, is_answering

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "DDL", "AddConstraint", "BaseDDLElement", "CreateColumn", "CreateIndex", "CreateSchema", "CreateSequence",
    "CreateTable", "CreateTableAs", "CreateView", "DDLElement", "DropColumnComment", "DropConstraint",
    "DropConstraintComment", "DropIndex", "DropSchema", "DropSequence", "DropTable", "DropTableComment", "DropView",
    "ExecutableDDLElement", "SetColumnComment", "SetConstraintComment", "SetTableComment", "TablesToDDL",
    "is_answering",
]  # fmt: skip
