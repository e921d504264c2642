"""What brought instances into a session together: the result of a statement, or the inserts of a flush."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from azoth.orm.runtime.identity_map import IdentityMap
    from azoth.orm.runtime.state import InstanceState

LISTED_PEERS: Final = 10_000
"""Beyond so many instances the list of peers is made from the identity map when it is asked for, to save its memory."""


class Origin:
    """One entity of one executed statement, or one batch of inserted rows: what its states point to.

    Attributes:
        identity_map: the map that they are in.
        states: the states in order: the peers of each of them. They are weak references, so a peer that nobody else
            keeps is gone from here too. None for a large number, until ``peers()`` is asked.
        tree: the loader options that later loads from the instances obey; None for inserted ones.
        terms: what else acts on later loads from the instances; None for nothing.
        token: the identity token of all of them, or None.
    """

    __slots__ = ("_brought", "_last_position", "identity_map", "states", "terms", "token", "tree")

    def __init__(
        self,
        identity_map: IdentityMap,
        tree: Any = None,
        states: Iterable[InstanceState] = (),
        terms: Any = None,
        token: Hashable = None,
    ) -> None:
        self.identity_map = identity_map
        self.states: list[InstanceState] | None = list(states)
        self.tree = tree
        self.terms = terms
        self.token = token
        self._last_position = 0
        self._brought: dict[int, Origin] | None = None

    def bring(self, state: InstanceState) -> None:
        """Take up an instance that was in the map before: it obeys the options from now on, and keeps its terms.

        Args:
            state: its state.
        """
        assert state.origin is not None
        terms = state.origin.terms
        if self._brought is None:
            self._brought = {}
        origin = self._brought.get(id(terms))
        if origin is None:
            origin = self._brought[id(terms)] = Origin(self.identity_map, self.tree, (), terms, self.token)
        state.origin = origin
        if origin.states is not None:
            origin.states.append(state)

    def settle(self) -> None:
        """Drop a long list of peers once it is complete."""
        states = self.states
        if states is not None and len(states) > LISTED_PEERS:
            self.states = None

    def peers(self, manager: Any) -> list[InstanceState]:
        """List the states that came in together.

        Args:
            manager: the instrumentation of their class.
        """
        states = self.states
        if states is None:
            known = self.identity_map.states(manager, self.token).values()
            states = self.states = [state for state in known if state.origin is self]
        return states

    def neighbours(self, state: InstanceState) -> Iterator[Iterator[InstanceState]]:
        """Give the peers of a state: those that follow it, then those before it, the nearest first in each.

        Nothing where the state is not among them.
        """
        states = self.peers(state.manager)
        position = self._position_of(states, state)
        if position is not None:
            yield map(states.__getitem__, range(position + 1, len(states)))
            yield map(states.__getitem__, range(position - 1, -1, -1))

    def _position_of(self, states: list[InstanceState], state: InstanceState) -> int | None:
        # Who goes through a result asks for one position after the other, forwards or backwards.
        last = self._last_position
        for position in (last, last + 1, last - 1):
            if 0 <= position < len(states) and states[position] is state:
                self._last_position = position
                return position
        for start in (last, 0):
            try:
                self._last_position = position = states.index(state, start)
            except ValueError:
                continue
            return position
        return None
