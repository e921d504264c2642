"""What reflection tells about the parts of a table, as plain data."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from azoth.sql.types import TypeEngine

__all__ = [
    "ReflectedCheckConstraint",
    "ReflectedColumn",
    "ReflectedComputed",
    "ReflectedForeignKeyConstraint",
    "ReflectedIdentity",
    "ReflectedIndex",
    "ReflectedPrimaryKeyConstraint",
    "ReflectedTableComment",
    "ReflectedUniqueConstraint",
]


class ReflectedIdentity(TypedDict, total=False):
    """An IDENTITY column: how the server numbers its rows."""

    always: bool
    on_null: bool
    start: int
    increment: int
    minvalue: int
    maxvalue: int
    nominvalue: bool
    nomaxvalue: bool
    cycle: bool
    cache: int | None
    order: bool


class ReflectedComputed(TypedDict):
    """A column that the database computes: the expression, and whether its value is stored."""

    sqltext: str
    persisted: NotRequired[bool]


class ReflectedColumn(TypedDict):
    """A column of a table or view.

    ``primary_key`` is its place in the primary key, counted from 1, where the database tells it together with the
    column; ``key`` and ``info`` are what listeners of ``column_reflect`` may add.
    """

    name: str
    type: TypeEngine[Any]
    nullable: bool
    default: str | None
    autoincrement: NotRequired[bool]
    comment: NotRequired[str | None]
    computed: NotRequired[ReflectedComputed]
    identity: NotRequired[ReflectedIdentity]
    primary_key: NotRequired[int]
    key: NotRequired[str]
    info: NotRequired[dict[Any, Any]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedPrimaryKeyConstraint(TypedDict):
    """A primary key; without columns where the table has none. Its options are deferrable and initially."""

    name: str | None
    constrained_columns: list[str]
    comment: NotRequired[str | None]
    options: NotRequired[dict[str, Any]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedForeignKeyConstraint(TypedDict):
    """A foreign key; its options are those of ``ForeignKeyConstraint``: ondelete, onupdate, deferrable and so on."""

    name: str | None
    constrained_columns: list[str]
    referred_schema: str | None
    referred_table: str
    referred_columns: list[str]
    options: dict[str, Any]
    comment: NotRequired[str | None]


class ReflectedIndex(TypedDict):
    """An index.

    A column that is an expression is None among the column names; ``expressions`` lists all, names and texts, by which
    others name them. Collations are those that differ from the column's. Behind an EXCLUDE constraint, ``operators``
    compare what it is on, and its options are deferrable and initially.
    """

    name: str | None
    column_names: list[str | None]
    unique: bool
    expressions: NotRequired[list[str]]
    duplicates_constraint: NotRequired[str | None]
    include_columns: NotRequired[list[str]]
    column_sorting: NotRequired[dict[str, tuple[str, ...]]]
    collations: NotRequired[dict[str, str]]
    operators: NotRequired[list[str]]
    options: NotRequired[dict[str, Any]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedUniqueConstraint(TypedDict):
    """A UNIQUE constraint; its options are deferrable and initially."""

    name: str | None
    column_names: list[str]
    duplicates_index: NotRequired[str | None]
    comment: NotRequired[str | None]
    options: NotRequired[dict[str, Any]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedCheckConstraint(TypedDict):
    """A CHECK constraint."""

    name: str | None
    sqltext: str
    comment: NotRequired[str | None]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedTableComment(TypedDict):
    """The comment of a table; None where it has none."""

    text: str | None
