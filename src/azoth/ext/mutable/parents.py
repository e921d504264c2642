"""Parents: the objects whose attributes hold a value, held weakly."""

from __future__ import annotations

import weakref
from collections.abc import ItemsView, Iterator, MutableMapping
from typing import Any

from azoth.orm import InstanceState


class Parents(MutableMapping[InstanceState, str]):
    """The attributes that hold a value: the state of each parent, with the attribute's name.

    A parent that dies leaves by itself. One that holds the value in several attributes has the last of them as its
    item, while ``items()`` gives a pair for each. Pickles and copies of a value are another value, whose parents are
    to be found out, so that of these here an empty mapping is pickled and copied.
    """

    __slots__ = ("__weakref__", "_held", "_self")

    def __init__(self) -> None:
        self._held: dict[InstanceState, _Held] = {}
        self._self: weakref.ref[Parents] = weakref.ref(self)

    def __getitem__(self, state: InstanceState) -> str:
        return self._held[state].keys[-1]

    def __setitem__(self, state: InstanceState, key: str) -> None:
        held = self._held.get(state)
        if held is not None:
            held.keys = (*[one for one in held.keys if one != key], key)
            return
        instance = state()
        if instance is not None:
            held = _Held(instance, _let_go)
            held.state, held.keys, held.parents = state, (key,), self._self
            self._held[state] = held

    def __delitem__(self, state: InstanceState) -> None:
        del self._held[state]

    def discard(self, state: InstanceState, key: str) -> None:
        """Forget that one attribute of a parent holds the value."""
        held = self._held.get(state)
        if held is not None:
            held.keys = tuple([one for one in held.keys if one != key])
            if not held.keys:
                del self._held[state]

    def __iter__(self) -> Iterator[InstanceState]:
        return iter(list(self._held))

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, state: object) -> bool:
        return state in self._held

    def items(self) -> ItemsView[InstanceState, str]:
        """Give each parent's state with the name of the attribute, or once with each where there are several."""
        return _Pairs(self)

    def pairs(self) -> list[tuple[InstanceState, str]]:
        """List what ``items()`` goes through."""
        # A parent may die meanwhile.
        return [(held.state, key) for held in list(self._held.values()) for key in held.keys]

    def __reduce__(self) -> tuple[type[Parents], tuple[()]]:
        return Parents, ()

    def __repr__(self) -> str:
        return f"<Parents {[f'{state.manager.class_.__name__}.{key}' for state, key in self.pairs()]}>"


class _Pairs(ItemsView[InstanceState, str]):
    _mapping: Parents

    def __iter__(self) -> Iterator[tuple[InstanceState, str]]:
        return iter(self._mapping.pairs())


class _Held(weakref.ref[Any]):
    """A weak reference to a parent; the state refers to it too, but does not tell when it dies."""

    __slots__ = ("keys", "parents", "state")

    state: InstanceState
    keys: tuple[str, ...]
    parents: weakref.ref[Parents]


def _let_go(held: _Held) -> None:
    parents = held.parents()
    if parents is not None and parents._held.get(held.state) is held:
        del parents._held[held.state]
