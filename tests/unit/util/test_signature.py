"""What a function takes, found without the standard inspect."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from azoth.util.signature import NO_DEFAULT, called_signature, signature_of


def plain(a: int, b: int = 2, *, c: int, d: int | None = None) -> None: ...
def open_ended(a: int, *more: int, b: int = 1, **named: int) -> None: ...
def nothing() -> None: ...
def only_by_position(a: int, b: int = 3, /) -> None: ...


class Method:
    def __init__(self, x: int, y: int = 5) -> None: ...


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


@pytest.mark.parametrize(
    "function",
    [plain, open_ended, nothing, only_by_position, Method.__init__, decorated(plain), functools.partial(plain, 1)],
)
def test_parameters_and_defaults_are_those_that_inspect_finds(function: Callable[..., Any]) -> None:
    expected: dict[str, Any] = {}
    takes_more_names = False
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            takes_more_names = True
        else:
            expected[name] = NO_DEFAULT if parameter.default is parameter.empty else parameter.default
    found = signature_of(function)
    assert (found.defaults, found.takes_more_names) == (expected, takes_more_names)
    assert list(found.defaults) == list(expected)


def test_a_function_that_does_not_tell_is_an_error() -> None:
    with pytest.raises(ValueError, match="signature"):
        signature_of(max)


def test_a_decorated_function_takes_what_its_decorator_takes() -> None:
    @functools.wraps(plain)
    def other(only: int) -> None: ...

    assert list(called_signature(other).parameters) == ["only"]
    assert list(called_signature(decorated(plain)).parameters) == ["a", "b", "c", "d"]
    assert list(called_signature(open_ended).parameters) == ["a", "more", "b", "named"]
    assert list(called_signature(Method).parameters) == ["x", "y"]
