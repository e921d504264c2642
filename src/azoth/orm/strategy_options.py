"""Loader options, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.loading.loader_options import Load
    from azoth.orm.loading.option_functions import (
        contains_eager,
        defaultload,
        defer,
        immediateload,
        joinedload,
        lazyload,
        load_only,
        noload,
        raiseload,
        selectin_polymorphic,
        selectinload,
        subqueryload,
        undefer,
        undefer_group,
        with_expression,
    )
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Load", "contains_eager", "defaultload", "defer", "immediateload", "joinedload", "lazyload", "load_only", "noload",
    "raiseload", "selectin_polymorphic", "selectinload", "subqueryload", "undefer", "undefer_group", "with_expression",
]  # fmt: skip
_HOMES = {
    "azoth.orm.loading.loader_options": ("Load",),
    "azoth.orm.loading.option_functions": (
        "contains_eager", "defaultload", "defer", "immediateload", "joinedload", "lazyload", "load_only", "noload",
        "raiseload", "selectin_polymorphic", "selectinload", "subqueryload", "undefer", "undefer_group",
        "with_expression",
    ),
}  # fmt: skip
"""Where each name is at home."""
