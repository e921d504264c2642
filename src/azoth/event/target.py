"""What programs write to have events of their own."""

from __future__ import annotations

from typing import Any, Protocol

from azoth.event.dispatch import Dispatch
from azoth.event.family import Events
from azoth.util.arguments import wrong_value

__all__ = ["EventTarget", "dispatcher"]


class EventTarget(Protocol):
    """Something that can be listened to."""

    dispatch: Any


class dispatcher:
    """Give a class the events of a family: ``dispatch = event.dispatcher(MyEvents)`` in its body.

    The class and its instances have an attribute ``dispatch`` then, with the listeners of each event;
    ``target.dispatch.some_event(arguments)`` calls them, and there is nothing to call while nobody listens.

    Args:
        events: a subclass of ``event.Events``, which declares the events.

    Raises:
        ArgumentError: it is something else.
    """

    def __init__(self, events: type[Events]) -> None:
        if not (isinstance(events, type) and issubclass(events, Events)):
            raise wrong_value("event.dispatcher(): events", "a subclass of event.Events", events)
        self.events = events

    def __set_name__(self, owner: type, name: str) -> None:
        if name != "dispatch":
            raise wrong_value("event.dispatcher()", "assigned to the name 'dispatch'", name)
        # Where the attribute is missing, the class gets its dispatcher; it takes this one's place.
        del owner.dispatch  # type: ignore[attr-defined]
        self.events._accept(owner)

    def __get__(self, instance: object, owner: type | None = None) -> Dispatch:
        raise AttributeError("dispatch")
