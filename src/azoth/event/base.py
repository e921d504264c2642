"""Where programs find the base of families of events."""

from __future__ import annotations

from azoth.event.family import Events
from azoth.event.target import dispatcher

__all__ = ["Events", "dispatcher"]
