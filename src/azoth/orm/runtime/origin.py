"""What brought instances into a session together: the result of a statement, or the inserts of a flush."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from azoth.orm.runtime.identity_map import IdentityMap
    from azoth.orm.runtime.state import InstanceState

LISTED_PEERS: Final = 10_000
"""Beyond so many instances the list of peers is made from the identity map when it is asked for, to save its memory."""


class Origin:
    """One entity of one executed statement, or one batch of inserted rows: the place of its states.

    Attributes:
        owner: the identity map that they are in.
        states: the states in order: the peers of each of them. They are weak references, so a peer that nobody else
            keeps is gone from here too. None for a large number, until ``peers()`` is asked.
        tree: the loader options that later loads from the instances obey; None for inserted ones.
    """

    __slots__ = ("owner", "states", "tree")

    def __init__(self, owner: IdentityMap, tree: Any = None, states: Iterable[InstanceState] = ()) -> None:
        self.owner = owner
        self.states: list[InstanceState] | None = list(states)
        self.tree = tree

    @property
    def as_origin(self) -> Origin:
        """Itself: a state's place is an origin or an identity map."""
        return self

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
            known = self.owner.states(manager).values()
            states = self.states = [state for state in known if state.place is self]
        return states
