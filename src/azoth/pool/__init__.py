"""Connection pools."""

from __future__ import annotations

from azoth.pool.base import Pool, ResetStyle
from azoth.pool.events import PoolEvents
from azoth.pool.proxied_connection import PoolProxiedConnection
from azoth.pool.queue import QueuePool
from azoth.pool.record import ConnectionPoolEntry, PoolResetState
from azoth.pool.simple import AssertionPool, NullPool, SingletonThreadPool, StaticPool

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AssertionPool", "ConnectionPoolEntry", "NullPool", "Pool", "PoolEvents", "PoolProxiedConnection", "PoolResetState",
    "QueuePool", "ResetStyle", "SingletonThreadPool", "StaticPool",
]  # fmt: skip
