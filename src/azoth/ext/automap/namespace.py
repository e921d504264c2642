"""Namespace: things by name, as attributes and as items."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Generic, TypeVar

ThingT = TypeVar("ThingT")


class Namespace(Generic[ThingT]):
    """Hold things by name: ``names.user`` and ``names["user"]`` are the same; iterating gives the things.

    A name that is one of the methods' (``items``) is reached by brackets.
    """

    __slots__ = ("_things",)

    def __init__(self) -> None:
        self._things: dict[str, ThingT] = {}

    def __getattr__(self, name: str) -> ThingT:
        try:
            return self._things[name]
        except KeyError:
            raise AttributeError(name, name=name, obj=self) from None

    def __getitem__(self, name: str) -> ThingT:
        return self._things[name]

    def __setitem__(self, name: str, thing: ThingT) -> None:
        self._things[name] = thing

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[ThingT]:
        return iter(list(self._things.values()))

    def __len__(self) -> int:
        return len(self._things)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._things]

    def get(self, name: str, default: ThingT | None = None) -> ThingT | None:
        """Give the thing of a name, or something else where there is none."""
        return self._things.get(name, default)

    def keys(self) -> KeysView[str]:
        """Give the names."""
        return self._things.keys()

    def values(self) -> ValuesView[ThingT]:
        """Give the things."""
        return self._things.values()

    def items(self) -> ItemsView[str, ThingT]:
        """Give names and things."""
        return self._things.items()
