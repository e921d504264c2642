"""Refresh and expire: give up what is in memory in favour of the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.loading.instance_loader import load_columns
from azoth.orm.loading.loader_options import TreeOption
from azoth.orm.loading.missing_value import load_again, tree_of
from azoth.orm.runtime.expiry import expire, expire_keys
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState, loaded_value, needed_value, row_is_gone, state_of
from azoth.orm.session.objects.cascade import reachable
from azoth.orm.session.objects.get import get_instance
from azoth.orm.session.objects.membership import detach, mapped_state
from azoth.util.arguments import as_list

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.ports import Unit


def expire_instance(
    identity_map: IdentityMap, instance: Any, attribute_names: Iterable[str] | None, *, cascade: bool = True
) -> None:
    """Let attributes be loaded anew when they are read next; see ``Session.expire``."""
    state = persistent_state(identity_map, instance, "expire()")
    instance = state()
    if attribute_names is not None:
        expire_keys(state, instance, _checked(state, attribute_names))
        return
    items = list(reachable(instance, _cascades_expire, passes=_is_kept)) if cascade else []
    for item in (instance, *items):
        item_state = state_of(item)
        if item_state.identity_map is identity_map and item_state.pk is not None and not row_is_gone(item_state):
            expire(item_state, item)
            identity_map.modified.pop(item_state, None)
        elif item_state in identity_map.new:
            # It belongs to what is given up now.
            detach(identity_map, item_state)


def expire_all(identity_map: IdentityMap) -> None:
    """Let all attributes of all persistent objects be loaded anew; see ``Session.expire_all``."""
    for instance in list(identity_map.instances()):
        expire_instance(identity_map, instance, None, cascade=False)


def refresh_instance(unit: Unit, instance: Any, attribute_names: Iterable[str] | None, with_for_update: Any) -> None:
    """Load attributes anew; see ``Session.refresh``."""
    state = persistent_state(unit.identity_map, instance, "refresh()")
    instance = state()
    mapper = state.manager.mapper
    names = None if attribute_names is None else _checked(state, attribute_names)
    expire_instance(unit.identity_map, instance, names)
    # After the object's own changes were given up, so that the flush writes those of others only.
    unit.autoflush()
    terms = None if state.origin is None else state.origin.terms
    if with_for_update:
        found = get_instance(
            unit,
            mapper,
            state.pk,
            (TreeOption(mapper, tree_of(state), None), *(() if terms is None else terms.options_for_loads())),
            populate_existing=True,
            with_for_update=with_for_update,
            identity_token=state.identity_token,
        )
        gone = found is None
    elif names is None:
        gone = not load_again(unit, mapper, (state,))
    else:
        columns = [name for name in names if name not in mapper.relationships]
        relationships = [name for name in names if name in mapper.relationships]
        # The flush may have deleted it, and has put the key back into the memory of the object then.
        gone = row_is_gone(state)
        if not gone:
            # Relationships alone do not tell whether the object still has its row: its key does.
            asked = columns or mapper.primary_key_keys
            gone = not load_columns(unit, mapper, (state,), asked, None, tree_of(state), terms)
        for name in relationships if not gone else ():
            # Asked for by name, whatever reading it is refused by.
            value_of = loaded_value if mapper.relationships[name].never_loads else needed_value
            value_of(state, instance, name)
    if gone:
        raise InvalidRequestError(
            f"could not refresh {type(instance).__name__} {state.pk!r}",
            why="its row is gone",
            fix="expunge the object",
            code="AZ-S50",
        )


def persistent_state(identity_map: IdentityMap, instance: Any, operation: str) -> InstanceState:
    """Give the state of an instance that must be persistent in this session.

    Raises:
        InvalidRequestError: it is not.
    """
    state = mapped_state(instance, operation)
    if state.identity_map is not identity_map or state.pk is None or row_is_gone(state):
        raise InvalidRequestError(
            f"{operation}: {type(instance).__name__} is not persistent within this session",
            why="only an object with a row, in this session, can be loaded anew",
            fix="add() and flush() it first, or use the session that it belongs to",
            code="AZ-S51",
        )
    return state


def _is_kept(owner: object, relationship: RelationshipProperty, item: object) -> bool:
    """Tell whether an object stays as it is when its owner is expired.

    A pending one is in the session by itself. What the other side has put into a collection that is not loaded is a
    change of the member, which nobody has asked to give up.
    """
    if relationship.key not in owner.__dict__:
        return True
    return not relationship.cascade.delete_orphan and item is not None and state_of(item).pk is None


def _cascades_expire(relationship: RelationshipProperty) -> bool:
    cascades: bool = relationship.cascade.refresh_expire
    return cascades


def _checked(state: InstanceState, names: Iterable[str]) -> list[str]:
    checked = as_list("attribute_names", names, "a list of names", 'write ["name"]')
    unknown = [name for name in checked if name not in state.manager.mapper.attrs]
    if unknown:
        known = state.manager.mapper.class_.__name__
        raise InvalidRequestError(
            f"{known}.{unknown[0]}: no such mapped attribute",
            why="refresh() and expire() take names of mapped attributes",
            fix=f"use some of {', '.join(state.manager.mapper.attrs.keys())}",
            code="AZ-S52",
        )
    return checked
