"""``listen()``, ``listens_for()``, ``remove()`` and ``contains()``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from azoth.event.dispatch import Dispatch, Listener, Registration
from azoth.event.family import Events, EventSpec, families, keeping_arguments, placed
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.util.arguments import check_flag, check_function, wrong_value
from azoth.util.near_names import near_names

Function = TypeVar("Function", bound=Callable[..., Any])

GENERAL_OPTIONS: Final = frozenset({"once", "insert", "propagate", "named", "retval"})


def listen(target: Any, identifier: str, fn: Listener, *_arguments: Any, **options: Any) -> None:
    """Call a function whenever an event happens on a target.

    Args:
        target: a class (for all its instances, the existing ones too) or an instance.
        identifier: the name of the event, such as "connect" or "before_cursor_execute".
        fn: the function; it takes the event's arguments.
        options: ``once`` (call it one time only), ``insert`` (call it before the others), ``named`` (pass the arguments
            by name), ``retval`` (use what the function returns, where the event allows), ``propagate`` (to subclasses),
            and the options of the event's family.

    Raises:
        InvalidRequestError: the target has no such event.
        ArgumentError: an option is unknown, or the function cannot take the event's arguments.
    """
    check_function("event.listen(): fn", fn, "pass the function that is to be called")
    family, spec, dispatch = _locate(target, identifier)
    _check_options(family, spec, options)
    called = placed(spec, family._wrap(spec, target, fn, options), named=bool(options.get("named")))
    called = family._fit(spec, target, called, options)
    called = keeping_arguments(spec, called, returns=bool(options.get("retval")))
    if options.get("once"):
        called = _only_once(dispatch, identifier, fn, called)
    registration = Registration(fn, called, bool(options.get("propagate", family._propagates)))
    dispatch.add(identifier, registration, first=bool(options.get("insert")))


def listens_for(target: Any, identifier: str, *_arguments: Any, **options: Any) -> Callable[[Function], Function]:
    """Make a decorator that calls its function whenever an event happens; see ``listen()`` for the arguments."""
    _locate(target, identifier)

    def decorate(function: Function) -> Function:
        listen(target, identifier, function, **options)
        return function

    return decorate


def remove(target: Any, identifier: str, fn: Listener) -> None:
    """Stop calling a function for an event.

    Args:
        target: the target, as given to ``listen()``.
        identifier: the event, as given to ``listen()``.
        fn: the function, as given to ``listen()``.

    Raises:
        InvalidRequestError: the function does not listen to this event of this target.
    """
    _, _, dispatch = _locate(target, identifier)
    if not dispatch.discard(identifier, fn):
        raise InvalidRequestError(
            f"{fn!r} does not listen to {identifier!r} of {target!r}",
            why="listeners are found by target, event and function.",
            fix="pass the same target, event and function that were given to listen().",
            code="AZ-C92",
        )


def contains(target: Any, identifier: str, fn: Listener) -> bool:
    """Tell whether a function listens to an event of this very target."""
    _, _, dispatch = _locate(target, identifier)
    return dispatch.has(identifier, fn)


def _locate(target: Any, identifier: str) -> tuple[type[Events], EventSpec, Dispatch]:
    if not isinstance(identifier, str):
        raise wrong_value("event.listen(): identifier", "the name of an event", identifier, 'such as "connect"')
    for family in families():
        spec = family._specs.get(identifier)
        if spec is not None:
            dispatch = family._dispatch_for_event(identifier, target)
            if dispatch is not None:
                return family, spec, dispatch
    raise _no_such_event(target, identifier)


def _no_such_event(target: Any, identifier: str) -> InvalidRequestError:
    known = {name for family in families() if family._dispatch_for(target) is not None for name in family._specs}
    if not known:
        return InvalidRequestError(
            f"{target!r} has no events",
            why="only what azoth makes or maps calls listeners.",
            fix="listen to an engine, a connection, a pool, a session, a mapped class, an attribute, or their classes.",
            code="AZ-C93",
        )
    close = near_names(identifier, known, 1)
    return InvalidRequestError(
        f"{target!r} has no event {identifier!r}",
        why="a listener that nobody calls would have no effect.",
        fix=f"did you mean {close[0]!r}?" if close else f"its events are {', '.join(sorted(known))}.",
        code="AZ-C93",
    )


def _check_options(family: type[Events], spec: EventSpec, options: dict[str, Any]) -> None:
    unknown = options.keys() - GENERAL_OPTIONS - family._options
    for name in GENERAL_OPTIONS & options.keys():
        check_flag(f"event.listen(): {name}", options[name])
    if unknown:
        raise ArgumentError(
            f"listeners of {spec.name!r} take no option {min(unknown)!r}",
            why="it would have no effect on this event.",
            fix=f"the options are {', '.join(sorted(GENERAL_OPTIONS | family._options))}.",
            code="AZ-C94",
        )


def _only_once(dispatch: Dispatch, identifier: str, function: Listener, called: Listener) -> Listener:
    unused = threading.Lock()

    def call(*values: Any, **more: object) -> Any:
        # Two threads may fire the event at the same time; the first to take the lock keeps it for ever.
        if not unused.acquire(blocking=False):
            return None
        dispatch.discard(identifier, function)
        return called(*values, **more)

    return call
