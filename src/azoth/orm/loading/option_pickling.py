"""What of loader options goes into the pickle of the objects that were loaded with them."""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import TypeVar

from azoth.util.warning import warn

Subject = TypeVar("Subject")


def reduced(subject: object, **replaced: object) -> tuple[object, ...]:
    """Say how an object with slots is pickled.

    Args:
        subject: the object; its class takes the values back by ``__setstate__()``.
        replaced: slots with another value in the pickle.
    """
    class_ = type(subject)
    slots: tuple[str, ...] = class_.__slots__  # type: ignore[attr-defined]
    return _new, (class_,), {**{name: getattr(subject, name) for name in slots}, **replaced}


def _new(class_: type[Subject]) -> Subject:
    """Make an object that is about to get its values."""
    return class_.__new__(class_)


def is_found_by_name(subject: object) -> bool:
    """Tell whether a function is what its module has under its name, so that a pickle may name it."""
    module, name = getattr(subject, "__module__", None), getattr(subject, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or "<" in name:
        return False
    try:
        return attrgetter(name)(sys.modules.get(module)) is subject
    except AttributeError:
        return False


def warn_of_lost_criteria(option: str) -> None:
    """Warn of criteria that are not part of a pickle.

    Args:
        option: what has them, as the program calls it.
    """
    warn(
        f"an object is pickled without the criteria of the {option} with which it was loaded",
        why="SQL expressions, and functions without a name, cannot be found again where the pickle is read",
        fix="give with_loader_criteria() a function of a module, or load anew what the pickle is read for",
        code="AZ-L670",
    )
