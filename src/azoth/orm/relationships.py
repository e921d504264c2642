"""Relationships, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.join_marks import foreign, remote
    from azoth.orm.mapping.direction import RelationshipDirection
    from azoth.orm.mapping.properties.relationship import Relationship, RelationshipProperty
    from azoth.orm.mapping.properties.relationship_constructors import backref, relationship
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Relationship", "RelationshipDirection", "RelationshipProperty", "backref", "foreign", "relationship", "remote",
]  # fmt: skip
_HOMES = {
    "azoth.orm.mapping.attributes.join_marks": ("foreign", "remote"),
    "azoth.orm.mapping.direction": ("RelationshipDirection",),
    "azoth.orm.mapping.properties.relationship": ("Relationship", "RelationshipProperty"),
    "azoth.orm.mapping.properties.relationship_constructors": ("backref", "relationship"),
}
"""Where each name is at home."""
