"""The identity map, under the name that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.session.objects.views import IdentityMap
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = ["IdentityMap"]
_HOMES = {
    "azoth.orm.session.objects.views": ("IdentityMap",),
}
"""Where each name is at home."""
