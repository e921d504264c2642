"""The session's flush, asked for or automatic."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from azoth.exc import InvalidRequestError, UnboundExecutionError
from azoth.orm import persistence
from azoth.orm.runtime.state import InstanceState
from azoth.orm.session.flush import flushing
from azoth.orm.session.flush.flush_context import FlushContext
from azoth.orm.session.objects import membership
from azoth.orm.session.objects.lifecycle_events import detached, flushed
from azoth.orm.session.transactional import TransactionalSession
from azoth.orm.session.transactions.exclusive_use import exclusive_use
from azoth.orm.session.transactions.own_transaction import in_own_transaction
from azoth.orm.session.transactions.transaction import SessionTransaction


class FlushingSession(TransactionalSession):
    """The flush of a session: its plan, its execution, and autoflush."""

    def plan(self, objects: Collection[object] | None = None) -> persistence.FlushPlan:
        """Show what ``flush()`` would do, without doing it.

        Args:
            objects: only these objects; everything where left out.

        Returns:
            the plan; ``print(session.plan())`` shows steps, statements, row counts and the reason for each order.
            ``flush()`` runs exactly this plan if ``plan.loads`` is empty and no listener of ``before_flush`` changes
            anything; otherwise the plan names what is to be loaded first, and shows what is known so far.

        Errors:
            FlushError, CircularDependencyError: what ``flush()`` would raise before its first statement.

        *Emits* nothing.
        *State*: nothing changes.
        """
        plan = persistence.plan_flush(self.unit.identity_map, self._states(objects), self._dialect_for)
        # Now, because it describes the objects as they are.
        plan.describe()
        return plan

    @exclusive_use
    def flush(self, objects: Collection[object] | None = None) -> None:
        """Send pending changes to the database, within the transaction.

        Args:
            objects: only these objects; everything where left out.

        *Emits* the statements of ``plan()``; before them the SELECTs that it names.
        *State*: pending objects are persistent, deleted ones are gone from the session; collections in memory stay as
        they are.

        Errors:
            IntegrityError and others: the transaction is rolled back, and ``rollback()`` is required.
        """
        if self.unit.flushing:
            raise InvalidRequestError(
                "the session is already flushing",
                why="flush() was called from within a flush",
                fix="leave flushing to the outer call",
                code="AZ-S34",
            )
        identity_map = self.unit.identity_map
        if not (identity_map.new or identity_map.modified or identity_map.deleted):
            return
        if self.unit.autocommit and self.unit.transaction is None:
            self._flush_in_own_transaction(objects)
            return
        transaction = self.unit.begun()
        transaction.check()
        dispatch = self.unit.dispatch
        self.unit.flushing = True
        try:
            if dispatch.flushing:
                self._flush_observed(transaction, objects)
            else:
                plan = flushing.settled_plan(self.unit, self._states(objects), self._dialect_for, explain=False)
                outcome = persistence.execute(plan, self.unit.connection_for)
                transaction.restoration.outcomes.append(outcome)
                self._announce_dropped(plan)
        except BaseException as error:
            transaction.fail(error)
            raise
        finally:
            self.unit.flushing = False

    def _flush_observed(self, transaction: SessionTransaction, objects: Collection[object] | None) -> None:
        dispatch = self.unit.dispatch
        identity_map = self.unit.identity_map
        context = FlushContext(self, transaction)
        for listener in dispatch.before_flush:
            listener(self, context, objects)
        if not (identity_map.new or identity_map.modified or identity_map.deleted):
            return
        context.plan = plan = flushing.settled_plan(self.unit, self._states(objects), self._dialect_for, explain=True)
        context.outcome = outcome = persistence.execute(plan, self.unit.connection_for, context.announce_written)
        transaction.restoration.outcomes.append(outcome)
        self._announce_dropped(plan)
        if dispatch.flushed:
            flushed(self.unit, outcome.inserted, outcome.deleted.values())
        for listener in dispatch.after_flush_postexec:
            listener(self, context)

    @in_own_transaction
    def _flush_in_own_transaction(self, objects: Collection[object] | None) -> None:
        self.flush(objects)

    def _announce_dropped(self, plan: persistence.FlushPlan) -> None:
        dropped = plan.removals.dropped
        if dropped and self.unit.dispatch.detaching:
            detached(self.unit, dropped.items())

    def _dialect_for(self, mapper: Any) -> Any:
        """Give the dialect in which the rows of a mapper are written, without a connection."""
        bind = self.unit.bind
        if bind is None or self.unit.binds is not None or self.unit.asks_session:
            try:
                bind = self.get_bind(mapper)
            except UnboundExecutionError:
                return persistence.PLAN_DIALECT
        return bind.dialect

    def _states(self, objects: Collection[object] | None) -> set[InstanceState] | None:
        if objects is None:
            return None
        return {membership.mapped_state(instance, "flush()") for instance in objects}
