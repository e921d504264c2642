"""The descriptor behind each mapped attribute: reading a value that is not there."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.history import NO_HISTORY, History, committed_value, value_history
from azoth.orm.runtime.state import InstanceState, make_state, state_of
from azoth.orm.runtime.symbols import NO_VALUE, STATE


class Attribute:
    """A mapped attribute of one class.

    It has ``__get__`` but no ``__set__``: Python then finds a loaded value in the instance's ``__dict__`` by itself,
    at native speed, and calls ``__get__`` only where the value is missing. Writes come through the class's generated
    ``__setattr__``.

    Attributes:
        key: the attribute's name on the class.
        class_: the mapped class.
        validators: functions ``(instance, key, value) -> value`` that see each new value.
        listeners: what listens to attribute events, or None (filled by the event layer).
    """

    key: str
    class_: type[Any]
    loads_replaced: bool = False
    """Whether a value that is not loaded is loaded before it is replaced."""
    always_watched: bool = False
    """Whether writes come here although nobody listens or validates, because a program has asked for active history."""
    serves_default: bool = False
    """Whether the constructor may leave the attribute's default to it."""
    served_default: Any = None
    """The value of an object without a row on which the attribute was never set."""

    def __init__(self, class_: type[Any], key: str) -> None:
        self.class_ = class_
        self.key = key
        self.validators: list[Any] = []
        self.listeners: Any = None

    @property
    def active_history(self) -> bool:
        """Whether a value that is not loaded is loaded before it is replaced; a program may say so at any time."""
        return self.loads_replaced

    @active_history.setter
    def active_history(self, wanted: bool) -> None:
        self.loads_replaced = wanted
        manager = self.class_.__dict__.get("_azoth_manager")
        if wanted and manager is not None and manager.attributes.get(self.key) is self:
            self.always_watched = True
            if self.key in manager.plain:
                manager.watch(self.key)

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        state = instance.__dict__.get(STATE)
        if state is None or state() is not instance:
            state = make_state(instance)
        if self.listeners is not None and state.pk is None:
            value = self.listeners.init_scalar(state, self, instance)
            if value is not None:
                return value
        return state.manager.load_missing(state, instance, self.key)

    def set(self, instance: Any, value: Any, initiator: object = None) -> None:
        """Set a watched column attribute: validators and listeners first, then the store.

        Listeners are told of ``initiator``, or of a change of this attribute.
        """
        state = state_of(instance)
        for validator in self.validators:
            value = validator(instance, self.key, value)
        if self.loads_replaced and self.key not in instance.__dict__:
            if state.pk is not None and state.identity_map is not None:
                state.manager.load_missing(state, instance, self.key, asked=False)
        if self.listeners is not None:
            old = instance.__dict__.get(self.key, NO_VALUE)
            value = self.listeners.set(state, self, value, old, initiator=initiator)
        state.record(instance, self.key)
        instance.__dict__[self.key] = value

    def delete(self, instance: Any) -> None:
        """Delete the value: it becomes None, and the database NULL."""
        state = state_of(instance)
        values = instance.__dict__
        if self.key not in values:
            raise AttributeError(f"{self.class_.__name__}.{self.key} has no value to delete")
        if self.listeners is not None:
            self.listeners.remove(state, self, values[self.key])
        state.record(instance, self.key)
        values[self.key] = None

    def has_parent(self, state: InstanceState, *, optimistic: bool = False) -> bool:
        """Tell whether an object is held under this attribute.

        Args:
            state: the state of the related object.
            optimistic: the answer where nothing is known.

        Raises:
            InvalidRequestError: the attribute does not note the owners of objects.
        """
        raise InvalidRequestError(
            f"{self.class_.__name__}.{self.key} does not note the owners of objects",
            why="only relationships with the cascade delete-orphan or with single_parent=True do",
            fix="name such a relationship, or read the other side of this one",
            code="AZ-L631",
        )

    def initialize(self, state: InstanceState, instance: Any) -> Any:
        """Give the value of an attribute that was never set on an instance without a row."""
        return self.served_default

    def load(self, state: InstanceState, instance: Any, value: Any) -> Any:
        """Store a value as the committed one."""
        instance.__dict__[self.key] = value
        return value

    def is_equal(self, value: Any, other: Any) -> bool:
        """Tell whether two values are the same to the database."""
        # An SQL expression as a value answers == with another expression, which is not "equal".
        return value is other or (value == other) is True

    def history_of(self, state: InstanceState, instance: Any) -> History:
        """Compare the present value with the committed one."""
        current = instance.__dict__.get(self.key, NO_VALUE)
        if current is NO_VALUE:
            return NO_HISTORY
        if state.pk is None:
            return History([current], (), ())
        changes = state.changes
        if changes is None or self.key not in changes:
            return History((), [current], ())
        before = committed_value(state, self.key)
        return value_history(current, before, before is not NO_VALUE and self.is_equal(current, before))


def delete_plain(instance: Any, key: str) -> None:
    """Delete the value of a plain attribute: it becomes None, and the database NULL.

    Raises:
        AttributeError: there is no value to delete.
    """
    values = instance.__dict__
    if key not in values:
        raise AttributeError(f"{type(instance).__name__}.{key} has no value to delete")
    state = values.get(STATE) or make_state(instance)
    state.record(instance, key)
    values[key] = None
