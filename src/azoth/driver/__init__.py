"""DB-API drivers: what azoth asks of them, and how each one is set up."""

from __future__ import annotations

from azoth.driver.ports import DBAPIConnection, DBAPICursor, DBAPIModule, DBAPIType

# Written by scripts/facades from the imports above; edit those.
__all__ = ["DBAPIConnection", "DBAPICursor", "DBAPIModule", "DBAPIType"]
