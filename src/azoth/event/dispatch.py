"""Dispatchers: who listens to what, as tuples that are empty (and so false) while nobody listens.

A dispatcher has one slot per event of its family. The code that fires an event reads the slot, tests it, and calls what
is in it; so an event that nobody listens to costs one attribute and one test. Listening recomputes the slots of all
living dispatchers of the family: listeners are added rarely, and events are fired all the time.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.util.named_tuple import NamedTuple

Listener = Callable[..., Any]


class ListenerAnswer(Enum):
    """An answer of a listener that is no value."""

    CANCEL = "cancel"
    NO_RETVAL = "no return value"


CANCEL: Final = ListenerAnswer.CANCEL
"""The listeners that come later are not to be called; for events that ``target.dispatch.some_event()`` fires."""

NO_RETVAL: Final = ListenerAnswer.NO_RETVAL
"""A listener with ``retval=True`` leaves everything as it is this time."""


class Listeners(tuple[Listener, ...]):
    """The listeners of one event of one target, in their order; calling it calls each of them.

    One that returns ``event.CANCEL`` keeps those behind it from being called.
    """

    __slots__ = ()

    def __call__(self, *arguments: object, **named: object) -> None:
        for listener in self:
            if listener(*arguments, **named) is CANCEL:
                return


NOBODY: Final = Listeners()


class Registration(NamedTuple):
    """One listener: the user's function, and what is called in its place (the function itself in the plain case).

    ``propagate`` tells whether it listens to subclasses of its target too, where the family makes a difference.
    """

    function: Listener
    called: Listener
    propagate: bool = False


class Dispatch:
    """The listeners of one target: a class, or an instance that someone listens to by itself.

    Args:
        parents: the dispatchers whose listeners are called before this one's own, in that order.
    """

    __slots__ = ("__weakref__", "_own", "_owner", "_parents")
    event_names: ClassVar[tuple[str, ...]] = ()
    groups: ClassVar[dict[str, tuple[str, ...]]] = {}
    living: ClassVar[weakref.WeakSet[Dispatch]]
    changing: ClassVar[threading.RLock]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Listeners: ...

    def __init__(self, parents: tuple[Dispatch, ...] = ()) -> None:
        self._parents = parents
        self._own: dict[str, list[Registration]] = {}
        self._owner: weakref.ref[Any] | None = None
        with self.changing:
            self.living.add(self)
            self._recompute()

    def adopt(self, target: Any) -> None:
        """Make an instance the one that these listeners belong to; others may share the dispatcher."""
        self._owner = weakref.ref(target)

    def belongs_to(self, target: Any) -> bool:
        """Tell whether these are the listeners of this very instance."""
        return self._owner is not None and self._owner() is target

    def add(self, name: str, registration: Registration, *, first: bool = False) -> None:
        """Add a listener to an event, behind the others or before them."""
        with self.changing:
            registrations = self._own.setdefault(name, [])
            registrations.insert(0 if first else len(registrations), registration)
            self._recompute_all()

    def discard(self, name: str, function: Listener) -> bool:
        """Remove a listener; tell whether it was there."""
        with self.changing:
            registrations = self._own.get(name, [])
            kept = [registration for registration in registrations if registration.function != function]
            if len(kept) == len(registrations):
                return False
            self._own[name] = kept
            self._recompute_all()
            return True

    def pass_on(self, receiver: Callable[[], Dispatch]) -> None:
        """Add the listeners that propagate to another dispatcher.

        Args:
            receiver: gives the other one; it is asked where there is something to add.
        """
        for name, registrations in self._own.items():
            for registration in registrations:
                if registration.propagate:
                    receiver().add(name, registration)

    def _clear(self) -> None:
        """Forget all listeners that are the target's own, as programs do between their tests."""
        with self.changing:
            self._own.clear()
            self._recompute_all()

    def has(self, name: str, function: Listener) -> bool:
        """Tell whether a function listens to an event here; listeners of the parents do not count."""
        return any(registration.function == function for registration in self._own.get(name, ()))

    def _lineage(self) -> tuple[Dispatch, ...]:
        ancestors = [ancestor for parent in self._parents for ancestor in parent._lineage()]
        return (*dict.fromkeys(ancestors), self)

    def _recompute(self) -> None:
        lineage = self._lineage()
        for name in self.event_names:
            listeners = [registration.called for dispatch in lineage for registration in dispatch._own.get(name, ())]
            setattr(self, name, Listeners(listeners) if listeners else NOBODY)
        for group, names in self.groups.items():
            setattr(self, group, tuple(listener for name in names for listener in getattr(self, name)))

    def _recompute_all(self) -> None:
        for dispatch in list(self.living):
            dispatch._recompute()


def dispatch_class(
    family: str, event_names: tuple[str, ...], groups: dict[str, tuple[str, ...]], base: type[Dispatch] = Dispatch
) -> type[Dispatch]:
    """Make the dispatcher class of a family of events.

    Args:
        family: the name of the family, for the class name.
        event_names: one slot each.
        groups: further slots that hold the listeners of several events, so that hot code tests them at once.
        base: the class to derive it from.

    Returns:
        a class whose instances have a tuple of listeners per event.
    """
    known = {*base.event_names, *base.groups}
    namespace: dict[str, object] = {
        "__slots__": tuple(name for name in (*event_names, *groups) if name not in known),
        "__doc__": f"The listeners of one target of {family}.",
        "event_names": tuple(dict.fromkeys((*base.event_names, *event_names))),
        "groups": {**base.groups, **groups},
    }
    if not base.event_names:
        # Families that extend another one are told together: dispatchers of the one are parents of the other's.
        namespace.update(living=weakref.WeakSet(), changing=threading.RLock())
    return type(f"{family}Dispatch", (base,), namespace)
