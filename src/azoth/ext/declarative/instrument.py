"""instrument_declarative(): declared mappings of classes that have no declarative base."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm import registry
from azoth.schema import MetaData


def instrument_declarative(cls: type[Any], cls_registry: MutableMapping[str, Any], metadata: MetaData) -> None:
    """Map a class as its body declares, without a base, which programs wrote before there were decorators for it.

    The class gets no constructor; ``registry.mapped()`` is today's way, and gives it one.

    Args:
        cls: the class.
        cls_registry: a dictionary, by which the classes that share it know each other by name.
        metadata: where its table goes.

    Raises:
        ArgumentError: the declaration is wrong.
        InvalidRequestError: the class has been mapped so already.

    State: the class has ``metadata`` and ``registry``.
    """
    if "registry" in cls.__dict__:
        raise InvalidRequestError(
            f"Class {cls.__name__} already has been instrumented declaratively",
            why="its mapping was declared before",
            fix="call instrument_declarative() once for each class",
            code="AZ-X29",
        )
    # Each class has a registry of its own; what they share is the dictionary.
    own = registry(metadata=metadata, class_registry=cls_registry, constructor=None)
    own.map_declaratively(cls)
    cls.metadata = metadata
    cls.registry = own
