"""The functions and decorators that libraries take from ``sqlalchemy.util``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any, Final, ParamSpec, TypeVar

from azoth.util.warning import warn as _warn

__all__ = [
    "asbool",
    "asint",
    "decorator",
    "inspect_formatargspec",
    "inspect_getfullargspec",
    "memoized_property",
    "method_is_overridden",
    "symbol",
    "warn",
    "warn_deprecated",
]

Arguments = ParamSpec("Arguments")
ResultT = TypeVar("ResultT")

# Kept in the instance's dictionary under its name, and computed anew when that is deleted.
memoized_property = cached_property
inspect_getfullargspec = inspect.getfullargspec

_TRUE: Final = frozenset({"true", "yes", "on", "y", "t", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "n", "f", "0"})


def _shown_default(value: object) -> str:
    return f"={value!r}"


def asbool(value: object) -> bool:
    """Read a flag that may be text, as in a file of settings.

    Raises:
        ValueError: the text is neither yes nor no.
    """
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise ValueError(f"String is not true/false: {value!r}")
    return bool(value)


def asint(value: object) -> int | None:
    """Read a number that may be text; None stays None."""
    return None if value is None else int(value)  # type: ignore[call-overload]


def decorator(
    target: Callable[..., ResultT],
) -> Callable[[Callable[Arguments, object]], Callable[Arguments, ResultT]]:
    """Make a decorator of a function that is called with the decorated function and its arguments."""

    def decorate(function: Callable[Arguments, object]) -> Callable[Arguments, ResultT]:
        @wraps(function)
        def decorated(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> ResultT:
            return target(function, *arguments, **keywords)

        # getfullargspec() does not look behind what is wrapped.
        setattr(decorated, "__signature__", inspect.signature(function))  # noqa: B010
        return decorated

    decorate.__doc__ = target.__doc__
    return decorate


def inspect_formatargspec(
    args: Sequence[str],
    varargs: str | None = None,
    varkw: str | None = None,
    defaults: Sequence[object] | None = None,
    kwonlyargs: Sequence[str] = (),
    kwonlydefaults: Mapping[str, object] | None = None,
    annotations: Mapping[str, object] | None = None,
    *,
    formatvalue: Callable[[Any], str] = _shown_default,
    formatannotation: Callable[[Any], str] = inspect.formatannotation,
) -> str:
    """Write the arguments of a function as they stand in its definition, and what it returns.

    Args:
        args: the parts of what ``inspect.getfullargspec()`` gives, up to ``annotations``.
        varargs: as there.
        varkw: as there.
        defaults: as there.
        kwonlyargs: as there.
        kwonlydefaults: as there.
        annotations: as there.
        formatvalue: writes a default, with its sign.
        formatannotation: writes an annotation.
    """
    known = annotations or {}

    def shown(name: str, prefix: str = "") -> str:
        return prefix + name + (f": {formatannotation(known[name])}" if name in known else "")

    given = dict(zip(reversed(args), reversed(defaults or ()), strict=False))
    parts = [shown(name) + (formatvalue(given[name]) if name in given else "") for name in args]
    if varargs:
        parts.append(shown(varargs, "*"))
    elif kwonlyargs:
        parts.append("*")
    parts += [
        shown(name) + (formatvalue(kwonlydefaults[name]) if kwonlydefaults and name in kwonlydefaults else "")
        for name in kwonlyargs
    ]
    if varkw:
        parts.append(shown(varkw, "**"))
    returned = f" -> {formatannotation(known['return'])}" if "return" in known else ""
    return f"({', '.join(parts)}){returned}"


def method_is_overridden(instance_or_class: object, against: Callable[..., object]) -> bool:
    """Tell whether a class, or that of an instance, has another method in the place of one."""
    class_ = instance_or_class if isinstance(instance_or_class, type) else type(instance_or_class)
    return getattr(class_, against.__name__) is not against


def symbol(name: str, doc: str | None = None, canonical: int | None = None) -> str:
    """Make a mark that has a name."""
    return name


def warn(message: str) -> None:
    """Warn of something, in the name of the library that asks for it."""
    _warn(message, why="a library that runs on azoth says so", fix="see that library's documentation", code="AZ-X91")


def warn_deprecated(message: str, version: str = "", stacklevel: int = 3, code: str | None = None) -> None:
    """Warn of something old, in the name of the library that asks for it."""
    warn(message)
