"""HybridExtensionType: what ``extension_type`` says of hybrids."""

from __future__ import annotations

from azoth.orm.interfaces import InspectionAttrExtensionType


class HybridExtensionType(InspectionAttrExtensionType):
    """Which kind of hybrid a descriptor is."""

    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"
