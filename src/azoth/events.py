"""The families of events of engines, pools and schemas, as programs import them."""

from __future__ import annotations

from azoth.engine.events import ConnectionEvents, DialectEvents
from azoth.pool import PoolEvents, PoolResetState
from azoth.sql.schema import DDLEvents, SchemaEventTarget

# Written by scripts/facades from the imports above; edit those.
__all__ = ["ConnectionEvents", "DDLEvents", "DialectEvents", "PoolEvents", "PoolResetState", "SchemaEventTarget"]
