"""The events of attributes, and how they reach the attributes that somebody listens to."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.event import Dispatch, Events, EventSpec, may_omit, replaces
from azoth.event.dispatch import Registration
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.state import state_of
from azoth.orm.runtime.symbols import NO_KEY

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager
    from azoth.orm.runtime.related.attribute_event_token import AttributeEventToken

__all__ = ["AttributeEvents"]


KEYED: Final = {"append": "key", "append_wo_mutation": "key", "remove": "key", "bulk_replace": "keys"}
"""The events whose listeners may ask for the keys of a change, and the name of that argument."""


class AttributeDispatch(Dispatch):
    """The listeners of one attribute of one class; those of base classes that propagate are among them.

    Args:
        class_: the class.
        key: the attribute's name.
    """

    __slots__ = ("_class", "active_history", "key", "watched_for")

    def __init__(self, class_: type[Any], key: str) -> None:
        self._class = weakref.ref(class_)
        self.key = key
        self.active_history = False
        self.watched_for: weakref.ref[Any] | None = None
        super().__init__()

    def add(self, name: str, registration: Registration, *, first: bool = False) -> None:
        """Add a listener, to the attributes of subclasses too where it propagates."""
        class_ = self._class()
        if registration.propagate and class_ is not None:
            for derived in _mapped_subclasses(class_):
                if _heard(derived._azoth_manager, self.key) is not None:
                    AttributeEvents._of(derived, self.key)
        super().add(name, registration, first=first)

    def _recompute(self) -> None:
        class_ = self._class()
        if class_ is None:
            return
        for name in self.event_names:
            listeners: list[Any] = []
            for base in reversed(class_.__mro__[1:]):
                inherited = AttributeEvents._by_class.get(base, {}).get(self.key)
                if inherited is not None:
                    self.active_history = self.active_history or inherited.active_history
                    listeners.extend(one.called for one in inherited._own.get(name, ()) if one.propagate)
            listeners.extend(one.called for one in self._own.get(name, ()))
            setattr(self, name, tuple(listeners))
        self.follow(class_)

    def follow(self, class_: type[Any]) -> None:
        """Let the class's attribute call the listeners, or none where nobody listens."""
        manager: Any = class_.__dict__.get("_azoth_manager")
        attribute = None if manager is None else _heard(manager, self.key)
        if attribute is None:
            return
        if any(getattr(self, name) for name in self.event_names):
            # With the first listener.
            from azoth.orm.runtime.related.notifier import Notifier  # noqa: PLC0415

            attribute.listeners = Notifier(self, attribute)
            attribute.loads_replaced = attribute.loads_replaced or self.active_history
            if self.key in manager.plain:
                self.watched_for = weakref.ref(attribute)
                manager.watch(self.key)
        else:
            attribute.listeners = None
            # The class may have been mapped anew, with something else under the name.
            is_watched = self.watched_for is not None and self.watched_for() is attribute
            if is_watched and not attribute.validators and not attribute.always_watched:
                manager.unwatch(self.key)
            self.watched_for = None


class AttributeEvents(Events):
    """The events of one attribute; listen to ``User.name``, or to its property in the mapper.

    Listeners get the instance as ``target``, with ``raw=True`` its state. With ``retval=True`` they return the value to
    store. ``propagate=True`` reaches the attributes of subclasses; ``active_history=True`` loads a value that is about
    to be replaced; with ``include_key=True`` listeners of ``append``, ``append_wo_mutation`` and ``remove`` get ``key``
    by name, and those of ``bulk_replace`` ``keys``.
    """

    _dispatch_base = AttributeDispatch
    _options = frozenset({"raw", "active_history", "include_key"})
    _by_class: ClassVar[weakref.WeakKeyDictionary[type[Any], dict[str, AttributeDispatch]]] = (
        weakref.WeakKeyDictionary()
    )
    _keys: ClassVar[set[str]] = set()
    """The names of attributes that somebody has ever listened to, in any class."""

    @replaces("value")
    @may_omit(1)
    def append(self, target: object, value: object, initiator: AttributeEventToken, *, key: object = NO_KEY) -> object:
        """An object is about to be put into a collection."""

    @may_omit(1)
    def append_wo_mutation(
        self, target: object, value: object, initiator: AttributeEventToken, *, key: object = NO_KEY
    ) -> None:
        """An object is put into a collection that has it already, as a set, and stays as it is."""

    @may_omit(1)
    def remove(self, target: object, value: object, initiator: AttributeEventToken, *, key: object = NO_KEY) -> None:
        """An object is about to leave a collection, or a value to be deleted."""

    @replaces("value")
    @may_omit(1)
    def set(self, target: object, value: object, oldvalue: object, initiator: AttributeEventToken) -> object:
        """A value is about to be set."""

    @may_omit(1)
    def bulk_replace(
        self, target: object, values: list[object], initiator: AttributeEventToken, *, keys: list[object] | None = None
    ) -> None:
        """A whole collection is about to be replaced; ``values`` can be changed in place."""

    @replaces("value")
    def init_scalar(self, target: object, value: object, dict_: dict[str, object]) -> object:
        """An attribute that was never set is read; to keep a value, put it into ``dict_`` and return it."""

    def init_collection(self, target: object, collection: object, collection_adapter: object) -> None:
        """A collection became the attribute's value."""

    def dispose_collection(self, target: object, collection: object, collection_adapter: object) -> None:
        """A collection was replaced by another one."""

    def modified(self, target: object, initiator: AttributeEventToken) -> None:
        """The attribute was marked as changed by ``flag_modified()``."""

    def compose(self, target: object, value: object) -> None:
        """The object of a composite was made of its columns, because it was read and is not None."""

    @classmethod
    def _of(cls, class_: type[Any], key: str) -> AttributeDispatch:
        """Give the dispatcher of an attribute, making it on first use."""
        cls._keys.add(key)
        attributes = cls._by_class.setdefault(class_, {})
        dispatch = attributes.get(key)
        if dispatch is None:
            dispatch_type: Any = cls._dispatch_type
            with dispatch_type.changing:
                dispatch = attributes.get(key)
                if dispatch is None:
                    dispatch = attributes[key] = dispatch_type(class_, key)
        return dispatch

    @classmethod
    def _dispatch_for(cls, target: Any) -> Dispatch | None:
        target = _attribute_of(target)
        return cls._of(target.class_, target.key) if isinstance(target, Attribute) else None

    @classmethod
    def _fit(
        cls, spec: EventSpec, target: Any, function: Callable[..., Any], options: dict[str, Any]
    ) -> Callable[..., Any]:
        if options.get("active_history"):
            target = _attribute_of(target)
            cls._of(target.class_, target.key).active_history = True
        if options.get("include_key") and spec.name in KEYED:
            function = _with_key(function, KEYED[spec.name])
        if not options.get("raw"):
            return function
        return lambda instance, *rest: function(state_of(instance), *rest)


def _attribute_of(target: object) -> object:
    """Give the attribute of the class for a property of its mapper; other targets as they are."""
    if isinstance(target, InspectionAttr) and target.is_property:
        return getattr(target, "class_attribute", None)
    return target


def _with_key(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Hand a listener the key of the change by name; the token has it with it."""

    def call(target: object, value: object, initiator: AttributeEventToken) -> Any:
        key = initiator.operation_key
        return function(target, value, initiator, **{name: None if name == "keys" and key is NO_KEY else key})

    return call


def follow_new_attribute(class_: type[Any], key: str) -> None:
    """Let an attribute that was just put on a class call those who listened to it, or to that of a base class."""
    if key not in AttributeEvents._keys:
        return
    by_class = AttributeEvents._by_class
    if any(key in by_class.get(base, ()) for base in class_.__mro__):
        AttributeEvents._of(class_, key).follow(class_)


def _heard(manager: ClassManager, key: str) -> Any:
    """Find what calls the listeners of an attribute of a class, or None where the class has no such attribute."""
    attribute = manager.attributes.get(key)
    return manager.composites.get(key) if attribute is None else attribute


def _mapped_subclasses(class_: type[Any]) -> list[type[Any]]:
    found: dict[type[Any], None] = {}
    pending = class_.__subclasses__()
    while pending:
        derived = pending.pop()
        pending.extend(derived.__subclasses__())
        if "_azoth_manager" in derived.__dict__:
            found[derived] = None
    return list(found)
