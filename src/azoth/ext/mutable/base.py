"""MutableBase: what values that change in place have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.exc import ArgumentError
from azoth.ext.mutable.parents import Parents
from azoth.util.computed_once import computed_once


class UnfitValueError(ArgumentError, ValueError):
    """A value cannot become one of the class that the attribute holds."""


class MutableBase:
    """The base of ``Mutable`` and ``MutableComposite``."""

    _is_composite: ClassVar[bool] = False

    @computed_once
    def _parents(self) -> Parents:
        """The states of the objects that hold this value, each with the attribute's name; they are held weakly."""
        return Parents()

    @classmethod
    def coerce(cls, key: str, value: object) -> Any | None:
        """Make a value of this class from another one that an attribute was set to, or that was loaded.

        Classes override it; this one takes nothing but None. For composites it is asked only when the attribute is
        set, since they are made of their columns when they are loaded.

        Args:
            key: the attribute's name.
            value: what it was given.

        Returns:
            the value to keep.

        Raises:
            UnfitValueError: the value cannot be one of this class; a class of yours may raise any ValueError.
        """
        if value is None:
            return None
        raise UnfitValueError(
            f"Attribute {key!r} does not accept objects of type {type(value)}",
            why=f"it holds a {cls.__name__}, whose coerce() makes none of this",
            fix=f"set it to a {cls.__name__}, or override {cls.__name__}.coerce(key, value)",
            code="AZ-X01",
        )

    def __getstate__(self) -> object:
        # What is pickled or copied is another value: the parents stay behind.
        state = super().__getstate__()
        if isinstance(state, tuple):
            return _without_parents(state[0]), state[1]
        return _without_parents(state)


def _without_parents(values: object) -> object:
    if not isinstance(values, dict):
        return values
    return {name: value for name, value in values.items() if name != "_parents"} or None
