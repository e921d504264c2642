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

__all__ = [
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "backref",
    "foreign",
    "relationship",
    "remote",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm": (
            "Relationship",
            "RelationshipDirection",
            "RelationshipProperty",
            "backref",
            "foreign",
            "relationship",
            "remote",
        )
    },
)
