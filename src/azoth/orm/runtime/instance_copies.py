"""``copy.copy`` and ``copy.deepcopy`` of mapped instances: a copy is a transient instance with a state of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from azoth.orm.runtime.collections import members
from azoth.orm.runtime.state import state_of
from azoth.orm.runtime.symbols import CHANGES, EXTRA, STATE

KERNEL_KEYS = frozenset([STATE, CHANGES, EXTRA])


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

    Emits: nothing; what is not loaded stays unset on the copies.
    State: the instances are unchanged; the copies are transient.
    """
    return _rebuilt(instance, lambda value: copy.deepcopy(value, memo), memo)


def _rebuilt(instance: Any, value_of: Callable[[Any], Any], memo: dict[int, Any]) -> Any:
    function, arguments, saved = (*instance.__reduce_ex__(4), None)[:3]
    duplicate = function(*[value_of(argument) for argument in arguments])
    memo[id(instance)] = duplicate
    values, slots = saved if isinstance(saved, tuple) else (saved, None)
    own = {key: value_of(value) for key, value in (values or {}).items() if key not in KERNEL_KEYS}
    if hasattr(duplicate, "__setstate__"):
        duplicate.__setstate__(own if slots is None else (own, slots))
        return duplicate
    duplicate.__dict__.update(own)
    for key, value in (slots or {}).items():
        setattr(duplicate, key, value_of(value))
    return duplicate
