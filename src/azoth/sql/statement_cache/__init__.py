"""Compiled statements by their shapes, ready to be bound and run."""

from __future__ import annotations

from azoth.sql.statement_cache.cache import BoundedDict, StatementCache
from azoth.sql.statement_cache.prepared import PreparedStatement
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.statement_cache.default_context import DefaultContext
    from azoth.sql.statement_cache.statement_kind import StatementKind
    from azoth.sql.statement_cache.unbindable import raise_not_processed
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BoundedDict", "DefaultContext", "PreparedStatement", "StatementCache", "StatementKind", "raise_not_processed",
]  # fmt: skip
_HOMES = {
    "azoth.sql.statement_cache.default_context": ("DefaultContext",),
    "azoth.sql.statement_cache.statement_kind": ("StatementKind",),
    "azoth.sql.statement_cache.unbindable": ("raise_not_processed",),
}
"""Where each name is at home."""
