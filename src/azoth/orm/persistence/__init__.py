"""The write side: from changed instances to a flush plan, and from the plan to rows. It never imports ``loading``."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.persistence.changes import FlushChanges
    from azoth.orm.persistence.committed_values_executor import load_committed_values
    from azoth.orm.persistence.executor import execute
    from azoth.orm.persistence.outcome import FlushOutcome
    from azoth.orm.persistence.plan import FlushPlan, plan_changes, plan_flush
    from azoth.orm.persistence.plan_dialect import PLAN_DIALECT
    from azoth.orm.persistence.values import committed_value

__all__ = [
    "PLAN_DIALECT",
    "FlushChanges",
    "FlushOutcome",
    "FlushPlan",
    "committed_value",
    "execute",
    "load_committed_values",
    "plan_changes",
    "plan_flush",
]

__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm.persistence.changes": ("FlushChanges",),
        "azoth.orm.persistence.committed_values_executor": ("load_committed_values",),
        "azoth.orm.persistence.executor": ("execute",),
        "azoth.orm.persistence.outcome": ("FlushOutcome",),
        "azoth.orm.persistence.plan": ("FlushPlan", "plan_changes", "plan_flush"),
        "azoth.orm.persistence.plan_dialect": ("PLAN_DIALECT",),
        "azoth.orm.persistence.values": ("committed_value",),
    },
)
