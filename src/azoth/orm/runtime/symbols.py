"""The marks that stand where a value could be but is none."""

from __future__ import annotations

import enum
from typing import Final, Literal


class Absence(enum.Enum):
    """Why there is no value."""

    NO_VALUE = "NO_VALUE"
    """The attribute was never set or loaded."""
    NOT_LOADED = "NOT_LOADED"
    """The value lies in the database and was not asked for (a passive look)."""

    def __repr__(self) -> str:
        return self.name

    def __bool__(self) -> bool:
        return False


NO_VALUE: Final = Absence.NO_VALUE
NOT_LOADED: Final = Absence.NOT_LOADED
NoValue = Literal[Absence.NO_VALUE]

STATE: Final = "_sa_instance_state"
"""The name in an instance's ``__dict__`` under which its state stands, and nothing else of ours.

It is SQLAlchemy's, because so many programs take it out of a ``__dict__`` before they show what is left.
"""
