"""Where programs find the base of families of events."""

from __future__ import annotations

from azoth.event.family import Events, dispatcher

# Written by scripts/facades from the imports above; edit those.
__all__ = ["Events", "dispatcher"]
