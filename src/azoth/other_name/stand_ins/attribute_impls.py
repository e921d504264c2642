"""Attributes whose values a library keeps itself: what it derives from, and what puts one on a class.

The library's class reads and writes ``__dict__``; everything around it (events, expiry, expressions) is azoth's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.attributes import QueryableAttribute, instance_dict, instance_state
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.passive import PASSIVE_OFF, PassiveFlag
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

__all__ = ["ScalarAttributeImpl", "register_attribute"]


class ScalarAttributeImpl:
    """What reads and writes one attribute of instances; a library derives a class of its own.

    Args:
        class_: the mapped class.
        key: the attribute's name.
        default_function: gives the value of an instance that was never given one; called with nothing.
        dispatch: what tells listeners; the attribute itself does that here.
        parent_token: the property that the attribute belongs to.
        options: what only SQLAlchemy's own attributes look at.
    """

    collection = False

    def __init__(
        self,
        class_: type[Any],
        key: str,
        default_function: Callable[[], object] | None = None,
        dispatch: object = None,
        *,
        parent_token: object = None,
        **options: object,
    ) -> None:
        self.class_ = class_
        self.key = key
        self.default_function = default_function
        self.dispatch = dispatch
        self.parent_token = parent_token
        self.options = options

    def get(self, state: InstanceState, dict_: dict[str, Any], passive: PassiveFlag = PASSIVE_OFF) -> object:
        """Give the value of an instance."""
        if self.key in dict_:
            return dict_[self.key]
        return None if self.default_function is None else self.default_function()

    def set(
        self,
        state: InstanceState,
        dict_: dict[str, Any],
        value: object,
        initiator: object = None,
        passive: PassiveFlag = PASSIVE_OFF,
        check_old: object = None,
        pop: bool = False,
    ) -> None:
        """Store a value."""
        dict_[self.key] = value

    def delete(self, state: InstanceState, dict_: dict[str, Any]) -> None:
        """Take the value off."""
        del dict_[self.key]


class ImplementedAttribute(Attribute, QueryableAttribute[Any]):
    """A mapped attribute whose values a library's own class reads and writes.

    Args:
        class_: the mapped class.
        key: the attribute's name.
        parententity: the mapper.
        comparator: has the operators of the attribute on the class.
        doc: its documentation.
    """

    impl: ScalarAttributeImpl

    def __init__(self, class_: type[Any], key: str, parententity: Mapper, comparator: object, doc: str | None) -> None:
        Attribute.__init__(self, class_, key)
        QueryableAttribute.__init__(self, class_, key, parententity, comparator)
        self.__doc__ = doc

    @property
    def property(self) -> object:
        """The property that the attribute belongs to."""
        return self.impl.parent_token

    def __get__(self, instance: object, owner: type[Any] | None = None) -> object:
        if instance is None:
            return self
        return self.impl.get(instance_state(instance), instance_dict(instance))

    def set(self, instance: object, value: object, initiator: object = None) -> None:
        """Set the attribute: validators and listeners first, then the library's own."""
        state = instance_state(instance)
        for validator in self.validators:
            value = validator(instance, self.key, value)
        if self.listeners is not None:
            old = instance_dict(instance).get(self.key, NO_VALUE)
            value = self.listeners.set(state, self, value, old, initiator=initiator)
        self.impl.set(state, instance_dict(instance), value, initiator)

    def delete(self, instance: object) -> None:
        """Delete the value as the library does."""
        state = instance_state(instance)
        if self.listeners is not None:
            self.listeners.remove(state, self, instance_dict(instance).get(self.key))
        self.impl.delete(state, instance_dict(instance))


def register_attribute(
    class_: type[Any],
    key: str,
    *,
    comparator: object,
    parententity: Mapper,
    doc: str | None = None,
    impl_class: type[Any] | None = None,
    **options: object,
) -> ImplementedAttribute:
    """Put an attribute on a mapped class whose values a class of the library's own keeps.

    Args:
        class_: the class.
        key: the attribute's name.
        comparator: has the operators of the attribute on the class.
        parententity: the mapper.
        doc: its documentation.
        impl_class: derived from ``ScalarAttributeImpl``.
        options: those of ``impl_class``.

    Returns:
        the attribute.

    Raises:
        InvalidRequestError: without a class of the library's own.
    """
    if impl_class is None:
        raise InvalidRequestError(
            f"{class_.__name__}.{key} cannot be registered without impl_class",
            why="attributes of columns and relationships are made by their mapping",
            fix="derive a class from ScalarAttributeImpl, or map the attribute",
            code="AZ-X98",
        )
    attribute = ImplementedAttribute(class_, key, parententity, comparator, doc)
    attribute.impl = impl_class(class_, key, attribute, **options)
    parententity.instrument(attribute, plain=False)
    return attribute
