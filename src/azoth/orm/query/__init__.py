"""Statements about entities, lowered to Core statements and load plans; the classic Query."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.loading.load_context import QueryContext
    from azoth.orm.query.appender_query import AppenderQuery
    from azoth.orm.query.query import Query
    from azoth.orm.query.write_only_collection import WriteOnlyCollection
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = ["AppenderQuery", "Query", "QueryContext", "WriteOnlyCollection"]
_HOMES = {
    "azoth.orm.loading.load_context": ("QueryContext",),
    "azoth.orm.query.appender_query": ("AppenderQuery",),
    "azoth.orm.query.query": ("Query",),
    "azoth.orm.query.write_only_collection": ("WriteOnlyCollection",),
}
"""Where each name is at home."""
