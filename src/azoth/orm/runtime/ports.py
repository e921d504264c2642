"""What the instances in memory need from the layers above, and the parts of this layer from each other."""

from __future__ import annotations

from typing import Any, Protocol


class Place(Protocol):
    """Where an instance belongs: an identity map, or a load into one."""

    @property
    def owner(self) -> Any:
        """The identity map."""
        ...

    @property
    def as_origin(self) -> Any:
        """The load, or None."""
        ...


class MissingValueLoader(Protocol):
    """Gives an attribute its value when it is read and has none: the one hook of every implicit load."""

    def __call__(self, state: Any, instance: Any, key: str) -> Any:
        """Find the value, store it in the instance's ``__dict__`` and return it.

        Errors:
            DetachedInstanceError: the instance has no owner that could load.
        """
        ...


class Owner(Protocol):
    """The unit of work that an identity map belongs to, as far as instances in memory know it."""

    @property
    def no_autoflush(self) -> Any:
        """A block in which loads do not flush."""
        ...

    def _adopt(self, instance: Any) -> None:
        """Take in an object that was attached to one of ours (the save-update cascade)."""
        ...

    def expunge(self, instance: Any) -> None:
        """Let go of a pending object that became an orphan."""
        ...


class AttributeListeners(Protocol):
    """What listens to an attribute; ``Attribute.listeners`` holds one, or None while nobody listens.

    ``append`` and ``set`` answer with the value to store. ``bulk_replace`` may change the list that it gets.
    """

    def append(self, state: Any, attribute: Any, item: Any) -> Any: ...

    def remove(self, state: Any, attribute: Any, item: Any) -> None: ...

    def set(self, state: Any, attribute: Any, value: Any, old: Any) -> Any: ...

    def bulk_replace(self, state: Any, attribute: Any, items: list[Any]) -> None: ...

    def init_collection(self, state: Any, attribute: Any, collection: Any) -> None: ...

    def init_scalar(self, state: Any, attribute: Any, instance: Any) -> Any: ...

    def modified(self, state: Any) -> None: ...

    def dispose_collection(self, state: Any, attribute: Any, collection: Any) -> None: ...
