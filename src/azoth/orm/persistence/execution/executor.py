"""Runs a flush plan, step by step, and brings the objects in memory up to date."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import StatementError
from azoth.orm.exc import NullRefusedError
from azoth.orm.persistence.execution.insert_executor import run_insert
from azoth.orm.persistence.execution.key_copy_executor import apply_copies, apply_to_strangers
from azoth.orm.persistence.execution.outcome import FlushOutcome, keep_key
from azoth.orm.persistence.planning.steps import (
    AssociationDelete,
    AssociationInsert,
    AssociationStep,
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    ReleaseKeysStep,
    ReplaceStep,
    SetKeysStep,
    UpdateStep,
    is_observed,
    rows_by_class,
)
from azoth.orm.runtime.collections.bond import keep_empty_collections
from azoth.orm.runtime.origin import Origin
from azoth.orm.runtime.state import state_of
from azoth.util.collector import PausedCollector
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.persistence.execution.carried_keys import Carried
    from azoth.orm.persistence.planning.plan import FlushPlan
    from azoth.orm.persistence.ports import ConnectionFor, FlushConnection, Places
    from azoth.orm.runtime.identity_map import IdentityMap
    from azoth.orm.runtime.state import InstanceState

    StepRunner = Callable[[Any, FlushConnection, FlushOutcome], None]

RUNNERS: dict[type[FlushStep], StepRunner] = {InsertStep: run_insert, ReplaceStep: run_insert}
"""Who runs which kind of steps; those of steps that are not inserted come with the first of them."""

PHRASES = {
    "INSERT": "INSERT into",
    "REPLACE": "UPDATE of",
    "UPDATE": "UPDATE of",
    "DELETE": "DELETE from",
    "LINK": "INSERT into",
    "UNLINK": "DELETE from",
    "SET KEYS": "UPDATE of",
    "CLEAR KEYS": "UPDATE of",
    "RELEASE KEYS": "UPDATE of",
}


def execute(
    plan: FlushPlan,
    connection_for: ConnectionFor,
    announce: Callable[[FlushOutcome], None] | None = None,
    places: Places | None = None,
) -> FlushOutcome:
    """Run a plan.

    Args:
        plan: the plan; it is run once.
        connection_for: finds the connection for a mapper; called once for each step.
        announce: called when the statements were sent and the objects in memory are still as before.
        places: among which databases the rows of each step are divided; None where a mapper has one connection.

    Returns:
        what changed in memory, for the case that the transaction is rolled back.

    Emits: the plan's statements, in its order.
    State: new objects are persistent, changed ones clean, deleted ones out of the identity map. Where a statement
        fails, the objects are as they were before, except attributes of persistent ones, which the session expires.

    Raises:
        StaleDataError: rows were not there as they had been loaded.
        FlushError: an object cannot be written as it stands.
        DBAPIError: the database refused a statement; the summary names the class and the step.
    """
    outcome = FlushOutcome(plan.identity_map, plan.replaced.former)
    for warning in plan.concerns:
        warn(warning.summary, why=warning.why, fix=warning.fix, code=warning.code)
    _carry_out(plan)
    modified = plan.identity_map.modified
    before = set(modified) if plan.untouched or any(map(is_observed, plan.steps)) else None
    with PausedCollector():
        try:
            if places is not None:
                _run_divided(plan, places, outcome)
            else:
                if plan.untouched:
                    for unchanged in _steps_of_untouched(plan):
                        _run(unchanged, connection_for(unchanged.mapper), outcome)
                for step in plan.steps:
                    _run(step, connection_for(step.mapper), outcome)
            late = () if before is None else [state for state in modified if state not in before]
            if announce is not None:
                announce(outcome)
        except BaseException:
            _take_back(plan, outcome)
            raise
        _finish(plan, outcome)
        if late:
            # Listeners have changed something.
            from azoth.orm.persistence.execution.observed_steps import settle_late_changes  # noqa: PLC0415

            settle_late_changes(plan.identity_map, late)
    if plan.strangers:
        apply_to_strangers(plan.strangers, outcome.written)
    return outcome


def _steps_of_untouched(plan: FlushPlan) -> Sequence[FlushStep]:
    # For objects that listeners want to hear of.
    from azoth.orm.persistence.execution.observed_steps import steps_of_untouched  # noqa: PLC0415

    return steps_of_untouched(plan.untouched)


def _run_divided(plan: FlushPlan, places: Places, outcome: FlushOutcome) -> None:
    """Run the steps of a plan place by place: each has the rows of one database."""
    from azoth.orm.persistence.division import divided  # noqa: PLC0415  # for sharded sessions only

    def fill_in(step: InsertStep) -> None:
        apply_copies(step.copies, outcome.written)

    try:
        for steps in (_steps_of_untouched(plan), plan.steps):
            for part, connection in divided(steps, places, fill_in):
                _run(part, connection, outcome)
    finally:
        outcome.placed = places.take_chosen()


def _carry_out(plan: FlushPlan) -> None:
    """Move the objects that the plan removes: listeners find them in the session as what they are about to be."""
    identity_map, removals = plan.identity_map, plan.removals
    for state in removals.dropped:
        identity_map.discard(state)
        state.origin = None
    for state, instance in removals.joining.items():
        identity_map.add(state, instance)
    identity_map.deleted.update(removals.found)
    for state in removals.kept:
        del identity_map.deleted[state]
        identity_map.cascaded.discard(state)


def _run(step: FlushStep, connection: FlushConnection, outcome: FlushOutcome) -> None:
    try:
        runner = RUNNERS.get(type(step)) or _runner(type(step))
        if is_observed(step):
            # For classes with listeners.
            from azoth.orm.persistence.execution.observed_steps import run_observed  # noqa: PLC0415

            run_observed(step, connection, outcome, runner)
        else:
            runner(step, connection, outcome)
    except NullRefusedError:
        raise
    except StatementError as error:
        name = ", ".join(rows_by_class(step)) or step.mapper.class_.__name__
        reason = str(error.orig).partition("\n")[0] if error.orig is not None else error.summary
        error.summary = f"{name}: {PHRASES[step.verb]} {step.table.fullname} failed: {reason}"
        raise


def _runner(kind: type[FlushStep]) -> StepRunner:
    """Find what runs steps about rows that are there, or rows of associations; with the first flush that has such."""
    from azoth.orm.persistence.execution import association_executor, delete_executor, update_executor  # noqa: PLC0415

    RUNNERS.update(
        {
            UpdateStep: update_executor.run_update,
            SetKeysStep: update_executor.run_set_keys,
            ClearKeysStep: update_executor.run_clear_keys,
            ReleaseKeysStep: update_executor.run_release_keys,
            DeleteStep: delete_executor.run_delete,
            AssociationInsert: association_executor.run_association_insert,
            AssociationDelete: association_executor.run_association_delete,
        }
    )
    return RUNNERS[kind]


def _take_back(plan: FlushPlan, outcome: FlushOutcome) -> None:
    """Undo a flush that failed half-way: what was pending is pending again."""
    pending = dict(plan.identity_map.new)
    changes = {state: state.changes for state in pending}
    outcome.deleted.clear()
    outcome.undo()
    for state in pending:
        state.origin = plan.identity_map
        state.changes = changes[state]
    plan.identity_map.new.clear()
    plan.identity_map.new.update(pending)


def _finish(plan: FlushPlan, outcome: FlushOutcome) -> None:
    identity_map = plan.identity_map
    for state, instance in plan.replaced.former.values():
        keep_key(state)
        outcome.deleted[state] = instance
    for state in outcome.deleted:
        identity_map.discard_deleted(state)
    carried: Carried = {}
    for step in plan.steps:
        if isinstance(step, UpdateStep | SetKeysStep):
            # Keys may have changed that foreign keys refer to.
            from azoth.orm.persistence.execution.carried_keys import note_carried  # noqa: PLC0415

            note_carried(carried, step, outcome)
        if isinstance(step, InsertStep) and step.mapped.is_first:
            _make_persistent(step, outcome)
        _forget_queues(step)
    if carried:
        from azoth.orm.persistence.execution.carried_keys import carry  # noqa: PLC0415

        carry(carried, outcome)
    modified = identity_map.modified
    outcome.untouched = plan.untouched
    for states in (outcome.updated, plan.untouched):
        for state in states:
            if modified.pop(state, None) is not None:
                state.changes = None
                # Also where the members that left were written for their new owner: a queue is for one flush.
                if state.extra is not None:
                    state.extra.queued = None


def _forget_queues(step: FlushStep) -> None:
    """Drop changes of unloaded collections whose rows a step has written."""
    if isinstance(step, InsertStep | UpdateStep | SetKeysStep):
        for copy in step.copies:
            if copy.parent is not None and copy.parent.extra is not None:
                copy.parent.extra.queued = None
    elif isinstance(step, AssociationStep):
        for pair in step.rows:
            _forget_queued(pair)


def _make_persistent(step: InsertStep, outcome: FlushOutcome) -> None:
    identity_map = outcome.identity_map
    new = identity_map.new
    strong = identity_map.strong
    for token, states, instances in _by_token(step, identity_map):
        entities = identity_map.states(step.mapper.manager, token)
        # Objects inserted together are peers: the first that is read after the commit loads the others, too.
        origin = Origin(identity_map, states=states, token=token)
        origin.settle()
        for state, instance in zip(states, instances, strict=True):
            known = entities.setdefault(state.pk, state)
            if known is not state:
                _let_go_of_replaced(known, outcome)
                entities[state.pk] = state
            state.origin = origin
            state.changes = None
            if state.extra is not None:
                keep_empty_collections(state.extra, instance)
    if len(new) == len(step.states):
        new.clear()
    else:
        for state in step.states:
            new.pop(state, None)
    if strong is not None:
        strong.update(zip(step.states, step.instances, strict=True))


def _let_go_of_replaced(state: InstanceState, outcome: FlushOutcome) -> None:
    """Take an object out of the session whose key a new row has got: its own row is gone, unseen until now."""
    instance = state()
    if instance is not None:
        outcome.identity_map.discard_deleted(state)
        outcome.deleted[state] = instance


def _by_token(
    step: InsertStep, identity_map: IdentityMap
) -> Iterable[tuple[Hashable, Sequence[InstanceState], Sequence[Any]]]:
    """Group inserted objects by their identity tokens; the rows of a session that has one get its token."""
    unit = identity_map.unit()
    default = None if unit is None else unit.execution_options.get("identity_token")
    if default is None and not step.mapper.manager.root.has_tokens:
        return ((None, step.states, step.instances),)
    step.mapper.manager.root.has_tokens = True
    groups: dict[Hashable, tuple[list[InstanceState], list[Any]]] = {}
    for state, instance in zip(step.states, step.instances, strict=True):
        token = state.identity_token
        if token is None and default is not None:
            token = state.extras().identity_token = default
        states, instances = groups.setdefault(token, ([], []))
        states.append(state)
        instances.append(instance)
    return [(token, *group) for token, group in groups.items()]


def _forget_queued(instances: tuple[Any, Any]) -> None:
    """Drop changes of unloaded collections: their rows are written now, and the next load brings them."""
    for instance in instances:
        extra = state_of(instance).extra
        if extra is not None:
            extra.queued = None
