"""Dispatchers of mapped classes: their own listeners, and those of base classes that propagate."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, ClassVar

from azoth.event import Dispatch, Events


class EntityDispatch(Dispatch):
    """The listeners of one class, mapped or not, or (without a class) of all classes.

    Args:
        class_: the class, or None.
        family: the dispatchers of all classes of the family.
        changed: called whenever the listeners of a class may have changed.
    """

    __slots__ = ("_changed", "_class", "_family", "_is_heard")

    def __init__(
        self,
        class_: type[Any] | None,
        family: weakref.WeakKeyDictionary[type[Any], EntityDispatch],
        everywhere: EntityDispatch | None,
        changed: Callable[[type[Any]], None],
    ) -> None:
        self._class = None if class_ is None else weakref.ref(class_)
        self._family = family
        self._changed = changed
        self._is_heard = False
        super().__init__(() if everywhere is None else (everywhere,))

    def _recompute(self) -> None:
        class_ = None if self._class is None else self._class()
        own = [dispatch._own for dispatch in (*self._parents, self)]
        bases = () if class_ is None else tuple(reversed(class_.__mro__[1:]))
        inherited = [found._own for base in bases if (found := self._family.get(base)) is not None]
        was_heard, self._is_heard = self._is_heard, any(own) or any(inherited)
        if not self._is_heard:
            # As with most classes.
            for name in (*self.event_names, *self.groups):
                setattr(self, name, ())
            if was_heard and class_ is not None:
                self._changed(class_)
            return
        is_new = False
        for name in self.event_names:
            listeners = [one.called for registrations in own[:-1] for one in registrations.get(name, ())]
            for registrations in inherited:
                listeners.extend(one.called for one in registrations.get(name, ()) if one.propagate)
            listeners.extend(one.called for one in own[-1].get(name, ()))
            is_new = is_new or getattr(self, name, ()) != tuple(listeners)
            setattr(self, name, tuple(listeners))
        for group, names in self.groups.items():
            setattr(self, group, tuple(listener for name in names for listener in getattr(self, name)))
        if class_ is not None and is_new:
            self._changed(class_)


class EntityEvents(Events):
    """Families whose targets are mapped classes, their mappers, or (``propagate=True``) bases of mapped classes."""

    _dispatch_base = EntityDispatch
    _options = frozenset({"raw", "restore_load_context"})
    _everywhere_targets: ClassVar[list[Any]] = []
    """What stands for all mapped classes as a target."""
    _by_class: ClassVar[weakref.WeakKeyDictionary[type[Any], EntityDispatch]]
    _everywhere: ClassVar[EntityDispatch]

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls._by_class = weakref.WeakKeyDictionary()
        cls._everywhere = cls._make(None)

    @classmethod
    def _make(cls, class_: type[Any] | None) -> EntityDispatch:
        dispatch_type: Any = cls._dispatch_type
        everywhere = None if class_ is None else cls._everywhere
        made: EntityDispatch = dispatch_type(class_, cls._by_class, everywhere, cls._listeners_changed)
        return made

    @classmethod
    def _of_class(cls, class_: type[Any]) -> EntityDispatch:
        """Give the dispatcher of a class, making it on first use."""
        dispatch = cls._by_class.get(class_)
        if dispatch is None:
            with cls._dispatch_type.changing:
                dispatch = cls._by_class.get(class_)
                if dispatch is None:
                    dispatch = cls._by_class[class_] = cls._make(class_)
        return dispatch

    @classmethod
    def _dispatch_for(cls, target: Any) -> Dispatch | None:
        if cls is EntityEvents:
            return None
        if any(target is one for one in EntityEvents._everywhere_targets):
            return cls._everywhere
        if not isinstance(target, type):
            entity = getattr(target, "_azoth_entity", None)
            class_ = getattr(target if entity is None else entity.mapper, "class_", None)
            if not isinstance(class_, type) or not (entity is not None or hasattr(target, "state_class")):
                return None
            target = class_
        # A class that has listeners of another kind (an engine, a session) is no base of mapped classes.
        is_other = isinstance(getattr(target, "dispatch", None), Dispatch)
        return None if is_other or target is object else cls._of_class(target)

    @classmethod
    def _listeners_changed(cls, class_: type[Any]) -> None:
        """Follow a change of the listeners of a class."""
