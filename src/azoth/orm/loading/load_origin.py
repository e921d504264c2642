"""The load that brought instances in: their peers, and the options that later loads from them obey."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azoth.orm.loading.loader_options import LoaderTree
    from azoth.orm.runtime.state import InstanceState


class LoadOrigin:
    """One entity of one executed statement.

    Attributes:
        states: the states it brought in, in result order: the peers of each of them. They are weak references, so a peer
            that nobody else keeps is gone from here too.
        tree: the loader options for the entity.
    """

    __slots__ = ("states", "tree")

    def __init__(self, tree: LoaderTree) -> None:
        self.states: list[InstanceState] = []
        self.tree = tree
