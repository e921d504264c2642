"""Configuring the mappers when the first instance of a mapped class is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class FirstUse:
    """A constructor that stands before a class's own until the mapping is configured.

    It costs nothing afterwards: the class then has its own constructor back.

    Args:
        class_: the mapped class.
        configure: configures the mappers, which removes this.

    Attributes:
        own: the constructor in the class's own body, or None.
        constructor: the constructor that the class has, its own or inherited.
    """

    def __init__(self, class_: type[Any], configure: Callable[[], None]) -> None:
        self.class_ = class_
        self.own: Any = class_.__dict__.get("__init__")
        self.constructor: Any = class_.__init__
        self._lent: Callable[..., None] | None = None

        def __init__(instance: Any, /, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            # It removes this, unless it is at work already: a listener may make instances meanwhile.
            configure()
            # Configuring may have put a constructor in place that tells listeners.
            constructor: Any = self.class_.__init__
            (self.constructor if constructor is self._stand_in else constructor)(instance, *args, **kwargs)

        __init__.__wrapped__ = self.constructor  # type: ignore[attr-defined]
        __init__.__doc__ = self.constructor.__doc__
        if hasattr(self.constructor, "__signature__"):
            __init__.__signature__ = self.constructor.__signature__  # type: ignore[attr-defined]
        self._stand_in = __init__
        type.__setattr__(class_, "__init__", __init__)

    def give(self, constructor: Callable[..., None]) -> None:
        """Let the class have a constructor of its own, from now on or once the mapping is configured."""
        self.own = self.constructor = constructor
        if self.class_.__dict__.get("__init__") is not self._stand_in:
            type.__setattr__(self.class_, "__init__", constructor)

    def lend(self, constructor: Callable[..., None]) -> None:
        """Give the class a constructor for as long as it is mapped."""
        self.give(constructor)
        self._lent = constructor

    def take_back(self) -> None:
        """Take off the class what it was lent."""
        if self._lent is not None and self.class_.__dict__.get("__init__") is self._lent:
            type.__delattr__(self.class_, "__init__")

    def remove(self) -> None:
        """Give the class its own constructor back."""
        if self.class_.__dict__.get("__init__") is not self._stand_in:
            return
        if self.own is None:
            type.__delattr__(self.class_, "__init__")
        else:
            type.__setattr__(self.class_, "__init__", self.own)


def configure_on_first_construction(class_: type[Any], configure: Callable[[], None]) -> FirstUse:
    """Configure the mappers before the first instance of a class is made.

    Args:
        class_: the mapped class.
        configure: configures the mappers.
    """
    return FirstUse(class_, configure)
