"""Events: listen to what engines, pools, sessions and mapped classes do."""

from __future__ import annotations

from azoth.event.dispatch import Dispatch, Registration
from azoth.event.family import Events, EventSpec, may_omit, replaces
from azoth.event.registry import contains, listen, listens_for, remove

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Dispatch", "EventSpec", "Events", "Registration", "contains", "listen", "listens_for", "may_omit", "remove",
    "replaces",
]  # fmt: skip
