"""The parameters of functions, without the standard ``inspect``, whose import costs more than that of all our types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import inspect

__all__ = ["NO_DEFAULT", "Signature", "called_signature", "signature_of", "takes_keywords"]

NO_DEFAULT: Final = object()
"""The default of a parameter that has none."""

TAKES_NAMED: Final = 0x08
"""The flag ``CO_VARKEYWORDS`` of a function's code."""


class Signature:
    """What a function takes.

    Attributes:
        defaults: its parameters by name, each with its default or NO_DEFAULT; ``*args`` and ``**kwargs`` are left out.
        takes_more_names: whether it has ``**kwargs``.
    """

    __slots__ = ("defaults", "takes_more_names")

    def __init__(self, defaults: dict[str, Any], takes_more_names: bool) -> None:
        self.defaults = defaults
        self.takes_more_names = takes_more_names


def signature_of(function: Callable[..., Any]) -> Signature:
    """Find what a function takes.

    Args:
        function: a function; of a method, the plain function with ``self`` as its first parameter.

    Raises:
        ValueError: the function is written in C and does not tell.
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    if code is None:
        return _inspected(function)
    positional = code.co_varnames[: code.co_argcount]
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = dict.fromkeys(names, NO_DEFAULT)
    given = getattr(function, "__defaults__", None) or ()
    defaults.update(zip(positional[len(positional) - len(given) :], given, strict=True))
    defaults.update(getattr(function, "__kwdefaults__", None) or {})
    return Signature(defaults, bool(code.co_flags & TAKES_NAMED))


def takes_keywords(function: Callable[..., Any]) -> bool:
    """Tell whether a function that is written in Python has ``**kwargs``."""
    return bool(function.__code__.co_flags & TAKES_NAMED)


def called_signature(function: Callable[..., object]) -> inspect.Signature:
    """Find what a function takes when it is called, as the standard ``inspect`` says it.

    A decorated function takes what its decorator has put around it; only one that takes any arguments, to pass them on,
    is asked what it stands for.

    Args:
        function: a function or another object that is called.

    Raises:
        TypeError, ValueError: it does not tell.
    """
    import inspect  # noqa: PLC0415  # slow to import, and few programs get here

    found = inspect.signature(function, follow_wrapped=False)
    any_arguments = inspect.Parameter.VAR_POSITIONAL
    if hasattr(function, "__wrapped__") and any(one.kind is any_arguments for one in found.parameters.values()):
        return inspect.signature(function)
    return found


def _inspected(function: Callable[..., Any]) -> Signature:
    from inspect import Parameter, signature  # noqa: PLC0415  # few programs get here

    defaults: dict[str, Any] = {}
    takes_more_names = False
    for name, parameter in signature(function).parameters.items():
        if parameter.kind is Parameter.VAR_KEYWORD:
            takes_more_names = True
        elif parameter.kind is not Parameter.VAR_POSITIONAL:
            defaults[name] = NO_DEFAULT if parameter.default is Parameter.empty else parameter.default
    return Signature(defaults, takes_more_names)
