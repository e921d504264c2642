"""One object for each scope: for each thread, or for whatever a function says the present scope is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["ScopedRegistry", "ThreadLocalRegistry"]

Held = TypeVar("Held")


class ScopedRegistry(Generic[Held]):
    """Objects by scope, each made when it is first asked for.

    Args:
        createfunc: makes the object of a scope.
        scopefunc: tells the present scope, something hashable.

    Attributes:
        registry: scope -> object. A scope stays in it until ``clear()`` is called within it.
    """

    def __init__(self, createfunc: Callable[[], Held], scopefunc: Callable[[], Hashable]) -> None:
        self.createfunc = createfunc
        self.scopefunc = scopefunc
        self.registry: dict[Hashable, Held] = {}

    def __call__(self) -> Held:
        """Give the object of the present scope, making it if there is none."""
        scope = self.scopefunc()
        try:
            return self.registry[scope]
        except KeyError:
            # Two threads may be in one scope: the object that came first is the one that both get.
            return self.registry.setdefault(scope, self.createfunc())

    def has(self) -> bool:
        """Tell whether the present scope has an object."""
        return self.scopefunc() in self.registry

    def set(self, obj: Held) -> None:
        """Make this the object of the present scope."""
        self.registry[self.scopefunc()] = obj

    def clear(self) -> None:
        """Forget the object of the present scope."""
        self.registry.pop(self.scopefunc(), None)


class ThreadLocalRegistry(ScopedRegistry[Held]):
    """Objects by thread; a thread that ends takes its own with it.

    Args:
        createfunc: makes the object of a thread.
    """

    def __init__(self, createfunc: Callable[[], Held]) -> None:
        self.createfunc = createfunc
        self._local = threading.local()

    def __call__(self) -> Held:
        local = self._local
        try:
            held: Held = local.held
        except AttributeError:
            held = local.held = self.createfunc()
        return held

    def has(self) -> bool:
        return hasattr(self._local, "held")

    def set(self, obj: Held) -> None:
        self._local.held = obj

    def clear(self) -> None:
        self._local.__dict__.pop("held", None)
