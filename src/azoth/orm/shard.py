"""Sessions over several databases, under the name that programs of the classic era import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.sharding.classic_sharding import ShardedSession
    from azoth.orm.sharding.sharded_query import ShardedQuery
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = ["ShardedQuery", "ShardedSession"]
_HOMES = {
    "azoth.orm.sharding.classic_sharding": ("ShardedSession",),
    "azoth.orm.sharding.sharded_query": ("ShardedQuery",),
}
"""Where each name is at home."""
