"""Attributes of classes that define ``__setattr__`` themselves.

The generated ``__setattr__`` would hide the class's own. Such classes keep theirs, and each attribute is a data
descriptor instead: slower to read, but their method sees every write, and what it passes on to ``object.__setattr__``
ends up here.
"""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.attribute import Attribute
from azoth.orm.runtime.class_manager import ClassManager

METHODS = ("__setattr__", "__delattr__")


class AttributeAccess:
    """Read and write one attribute through a descriptor.

    Args:
        attribute: the attribute.
    """

    def __init__(self, attribute: Attribute) -> None:
        self.attribute = attribute
        self.key = attribute.key

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self.attribute
        values = instance.__dict__
        return values[self.key] if self.key in values else self.attribute.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        self.attribute.set(instance, value)

    def __delete__(self, instance: Any) -> None:
        self.attribute.delete(instance)


def sees_its_writes(class_: type[Any]) -> bool:
    """Tell whether a class, or a base of it, defines ``__setattr__`` or ``__delattr__`` itself."""
    return any(own_method(class_, name) is not getattr(object, name) for name in METHODS)


def own_method(class_: type[Any], name: str) -> Any:
    """Find a class's own or inherited method, looking through the generated ones."""
    method = getattr(class_, name)
    while hasattr(method, "__azoth_inherited__"):
        method = method.__azoth_inherited__
    return method


def give_methods_back(manager: ClassManager, class_: type[Any], own: dict[str, Any]) -> None:
    """Let a class have its own ``__setattr__`` and ``__delattr__`` instead of the generated ones.

    Args:
        manager: the instrumentation, installed.
        class_: the class.
        own: the methods in the class's own body, before the instrumentation.
    """
    for name in METHODS:
        manager.installed.remove(name)
        if name in own:
            type.__setattr__(class_, name, own[name])
        else:
            type.__delattr__(class_, name)
