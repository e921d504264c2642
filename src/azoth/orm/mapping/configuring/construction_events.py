"""The constructor of a class whose construction somebody listens to."""

from __future__ import annotations

import functools
from typing import Any, Final

OBSERVES: Final = "__azoth_observes__"
"""Marks a constructor that tells listeners; its value is the class's own constructor before, or None."""


def follow_constructor(class_: type[Any]) -> None:
    """Put a constructor that tells the listeners on a configured class, or take it off again if nobody listens.

    Where nobody does, the class has its own constructor, and making an instance costs nothing more.
    """
    manager = class_.__dict__.get("_azoth_manager")
    if manager is None or manager.mapper is None or not manager.mapper.configured:
        return
    present = class_.__dict__.get("__init__")
    is_observed = hasattr(present, OBSERVES)
    if bool(manager.dispatch.constructing) == is_observed:
        return
    if not is_observed:
        type.__setattr__(class_, "__init__", _observed(class_, manager, present))
        return
    own = getattr(present, OBSERVES)
    if own is None:
        type.__delattr__(class_, "__init__")
    else:
        type.__setattr__(class_, "__init__", own)


def _observed(class_: type[Any], manager: Any, own: Any) -> Any:
    inherited: Any = class_.__init__

    @functools.wraps(inherited)
    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if type(self)._azoth_manager is not manager:
            # A subclass has listeners of its own, and tells them in its own constructor.
            inherited(self, *args, **kwargs)
            return
        dispatch = manager.dispatch
        for listener in dispatch.init:
            listener(self, args, kwargs)
        try:
            inherited(self, *args, **kwargs)
        except BaseException:
            for listener in dispatch.init_failure:
                listener(self, args, kwargs)
            raise

    setattr(__init__, OBSERVES, own)
    return __init__
