"""The write side: from changed instances to a flush plan, and from the plan to rows. It never imports ``loading``."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.persistence.changes.changes import FlushChanges
    from azoth.orm.persistence.execution.committed_values_executor import load_committed_values
    from azoth.orm.persistence.execution.executor import execute
    from azoth.orm.persistence.execution.outcome import FlushOutcome
    from azoth.orm.persistence.planning.plan import FlushPlan, plan_changes, plan_flush
    from azoth.orm.persistence.planning.plan_dialect import PLAN_DIALECT
    from azoth.orm.persistence.profile.values import committed_value
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "PLAN_DIALECT", "FlushChanges", "FlushOutcome", "FlushPlan", "committed_value", "execute", "load_committed_values",
    "plan_changes", "plan_flush",
]  # fmt: skip
_HOMES = {
    "azoth.orm.persistence.changes.changes": ("FlushChanges",),
    "azoth.orm.persistence.execution.committed_values_executor": ("load_committed_values",),
    "azoth.orm.persistence.execution.executor": ("execute",),
    "azoth.orm.persistence.execution.outcome": ("FlushOutcome",),
    "azoth.orm.persistence.planning.plan": ("FlushPlan", "plan_changes", "plan_flush"),
    "azoth.orm.persistence.planning.plan_dialect": ("PLAN_DIALECT",),
    "azoth.orm.persistence.profile.values": ("committed_value",),
}
"""Where each name is at home."""
