"""DB-API drivers: what azoth asks of them, and how each one is set up."""

from __future__ import annotations

from azoth.driver.ports import DBAPIConnection, DBAPICursor, DBAPIModule

__all__ = ["DBAPIConnection", "DBAPICursor", "DBAPIModule"]
