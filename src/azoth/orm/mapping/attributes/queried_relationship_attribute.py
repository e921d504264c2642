"""QueriedRelationshipAttribute: a relationship whose collection is queried instead of loaded."""

from __future__ import annotations

from typing import Any, TypeVar

from azoth.orm.mapping.attributes.relationship_attribute import RelationshipAttribute
from azoth.orm.runtime.related.queried_attribute import QueriedAttribute

ValueT = TypeVar("ValueT", covariant=True)


class QueriedRelationshipAttribute(RelationshipAttribute[ValueT], QueriedAttribute):  # type: ignore[misc]  # typed as Mapped[...] says
    """A relationship with ``lazy="dynamic"`` or ``lazy="write_only"`` on its class."""

    def __init__(self, class_: type[Any], key: str, parent: Any, property: Any) -> None:
        QueriedAttribute.__init__(self, class_, key)
        RelationshipAttribute.__init__(self, class_, key, parent, property)
        self.writes_only = property.lazy == "write_only"
