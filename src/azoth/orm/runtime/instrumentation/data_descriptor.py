"""Mapped attributes of classes that see their own writes: found by ``object.__setattr__``, whoever calls it."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.instrumentation.attribute import Attribute, delete_plain
from azoth.orm.runtime.state import make_state
from azoth.orm.runtime.symbols import DONT_SET, NO_VALUE, STATE


class DataDescriptor:
    """A mapped attribute on a class that defines ``__setattr__`` or ``__delattr__`` itself.

    Elsewhere azoth's generated ``__setattr__`` sees the writes; here the class's own comes first and decides what to
    pass on, so the attribute stands where ``object.__setattr__`` looks: behind a descriptor with ``__set__``. Reading
    costs a call instead of nothing.

    Args:
        attribute: the attribute.
        plain: the keys of attributes whose writes need nothing but a note of the old value.
    """

    __slots__ = ("attribute", "key", "plain")

    def __init__(self, attribute: Attribute, plain: set[str]) -> None:
        self.attribute = attribute
        self.key = attribute.key
        self.plain = plain

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self.attribute
        values = instance.__dict__
        return values[self.key] if self.key in values else self.attribute.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        if value is DONT_SET:
            return
        key = self.key
        if key not in self.plain:
            self.attribute.set(instance, value)
            return
        values = instance.__dict__
        if STATE in values:
            state = values[STATE]
            changes = state.changes
            if changes is None:
                changes = state.first_change(instance)
            if key not in changes:
                changes[key] = values.get(key, NO_VALUE)
        else:
            make_state(instance)
        values[key] = value

    def __delete__(self, instance: Any) -> None:
        key = self.key
        if key in self.plain:
            delete_plain(instance, key)
        else:
            self.attribute.delete(instance)
