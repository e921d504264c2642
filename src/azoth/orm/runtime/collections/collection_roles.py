"""Decorators by which a custom collection class says what its methods do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


class collection:
    """Decorators for methods of custom collection classes.

    Each class needs an appender, a remover and an iterator; for classes that look like a list, set or dict they are
    found by name. Methods that change the collection besides are marked with ``adds``, ``removes``, ``replaces``.
    """

    @staticmethod
    def appender(fn: Method) -> Method:
        """Mark the method that puts one item in."""
        return _mark(fn, role="appender")

    @staticmethod
    def remover(fn: Method) -> Method:
        """Mark the method that takes one item out."""
        return _mark(fn, role="remover")

    @staticmethod
    def iterator(fn: Method) -> Method:
        """Mark the method that yields the items."""
        return _mark(fn, role="iterator")

    @staticmethod
    def converter(method: Method) -> Method:
        """Mark the method that turns an assigned value into an iterable of items."""
        return _mark(method, role="converter")

    @staticmethod
    def internally_instrumented(fn: Method) -> Method:
        """Mark a method that reports its changes itself, by calling methods that do."""
        return _mark(fn, internal=True)

    @staticmethod
    def adds(arg: int | str) -> Callable[[Method], Method]:
        """Mark a method that adds the item given in an argument.

        Args:
            arg: the argument, by position (self is 0) or by name.
        """
        return lambda method: _mark(method, adds=arg)

    @staticmethod
    def replaces(arg: int | str) -> Callable[[Method], Method]:
        """Mark a method that adds the item given in an argument, and returns the item that this one replaced, if any.

        Args:
            arg: the argument, by position (self is 0) or by name.
        """
        return lambda method: _mark(method, adds=arg, removes_return=True)

    @staticmethod
    def removes(arg: int | str) -> Callable[[Method], Method]:
        """Mark a method that removes the item given in an argument.

        Args:
            arg: the argument, by position (self is 0) or by name.
        """
        return lambda method: _mark(method, removes=arg)

    @staticmethod
    def removes_return() -> Callable[[Method], Method]:
        """Mark a method that removes the item which it returns."""
        return lambda method: _mark(method, removes_return=True)


def marks_of(method: Any) -> dict[str, Any]:
    """Give what the decorators said about a method."""
    marks: dict[str, Any] = getattr(method, "_azoth_marks", {})
    return marks


def argument_position(method: Callable[..., Any], argument: int | str) -> tuple[int, str]:
    """Find position and name of an argument that was given by either."""
    code = method.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if isinstance(argument, int):
        return argument, names[argument] if argument < len(names) else ""
    return names.index(argument), argument


def _mark(method: Method, **marks: Any) -> Method:
    method._azoth_marks = {**marks_of(method), **marks}  # type: ignore[attr-defined]
    return method
