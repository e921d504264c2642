"""Collections of related instances: the public names for choosing and writing collection classes."""

from __future__ import annotations

from azoth.orm.runtime.collections.collection_roles import collection
from azoth.orm.runtime.collections.instrumented import InstrumentedDict, InstrumentedList, InstrumentedSet
from azoth.orm.runtime.collections.keyed_collections import (
    KeyFuncDict,
    MappedCollection,
    attribute_keyed_dict,
    attribute_mapped_collection,
    column_keyed_dict,
    column_mapped_collection,
    keyfunc_mapping,
    mapped_collection,
)
from azoth.orm.runtime.related.collection_adapter import CollectionAdapter, bulk_replace, collection_adapter

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "CollectionAdapter", "InstrumentedDict", "InstrumentedList", "InstrumentedSet", "KeyFuncDict", "MappedCollection",
    "attribute_keyed_dict", "attribute_mapped_collection", "bulk_replace", "collection", "collection_adapter",
    "column_keyed_dict", "column_mapped_collection", "keyfunc_mapping", "mapped_collection",
]  # fmt: skip
