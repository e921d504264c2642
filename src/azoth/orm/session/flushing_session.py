"""The session's flush, asked for or automatic."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.persistence.executor import execute as execute_plan
from azoth.orm.persistence.outcome import FlushOutcome
from azoth.orm.persistence.plan import FlushPlan
from azoth.orm.runtime.state import InstanceState
from azoth.orm.session import flushing, membership
from azoth.orm.session.exclusive_use import exclusive_use
from azoth.orm.session.transactional import TransactionalSession


class FlushingSession(TransactionalSession):
    """The flush of a session: its plan, its execution, and autoflush."""

    _flushing: bool

    def plan(self, objects: Collection[object] | None = None) -> FlushPlan:
        """Show what ``flush()`` would do, without doing it.

        Returns:
            the plan; ``print(session.plan())`` shows steps, row counts and the reason for each order.

        *Emits* SELECTs only for collections that deletions must know.
        """
        with self.no_autoflush:
            return flushing.plan(self._identity_map, self._states(objects))

    @exclusive_use
    def flush(self, objects: Collection[object] | None = None) -> None:
        """Send pending changes to the database, within the transaction.

        Args:
            objects: only these objects; everything where left out.

        *Emits* the statements of ``plan()``.
        *State*: pending objects are persistent, deleted ones are gone from the session; collections in memory stay as
        they are.

        Errors:
            IntegrityError and others: the transaction is rolled back, and ``rollback()`` is required.
        """
        if self._flushing:
            raise InvalidRequestError(
                "the session is already flushing",
                why="flush() was called from within a flush",
                fix="leave flushing to the outer call",
                code="AZ-S34",
            )
        identity_map = self._identity_map
        if not (identity_map.new or identity_map.modified or identity_map.deleted):
            return
        transaction = self._begun()
        transaction.check()
        self._flushing = True
        try:
            plan = flushing.plan(identity_map, self._states(objects))
            outcome = execute_plan(plan, self._connection_for)
            transaction.restoration.outcomes.append(outcome)
        except BaseException as error:
            transaction.fail(error)
            raise
        finally:
            self._flushing = False

    def _remember(self, outcome: FlushOutcome) -> None:
        self._begun().restoration.outcomes.append(outcome)

    # -- rows past the unit of work ------------------------------------------------------------------

    def _states(self, objects: Collection[object] | None) -> set[InstanceState] | None:
        if objects is None:
            return None
        return {membership.mapped_state(instance, "flush()") for instance in objects}

    def _flush_for_commit(self) -> None:
        identity_map = self._identity_map
        if identity_map.new or identity_map.modified or identity_map.deleted:
            self.flush()

    def _autoflush(self) -> None:
        if self.autoflush and not self._flushing:
            self.flush()

    def _autoflush_for(self, options: Any) -> None:
        if self.autoflush and not self._flushing and (not options or options.get("autoflush", True)):
            self.flush()
