"""Classes that take type arguments when a program runs, as ``class Reader(Comparator[int])`` wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

__all__ = ["TakesTypeArguments"]


class TakesTypeArguments:
    """The base of classes that are generic to their readers only: with arguments they are what they are without."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def __class_getitem__(cls, parameters: object) -> type[Self]:
            return cls
