"""``inspect()``: ask one question of classes, instances, engines and tables.

Each layer registers what it answers for its own types; the most specific registered type of a subject's class wins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, Literal, TypeVar, overload

from azoth.exc import NoInspectionAvailable

__all__ = ["Inspectable", "inspect", "register"]

Inspector = TypeVar("Inspector", bound=Callable[[Any], Any])

Inspected = TypeVar("Inspected", covariant=True)


class Inspectable(Generic[Inspected]):
    """What ``inspect()`` has an answer for, as type checkers know it; the parameter is the type of the answer."""

    __slots__ = ()


_inspectors: Final[dict[type, Callable[[Any], Any]]] = {}


@overload
def register(subject_type: type, function: None = None) -> Callable[[Inspector], Inspector]: ...
@overload
def register(subject_type: type, function: Inspector) -> Inspector: ...
def register(subject_type: type, function: Any = None) -> Any:
    """Register what ``inspect()`` answers for instances of a type; without a function this is a decorator.

    Args:
        subject_type: the type whose instances (and instances of subclasses) the function inspects.
        function: called with the subject; its answer None means "nothing known", and less specific types are asked.

    Returns:
        the function.
    """
    if function is None:
        return lambda decorated: register(subject_type, decorated)
    _inspectors[subject_type] = function
    return function


@overload
def inspect(subject: Any, raiseerr: Literal[True] = True) -> Any: ...
@overload
def inspect(subject: Any, raiseerr: bool) -> Any | None: ...
def inspect(subject: Any, raiseerr: bool = True) -> Any:
    """Inspect a mapped class, an instance, an engine, a connection or another registered subject.

    Args:
        subject: what to look at.
        raiseerr: raise when nothing is known about the subject; otherwise answer None.

    Returns:
        a mapper for a mapped class, a state for an instance, an Inspector for an engine or connection, ...

    Raises:
        NoInspectionAvailable: nothing is known about the subject.
    """
    for base in type(subject).__mro__:
        function = _inspectors.get(base)
        if function is not None:
            answer = function(subject)
            if answer is not None:
                return answer
    if not raiseerr:
        return None
    kind = (
        f"class {subject.__qualname__!r}" if isinstance(subject, type) else f"object of {type(subject).__qualname__!r}"
    )
    raise NoInspectionAvailable(
        f"nothing is known about the {kind}",
        why="no layer of azoth has registered an inspection for its type.",
        fix="pass a mapped class, an instance of one, an engine, a connection, a table or an expression.",
    )
