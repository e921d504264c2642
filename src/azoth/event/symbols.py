"""What listeners may return in place of a value."""

from __future__ import annotations

from enum import Enum
from typing import Final

__all__ = ["CANCEL", "NO_RETVAL", "ListenerAnswer"]


class ListenerAnswer(Enum):
    """An answer of a listener that is no value."""

    CANCEL = "cancel"
    NO_RETVAL = "no return value"


CANCEL: Final = ListenerAnswer.CANCEL
"""The listeners that come later are not to be called; for events that ``target.dispatch.some_event()`` fires."""

NO_RETVAL: Final = ListenerAnswer.NO_RETVAL
"""A listener with ``retval=True`` leaves everything as it is this time."""
