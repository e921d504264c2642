"""Telling listeners of a session how objects move between their states; called only where somebody listens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState, row_is_gone
from azoth.orm.session.objects.membership import attach
from azoth.orm.session.objects.restoration import Restoration

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


def attach_to(unit: Unit, state: InstanceState, instance: object) -> None:
    """Make one instance part of a session, telling the listeners where there are some."""
    identity_map = unit.identity_map
    if state.identity_map is identity_map or not unit.dispatch.attaching:
        attach(identity_map, state, instance)
        return
    before_attach(unit, instance)
    attach(identity_map, state, instance)
    after_attach(unit, state, instance)


def before_attach(unit: Unit, instance: object) -> None:
    """Tell that an object is about to become part of a session."""
    session = unit.session
    for listener in unit.dispatch.before_attach:
        listener(session, instance)


def after_attach(unit: Unit, state: InstanceState, instance: object) -> None:
    """Tell that an object became part of a session, and what it is now."""
    dispatch, session = unit.dispatch, unit.session
    for listener in dispatch.after_attach:
        listener(session, instance)
    for listener in dispatch.transient_to_pending if state.pk is None else dispatch.detached_to_persistent:
        listener(session, instance)


def detached(unit: Unit, departed: Iterable[tuple[InstanceState, Any]]) -> None:
    """Tell that objects left a session."""
    dispatch, session = unit.dispatch, unit.session
    for state, instance in departed:
        if row_is_gone(state):
            listeners = dispatch.deleted_to_detached
        else:
            listeners = dispatch.pending_to_transient if state.pk is None else dispatch.persistent_to_detached
        for listener in listeners:
            listener(session, instance)


def members(identity_map: IdentityMap) -> list[tuple[InstanceState, Any]]:
    """List what a session holds, so that it can be named after the session has let go of it."""
    found = list(identity_map.new.items())
    for state in identity_map.all_states():
        instance = state()
        if instance is not None:
            found.append((state, instance))
    return found


def flushed(unit: Unit, inserted: Iterable[InstanceState], deleted: Iterable[Any]) -> None:
    """Tell what a flush inserted and deleted."""
    dispatch, session = unit.dispatch, unit.session
    if dispatch.pending_to_persistent:
        for state in inserted:
            instance = state()
            if instance is not None:
                for listener in dispatch.pending_to_persistent:
                    listener(session, instance)
    for instance in deleted:
        for listener in dispatch.persistent_to_deleted:
            listener(session, instance)


class Restored:
    """What rolling back a transaction is going to change; made before the objects are put back.

    Args:
        identity_map: the session's map.
        restoration: the record of the transaction.
    """

    __slots__ = ("_deleted", "_inserted", "_pending")

    def __init__(self, identity_map: IdentityMap, restoration: Restoration) -> None:
        self._pending = list(identity_map.new.values())
        self._inserted: list[tuple[InstanceState, Any]] = []
        self._deleted: list[tuple[InstanceState, Any]] = []
        for outcome in restoration:
            for state in outcome.inserted:
                instance = state()
                if instance is not None and state.identity_map is identity_map:
                    self._inserted.append((state, instance))
            self._deleted.extend(
                (state, instance) for state, instance in outcome.deleted.items() if state.identity_map is identity_map
            )

    def announce(self, unit: Unit) -> None:
        """Tell what was put back."""
        dispatch, session = unit.dispatch, unit.session
        for instance in self._pending:
            for listener in dispatch.pending_to_transient:
                listener(session, instance)
        for state, instance in self._inserted:
            if state.pk is None:
                for listener in dispatch.persistent_to_transient:
                    listener(session, instance)
        for state, instance in self._deleted:
            if state.pk is not None:
                for listener in dispatch.deleted_to_persistent:
                    listener(session, instance)


def loaded(unit: Unit, states: Iterable[InstanceState]) -> None:
    """Tell that objects were loaded."""
    session = unit.session
    for state in states:
        instance = state()
        if instance is not None:
            for listener in unit.dispatch.loaded_as_persistent:
                listener(session, instance)
