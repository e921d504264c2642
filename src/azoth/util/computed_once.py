"""Attributes that are computed when they are first read, and are the same for all threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

__all__ = ["computed_once"]

Value = TypeVar("Value")


class computed_once(Generic[Value]):  # a decorator, as property is one
    """Compute an attribute when it is first read, and keep it in the instance's ``__dict__``.

    Two threads may compute it at the same time, but both get what the first of them kept, which the standard
    ``functools.cached_property`` does not promise. That matters where a value is told from others by its identity.

    Args:
        compute: computes the value from the instance.
        name: the attribute's name; that of the function where none is given.
    """

    def __init__(self, compute: Callable[[Any], Value], name: str | None = None) -> None:
        self.compute = compute
        self.name = compute.__name__ if name is None else name
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> Value: ...
    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        return instance.__dict__.setdefault(self.name, self.compute(instance))
