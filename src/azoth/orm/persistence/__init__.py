"""The write side: from changed instances to a flush plan, and from the plan to rows. It never imports ``loading``."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.persistence.executor import execute
    from azoth.orm.persistence.outcome import FlushOutcome
    from azoth.orm.persistence.plan import FlushPlan, plan_flush

__all__ = ["FlushOutcome", "FlushPlan", "execute", "plan_flush"]

__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm.persistence.executor": ("execute",),
        "azoth.orm.persistence.outcome": ("FlushOutcome",),
        "azoth.orm.persistence.plan": ("FlushPlan", "plan_flush"),
    },
)
