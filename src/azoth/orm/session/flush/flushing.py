"""One flush: listeners, the way to its plan (what must be loaded is loaded), and the plan carried out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import InvalidRequestError, UnboundExecutionError
from azoth.orm import persistence
from azoth.orm.exc import FlushError, ObjectDeletedError
from azoth.orm.loading.relationship_loader import load_for_states
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.runtime.state import InstanceState, needed_value
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.orm.session.objects.lifecycle_events import detached, flushed
from azoth.orm.session.objects.membership import mapped_state
from azoth.orm.session.transactions.transaction import SessionTransaction
from azoth.orm.session.unit_of_work import UnitOfWork
from azoth.util.arguments import as_list

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.ports import SessionPort
    from azoth.orm.session.events.flush_context import FlushContext

MOST_LOADS: Final = 100
"""How often a flush looks for what to load until it gives up on listeners that expire what was loaded."""


def plan(unit: UnitOfWork, objects: Collection[object] | None) -> persistence.FlushPlan:
    """Plan a flush without running it; see ``Session.plan``."""
    made = persistence.plan_flush(unit.identity_map, _states(objects), partial(_dialect_for, unit.session))
    # Now, because it describes the objects as they are.
    made.describe()
    return made


def flush(unit: UnitOfWork, objects: Collection[object] | None) -> None:
    """Send pending changes to the database; see ``Session.flush``."""
    # What @exclusive_use does, written out where each query with autoflush passes.
    in_use = unit.in_use
    if not in_use.acquire(False):
        refuse_concurrent_use("flush()")
    try:
        if unit.flushing:
            raise InvalidRequestError(
                "the session is already flushing",
                why="flush() was called from within a flush",
                fix="leave flushing to the outer call",
                code="AZ-S34",
            )
        if objects is not None:
            objects = as_list("flush(): objects", objects, "a list of objects")
            _states(objects)
        identity_map = unit.identity_map
        if not (identity_map.new or identity_map.modified or identity_map.deleted):
            return
        if unit.classic is None:
            _flush(unit, objects)
        else:
            unit.carry_out(_flush, unit, objects)
    finally:
        in_use.release()


def _flush(unit: UnitOfWork, objects: Collection[object] | None) -> None:
    transaction = unit.begun()
    transaction.check()
    unit.flushing = True
    try:
        if unit.dispatch.flushing:
            _flush_observed(unit, transaction, objects)
        else:
            settled = _settled_plan(unit, _states(objects), explain=False)
            outcome = persistence.execute(settled, unit.connection_for, None, unit.places)
            transaction.restoration.append(outcome)
            _announce_dropped(unit, settled)
    except BaseException as error:
        failed = unit.flushing
        (transaction if isinstance(failed, bool) else failed.transaction).fail(error)
        raise
    finally:
        unit.flushing = False


def _flush_observed(unit: UnitOfWork, transaction: SessionTransaction, objects: Collection[object] | None) -> None:
    dispatch, session = unit.dispatch, unit.session
    identity_map = unit.identity_map
    # With the first flush.
    from azoth.orm.session.events.flush_context import FlushContext  # noqa: PLC0415

    unit.flushing = context = FlushContext(session, transaction)
    for listener in dispatch.before_flush:
        listener(session, context, objects)
    if not (identity_map.new or identity_map.modified or identity_map.deleted):
        return
    if not dispatch.framing:
        _write_observed(unit, transaction, context, objects)
        return
    # What listeners of transactions hear of a flush.
    from azoth.orm.session.transactions.subtransaction import FlushTransaction  # noqa: PLC0415

    context.transaction = FlushTransaction(unit, transaction)
    _write_observed(unit, transaction, context, objects)
    context.transaction.end()


def _write_observed(
    unit: UnitOfWork, transaction: SessionTransaction, context: FlushContext, objects: Collection[object] | None
) -> None:
    dispatch, session = unit.dispatch, unit.session
    context.plan = settled = _settled_plan(unit, context.remaining(_states(objects)), explain=True)
    context.outcome = outcome = persistence.execute(settled, unit.connection_for, context.announce_written, unit.places)
    transaction.restoration.append(outcome)
    _announce_dropped(unit, settled)
    if dispatch.flushed:
        flushed(unit, outcome.inserted, outcome.deleted.values())
    for listener in dispatch.after_flush_postexec:
        listener(session, context)


def _announce_dropped(unit: UnitOfWork, settled: persistence.FlushPlan) -> None:
    dropped = settled.removals.dropped
    if dropped and unit.dispatch.detaching:
        detached(unit, dropped.items())


def _states(objects: Collection[object] | None) -> set[InstanceState] | None:
    if objects is None:
        return None
    return {mapped_state(instance, "flush()") for instance in objects}


def _dialect_for(session: SessionPort, mapper: Mapper) -> Any:
    """Give the dialect in which the rows of a mapper are written, without a connection."""
    # The session, because a plan that somebody looks at keeps this.
    if session.unit.places is not None:
        return session.unit.places.dialect()
    bind = session.unit.bind
    if bind is None or session.unit.binds is not None or session.unit.asks_session:
        try:
            bind = session.get_bind(mapper)
        except UnboundExecutionError:
            return persistence.PLAN_DIALECT
    return bind.dialect


def _settled_plan(unit: UnitOfWork, only: Collection[InstanceState] | None, *, explain: bool) -> persistence.FlushPlan:
    """Plan a flush that is about to run, loading what it depends on.

    Args:
        unit: the unit of work.
        only: limit the plan to these states, and what they cannot be written without.
        explain: whether somebody is going to look at it.

    Returns:
        the plan, ready to run.

    Raises:
        FlushError: what is loaded does not stay loaded.

    Emits: the SELECTs of ``plan.loads``: for relationships one for each 500 objects and level of a cascade, for old
        values of columns one for each 50 rows; and those of expired objects whose deletion listeners hear of.
    State: relationships of objects that are deleted, or whose key changes, are loaded.
    """
    identity_map = unit.identity_map
    dialect_of = partial(_dialect_for, unit.session)
    for _ in range(MOST_LOADS):
        changes = persistence.FlushChanges(identity_map, only)
        if not changes.loads:
            break
        _load_first(unit, changes)
    else:
        raise FlushError(
            f"over {MOST_LOADS} rounds of loads have not settled what the flush deletes",
            why=f"something expires what the flush loads: {changes.loads[0]}",
            fix="let listeners of load and refresh leave the relationships of loaded objects alone",
            code="AZ-F240",
        )
    if unit.places is not None and identity_map.new and (identity_map.deleted or identity_map.modified):
        # New rows may take keys and values of others, which a plan can tell only when it knows where they go.
        changes.collect()
        unit.places.place_ahead(changes.new, changes.relationships.copies)
        changes = persistence.FlushChanges(identity_map, only)
    settled = persistence.plan_changes(changes, dialect_of, explain=explain)
    if settled.loads:
        persistence.load_committed_values(settled.loads, unit.connection_for, unit.places)
        settled = persistence.plan_changes(persistence.FlushChanges(identity_map, only), dialect_of, explain=explain)
    if settled.removals.asked or settled.removals.found:
        _load_heard_of(unit, settled.removals.deleted)
    return settled


def _load_heard_of(unit: UnitOfWork, deleted: Mapping[InstanceState, Any]) -> None:
    """Load expired objects whose deletion listeners hear of: afterwards there is no row to be read any more."""
    dispatch = unit.dispatch
    hears_all = dispatch.after_flush or dispatch.after_flush_postexec or dispatch.persistent_to_deleted
    managers = {state.manager for state in deleted}
    heard = {manager for manager in managers if hears_all or manager.mapper.dispatch.deleting}
    for state, instance in deleted.items() if heard else ():
        key = state.manager.mapper.primary_key_keys[0]
        if state.manager in heard and key not in instance.__dict__:
            # A row that is gone meanwhile is a matter of the DELETE.
            with suppress(ObjectDeletedError):
                needed_value(state, instance, key)


def _load_first(unit: UnitOfWork, changes: persistence.FlushChanges) -> None:
    """Load what changes depend on, following cascades level by level."""
    removals = changes.removals
    loads = changes.loads
    while loads:
        for state, instance in removals.joining.items():
            if state.identity_map is not unit.identity_map:
                unit.identity_map.add(state, instance)
        for load in loads:
            for key in load.keys:
                _load(unit, load.mapper.relationships[key], load.parents)
        removals.proceed()
        loads = removals.take_loads()


def _load(unit: UnitOfWork, relationship: RelationshipProperty, parents: Mapping[InstanceState, Any]) -> None:
    if relationship.never_loads:
        for state, instance in parents.items():
            relationship.attribute.remember_members(state, instance)
        return
    # With the first flush that loads, as the rest of its package.
    from azoth.orm.persistence.execution.temporary_values import temporary_values  # noqa: PLC0415

    with temporary_values(_committed_keys(relationship, parents)):
        load_for_states(unit, relationship, parents)


def _committed_keys(
    relationship: RelationshipProperty, parents: Mapping[InstanceState, Any]
) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Find the values in the database of the columns that a relationship begins at, where they are changed."""
    keys = [relationship.parent.key_of(column) for column in relationship.local_columns]
    for state, instance in parents.items():
        for key in keys:
            if key in (state.changes or ()):
                before = persistence.committed_value(state, instance, key)
                if before is not NO_VALUE:
                    yield instance.__dict__, key, before
