"""Pickling of instances that refer to each other, however long the way from one to the next.

A pickle holds an object's parts within the object, so a chain of instances would be as deep as it is long, and Python's
stack is not. The first instance of a graph that is pickled therefore takes the others along in a list: first all of
them empty, then what each of them holds, where the others are only referred to.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.symbols import REDUCES, STATE


def reduced(instance: Any, protocol: Any) -> Any:
    """Say how an instance is pickled (the ``__reduce_ex__`` of mapped classes).

    Emits: nothing; what is not loaded is not in the pickle.
    State: unchanged.
    """
    own = plainly_reduced(instance, protocol)
    if not _is_reduced_here(instance) or _values_of(own) is None:
        return own
    current = _current.graph
    graph = None if current is None else current()
    if graph is not None and id(instance) in graph.awaited:
        graph.awaited.discard(id(instance))
        return own[:2]
    graph = Graph(instance, own, protocol)
    return own if len(graph.instances) == 1 else (*own[:2], graph, None, None, restore)


def plainly_reduced(instance: Any, protocol: Any = 4) -> Any:
    """Say how an instance is pickled with everything that it holds within it."""
    if not _is_reduced_here(instance):
        return instance.__reduce_ex__(protocol)
    return object.__reduce_ex__(instance, max(2, protocol))


class Graph:
    """The instances that are pickled together, in the place of the first one's state.

    Args:
        first: the instance that the pickler came to.
        own: how it is pickled by itself.
        protocol: the pickle's version.

    Attributes:
        instances: the first one, and those that can be reached from it.
        states: what each of them holds.
        awaited: the identities of those that the pickler has not made yet.
    """

    __slots__ = ("__weakref__", "awaited", "instances", "states")

    def __init__(self, first: Any, own: Any, protocol: Any) -> None:
        self.instances = [first]
        self.states = [own[2]]
        self.awaited: set[int] = set()
        for state in self.states:
            # The list grows while it is gone through.
            for other in _instances_in(state[0] if isinstance(state, tuple) else state):
                if other is first or id(other) in self.awaited or not _is_reduced_here(other):
                    continue
                reduction = plainly_reduced(other, protocol)
                if _values_of(reduction) is not None:
                    self.awaited.add(id(other))
                    self.instances.append(other)
                    self.states.append(reduction[2])

    def __reduce__(self) -> Any:
        # The pickler asks the instances in the list next. A pickling that fails in between leaves nothing behind, since
        # the graph goes with the pickler.
        _current.graph = weakref.ref(self)
        return _pairs, (self.instances, _EndOfInstances(), self.states)


class _EndOfInstances:
    """Stands behind the instances of a graph: from here on each is pickled already, or goes with a graph of its own."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        _current.graph = None
        return tuple, ()


class _Current(threading.local):
    """The graph whose instances are being pickled in this thread."""

    graph: weakref.ref[Graph] | None = None


_current = _Current()


def _pairs(instances: list[Any], _end: Any, states: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(instances, states, strict=True))


def restore(_first: Any, pairs: list[tuple[Any, Any]]) -> None:
    """Give unpickled instances what they hold; those that others refer to first."""
    for instance, state in reversed(pairs):
        if hasattr(instance, "__setstate__"):
            instance.__setstate__(state)
            continue
        values, slots = state if isinstance(state, tuple) else (state, None)
        instance.__dict__.update(values or {})
        for name, value in (slots or {}).items():
            setattr(instance, name, value)


def _is_reduced_here(instance: Any) -> bool:
    class_: Any = type(instance)
    return getattr(class_.__reduce_ex__, REDUCES, False)


def _values_of(reduction: Any) -> Any:
    """Give the values in an instance's reduction; None where it is of a kind that is left alone."""
    if not isinstance(reduction, tuple) or len(reduction) < 3 or any(part is not None for part in reduction[3:]):
        return None
    state = reduction[2]
    values = state[0] if isinstance(state, tuple) and len(state) == 2 else state
    return values if isinstance(values, dict) else None


def _instances_in(values: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the mapped instances among an instance's values, repetitions included.

    Args:
        values: an instance's ``__dict__``, or a copy of it.
    """
    for key, value in values.items():
        if _is_instance(value):
            yield value
        elif hasattr(type(value), "_azoth_owner"):
            yield from filter(_is_instance, members(value))
        elif key == STATE:
            yield from _in_changes(value.changes or {})
            for added, removed in ((value.extra and value.extra.queued) or {}).values():
                yield from added
                yield from removed


def _is_instance(value: Any) -> bool:
    """Tell whether a value is an instance of a mapped class."""
    return hasattr(type(value), "_azoth_manager")


def _in_changes(changes: Mapping[str, Any]) -> Iterator[Any]:
    for before in changes.values():
        yield from filter(_is_instance, before if isinstance(before, tuple) else (before,))
