"""Events: listen to what engines, pools, sessions and mapped classes do."""

from __future__ import annotations

from azoth.event.dispatch import CANCEL, NO_RETVAL, Dispatch, Listeners, Registration
from azoth.event.dispatch import Listeners as RefCollection
from azoth.event.family import Events, EventSpec, EventTarget, dispatcher, formerly, may_omit, replaces
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.event.registry import contains, listen, listens_for, remove
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "CANCEL", "NO_RETVAL", "Dispatch", "EventSpec", "EventTarget", "Events", "Listeners", "RefCollection",
    "Registration", "contains", "dispatcher", "formerly", "listen", "listens_for", "may_omit", "remove", "replaces",
]  # fmt: skip
_HOMES = {
    "azoth.event.registry": ("contains", "listen", "listens_for", "remove"),
}
"""Where each name is at home."""
