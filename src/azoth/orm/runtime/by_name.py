"""Attributes of instances by name: reading, setting and comparing them as the mapping does."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime import history as runtime_history
from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.history import History
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.passive import PASSIVE_OFF, PassiveFlag
from azoth.orm.runtime.related.collection_adapter import CollectionAdapter, collection_adapter
from azoth.orm.runtime.related.queried_attribute import QueriedAttribute
from azoth.orm.runtime.related.related_attribute import RelatedAttribute
from azoth.orm.runtime.state import InstanceState, instance_behind, loaded_value, state_of
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.arguments import wrong_value


def _state_of(instance: object) -> InstanceState:
    try:
        return state_of(instance)
    except AttributeError:
        if hasattr(type(instance), "_azoth_manager"):
            raise
        raise wrong_value("the instance", "an object of a mapped class", instance) from None


def instance_state(instance: object) -> InstanceState:
    """Give the state of a mapped instance.

    Raises:
        AttributeError: the object's class is not mapped.
    """
    return state_of(instance)


def instance_dict(instance: Any) -> dict[str, Any]:
    """Give the dictionary in which an instance keeps its loaded values."""
    values: dict[str, Any] = instance.__dict__
    return values


def manager_of_class(class_: type[Any]) -> Any:
    """Give the instrumentation of a mapped class, or None for a class that is not mapped."""
    return class_.__dict__.get("_azoth_manager")


def get_history(obj: Any, key: str, passive: PassiveFlag = PASSIVE_OFF) -> History:
    """Compare an attribute with its last committed value.

    Args:
        obj: an instance (or its state).
        key: the attribute's name.
        passive: whether a value that is not loaded may be loaded; by default it is.

    Returns:
        the History with its added, unchanged and deleted values.

    Emits: the load of the attribute, if it is not loaded and ``passive`` allows it.
    State: unchanged.
    """
    state = obj if isinstance(obj, InstanceState) else _state_of(obj)
    instance = state()
    if instance is not None and state.pk is not None and passive.allows_load():
        attribute = state.manager.attributes.get(key)
        if isinstance(attribute, QueriedAttribute):
            return attribute.history_with_members(state, instance)
        for name in _parts(instance, key):
            loaded_value(state, instance, name)
    return runtime_history.told_history(state, key)


def has_parent(class_: type[Any], obj: object, key: str, optimistic: bool = False) -> bool:
    """Tell whether an object is held under a relationship of a class that notes its owners.

    Args:
        class_: the class with the relationship.
        obj: the related object.
        key: the relationship, one with the cascade delete-orphan or with ``single_parent``.
        optimistic: the answer where nothing is known of an owner, as with an object that was loaded alone.

    Raises:
        InvalidRequestError: the attribute notes no owners.

    Emits: nothing.
    """
    manager = manager_of_class(class_)
    if manager is None or key not in manager.attributes:
        raise wrong_value("has_parent(): key", "a mapped attribute of a mapped class", key)
    known: bool = manager.has_parent(_state_of(obj), key, optimistic)
    return known


def has_identity(object: object) -> bool:
    """Tell whether a mapped object has, or had, a row: whether it is persistent, deleted or detached."""
    return _state_of(object).pk is not None


def get_attribute(instance: Any, key: str) -> Any:
    """Read an attribute as ``instance.key`` does, past a ``__getattribute__`` of the class's own.

    Emits: the load of the attribute, if it is not loaded.
    """
    return object.__getattribute__(instance_behind(instance), key)


def set_attribute(instance: Any, key: str, value: Any, initiator: object = None) -> None:
    """Set an attribute with everything that follows from it: history, backrefs, validators.

    A ``__setattr__`` of the class's own is passed by, since it may be the one that calls.

    Args:
        instance: the owner.
        key: the attribute's name.
        value: the new value.
        initiator: the token that a listener got which sets this attribute: those of this attribute get it too, and see
            what the change began with. A collection that is replaced tells of itself.

    State: the instance is changed.
    """
    instance = instance_behind(instance)
    _parts(instance, key)
    manager = state_of(instance).manager
    if initiator is not None and key in manager.watched and not getattr(manager.watched[key], "uselist", False):
        manager.watched[key].set(instance, value, initiator)
    elif manager.sees_own_writes:
        object.__setattr__(instance, key, value)
    else:
        setattr(instance, key, value)


def del_attribute(instance: Any, key: str) -> None:
    """Delete an attribute's value as ``del instance.key`` does, past a ``__delattr__`` of the class's own.

    State: the instance is changed.
    """
    instance = instance_behind(instance)
    _parts(instance, key)
    if state_of(instance).manager.sees_own_writes:
        object.__delattr__(instance, key)
    else:
        delattr(instance, key)


def set_committed_value(instance: Any, key: str, value: Any) -> None:
    """Set an attribute as if the value had been loaded: no history, no listeners.

    Args:
        instance: the owner.
        key: the attribute's name.
        value: the value; for a collection, an iterable of its members.

    State: the attribute is loaded and clean.
    """
    instance = instance_behind(instance)
    attribute = _attribute(instance, key)
    state = _state_of(instance)
    if state.changes is not None:
        state.changes.pop(key, None)
    if isinstance(attribute, RelatedAttribute):
        if not attribute.uselist:
            value = instance_behind(value)
        elif isinstance(value, list | tuple | set | frozenset):
            value = [instance_behind(member) for member in value]
    attribute.load(state, instance, value)
    _hold_loaded(state, instance, key)


def init_collection(obj: Any, key: str) -> CollectionAdapter:
    """Give an instance a new, empty collection as its loaded one.

    Args:
        obj: the owner.
        key: the relationship's name.

    Returns:
        the adapter, with ``append_without_event()`` to fill the collection.

    State: the attribute is loaded and clean.
    """
    obj = instance_behind(obj)
    attribute = _attribute(obj, key)
    state = _state_of(obj)
    if state.changes is not None:
        state.changes.pop(key, None)
    collection = attribute.load(state, obj, ())
    _hold_loaded(state, obj, key)
    return collection_adapter(collection)


def _hold_loaded(state: InstanceState, instance: object, key: str) -> None:
    """Let what was put in as loaded be what the former row led to, of an object that was made transient."""
    extra = state.extra
    if extra is not None and extra.held is not None and key in extra.held:
        value = instance.__dict__[key]
        extra.held[key] = tuple(members(value)) if state.manager.attributes[key].uselist else (value,)


def flag_modified(instance: Any, key: str) -> None:
    """Mark an attribute as changed, as after a change within a mutable value; the next flush saves it.

    Raises:
        InvalidRequestError: the attribute has no value to save.

    State: the instance is changed.
    """
    instance = instance_behind(instance)
    attribute = _attribute(instance, key)
    if attribute.key not in instance.__dict__:
        raise InvalidRequestError(
            f"cannot flag {type(instance).__name__}.{key} as modified: it is not loaded",
            why="the attribute has no value in memory that a flush could save.",
            fix="read or set the attribute first.",
            code="AZ-S96",
        )
    state = _state_of(instance)
    changes = state.first_change(instance) if state.changes is None else state.changes
    if isinstance(attribute, RelatedAttribute):
        changes.setdefault(key, NO_VALUE)
    else:
        # What was noted as the value before may be this very one, or have changed in place as well.
        changes[key] = NO_VALUE
    if attribute.listeners is not None:
        attribute.listeners.modified(state)


def flag_dirty(instance: object) -> None:
    """Mark an instance as changed without naming an attribute: it is part of the next flush.

    State: the instance is changed.
    """
    instance = instance_behind(instance)
    state = _state_of(instance)
    if state.changes is None:
        state.first_change(instance)


def _parts(instance: object, key: str) -> tuple[str, ...]:
    """Name the attribute, or those that a composite is made of."""
    composite = _state_of(instance).manager.composites.get(key)
    if composite is None:
        return (_attribute(instance, key).key,)
    keys: tuple[str, ...] = composite.keys
    return keys


def _attribute(instance: object, key: str) -> Attribute:
    attribute: Attribute | None = _state_of(instance).manager.attributes.get(key)
    if attribute is None:
        raise InvalidRequestError(
            f"{type(instance).__name__} has no mapped attribute {key!r}",
            why="only mapped attributes have a history and a state.",
            fix="check the name, or map the attribute.",
            code="AZ-S97",
        )
    return attribute


def is_instrumented(instance: object, key: str) -> bool:
    """Tell whether an attribute of an instance is mapped."""
    manager = getattr(type(instance_behind(instance)), "_azoth_manager", None)
    return manager is not None and key in manager.attributes
