"""ShardedQuery: the queries of a sharded session."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Self, TypeVar

from azoth.orm.query.query import Query
from azoth.orm.sharding.shard_option import SHARD_ID

Result = TypeVar("Result")


class ShardedQuery(Query[Result]):
    """A query that can be limited to one shard.

    Args:
        entities, session: as for ``Query``.
    """

    def set_shard(self, shard_id: Hashable) -> Self:
        """Limit the query to one shard, whatever the session's functions say.

        Args:
            shard_id: the shard.
        """
        options: dict[str, Any] = {SHARD_ID: shard_id}
        return self.execution_options(**options)
