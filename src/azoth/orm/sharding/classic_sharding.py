"""ShardedSession as programs of the classic era make it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from azoth.orm.sharding.choosers import ShardChooser
from azoth.orm.sharding.sharded_session import ShardedSession as Sharded


class ShardedSession(Sharded):
    """A session whose classes have rows in several databases (classic).

    Args:
        shard_chooser: called with a mapper and an object; names the shard of the object's row.
        id_chooser: called with a query and a primary key; names the shards that might have the row.
        query_chooser: called with the statement; names the shards in which it is executed.
        shards: name -> engine or connection.
        kwargs: the arguments of ``Session``, without ``bind`` and ``binds``.
    """

    def __init__(
        self,
        shard_chooser: ShardChooser,
        id_chooser: Callable[[Any, Any], Collection[Any]],
        query_chooser: Callable[[Any], Collection[Any]],
        shards: Mapping[Any, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(shard_chooser, id_chooser=id_chooser, query_chooser=query_chooser, shards=shards, **kwargs)
