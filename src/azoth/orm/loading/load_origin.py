"""The load that brought instances in: their peers, and the options that later loads from them obey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from azoth.orm.loading.loader_options import LoaderTree
    from azoth.orm.runtime.identity_map import IdentityMap
    from azoth.orm.runtime.state import InstanceState

LISTED_PEERS: Final = 10_000
"""Beyond so many instances the list of peers is made from the identity map when it is asked for, to save its memory."""


class LoadOrigin:
    """One entity of one executed statement: the place of the states that it brought in.

    Attributes:
        owner: the identity map that was loaded into.
        states: the states it brought in, in result order: the peers of each of them. They are weak references, so a
            peer that nobody else keeps is gone from here too. None for a large result, until ``peers()`` is asked.
        tree: the loader options for the entity.
    """

    __slots__ = ("owner", "states", "tree")

    def __init__(self, owner: IdentityMap, tree: LoaderTree) -> None:
        self.owner = owner
        self.states: list[InstanceState] | None = []
        self.tree = tree

    @property
    def as_origin(self) -> LoadOrigin:
        """Itself: it is a load, not only a place."""
        return self

    def settle(self) -> None:
        """Drop a long list of peers once its load is done."""
        states = self.states
        if states is not None and len(states) > LISTED_PEERS:
            self.states = None

    def peers(self, manager: Any) -> list[InstanceState]:
        """List the states that came in with this load.

        Args:
            manager: the instrumentation of their class.
        """
        states = self.states
        if states is None:
            known = self.owner.states(manager).values()
            states = self.states = [state for state in known if state.place is self]
        return states
