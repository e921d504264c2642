"""The constructor of declared classes: attributes by keyword."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.configuring.construction_events import TELLS_CLASS
from azoth.orm.runtime.instrumentation.class_manager import ClassManager
from azoth.orm.runtime.state import make_state, state_of
from azoth.orm.runtime.symbols import STATE
from azoth.util.near_names import did_you_mean

DEFAULT_CONSTRUCTOR = "__azoth_default_constructor__"


class UnexpectedKeywordError(ArgumentError, TypeError):
    """Report a keyword argument of a mapped class that names none of its attributes."""


def declarative_constructor(self: Any, /, **kwargs: Any) -> None:
    """Set attributes by keyword.

    Args:
        kwargs: values by attribute; only attributes of the class are accepted.

    Raises:
        UnexpectedKeywordError: a keyword names no attribute (also a TypeError).
    """
    if hasattr(type(self), "_azoth_manager"):
        state_of(self)
    set_attributes(self, kwargs)


setattr(declarative_constructor, DEFAULT_CONSTRUCTOR, True)
declarative_constructor.__name__ = "__init__"


def set_attributes(instance: Any, values: dict[str, Any]) -> None:
    """Set attributes of a new instance.

    Args:
        instance: the instance.
        values: the values by attribute.
    """
    class_ = type(instance)
    for key, value in values.items():
        if not hasattr(class_, key):
            raise _unexpected(class_, key)
        setattr(instance, key, value)


def fast_constructor(class_: type[Any], manager: ClassManager) -> Callable[..., None] | None:
    """Make the constructor of one mapped class, which stores plain values directly.

    Args:
        class_: the class, mapped.
        manager: its instrumentation.

    Returns:
        the constructor; None where the class sees each of its own writes, so that none may be skipped.
    """
    if manager.sees_own_writes:
        return None
    plain = manager.plain
    key, identity = manager.discriminator or (None, None)

    def plain_constructor(self: Any, /, **kwargs: Any) -> None:
        """Set attributes by keyword."""
        values = self.__dict__
        if STATE not in values:
            make_state(self)
        if kwargs.keys() <= plain:
            values.update(kwargs)
        else:
            set_attributes(self, kwargs)

    def telling_constructor(self: Any, /, **kwargs: Any) -> None:
        """Set attributes by keyword, and the one that tells the class."""
        values = self.__dict__
        if STATE not in values:
            make_state(self)
        # A derived class has set its own already.
        values.setdefault(key, identity)
        if kwargs.keys() <= plain:
            values.update(kwargs)
        else:
            set_attributes(self, kwargs)

    __init__: Any = plain_constructor if key is None else telling_constructor
    __init__.__name__ = "__init__"
    # Whoever reads annotations wants those of the class; these would be read in another module.
    __init__.__annotations__ = {}
    setattr(__init__, TELLS_CLASS, key is not None)
    __init__.__qualname__ = f"{class_.__qualname__}.__init__"
    __init__.__module__ = class_.__module__
    setattr(__init__, DEFAULT_CONSTRUCTOR, True)
    constructor: Callable[..., None] = __init__
    return constructor


def _unexpected(class_: type[Any], key: str) -> UnexpectedKeywordError:
    mapper = class_.__dict__.get("__mapper__")
    known = () if mapper is None else mapper.attrs.keys()
    return UnexpectedKeywordError(
        f"{key!r} is an invalid keyword argument for {class_.__name__}",
        why=f"{class_.__name__} has no attribute of that name",
        fix=did_you_mean(key, known),
        code="AZ-M16",
    )
