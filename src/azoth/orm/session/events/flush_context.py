"""What listeners get to know about a flush."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm import persistence
from azoth.orm.exc import ObjectDeletedError
from azoth.orm.runtime.history import History
from azoth.orm.runtime.passive import PASSIVE_NO_INITIALIZE, PassiveFlag
from azoth.orm.runtime.state import InstanceState, loaded_value, row_is_gone

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.ports import SessionPort


class FlushContext:
    """A flush, as its listeners see it.

    Attributes:
        session: the session.
        transaction: the session's transaction.
        plan: what is done; None before it is planned.
        outcome: what was done; None before that.
        attributes: the listeners' own dictionary for this flush.
        left_out: the states that this flush passes over.
    """

    __slots__ = ("attributes", "left_out", "outcome", "plan", "session", "transaction")

    def __init__(self, session: SessionPort, transaction: Any) -> None:
        self.session: Any = session
        self.transaction = transaction
        self.attributes: dict[Any, Any] = {}
        self.left_out: set[InstanceState] = set()
        self.plan: persistence.FlushPlan | None = None
        self.outcome: persistence.FlushOutcome | None = None

    def announce_written(self, outcome: persistence.FlushOutcome) -> None:
        """Tell listeners that the statements were sent, while the session still shows what they wrote."""
        self.outcome = outcome
        for listener in self.session.dispatch.after_flush:
            listener(self.session, self)

    def is_deleted(self, state: InstanceState) -> bool:
        """Tell whether the row of an object is deleted by this flush, or is going to be."""
        written = self.outcome
        return state in self.session.unit.identity_map.deleted or (written is not None and state in written.deleted)

    def was_already_deleted(self, state: InstanceState) -> bool:
        """Tell whether the row of an object was gone before this flush.

        Emits: the load of an object that is expired.
        """
        instance = state.obj()
        if instance is None or not state.expired:
            return row_is_gone(state)
        try:
            loaded_value(state, instance, state.mapper.primary_key_keys[0])
        except ObjectDeletedError:
            return True
        return False

    def get_attribute_history(
        self, state: InstanceState, key: str, passive: PassiveFlag = PASSIVE_NO_INITIALIZE
    ) -> History:
        """Tell what changed on an attribute of an object.

        Args:
            state: the object's state.
            key: the attribute.
            passive: whether a value that is not loaded may be loaded; by default it is not.
        """
        return state.get_history(key, passive)

    def filter_states_for_dep(self, dep: RelationshipProperty, states: Iterable[InstanceState]) -> list[InstanceState]:
        """List those of some objects that have a relationship.

        Args:
            dep: the relationship.
            states: the objects' states.
        """
        return [state for state in states if state.mapper.attrs.get(dep.key) is dep]

    def remove_state_actions(self, state: InstanceState) -> None:
        """Leave an object out of this flush: it is not written, and stays as it is for a later one.

        Args:
            state: the object's state.

        Raises:
            InvalidRequestError: the flush is planned already.
        """
        if self.plan is not None:
            raise InvalidRequestError(
                "remove_state_actions(): the flush is planned already",
                why="what a flush writes is settled before its first statement",
                fix="call it in a listener of before_flush",
                code="AZ-S996",
            )
        self.left_out.add(state)

    def remaining(self, only: set[InstanceState] | None) -> set[InstanceState] | None:
        """Give the states that the flush is about, without those that were left out; None for all."""
        if not self.left_out:
            return only
        identity_map = self.session.unit.identity_map
        pending = {*identity_map.new, *identity_map.modified, *identity_map.deleted} if only is None else only
        return pending - self.left_out


UOWTransaction = FlushContext
"""The name under which programs know what listeners of flushes get."""

__all__ = ["FlushContext", "UOWTransaction"]
