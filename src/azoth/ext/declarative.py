"""Declarative mappings under the path that programs written for SQLAlchemy 1.x import them from."""

from __future__ import annotations

from azoth.orm import (
    DeclarativeMeta,
    as_declarative,
    declarative_base,
    declarative_mixin,
    declared_attr,
    has_inherited_table,
    synonym_for,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "DeclarativeMeta", "as_declarative", "declarative_base", "declarative_mixin", "declared_attr",
    "has_inherited_table", "synonym_for",
]  # fmt: skip
