"""Where the rows of a flush go in a sharded session."""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.engine.interfaces import Dialect
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.ports import FlushConnection
    from azoth.orm.persistence.profile.key_copy import KeyCopy
    from azoth.orm.sharding.ports import ShardingPort


class ShardPlaces:
    """The shards of a session as a flush sees them: which has the row of an object, and by which connection.

    Args:
        session: the session, which refers to this.
    """

    __slots__ = ("_chosen", "_session")

    def __init__(self, session: ShardingPort) -> None:
        self._session = weakref.ref(session)
        self._chosen: list[InstanceState] = []

    @property
    def session(self) -> ShardingPort:
        """The session."""
        session = self._session()
        assert session is not None, "a session lives as long as something is done with it"
        return session

    def place_of(self, state: InstanceState, instance: object) -> Hashable:
        """Say in which shard an object has its row, or gets it; a new one keeps that as its identity token."""
        token = state.identity_token
        if token is not None:
            return token
        shard = self.session.chosen_shard(state.manager.mapper, instance)
        if state.pk is None:
            state.identity_token = shard
            self._chosen.append(state)
        return shard

    def place_ahead(
        self, new: Mapping[InstanceState, Any], copies: Mapping[Any, Mapping[InstanceState, KeyCopy]]
    ) -> None:
        """Choose the shards of new objects before the plan is made, which may take keys or values of other rows.

        Not of those that get keys from others by the plan, because the choice may depend on these.
        """
        waiting = {
            child
            for by_child in copies.values()
            for child, copy in by_child.items()
            if any(copy.child_instance.__dict__.get(key) is None for _, key in copy.flow.pairs)
        }
        for state, instance in new.items():
            if state not in waiting:
                self.place_of(state, instance)

    def connection(self, mapper: Mapper, place: Hashable, instance: object) -> FlushConnection:
        """Give the connection to a shard."""
        connection: FlushConnection = self.session.connection_callable(mapper, instance, place)
        return connection

    def take_chosen(self) -> list[InstanceState]:
        """Give the new objects whose shards were chosen, and begin anew."""
        chosen, self._chosen = self._chosen, []
        return chosen

    def dialect(self) -> Dialect:
        """Give the dialect of the first shard, in which a plan that somebody looks at shows its statements."""
        return self.session.any_bind().dialect
