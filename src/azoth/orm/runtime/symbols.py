"""The marks that stand where a value could be but is none, and those that events are told apart by."""

from __future__ import annotations

import enum
from typing import Final, Literal


class LoaderCallableStatus(enum.Enum):
    """Why there is no value, or what became of one."""

    PASSIVE_NO_RESULT = 0
    """The value lies in the database and was not asked for (a passive look)."""
    PASSIVE_CLASS_MISMATCH = 1
    """The row that a key leads to is not of the class that was asked for."""
    ATTR_WAS_SET = 2
    """The value was put into place by who was asked for it."""
    ATTR_EMPTY = 3
    """The attribute has no value yet."""
    NO_VALUE = 4
    """The attribute was never set or loaded."""
    NEVER_SET = NO_VALUE
    """The same; older name."""
    DONT_SET = 5
    """Nothing is to be set: the default of arguments of a constructor for attributes that are None by themselves."""

    def __repr__(self) -> str:
        return self.name

    def __bool__(self) -> bool:
        return False


NO_VALUE: Final = LoaderCallableStatus.NO_VALUE
NOT_LOADED: Final = LoaderCallableStatus.PASSIVE_NO_RESULT
DONT_SET: Final = LoaderCallableStatus.DONT_SET
NoValue = Literal[LoaderCallableStatus.NO_VALUE]


class EventConstants(enum.Enum):
    """What listeners and extensions answer, and what they get in the place of a key."""

    EXT_CONTINUE = 1
    """Go on with the next extension."""
    EXT_STOP = 2
    """Keep the extensions behind this one from being called."""
    EXT_SKIP = 3
    """Leave the mapper out of this round of configuring."""
    NO_KEY = 4
    """A change of a collection that names no key or index."""


EXT_CONTINUE: Final = EventConstants.EXT_CONTINUE
EXT_STOP: Final = EventConstants.EXT_STOP
EXT_SKIP: Final = EventConstants.EXT_SKIP
NO_KEY: Final = EventConstants.NO_KEY


class AttributeOp(enum.Enum):
    """The kind of change that an attribute event tells of."""

    APPEND = "APPEND"
    REMOVE = "REMOVE"
    REPLACE = "REPLACE"
    BULK_REPLACE = "BULK_REPLACE"
    MODIFIED = "MODIFIED"

    def __repr__(self) -> str:
        return f"OP_{self.name}"


OP_APPEND: Final = AttributeOp.APPEND
OP_REMOVE: Final = AttributeOp.REMOVE
OP_REPLACE: Final = AttributeOp.REPLACE
OP_BULK_REPLACE: Final = AttributeOp.BULK_REPLACE
OP_MODIFIED: Final = AttributeOp.MODIFIED

STATE: Final = "_sa_instance_state"
"""The name in an instance's ``__dict__`` under which its state stands, and nothing else of ours.

It is SQLAlchemy's, because so many programs take it out of a ``__dict__`` before they show what is left.
"""

CLASS_MANAGER: Final = "_sa_class_manager"
"""The name on a mapped class under which programs look for its manager; it is SQLAlchemy's, for the same reason."""

REDUCES: Final = "__azoth_reduces__"
"""A mark on the ``__reduce_ex__`` that mapped classes get; one of a class's own has none."""
