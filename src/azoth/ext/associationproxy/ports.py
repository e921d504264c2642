"""What the parts of an association proxy need of each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Function = Callable[..., Any]


class Descriptor(Protocol):
    """The descriptor of an association proxy, as its forms on classes see it."""

    key: str
    target_collection: str
    value_attr: str
    creator: Function | None
    getset_factory: Function | None
    proxy_factory: Function | None
    proxy_bulk_set: Function | None
    cascade_scalar_deletes: bool
    create_on_none_assignment: bool

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        ...


class OfClass(Protocol):
    """The proxy on a class, as the collections that it shows see it."""

    key: str
    owning_class: type[Any]
    value_attr: str

    def fill(self, collection: object, values: object) -> None:
        """Put values into a collection that is empty."""
        ...
