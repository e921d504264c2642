"""DB-API drivers: what azoth asks of them, and how each one is set up."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.driver.ports import DBAPIConnection, DBAPICursor, DBAPIModule, DBAPIType
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = ["DBAPIConnection", "DBAPICursor", "DBAPIModule", "DBAPIType"]
_HOMES = {
    "azoth.driver.ports": ("DBAPIConnection", "DBAPICursor", "DBAPIModule", "DBAPIType"),
}
"""Where each name is at home."""
