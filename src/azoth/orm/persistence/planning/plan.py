"""The plan of a flush: the steps in order and the reasons for the order, made without touching the database."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.changes.changes import FlushChanges
from azoth.orm.persistence.planning.ordered_steps import StepBuilder, Wait
from azoth.orm.persistence.planning.plan_dialect import PLAN_DIALECT, PlanDialect
from azoth.orm.persistence.planning.steps import FlushStep
from azoth.orm.persistence.planning.table_graph import TableGraph
from azoth.orm.persistence.profile.key_copy import KeyCopy
from azoth.orm.persistence.profile.reason import Edge
from azoth.orm.runtime.state import InstanceState
from azoth.util.collector import PausedCollector

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.changes.flush_warning import FlushWarning
    from azoth.orm.persistence.changes.planned_load import PlannedLoad
    from azoth.orm.persistence.changes.removals import Removals
    from azoth.orm.persistence.changes.replaced_rows import ReplacedRows
    from azoth.orm.persistence.planning.planned_statements import PlannedStatement
    from azoth.orm.persistence.planning.step_notes import StepDescription
    from azoth.orm.runtime.identity_map import IdentityMap

DialectOf = Callable[[Any], Any]
"""Finds the dialect in which the rows of a mapper are written; no connection is needed for that."""


class FlushPlan:
    """What a flush is going to do, as data: ``str(plan)`` is readable, ``bool(plan)`` tells whether there is anything.

    Attributes:
        steps: the steps in the order in which they run.
        edges: which kind of step must come before which, and why.
        waits: for each step, the earlier ones that it waits for; empty in a plan that nobody looks at.
        loads: what the flush loads before it plans again; while there is any, the steps are what is known so far.
        removals: what is deleted and why, and which pending objects are not inserted.
        replaced: new objects that take over the rows of deleted ones.
        strangers: foreign keys of objects that are not in the session, which are set in memory alone.
        concerns: what the flush is going to warn of.
        identity_map: the map that was planned for.
        untouched: changed states without a net change.
        only: the states that the plan is limited to, or None.
    """

    __slots__ = (
        "_descriptions", "_dialect_of", "concerns", "edges", "identity_map", "loads", "only", "removals", "replaced",
        "steps", "strangers", "untouched", "waits",
    )  # fmt: skip

    def __init__(self, changes: FlushChanges, dialect_of: DialectOf | None = None) -> None:

        self.identity_map: IdentityMap = changes.identity_map
        self.only: Collection[InstanceState] | None = changes.only
        self.removals: Removals = changes.removals
        self.untouched: list[InstanceState] = changes.untouched
        self.concerns: tuple[FlushWarning, ...] = (*changes.relationships.warnings, *changes.misplaced)
        self.strangers: list[KeyCopy] = list(changes.relationships.strangers.values())
        self.replaced: ReplacedRows = changes.replaced
        self.loads: list[PlannedLoad] = changes.loads
        self.steps: list[FlushStep] = []
        self.edges: list[Edge] = []
        self.waits: list[list[Wait]] = []
        self._dialect_of = dialect_of
        self._descriptions: list[StepDescription] | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the flush is going to warn of, one line each."""
        return tuple([concern.summary for concern in self.concerns])

    @property
    def statements(self) -> list[list[PlannedStatement]]:
        """For each step, the statements that it sends."""
        return [description.statements for description in self.describe()]

    def describe(self) -> list[StepDescription]:
        """Describe each step: statements, notes, reasons. It is done once, as the objects stand then."""
        if self._descriptions is None:
            dialect_of = self._dialect_of or _generic
            dialects = {mapper: dialect_of(mapper) for mapper in {step.mapper: None for step in self.steps}}
            from azoth.orm.persistence.planning.step_notes import describe  # noqa: PLC0415  # for readers only

            self._descriptions = [describe(step, dialects[step.mapper], self.removals) for step in self.steps]
        return self._descriptions

    def __bool__(self) -> bool:
        return bool(self.steps or self.loads or self.removals.dropped)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        from azoth.orm.persistence.planning.plan_views import plan_as_text  # noqa: PLC0415  # for readers only

        return plan_as_text(self)

    def as_dict(self) -> dict[str, Any]:
        """Describe the plan in plain lists and dictionaries, ready for JSON."""
        from azoth.orm.persistence.planning.plan_views import plan_as_dict  # noqa: PLC0415  # for readers only

        return plan_as_dict(self)

    def as_dot(self) -> str:
        """Draw the plan as a graph in Graphviz's language."""
        from azoth.orm.persistence.planning.plan_views import plan_as_dot  # noqa: PLC0415  # for readers only

        return plan_as_dot(self)


def plan_flush(
    identity_map: IdentityMap,
    only: Collection[InstanceState] | None = None,
    dialect_of: DialectOf | None = None,
) -> FlushPlan:
    """Plan the flush of everything pending, changed and deleted, to be looked at.

    Args:
        identity_map: what the session holds.
        only: limit the plan to these states, and what they cannot be written without.
        dialect_of: finds the dialect in which the statements are shown.

    Returns:
        the plan. Nothing is loaded and nothing changes.

    Raises:
        CircularDependencyError: rows need each other and no column may be NULL.
        FlushError: an object cannot be written as it stands.
    """
    return plan_changes(FlushChanges(identity_map, only), dialect_of, explain=True)


def plan_changes(changes: FlushChanges, dialect_of: DialectOf | None = None, *, explain: bool) -> FlushPlan:
    """Plan the flush of changes.

    Args:
        changes: what is to be flushed.
        dialect_of: finds the dialect in which the statements are shown.
        explain: whether somebody is going to look at the plan.

    Returns:
        the plan. Nothing is loaded and nothing changes.

    Raises:
        CircularDependencyError: rows need each other and no column may be NULL.
        FlushError: an object cannot be written as it stands.
    """
    with PausedCollector():
        changes.collect()
        plan = FlushPlan(changes, dialect_of)
        if changes:
            graph = TableGraph(changes)
            builder = StepBuilder(graph, explain=explain)
            builder.build()
            plan.steps = builder.steps
            plan.edges = list(builder.edges)
            plan.waits = builder.waits
            if graph.unknown:
                plan.loads = [*plan.loads, *graph.unknown.loads()]
            if changes.key_changes:
                plan.loads = [*plan.loads, *changes.unknown.take()]
    return plan


def _generic(mapper: Mapper) -> PlanDialect:
    return PLAN_DIALECT
