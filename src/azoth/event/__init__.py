"""Events: listen to what engines, pools, sessions and mapped classes do."""

from __future__ import annotations

from azoth.event.dispatch import CANCEL, NO_RETVAL, Dispatch, Listeners, Registration
from azoth.event.dispatch import Listeners as RefCollection
from azoth.event.family import Events, EventSpec, EventTarget, dispatcher, formerly, may_omit, replaces
from azoth.event.registry import contains, listen, listens_for, remove

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "CANCEL", "NO_RETVAL", "Dispatch", "EventSpec", "EventTarget", "Events", "Listeners", "RefCollection",
    "Registration", "contains", "dispatcher", "formerly", "listen", "listens_for", "may_omit", "remove", "replaces",
]  # fmt: skip
