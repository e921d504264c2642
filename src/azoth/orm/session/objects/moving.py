"""Functions that move an object between the states: transient, detached, deleted."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState, row_is_gone
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.orm.session.objects.membership import attach, detach, mapped_state


def make_transient(instance: object) -> None:
    """Make an object transient: it forgets its row and leaves its session, and can be added as a new one.

    Args:
        instance: an object in any state.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
        InvalidRequestError: its row was deleted while it was expired, so that nothing is known of it but its key.

    Emits: nothing; attributes that are not loaded read as None from now on.
    State: the object is transient with the values that it has in memory; related objects stay where they are: those
        that belong to the row are not given to the new one, unless they are set or added again.
    """
    state = mapped_state(instance, "make_transient()")
    instance = state()
    if row_is_gone(state):
        _refuse_unknown(state, instance)
    if state.pk is not None:
        state.extras().held = _held(state, instance)
    identity_map = state.identity_map
    if identity_map is not None:
        detach(identity_map, state)
    state.pk = state.origin = None
    extra = state.extra
    if extra is not None:
        extra.was_deleted = False
        extra.loads_unsaved = False
        extra.came_with = None
    if not state.changes:
        state.changes = None


def _refuse_unknown(state: InstanceState, instance: object) -> None:
    mapper = state.manager.mapper
    others = [key for key in mapper.column_keys if key not in mapper.primary_key_keys]
    if not others or any(key in instance.__dict__ for key in others):
        return
    raise InvalidRequestError(
        f"make_transient(): nothing is known of {type(instance).__name__} {state.pk!r} but its key",
        why="it was expired when its row was deleted, and a row is not loaded for its deletion",
        fix="refresh() it before delete(), and it keeps its values",
        code="AZ-S59",
    )


def make_transient_to_detached(instance: object) -> None:
    """Make a transient object detached, as if it had been loaded: attributes that are not set load when it is added.

    Args:
        instance: a transient object whose primary key is set.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
        InvalidRequestError: the object is not transient, or its primary key is incomplete.

    Emits: nothing.
    State: the object is detached and clean; its values count as those of the row.
    """
    state = mapped_state(instance, "make_transient_to_detached()")
    instance = state()
    name = type(instance).__name__
    if state.pk is not None or state.origin is not None:
        raise InvalidRequestError(
            f"make_transient_to_detached(): the {name} object is not transient",
            why="it has a row already, or is in a session.",
            fix="call make_transient() first, or use the object as it is.",
            code="AZ-S63",
        )
    pk = state.manager.mapper.pk_from_values(instance.__dict__)
    if pk is None:
        raise InvalidRequestError(
            f"make_transient_to_detached(): the {name} object has no primary key",
            why="a detached object refers to a row by its primary key.",
            fix=f"set {', '.join(state.manager.mapper.primary_key_keys)} first.",
            code="AZ-S64",
        )
    state.pk = pk
    state.changes = None
    extra = state.extra
    if extra is not None:
        extra.was_deleted = False
        extra.held = None
    _drop_empty_collections(state, instance)


def load_relationships_of(identity_map: IdentityMap, instance: object) -> None:
    """Let an object load its relationships through a session although it is not added; see ``Session``."""
    state = mapped_state(instance, "enable_relationship_loading()")
    instance = state()
    if state.pk is not None:
        attach(identity_map, state, instance)
        return
    present = state.identity_map
    if present is not None and present is not identity_map and present.unit() is not None:
        attach(identity_map, state, instance)
    state.origin = identity_map
    state.extras().loads_unsaved = True


def was_deleted(object_: object) -> bool:
    """Tell whether an object's row was deleted by a flush of its session, and not brought back by a rollback.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
    """
    return row_is_gone(mapped_state(object_, "was_deleted()"))


def _held(state: InstanceState, instance: Any) -> dict[str, tuple[Any, ...]]:
    """List what the loaded relationships of a row lead to, without the changes that were not flushed."""
    changes, values = state.changes or {}, instance.__dict__
    held: dict[str, tuple[Any, ...]] = {}
    for relationship in state.manager.mapper.relationships:
        value = changes.get(relationship.key, values.get(relationship.key, NO_VALUE))
        if value is NO_VALUE:
            continue
        is_list = relationship.uselist and not isinstance(value, tuple)
        held[relationship.key] = tuple(members(value)) if is_list else value if relationship.uselist else (value,)
    return held


def _drop_empty_collections(state: InstanceState, instance: Any) -> None:
    """Let collections load that were made only because somebody read them."""
    values = instance.__dict__
    for key, attribute in state.manager.attributes.items():
        if getattr(attribute, "uselist", False) and key in values and not members(values[key]):
            del values[key]
