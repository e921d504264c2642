"""What classes and registries are told when mappings are configured."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, Final

from azoth.event import Dispatch, Events

__all__ = ["RegistryEvents", "call_declared", "follow_declared", "tell_registries"]

FIRST: Final = "__declare_first__"
LAST: Final = "__declare_last__"

_declared: Final[list[weakref.ref[type[Any]]]] = []
"""The mapped classes that have one of the two, in the order of their mappings."""


class RegistryEvents(Events):
    """The events of a registry, or of all registries: listen to a registry, its declarative base, or to the class."""

    def before_configured(self, registry: object) -> None:
        """Mappers of the registry are about to be configured."""

    def after_configured(self, registry: object) -> None:
        """Mappers of the registry were configured."""

    def resolve_type_annotation(self, resolve_type: object) -> object:
        """The type of a column is looked for by its annotation (a ``TypeResolve``).

        A listener returns the type, or None to leave it to the next listener and, in the end, to the registry.
        """

    @classmethod
    def _dispatch_for(cls, target: object) -> Dispatch | None:
        # A declarative base stands for its registry; classes derived from it have the registry by inheritance.
        registry = vars(target).get("registry") if isinstance(target, type) else None
        return super()._dispatch_for(registry if isinstance(registry, cls._targets) else target)


def tell_registries(registries: Iterable[Any], name: str) -> None:
    """Call the listeners of registries.

    Args:
        registries: the registries.
        name: the event.
    """
    for registry in registries:
        for listener in getattr(registry.dispatch, name):
            listener(registry)


def follow_declared(class_: type[Any]) -> None:
    """Note a mapped class that wants to be called before or after mappers are configured."""
    if hasattr(class_, FIRST) or hasattr(class_, LAST):
        _declared.append(weakref.ref(class_))


def call_declared(name: str) -> None:
    """Call ``__declare_first__()`` or ``__declare_last__()`` of all mapped classes that have it.

    Args:
        name: which of the two.
    """
    for reference in list(_declared):
        class_ = reference()
        if class_ is None:
            _declared.remove(reference)
        elif "__mapper__" in class_.__dict__ and (function := getattr(class_, name, None)) is not None:
            function()
