"""On which side of a relationship the foreign key is."""

from __future__ import annotations

import enum
from typing import Final


class RelationshipDirection(enum.Enum):
    """The direction of a relationship, seen from the class that declares it."""

    ONETOMANY = "ONETOMANY"
    """The foreign key is on the other side."""
    MANYTOONE = "MANYTOONE"
    """The foreign key is on this side."""
    MANYTOMANY = "MANYTOMANY"
    """Both sides are referred to by a table between them."""

    def __repr__(self) -> str:
        return self.name


ONETOMANY: Final = RelationshipDirection.ONETOMANY
MANYTOONE: Final = RelationshipDirection.MANYTOONE
MANYTOMANY: Final = RelationshipDirection.MANYTOMANY
