"""The constructor of a class whose construction somebody listens to."""

from __future__ import annotations

import functools
from typing import Any, Final

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.state import state_of

OBSERVES: Final = "__azoth_observes__"
"""Marks a constructor that tells listeners; its value is the class's own constructor before, or None."""
TELLS_CLASS: Final = "__azoth_tells_class__"
"""Says of a constructor whether it sets the attribute that tells the class of an object."""


def follow_constructor(class_: type[Any]) -> None:
    """Put a constructor that tells the listeners on a configured class, or take it off again if nobody listens.

    Where nobody does, the class has its own constructor, and making an instance costs nothing more. In a hierarchy the
    constructor also sets the attribute that tells the class of an object, unless the class's own does so.
    """
    manager = class_.__dict__.get("_azoth_manager")
    if manager is None or manager.mapper is None or not manager.mapper.configured:
        return
    present = class_.__dict__.get("__init__")
    is_observed = hasattr(present, OBSERVES)
    tells = manager.discriminator is not None and not getattr(present, TELLS_CLASS, False)
    tells |= manager.mapper.polymorphic_abstract
    if (bool(manager.dispatch.constructing) or tells) == is_observed:
        return
    if is_observed:
        give_back_constructor(class_)
    else:
        type.__setattr__(class_, "__init__", _observed(class_, manager, present))


def give_back_constructor(class_: type[Any]) -> None:
    """Let a class have its own constructor again, where it got one that tells listeners."""
    present = class_.__dict__.get("__init__")
    if not hasattr(present, OBSERVES):
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
        state_of(self)
        if manager.mapper.polymorphic_abstract:
            raise _abstract(class_)
        if manager.discriminator is not None:
            self.__dict__.setdefault(*manager.discriminator)
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


def _abstract(class_: type[Any]) -> InvalidRequestError:
    return InvalidRequestError(
        f"Can't instantiate class {class_.__name__}: its mapper is marked polymorphic_abstract=True",
        why="no row is of the class itself, so that its objects could not be stored",
        fix="make an object of a derived class, or give the mapping a polymorphic_identity instead",
        code="AZ-M345",
    )
