"""AttributeExtension: the classic way to hear of the changes of one attribute."""

from __future__ import annotations

from typing import Any

from azoth.event import Registration
from azoth.orm.runtime.related.attribute_events import AttributeEvents
from azoth.orm.runtime.state import state_of

__all__ = ["AttributeExtension", "extend_attribute"]


class AttributeExtension:
    """Base of classes whose methods are called when an attribute changes; override what is needed.

    One instance, or a list of them, is given as ``extension=`` to ``relation()`` or ``column_property()``.

    Attributes:
        active_history: whether a value that is about to be replaced is loaded first.
    """

    active_history = False

    def append(self, state: Any, value: Any, initiator: Any) -> Any:
        """Hear of an object that is about to be put into a collection, and give the one to put in."""
        return value

    def remove(self, state: Any, value: Any, initiator: Any) -> None:
        """Hear of an object that is about to leave a collection."""

    def set(self, state: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        """Hear of a value that is about to be set, and give the one to store."""
        return value


def extend_attribute(class_: type[Any], key: str, extension: Any) -> None:
    """Let an extension, or each of a list, hear of the changes of an attribute."""
    dispatch = AttributeEvents._of(class_, key)
    for one in extension if isinstance(extension, (list, tuple)) else (extension,):
        dispatch.active_history = dispatch.active_history or bool(one.active_history)
        for name in ("append", "remove", "set"):
            method = getattr(one, name)
            if getattr(method, "__func__", None) is not getattr(AttributeExtension, name):
                dispatch.add(name, Registration(method, _with_state(method)))


def _with_state(method: Any) -> Any:
    def call(instance: Any, *rest: Any) -> Any:
        return method(state_of(instance), *rest)

    return call
