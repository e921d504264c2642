"""Declarative mappings under the path that programs written for SQLAlchemy 1.x import them from."""

from __future__ import annotations

from azoth.ext.declarative.concrete_base import AbstractConcreteBase, ConcreteBase
from azoth.ext.declarative.deferred_reflection import DeferredReflection
from azoth.ext.declarative.instrument import instrument_declarative
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
    "AbstractConcreteBase", "ConcreteBase", "DeclarativeMeta", "DeferredReflection", "as_declarative",
    "declarative_base", "declarative_mixin", "declared_attr", "has_inherited_table", "instrument_declarative",
    "synonym_for",
]  # fmt: skip
