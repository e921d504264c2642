"""What azoth knows about one instance: its identity, where it comes from, and what was changed on it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from azoth.exc import InvalidRequestError
from azoth.orm.exc import UnmappedInstanceError
from azoth.orm.runtime.inspected.inspected_state import InspectedState
from azoth.orm.runtime.symbols import NO_VALUE, STATE
from azoth.util.identity_list import IdentityList

if TYPE_CHECKING:

    class OriginPort(Protocol):
        """What brought an instance in: a load, or the identity map itself for one that was added."""

        @property
        def identity_map(self) -> Any:
            """The identity map that the instance is in."""
            ...

        @property
        def tree(self) -> Any:
            """The loader options that later loads from the instance obey, or None."""
            ...

        @property
        def terms(self) -> Any:
            """What else acts on later loads from the instance, or None."""
            ...

        @property
        def token(self) -> Hashable:
            """The identity token of what came in, or None."""
            ...

        def neighbours(self, state: InstanceState) -> Iterable[Iterable[InstanceState]]:
            """Give what came in together with an instance: those that follow it, then those before it."""
            ...


class StateExtras:
    """The rarely needed parts of a state, made when the first of them is.

    Attributes:
        was_deleted: a DELETE was sent for the instance (and not rolled back).
        queued: changes to collections that are not loaded: key -> (added, removed), in order.
        parents: the owners under delete-orphan relationships: relationship property -> parent state (or False once
            removed).
        info: the user's own dictionary.
        loads_unsaved: relationships load by the foreign keys although there is no row (enable_relationship_loading).
        identity_token: what tells the instance from others with its primary key, or None.
        held: what relationships of the row held that the instance stood for before it was made transient: key -> the
             related objects. They belong to that row and are no news of the next one.
        composed: what the objects of composites were made of: key -> the values of the columns.
        came_with: the loader options, and what else acts on later loads, of an instance that is in no session.
        empty: collections that were read before anything was put into them: key -> the collection. With its first
            member a collection moves into the instance's ``__dict__``.
    """

    __slots__ = (
        "came_with",
        "composed",
        "empty",
        "held",
        "identity_token",
        "info",
        "loads_unsaved",
        "parents",
        "queued",
        "was_deleted",
    )

    def __init__(self, identity_token: Hashable = None) -> None:
        self.identity_token = identity_token
        self.was_deleted = False
        self.loads_unsaved = False
        self.queued: dict[str, tuple[IdentityList, IdentityList]] | None = None
        self.parents: dict[Any, Any] | None = None
        self.info: dict[Any, Any] | None = None
        self.held: dict[str, tuple[Any, ...]] | None = None
        self.composed: dict[str, tuple[object, ...]] | None = None
        self.came_with: tuple[Any, Any] | None = None
        self.empty: dict[str, Any] | None = None

    def __reduce__(self) -> Any:
        """Pickle what has a meaning elsewhere: not the parents, which are known by parts of the mapping."""
        known = (self.was_deleted, self.queued, self.info, self.identity_token, self.composed)
        return restored_extras, known if self.came_with is None else (*known, self.came_with)


class InstanceState(InspectedState, weakref.ref[Any]):
    """A weak reference to an instance that carries the instance's state.

    Reference and state are one allocation, because one is made for every loaded row; what only few instances have is
    kept in one object for all of it. Each mapped class has its own subclass with ``manager`` set.

    Attributes:
        manager: the instrumentation of the mapped class.
        pk: the primary key in the database: the plain value, or a tuple for composite keys; None without identity.
        origin: the load that brought the instance in, the identity map itself if it was added, or None without any.
        changes: attribute key -> value before the first change since load or flush; None while nothing changed. The
            value is NO_VALUE if it was not loaded, and the tuple of members for a collection.
        extra: the rarely needed rest, or None.
    """

    __slots__ = ("changes", "extra", "origin", "pk")

    manager: ClassVar[Any]

    pk: Any
    origin: OriginPort | None
    changes: dict[str, Any] | None
    extra: StateExtras | None

    @property
    def identity_map(self) -> Any:
        """The identity map that the instance is in, or None."""
        origin = self.origin
        return None if origin is None else origin.identity_map

    @property
    def identity_token(self) -> Hashable:
        """What tells the instance from others with its primary key, as rows of several databases; None for nothing."""
        if not self.manager.root.has_tokens:
            return None
        extra = self.extra
        return None if extra is None else extra.identity_token

    @identity_token.setter
    def identity_token(self, token: Hashable) -> None:
        if self.pk is not None:
            raise InvalidRequestError(
                f"the identity token of a {self.manager.class_.__name__} with a row cannot be changed",
                why="it is a part of the key under which sessions hold the object",
                fix="set it before the object is flushed, or after make_transient()",
                code="AZ-S65",
            )
        self.extras().identity_token = token
        if token is not None:
            self.manager.root.has_tokens = True

    @property
    def was_deleted(self) -> bool:
        """Whether the instance's row was deleted."""
        extra = self.extra
        return extra is not None and extra.was_deleted

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary, made on first use."""
        extra = self.extras()
        if extra.info is None:
            extra.info = {}
        return extra.info

    @property
    def callables(self) -> dict[str, Callable[[], object]]:
        """What will load the attributes that have no value because options of the instance's query said so, by key."""
        tree = None if self.origin is None else self.origin.tree
        if self() is None or tree is None:
            return {}
        told = [*tree.relationships, *[key for key, how in tree.deferred.items() if how]]
        return {key: partial(self._load, key) for key in told if key in self.unloaded}

    def _load(self, key: str) -> object:
        instance = self()
        return None if instance is None else loaded_value(self, instance, key)

    # A weakref compares and hashes by its referent, which would call the user's __eq__ and __hash__.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    def first_change(self, instance: Any) -> dict[str, Any]:
        """Begin to record changes: the identity map keeps a changed instance alive until it is flushed."""
        if self() is not instance:
            # The ``__dict__`` of another instance was copied by hand, the state in it too.
            return make_state(instance).first_change(instance)
        changes: dict[str, Any] = {}
        self.changes = changes
        origin = self.origin
        if origin is not None and self.pk is not None:
            origin.identity_map.modified[self] = instance
        return changes

    def record(self, instance: Any, key: str) -> None:
        """Remember the present value of a scalar attribute as the one before the change, once."""
        changes = self.changes
        if changes is None:
            changes = self.first_change(instance)
        if key not in changes:
            changes[key] = instance.__dict__.get(key, NO_VALUE)

    def __reduce__(self) -> Any:
        """Pickle along with the instance: identity and changes go with it, the session and its loads stay behind."""
        instance = self()
        listeners = self.manager.dispatch.pickle
        token = self.identity_token
        extra = self._lasting_extras()
        rest = None if extra is None else (None, {"extra": extra})
        if not listeners and token is None:
            return restored_state, (instance, self.pk, self.changes), rest
        carried: dict[str, Any] = {}
        for listener in listeners:
            listener(instance, carried)
        return restored_state, (instance, self.pk, self.changes, carried, token is not None), rest

    def _lasting_extras(self) -> StateExtras | None:
        """Give the rarely needed parts with what the load has left behind that brought the instance in."""
        came_with = self.came_with
        if came_with is None or (self.extra is not None and self.extra.came_with is came_with):
            return self.extra
        lasting = StateExtras(self.identity_token) if self.extra is None else copy(self.extra)
        lasting.came_with = came_with
        return lasting

    @property
    def came_with(self) -> tuple[Any, Any] | None:
        """The loader options with which the instance was loaded and what else acts on later loads; None for nothing."""
        origin = self.origin
        if origin is None:
            return None if self.extra is None else self.extra.came_with
        tree, terms = origin.tree, origin.terms
        return None if terms is None and (tree is None or tree.says_nothing) else (tree, terms)

    def extras(self) -> StateExtras:
        """Give the rarely needed parts, making them on first use."""
        extra = self.extra
        if extra is None:
            extra = self.extra = StateExtras()
        return extra


def forget(reference: InstanceState) -> None:
    """Take an instance that died out of its identity map (the callback of every state)."""
    origin = reference.origin
    if origin is not None:
        states = origin.identity_map.entities.get(reference.manager.root)
        pk = reference.pk
        if states is not None and states.get(pk) is reference:
            del states[pk]
        elif origin.token is not None:
            states = origin.identity_map.entities.get((reference.manager.root, origin.token))
            if states is not None and states.get(pk) is reference:
                del states[pk]


def loaded_value(state: InstanceState, instance: Any, key: str) -> Any:
    """Give the value of an attribute, loading it where it has none.

    The library's own code reads attributes of instances by this and never by ``getattr()``, so that whoever reads it
    sees where a statement may be sent (``tests/architecture/test_no_hidden_loads.py``).

    Args:
        state: the instance's state.
        instance: the instance.
        key: the attribute.

    Returns:
        the value, as reading the attribute gives it.

    Raises:
        DetachedInstanceError: it would have to be loaded, and there is no session.

    Emits: one SELECT where the value is missing, as reading the attribute does.
    State: the attribute is loaded, on the peers of the instance too.
    """
    values = instance.__dict__
    return values[key] if key in values else getattr(instance, key)


def needed_value(state: InstanceState, instance: object, key: str) -> Any:
    """Give the value that the library itself needs, loading it where it has none.

    A ``raise`` is meant for the program: it does not hold here.

    Args:
        state: the instance's state.
        instance: the instance.
        key: the attribute.

    Raises:
        DetachedInstanceError: it would have to be loaded, and there is no session.

    Emits: one SELECT where the value is missing.
    State: the attribute is loaded, on the peers of the instance too.
    """
    values = instance.__dict__
    return values[key] if key in values else state.manager.load_missing(state, instance, key, asked=False)


def state_of(instance: Any) -> InstanceState:
    """Give the state of a mapped instance, making one for an instance that has none yet.

    Raises:
        AttributeError: the object's class is not mapped.
    """
    state: InstanceState | None = instance.__dict__.get(STATE)
    if state is not None and state() is instance:
        return state
    if not hasattr(type(instance), "_azoth_manager"):
        stood_for = instance_behind(instance)
        if stood_for is not instance:
            return state_of(stood_for)
    # None yet, or a ``__dict__`` that was copied by hand: a copy is a new transient instance.
    return make_state(instance)


def instance_behind(instance: object) -> Any:
    """Give the mapped instance that an object stands for.

    Web frameworks hand out objects that lead to another one, which is that of the present request
    (``flask_login.current_user``): programs use them as if they were that one.

    Returns:
        the instance that the object leads to; the object itself where it is one, or leads to none.
    """
    if not hasattr(type(instance), "_azoth_manager") and not isinstance(instance, type):
        state = getattr(instance, STATE, None)
        if isinstance(state, InstanceState):
            return state() or instance
    return instance


def row_is_gone(state: InstanceState) -> bool:
    """Tell whether an instance's row was deleted, by a flush or by a statement, and not brought back by a rollback.

    Such an instance takes no further part in flushes.
    """
    extra = state.extra
    return extra is not None and extra.was_deleted


def make_state(instance: Any) -> InstanceState:
    """Make the state of a transient instance and put it into place."""
    manager = type(instance)._azoth_manager
    state: InstanceState = manager.state_class(instance, forget)
    state.pk = state.origin = state.changes = state.extra = None
    instance.__dict__[STATE] = state
    return state


def restored_extras(
    was_deleted: bool,
    queued: Any,
    info: Any,
    identity_token: Hashable = None,
    composed: dict[str, tuple[object, ...]] | None = None,
    came_with: tuple[Any, Any] | None = None,
) -> StateExtras:
    """Rebuild the rarely needed parts of a state that is being unpickled."""
    extras = StateExtras(identity_token)
    extras.was_deleted = was_deleted
    extras.queued = queued
    extras.info = info
    extras.composed = composed
    extras.came_with = came_with
    return extras


def restored_state(
    instance: Any,
    pk: Any,
    changes: dict[str, Any] | None,
    carried: dict[str, Any] | None = None,
    has_token: bool = False,
) -> InstanceState:
    """Rebuild the state of an instance that is being unpickled; it is detached, or transient if it had no row.

    Raises:
        UnmappedInstanceError: its class is not mapped here.
    """
    if not hasattr(type(instance), "_azoth_manager"):
        name = type(instance).__qualname__
        raise UnmappedInstanceError(
            f"an object of class {name} cannot be unpickled: the class is not mapped",
            why="it was mapped where it was pickled; what it holds is known by the mapping",
            fix=f"map {name} before the pickle is read",
            code="AZ-S154",
        )
    state = state_of(instance)
    state.pk = pk
    state.changes = changes
    if has_token:
        # The token itself comes with the rarely needed parts.
        state.manager.root.has_tokens = True
    for listener in state.manager.dispatch.unpickle:
        listener(instance, carried or {})
    return state
