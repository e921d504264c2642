"""The state of instances, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.inspected_state import AttributeState
    from azoth.orm.runtime.state import InstanceState

__all__ = [
    "AttributeState",
    "InstanceState",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm": (
            "AttributeState",
            "InstanceState",
        )
    },
)
