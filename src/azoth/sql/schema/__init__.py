"""The schema of a database: tables, columns, constraints, indexes, defaults."""

from __future__ import annotations

from azoth.sql.schema.column import Column, insert_sentinel
from azoth.sql.schema.constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    ColumnCollectionMixin,
    Constraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from azoth.sql.schema.defaults import (
    ColumnDefault,
    Computed,
    DefaultClause,
    DefaultGenerator,
    FetchedValue,
    Identity,
    IdentityOptions,
    NextSequenceValue,
    Sequence,
)
from azoth.sql.schema.dependency_order import order_by_needs, sort_tables, sort_tables_and_constraints
from azoth.sql.schema.foreign_key import ForeignKey, ForeignKeyConstraint, ForeignKeyTarget
from azoth.sql.schema.index import Index
from azoth.sql.schema.item import HasConditionalDDL, SchemaItem
from azoth.sql.schema.metadata import MetaData
from azoth.sql.schema.naming import DEFAULT_NAMING_CONVENTION
from azoth.sql.schema.ports import CheckFirst, DDLBind, install_inspector, install_schema_work
from azoth.sql.schema.quoted_name import BLANK_SCHEMA, NULL_UNSPECIFIED, RETAIN_SCHEMA, SchemaConst, conv, quoted_name
from azoth.sql.schema.sql_text import schema_text, stored_text
from azoth.sql.schema.table import Table
from azoth.sql.selectable.dialect_options import (
    DialectKWArgConst,
    DialectKWArgs,
    declare_options,
    install_dialect_lookup,
)
from azoth.sql.types.schema_events import DDLEvents, SchemaEventTarget

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BLANK_SCHEMA", "DEFAULT_NAMING_CONVENTION", "NULL_UNSPECIFIED", "RETAIN_SCHEMA", "CheckConstraint", "CheckFirst",
    "Column", "ColumnCollectionConstraint", "ColumnCollectionMixin", "ColumnDefault", "Computed", "Constraint",
    "DDLBind", "DDLEvents", "DefaultClause", "DefaultGenerator", "DialectKWArgConst", "DialectKWArgs", "FetchedValue",
    "ForeignKey", "ForeignKeyConstraint", "ForeignKeyTarget", "HasConditionalDDL", "Identity", "IdentityOptions",
    "Index", "MetaData", "NextSequenceValue", "PrimaryKeyConstraint", "SchemaConst", "SchemaEventTarget", "SchemaItem",
    "Sequence", "Table", "UniqueConstraint", "conv", "declare_options", "insert_sentinel", "install_dialect_lookup",
    "install_inspector", "install_schema_work", "order_by_needs", "quoted_name", "schema_text", "sort_tables",
    "sort_tables_and_constraints", "stored_text",
]  # fmt: skip
