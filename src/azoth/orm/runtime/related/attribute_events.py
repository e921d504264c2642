"""The events of attributes, and how they reach the attributes that somebody listens to."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from azoth.event import Dispatch, Events, EventSpec, may_omit, replaces
from azoth.event.dispatch import Registration
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.related.collection_adapter import collection_adapter
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.orm.runtime.symbols import NO_VALUE, NOT_LOADED

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager

__all__ = ["AttributeEvent", "AttributeEvents"]


class AttributeEvent(NamedTuple):
    """What started a change (``initiator``).

    Attributes:
        impl: the attribute that the change began at.
        op: the kind of change: "append", "remove", "replace", "bulk_replace", "modified".
        key: the attribute's name.
    """

    impl: Attribute
    op: str
    key: str


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
            attribute.listeners = Notifier(self, attribute)
            attribute.active_history = attribute.active_history or self.active_history
            if self.key in manager.plain:
                self.watched_for = weakref.ref(attribute)
                manager.watch(self.key)
        else:
            attribute.listeners = None
            # The class may have been mapped anew, with something else under the name.
            is_watched = self.watched_for is not None and self.watched_for() is attribute
            if is_watched and not attribute.validators:
                manager.unwatch(self.key)
            self.watched_for = None


class AttributeEvents(Events):
    """The events of one attribute; listen to ``User.name``.

    Listeners get the instance as ``target``, with ``raw=True`` its state. With ``retval=True`` they return the value to
    store. ``propagate=True`` reaches the attributes of subclasses; ``active_history=True`` loads a value that is about
    to be replaced.
    """

    _dispatch_base = AttributeDispatch
    _options = frozenset({"raw", "active_history"})
    _by_class: ClassVar[weakref.WeakKeyDictionary[type[Any], dict[str, AttributeDispatch]]] = (
        weakref.WeakKeyDictionary()
    )

    @replaces("value")
    @may_omit(1)
    def append(self, target: Any, value: Any, initiator: Any) -> Any:
        """An object is about to be put into a collection."""

    @may_omit(1)
    def remove(self, target: Any, value: Any, initiator: Any) -> None:
        """An object is about to leave a collection, or a value to be deleted."""

    @replaces("value")
    @may_omit(1)
    def set(self, target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        """A value is about to be set."""

    @may_omit(1)
    def bulk_replace(self, target: Any, values: list[Any], initiator: Any, keys: Any) -> None:
        """A whole collection is about to be replaced; ``values`` can be changed in place."""

    @replaces("value")
    def init_scalar(self, target: Any, value: Any, dict_: dict[str, Any]) -> Any:
        """An attribute that was never set is read; to keep a value, put it into ``dict_`` and return it."""

    def init_collection(self, target: Any, collection: Any, collection_adapter: Any) -> None:
        """A collection became the attribute's value."""

    def dispose_collection(self, target: Any, collection: Any, collection_adapter: Any) -> None:
        """A collection was replaced by another one."""

    def modified(self, target: Any, initiator: Any) -> None:
        """The attribute was marked as changed by ``flag_modified()``."""

    def compose(self, target: object, value: object) -> None:
        """The object of a composite was made of its columns, because it was read and is not None."""

    @classmethod
    def _of(cls, class_: type[Any], key: str) -> AttributeDispatch:
        """Give the dispatcher of an attribute, making it on first use."""
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
        return cls._of(target.class_, target.key) if isinstance(target, Attribute) else None

    @classmethod
    def _wrap(
        cls, spec: EventSpec, target: Any, function: Callable[..., Any], options: dict[str, Any]
    ) -> Callable[..., Any]:
        if options.get("active_history"):
            cls._of(target.class_, target.key).active_history = True
        if not options.get("raw"):
            return function
        return lambda instance, *rest: function(state_of(instance), *rest)


class Notifier:
    """Tells the listeners of an attribute of its changes; implements the port ``AttributeListeners``.

    Args:
        dispatch: the listeners.
        attribute: the attribute.
    """

    __slots__ = ("_append", "_bulk", "_dispatch", "_modified", "_remove", "_replace")

    def __init__(self, dispatch: AttributeDispatch, attribute: Attribute) -> None:
        self._dispatch = dispatch
        key = attribute.key
        self._append = AttributeEvent(attribute, "append", key)
        self._remove = AttributeEvent(attribute, "remove", key)
        self._replace = AttributeEvent(attribute, "replace", key)
        self._bulk = AttributeEvent(attribute, "bulk_replace", key)
        self._modified = AttributeEvent(attribute, "modified", key)

    def append(self, state: InstanceState, attribute: object, item: Any) -> Any:
        """Tell of an object that joins a collection, and give the one to put in."""
        for listener in self._dispatch.append:
            item = listener(state(), item, self._append)
        return item

    def remove(self, state: InstanceState, attribute: object, item: Any) -> None:
        """Tell of an object that leaves a collection, or a value that is deleted."""
        for listener in self._dispatch.remove:
            listener(state(), item, self._remove)

    def set(self, state: InstanceState, attribute: object, value: Any, old: Any) -> Any:
        """Tell of a new value, and give the one to store."""
        instance = state()
        if old is NO_VALUE and self._dispatch.active_history and state.pk is not None and state.origin is not None:
            old = state.manager.load_missing(state, instance, self._dispatch.key, asked=False)
        if old is NOT_LOADED:
            old = NO_VALUE
        for listener in self._dispatch.set:
            value = listener(instance, value, old, self._replace)
        return value

    def bulk_replace(self, state: InstanceState, attribute: object, items: list[Any]) -> None:
        """Tell of the members of a new collection."""
        for listener in self._dispatch.bulk_replace:
            listener(state(), items, self._bulk, None)

    def init_scalar(self, state: InstanceState, attribute: object, instance: object) -> Any:
        """Ask for the value of an attribute that was never set."""
        value = None
        for listener in self._dispatch.init_scalar:
            value = listener(instance, value, instance.__dict__)
        return value

    def init_collection(self, state: InstanceState, attribute: object, collection: object) -> None:
        """Tell of a collection that became the value."""
        for listener in self._dispatch.init_collection:
            listener(state(), collection, collection_adapter(collection))

    def dispose_collection(self, state: InstanceState, attribute: object, collection: object) -> None:
        """Tell of a collection that was replaced."""
        for listener in self._dispatch.dispose_collection:
            listener(state(), collection, None)

    def compose(self, state: InstanceState, value: object) -> None:
        """Tell of an object that a composite was made into."""
        for listener in self._dispatch.compose:
            listener(state(), value)

    def modified(self, state: InstanceState) -> None:
        """Tell that the attribute was marked as changed."""
        for listener in self._dispatch.modified:
            listener(state(), self._modified)


def follow_new_attribute(class_: type[Any], key: str) -> None:
    """Let an attribute that was just put on a class call those who listened to it, or to that of a base class."""
    by_class = AttributeEvents._by_class
    if by_class and any(key in by_class.get(base, ()) for base in class_.__mro__):
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
