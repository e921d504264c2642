"""Sessions whose classes have rows in several databases (horizontal sharding); see ``docs/sharding.md``."""

from __future__ import annotations

from azoth.orm.sharding.choosers import IdentityChooser, ShardChooser, ShardIdentifier
from azoth.orm.sharding.shard_option import set_shard_id
from azoth.orm.sharding.sharded_query import ShardedQuery
from azoth.orm.sharding.sharded_session import ShardedSession

# Written by scripts/facades from the imports above; edit those.
__all__ = ["IdentityChooser", "ShardChooser", "ShardIdentifier", "ShardedQuery", "ShardedSession", "set_shard_id"]
