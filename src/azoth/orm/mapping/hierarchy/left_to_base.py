"""Attributes that a concrete class does not map, though its base does."""

from __future__ import annotations

from typing import Any, NoReturn


class LeftToBase:
    """Stand on a concrete class in the place of an attribute that only its base has.

    Without it Python would find the attribute of the base, whose column the rows of the class do not have.

    Args:
        class_: the concrete class.
        key: the attribute.
        base: the base class.
    """

    __slots__ = ("base", "class_", "key")

    def __init__(self, class_: type[Any], key: str, base: type[Any]) -> None:
        self.class_ = class_
        self.key = key
        self.base = base

    def __get__(self, instance: object, owner: type[Any] | None = None) -> object:
        if instance is None:
            # On the class it is the attribute of the base: criteria of queries for that one may be written so.
            return getattr(self.base, self.key)
        raise self._error()

    def __set__(self, instance: object, value: object) -> NoReturn:
        raise self._error()

    def __delete__(self, instance: object) -> NoReturn:
        raise self._error()

    def _error(self) -> AttributeError:
        name, base = self.class_.__name__, self.base.__name__
        return AttributeError(
            f"{name} has no attribute {self.key!r}: it is mapped for {base}, and the table of {name} stands alone; "
            f"map it for {name}, too, if its rows have such a value"
        )
