"""Rows to instances: load plans, generated row loaders, eager and lazy strategies."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.loading.frozen_results import merge_frozen_result, merge_result
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = ["merge_frozen_result", "merge_result"]
_HOMES = {
    "azoth.orm.loading.frozen_results": ("merge_frozen_result", "merge_result"),
}
"""Where each name is at home."""
