"""``copy.copy`` and ``copy.deepcopy`` of mapped instances: a copy is a transient instance with a state of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final

from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.instrumentation.instance_pickling import plainly_reduced
from azoth.orm.runtime.state import state_of
from azoth.orm.runtime.symbols import STATE


def copied(instance: Any) -> Any:
    """Copy an instance (the ``__copy__`` of mapped classes): the same values, collections of its own, no identity.

    Emits: nothing; what is not loaded stays unset on the copy.
    State: the instance is unchanged; the copy is transient.
    """
    duplicate = _rebuilt(instance, lambda value: value, {})
    state = state_of(duplicate)
    values = duplicate.__dict__
    for key, attribute in state.manager.attributes.items():
        collection = values.get(key) if getattr(attribute, "uselist", False) else None
        if collection is not None and hasattr(collection, "_azoth_owner"):
            values[key] = attribute.kind.make(attribute, state, members(collection))
    return duplicate


def deeply_copied(instance: Any, memo: dict[int, Any]) -> Any:
    """Copy an instance and everything that it refers to (the ``__deepcopy__`` of mapped classes).

    The first instance that is copied works off a list of those behind it, so that a long chain of them is not deep.

    Emits: nothing; what is not loaded stays unset on the copies.
    State: the instances are unchanged; the copies are transient.
    """

    def value_of(value: Any) -> Any:
        return copy.deepcopy(value, memo)

    waiting: list[Waiting] | None = memo.get(WAITING)
    class_: Any = type(instance)
    if waiting is not None and class_.__hash__ is object.__hash__:
        # It is filled before the first copy is given out; one that counts by its values must be complete at once.
        made = _begun(instance, value_of, memo)
        waiting.append(made)
        return made[0]
    outer = waiting
    waiting = memo[WAITING] = [_begun(instance, value_of, memo)]
    duplicate = waiting[0][0]
    try:
        for made in waiting:
            _fill(*made, value_of)
    finally:
        if outer is None:
            del memo[WAITING]
        else:
            # This one stands within another that is being copied.
            memo[WAITING] = outer
    return duplicate


Waiting = tuple[Any, Any]
"""A copy, and what it is to hold."""

WAITING: Final = -1
"""Where a memo of ``copy.deepcopy`` keeps the copies to fill; its other keys are identities, which are positive."""


def _rebuilt(instance: Any, value_of: Callable[[Any], Any], memo: dict[int, Any]) -> Any:
    duplicate, saved = _begun(instance, value_of, memo)
    _fill(duplicate, saved, value_of)
    return duplicate


def _begun(instance: Any, value_of: Callable[[Any], Any], memo: dict[int, Any]) -> Waiting:
    function, arguments, saved = (*plainly_reduced(instance), None)[:3]
    duplicate = function(*[value_of(argument) for argument in arguments])
    memo[id(instance)] = duplicate
    return duplicate, saved


def _fill(duplicate: Any, saved: Any, value_of: Callable[[Any], Any]) -> None:
    values, slots = saved if isinstance(saved, tuple) else (saved, None)
    own = {key: value_of(value) for key, value in (values or {}).items() if key != STATE}
    if hasattr(duplicate, "__setstate__"):
        duplicate.__setstate__(own if slots is None else (own, slots))
    else:
        duplicate.__dict__.update(own)
        for key, value in (slots or {}).items():
            setattr(duplicate, key, value_of(value))
    original = (values or {}).get(STATE)
    if original is not None and original.extra is not None and original.extra.composed is not None:
        state_of(duplicate).extras().composed = dict(original.extra.composed)
    for listener in type(duplicate)._azoth_manager.dispatch.copy_values:
        listener(duplicate)
