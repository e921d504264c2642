"""Python of general use, which knows nothing of databases."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.util.scoped_registry import ScopedRegistry, ThreadLocalRegistry
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = ["ScopedRegistry", "ThreadLocalRegistry"]
_HOMES = {
    "azoth.util.scoped_registry": ("ScopedRegistry", "ThreadLocalRegistry"),
}
"""Where each name is at home."""
