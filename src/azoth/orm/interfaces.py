"""Base classes of extensions, under the names that programs import (classic)."""

from __future__ import annotations

from azoth.orm.loading.user_defined_option import UserDefinedOption
from azoth.orm.mapping.attributes.comparator import PropComparator
from azoth.orm.mapping.direction import MANYTOMANY, MANYTOONE, ONETOMANY
from azoth.orm.mapping.mapper.extension import MapperExtension
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.runtime.inspected.inspection_attr import (
    InspectionAttr,
    InspectionAttrExtensionType,
    InspectionAttrInfo,
    NotExtension,
)
from azoth.orm.runtime.related.attribute_extension import AttributeExtension
from azoth.orm.runtime.symbols import EXT_CONTINUE, EXT_SKIP, EXT_STOP
from azoth.orm.session.classic.extension import SessionExtension

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "EXT_CONTINUE", "EXT_SKIP", "EXT_STOP", "MANYTOMANY", "MANYTOONE", "ONETOMANY", "AttributeExtension",
    "InspectionAttr", "InspectionAttrExtensionType", "InspectionAttrInfo", "MapperExtension", "MapperProperty",
    "NotExtension", "PropComparator", "SessionExtension", "UserDefinedOption",
]  # fmt: skip
