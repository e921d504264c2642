"""Followers: what lets the values of an attribute know the objects that have them."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from azoth import event
from azoth.ext.mutable.base import MutableBase
from azoth.orm import InstanceState, InstrumentedAttribute, Mapper
from azoth.orm.attributes import instance_dict
from azoth.types import TypeEngine

NAME: Final = "azoth.ext.mutable"
"""Under which name a type says of which class its values are, and the values of a pickled instance travel with it."""

StateDict = dict[str, dict[str, object]]
Listener = Callable[..., Any]

_of_types: Final[list[tuple[type[Any], type[MutableBase]]]] = []
"""What ``associate_with()`` was told: a class of types, and that of their values."""

_following: Final[weakref.WeakKeyDictionary[type[Any], list[tuple[weakref.ref[Mapper], Follower]]]] = (
    weakref.WeakKeyDictionary()
)
"""Who follows attributes of a class, each with the mapper whose attribute it is."""


class Follower:
    """Follows one attribute by its events and those of the instances; it holds neither the class nor its attribute.

    Args:
        cls: the class of the values.
        key: the attribute's name.
    """

    def __init__(self, cls: type[MutableBase], key: str) -> None:
        self.cls = cls
        self.key = key

    def _of_instances(self) -> Iterator[tuple[str, Listener]]:
        yield from (("copy_values", self.find), ("pickle", self.pack), ("unpickle", self.unpack))
        if not self.cls._is_composite:
            yield from (("load", self.find), ("refresh", self.find_refreshed), ("refresh_flush", self.find_refreshed))

    def _of_attribute(self) -> Iterator[tuple[str, Listener]]:
        yield from (("set", self.take), ("remove", self.release))
        if self.cls._is_composite:
            # A composite is made when it is read, whatever brought its columns.
            yield "compose", self.adopt

    def begin(self, class_: type[Any], *, propagate: bool) -> None:
        """Follow the attribute of a class, and of those derived from it if they are told to ``propagate``."""
        for name, listener in self._of_instances():
            event.listen(class_, name, listener, raw=True, propagate=propagate)
        attribute = getattr(class_, self.key)
        for name, listener in self._of_attribute():
            event.listen(attribute, name, listener, raw=True, propagate=propagate, retval=name == "set")

    def end(self, class_: type[Any]) -> None:
        """Follow the class no more."""
        of_instances = [(class_, *one) for one in self._of_instances()]
        attribute = getattr(class_, self.key, None)
        of_attribute = [(attribute, *one) for one in self._of_attribute()]
        for target, name, listener in of_instances + of_attribute:
            # The new mapping may have something else under the name, and the program may have removed all listeners.
            if isinstance(target, type | InstrumentedAttribute) and event.contains(target, name, listener):
                event.remove(target, name, listener)

    def find(self, state: InstanceState, context: object = None) -> None:
        """See whether an object has a value, which may have come in as any."""
        values = instance_dict(state())
        value = values.get(self.key)
        if value is not None:
            if not self.cls._is_composite:
                values[self.key] = value = self.cls.coerce(self.key, value)
            self.adopt(state, value)

    def find_refreshed(self, state: InstanceState, context: object, attrs: Collection[str] | None) -> None:
        """Do the same if the attribute is among those that were loaded."""
        if not attrs or self.key in attrs:
            self.find(state)

    def take(self, state: InstanceState, value: object, oldvalue: object, initiator: object) -> object:
        """Make the value that the attribute is set to one of the class."""
        if value is oldvalue:
            return value
        if not isinstance(value, self.cls):
            value = self.cls.coerce(self.key, value)
        self.release(state, oldvalue, initiator)
        self.adopt(state, value)
        return value

    def adopt(self, state: InstanceState, value: object) -> None:
        """Let a value know that an object has it."""
        if isinstance(value, MutableBase):
            value._parents[state] = self.key

    def release(self, state: InstanceState, value: object, initiator: object) -> None:
        """Let a value know that an object has it no more."""
        if isinstance(value, MutableBase):
            value._parents.discard(state, self.key)

    def pack(self, state: InstanceState, state_dict: StateDict) -> None:
        """Send the value along with an object that is pickled."""
        value = instance_dict(state()).get(self.key)
        if isinstance(value, MutableBase):
            state_dict.setdefault(NAME, {})[self.key] = value

    def unpack(self, state: InstanceState, state_dict: StateDict) -> None:
        """Let the value that came along know its object."""
        self.adopt(state, state_dict.get(NAME, {}).get(self.key))


def follow(cls: type[MutableBase], attribute: InstrumentedAttribute[Any], *, propagate: bool) -> None:
    """Let the values of an attribute be of a class, and know the objects that have them.

    Args:
        cls: the class of the values.
        attribute: the attribute.
        propagate: whether this is so for derived classes too.
    """
    follower = Follower(cls, attribute.key)
    follower.begin(attribute.class_, propagate=propagate)
    _following.setdefault(attribute.class_, []).append((weakref.ref(attribute.parent), follower))


def note_on_type(cls: type[MutableBase], type_: TypeEngine[Any]) -> None:
    """Let the values of the columns that are declared with a type be of a class, unless another was noted before."""
    type_.extension_notes = {NAME: cls, **type_.extension_notes}


def associate_with_type(cls: type[MutableBase], sqltype: type[Any]) -> None:
    """Let the values of all columns with types of a class be of another class."""
    _of_types.append((sqltype, cls))


def follow_mappers() -> None:
    """Follow the attributes of all mappers that are configured from now on."""
    # Asked each time, since a program may take the listeners of all mappers away.
    if not event.contains(Mapper, "mapper_configured", _follow_mapper):
        event.listen(Mapper, "mapper_configured", _follow_mapper)


def _follow_mapper(mapper: Mapper, class_: type[Any]) -> None:
    """Follow the attributes of a class, its inherited ones included: each class is configured, and told, by itself."""
    of_former = [one for of_mapper, one in _following.get(class_, ()) if of_mapper() is not mapper]
    if of_former:
        # The class had another mapping.
        _following[class_] = [one for one in _following[class_] if one[1] not in of_former]
        for follower in of_former:
            follower.end(class_)
    for column in mapper.column_attrs:
        of_type = _class_of_values(column.columns[0].type)
        if of_type is not None:
            follow(of_type, getattr(class_, column.key), propagate=False)
    for composite in mapper.composites:
        cls = composite.composite_class
        if isinstance(cls, type) and issubclass(cls, MutableBase) and cls._is_composite:
            follow(cls, getattr(class_, composite.key), propagate=False)


def _class_of_values(type_: TypeEngine[Any]) -> type[MutableBase] | None:
    noted = type_.extension_notes.get(NAME)
    if isinstance(noted, type) and issubclass(noted, MutableBase):
        return noted
    found = [one for one in reversed(_of_types) if isinstance(type_, one[0])]
    return max(found, key=lambda one: len(one[0].__mro__))[1] if found else None
