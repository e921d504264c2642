"""Attributes that are computed in Python on an object and by the database in a statement."""

from __future__ import annotations

from azoth.ext.hybrid.comparator import Comparator, ExprComparator
from azoth.ext.hybrid.extension_type import HybridExtensionType
from azoth.ext.hybrid.hybrid_method import hybrid_method
from azoth.ext.hybrid.hybrid_property import HybridAttribute, hybrid_property

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Comparator", "ExprComparator", "HybridAttribute", "HybridExtensionType", "hybrid_method", "hybrid_property",
]  # fmt: skip
