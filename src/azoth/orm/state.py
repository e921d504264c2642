"""The state of instances, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.runtime.inspected.inspected_state import AttributeState
    from azoth.orm.runtime.state import InstanceState
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = ["AttributeState", "InstanceState"]
_HOMES = {
    "azoth.orm.runtime.inspected.inspected_state": ("AttributeState",),
    "azoth.orm.runtime.state": ("InstanceState",),
}
"""Where each name is at home."""
