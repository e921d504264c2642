"""AssociationProxyExtensionType: what ``extension_type`` says of association proxies."""

from __future__ import annotations

from azoth.orm.interfaces import InspectionAttrExtensionType


class AssociationProxyExtensionType(InspectionAttrExtensionType):
    """Of which kind a descriptor is."""

    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"
