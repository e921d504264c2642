"""Attributes that show an attribute of related objects as if it were the owner's."""

from __future__ import annotations

from azoth.ext.associationproxy.association_proxy import AssociationProxy, association_proxy
from azoth.ext.associationproxy.extension_type import AssociationProxyExtensionType
from azoth.ext.associationproxy.of_class import (
    AmbiguousAssociationProxyInstance,
    AssociationProxyInstance,
    ColumnAssociationProxyInstance,
    ObjectAssociationProxyInstance,
)
from azoth.ext.associationproxy.proxied_collection import AssociationCollection
from azoth.ext.associationproxy.proxied_dict import AssociationDict
from azoth.ext.associationproxy.proxied_list import AssociationList
from azoth.ext.associationproxy.proxied_set import AssociationSet

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AmbiguousAssociationProxyInstance", "AssociationCollection", "AssociationDict", "AssociationList",
    "AssociationProxy", "AssociationProxyExtensionType", "AssociationProxyInstance", "AssociationSet",
    "ColumnAssociationProxyInstance", "ObjectAssociationProxyInstance", "association_proxy",
]  # fmt: skip
