"""Connection pools."""

from __future__ import annotations

from azoth.pool.base import Pool, ResetStyle, reset_commit, reset_none, reset_rollback
from azoth.pool.events import PoolEvents
from azoth.pool.proxied_connection import PoolProxiedConnection
from azoth.pool.proxied_connection import _ConnectionFairy as _ConnectionFairy
from azoth.pool.queue import QueuePool
from azoth.pool.record import ConnectionPoolEntry, ManagesConnection, PoolResetState
from azoth.pool.record import _ConnectionRecord as _ConnectionRecord
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.pool.simple import AssertionPool, NullPool, SingletonThreadPool, StaticPool
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AssertionPool", "ConnectionPoolEntry", "ManagesConnection", "NullPool", "Pool", "PoolEvents",
    "PoolProxiedConnection", "PoolResetState", "QueuePool", "ResetStyle", "SingletonThreadPool", "StaticPool",
    "reset_commit", "reset_none", "reset_rollback",
]  # fmt: skip
_HOMES = {
    "azoth.pool.simple": ("AssertionPool", "NullPool", "SingletonThreadPool", "StaticPool"),
}
"""Where each name is at home."""
