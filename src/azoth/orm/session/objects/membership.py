"""Which instances belong to a session: adding, attaching, expunging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.exc import UnmappedInstanceError
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.related.orphans import forget_losses
from azoth.orm.runtime.state import InstanceState, instance_behind, row_is_gone, state_of
from azoth.orm.session.objects.cascade import reachable

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


def mapped_state(instance: Any, operation: str) -> InstanceState:
    """Give the state of an instance that a user passed in, or of the one that stands behind what was passed in.

    Raises:
        UnmappedInstanceError: its class is not mapped, or a class was passed.
    """
    if isinstance(instance, type) or not hasattr(type(instance_behind(instance)), "_azoth_manager"):
        what = f"class {instance.__name__}" if isinstance(instance, type) else type(instance).__name__
        raise UnmappedInstanceError(
            f"{operation}: {what} is not a mapped instance",
            why="a session holds instances of mapped classes only"
            if isinstance(instance, type)
            else "no mapping was made for this class",
            fix="pass an instance, not its class"
            if isinstance(instance, type)
            else "map the class (DeclarativeBase, registry.map_imperatively), or pass the object that you meant",
            code="AZ-S01",
        )
    return state_of(instance)


def is_here(identity_map: IdentityMap, state: InstanceState) -> bool:
    """Tell whether an object is part of a session, one that it deleted left out."""
    return state.identity_map is identity_map and (state.pk is None or not row_is_gone(state))


def cascades_save(relationship: Any) -> bool:
    """Tell whether adding an object adds what a relationship of it leads to."""
    saves: bool = relationship.cascade.save_update
    return saves


def attach(identity_map: IdentityMap, state: InstanceState, instance: Any) -> None:
    """Make one instance part of a session: pending if it is new, persistent if it has an identity."""
    present = state.identity_map
    if present is identity_map:
        if state in identity_map.deleted:
            del identity_map.deleted[state]
            identity_map.cascaded.discard(state)
        elif state.pk is not None:
            _refuse_deleted(state, instance)
        else:
            # Here already, but not to be inserted so far: see enable_relationship_loading().
            identity_map.new.setdefault(state, instance)
        return
    if present is not None and present.unit() is not None:
        _refuse_second_session(state, instance, present.unit())
    if state.pk is None:
        if state.extra is not None:
            forget_losses(state.extra)
        state.origin = identity_map
        identity_map.new[state] = instance
        return
    _refuse_deleted(state, instance)
    present = identity_map.find(state.manager, state.pk, state.identity_token)
    if present is not None and present is not instance:
        raise InvalidRequestError(
            f"{type(instance).__name__} {state.pk!r}: another object with this key is present in this session",
            why="a session holds one instance for each row",
            fix="use merge() to copy the state of your object onto the present one",
            code="AZ-S02",
        )
    identity_map.add(state, instance)


def _refuse_deleted(state: InstanceState, instance: Any) -> None:
    if row_is_gone(state):
        raise InvalidRequestError(
            f"{type(instance).__name__} {state.pk!r} was deleted",
            why="its row is gone, so it cannot be persistent again",
            fix="make_transient(obj) and add() it to insert it anew",
            code="AZ-S03",
        )


def _refuse_second_session(state: InstanceState, instance: Any, other: Unit) -> None:
    key = "pending" if state.pk is None else repr(state.pk)
    raise InvalidRequestError(
        f"{type(instance).__name__} ({key}) is already attached to session {other.session.hash_key}",
        why="an object belongs to one session at a time",
        fix="expunge() it there first, or merge() it into this one",
        code="AZ-S04",
    )


def expunge(identity_map: IdentityMap, instance: Any) -> list[tuple[InstanceState, Any]]:
    """Let go of an instance and of what the expunge cascade reaches: detached, or transient if it was pending.

    Returns:
        what was let go of.
    """
    state = mapped_state(instance, "expunge()")
    instance = state()
    if state.identity_map is not identity_map:
        raise InvalidRequestError(
            f"{type(instance).__name__} is not present in this session",
            why="only objects of this session can be expunged from it",
            fix="look at object_session(obj) for the session that it is in",
            code="AZ-S05",
        )
    items = list(reachable(instance, lambda relationship: bool(relationship.cascade.expunge)))
    departed = [(state, instance)]
    detach(identity_map, state)
    for item in items:
        item_state = state_of(item)
        if item_state.identity_map is identity_map:
            detach(identity_map, item_state)
            departed.append((item_state, item))
    return departed


def detach(identity_map: IdentityMap, state: InstanceState) -> None:
    """Let go of one instance; the options with which it was loaded stay with it."""
    identity_map.discard(state)
    came_with = None if state.pk is None else state.came_with
    if came_with is not None:
        state.extras().came_with = came_with
    state.origin = None
