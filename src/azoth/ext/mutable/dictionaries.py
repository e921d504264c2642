"""MutableDict: a dictionary that tells of its changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self, TypeAlias, TypeVar, overload

from azoth.ext.mutable.values import Mutable

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")
OtherT = TypeVar("OtherT")

Items: TypeAlias = Mapping[KeyT, ValueT] | Iterable[tuple[KeyT, ValueT]]


class MutableDict(Mutable, dict[KeyT, ValueT]):
    """A dictionary whose changes mark the attributes that hold it as changed.

    What is in it is not watched: where values change in place too, replace them, or derive a class that puts values of
    a class of their own into itself.
    """

    @classmethod
    def coerce(cls, key: str, value: object) -> MutableDict[KeyT, ValueT] | None:
        """Make one of any other dictionary."""
        if isinstance(value, cls):
            return value
        if isinstance(value, dict):
            return cls(value)
        made: None = super().coerce(key, value)
        return made

    def __setitem__(self, key: KeyT, value: ValueT) -> None:
        super().__setitem__(key, value)
        self.changed()

    def __delitem__(self, key: KeyT) -> None:
        super().__delitem__(key)
        self.changed()

    def __ior__(self, other: Items[KeyT, ValueT]) -> Self:  # type: ignore[misc, override]  # a dict's has overloads
        self.update(other)
        return self

    @overload
    def setdefault(self: MutableDict[KeyT, OtherT | None], key: KeyT, value: None = None) -> OtherT | None: ...
    @overload
    def setdefault(self, key: KeyT, value: ValueT) -> ValueT: ...
    def setdefault(self, key: KeyT, value: Any = None) -> object:
        """Give the value of a key, putting one in if it has none; counts as a change in any case."""
        found = super().setdefault(key, value)
        self.changed()
        return found

    def update(self, *a: Any, **kw: ValueT) -> None:
        """Put in the items of another mapping, or pairs."""
        try:
            super().update(*a, **kw)
        finally:
            # Pairs that cannot be read to their end are in as far as they could.
            self.changed()

    @overload
    def pop(self, key: KeyT, /) -> ValueT: ...
    @overload
    def pop(self, key: KeyT, default: ValueT | OtherT, /) -> ValueT | OtherT: ...
    def pop(self, *arg: Any) -> object:
        """Take the value of a key out and give it, or the default."""
        value = super().pop(*arg)
        self.changed()
        return value

    def popitem(self) -> tuple[KeyT, ValueT]:
        """Take the item out that was put in last."""
        item = super().popitem()
        self.changed()
        return item

    def clear(self) -> None:
        """Take all items out."""
        super().clear()
        self.changed()

    # The contents stand in the state too, as in pickles of the same class that another library wrote.

    def __getstate__(self) -> dict[KeyT, ValueT]:
        return dict(self)

    def __setstate__(self, state: dict[KeyT, ValueT]) -> None:
        self.update(state)
