"""Automap: mapped classes and their relationships, made from tables.

A base is made with ``automap_base()``; after ``Base.prepare(autoload_with=engine)`` the classes are in
``Base.classes``.
"""

from __future__ import annotations

from azoth.ext.automap.base import AutomapBase, automap_base
from azoth.ext.automap.naming import (
    GenerateRelationshipType,
    NameForCollectionRelationshipType,
    NameForScalarRelationshipType,
    PythonNameForTableType,
    classname_for_table,
    generate_relationship,
    name_for_collection_relationship,
    name_for_scalar_relationship,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AutomapBase", "GenerateRelationshipType", "NameForCollectionRelationshipType", "NameForScalarRelationshipType",
    "PythonNameForTableType", "automap_base", "classname_for_table", "generate_relationship",
    "name_for_collection_relationship", "name_for_scalar_relationship",
]  # fmt: skip
