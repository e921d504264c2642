"""The session's transactions and the connections in them."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.session.contents import SessionContents
from azoth.orm.session.transactions.enlisted import all_in_turn
from azoth.orm.session.transactions.exclusive_use import exclusive_use
from azoth.orm.session.transactions.subtransactions import Subtransaction
from azoth.orm.session.transactions.transaction import SessionTransaction, refuse_begin


class TransactionalSession(SessionContents):
    """The transactions of a session: beginning, committing, rolling back, and where statements go."""

    @exclusive_use
    def begin(self, nested: bool = False, subtransactions: bool = False) -> SessionTransaction:
        """Begin a transaction; usually unnecessary, since the first use does.

        Args:
            nested: begin a savepoint, as ``begin_nested()`` does.
            subtransactions: accepted for classic sessions, where each further begin is a subtransaction.

        Returns:
            the transaction; a context manager. In a classic session (``transactional=``, ``autocommit=``) that has
            begun already, a subtransaction.

        Errors:
            InvalidRequestError: one is begun already.
        """
        if nested:
            return self.begin_nested()
        if self.unit.has_subtransactions and not (self.unit.autocommit and self.unit.transaction is None):
            parent = self.unit.begun()
            parent.check()
            self.unit.transaction = Subtransaction(self.unit, parent)
            return self.unit.transaction.held_by_its_user()
        if self.unit.transaction is not None:
            self.unit.transaction.check()
            refuse_begin()
        self.unit.transaction = SessionTransaction(self.unit)
        return self.unit.transaction.held_by_its_user()

    @exclusive_use
    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint, flushing pending changes first.

        Returns:
            the savepoint; a context manager. Rolling it back restores rows and objects to this point.

        *Emits* what the flush needs; SAVEPOINT on each connection in use, and on others when they join.
        """
        parent = self.unit.begun()
        parent.check()
        if parent is not self.unit.transaction:
            raise InvalidRequestError(
                "begin_nested(): no transaction is begun",
                why="a savepoint is a point within a transaction",
                fix="call session.begin() first",
                code="AZ-S116",
            )
        self.unit.session.flush()
        transaction = SessionTransaction(self.unit, parent)
        self.unit.transaction = transaction
        try:
            for bind in list(parent._enlisted):
                transaction.connection_for(bind)
        except BaseException:
            transaction.close()
            raise
        return transaction.held_by_its_user()

    def in_transaction(self) -> bool:
        """Tell whether a transaction is begun."""
        return self.unit.transaction is not None and not self.unit.transaction._is_closed

    def in_nested_transaction(self) -> bool:
        """Tell whether a savepoint is begun."""
        return self.unit.transaction is not None and self.unit.transaction.nested

    def get_transaction(self) -> SessionTransaction | None:
        """Give the outermost transaction, or None."""
        return None if self.unit.transaction is None else self.unit.transaction.root.held_by_its_user()

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Give the innermost savepoint, or None."""
        transaction = self.unit.transaction
        return transaction.held_by_its_user() if transaction is not None and transaction.nested else None

    def commit(self) -> None:
        """Flush and commit the transaction, savepoints included; in a classic session, the innermost begin.

        *Emits* what the flush needs, RELEASE for open savepoints, COMMIT.
        *State*: objects are expired (``expire_on_commit``) and connections released.

        Errors:
            IntegrityError and others: from the flush; the transaction is rolled back then and ``rollback()`` is
                required.
        """
        transaction = self.unit.begun()
        (transaction if self.unit.has_subtransactions else transaction.root).commit()

    def rollback(self) -> None:
        """Roll back the transaction; inside savepoints, the whole of it. In a classic session, the innermost begin.

        *Emits* ROLLBACK.
        *State*: new objects are transient again with their values, deleted ones persistent, all others expired.
        """
        transaction = self.unit.transaction
        if transaction is None:
            if not self.unit.identity_map.modified and not self.unit.identity_map.new:
                return
            transaction = self.unit.begun()
        (transaction if self.unit.has_subtransactions else transaction.root).rollback()

    def prepare(self) -> None:
        """Flush, and prepare the transaction on all connections; ``commit()`` or ``rollback()`` then ends it.

        *Emits* what the flush needs, and what the databases need to prepare.

        Errors:
            InvalidRequestError: the session was not made with ``twophase=True``.
        """
        self.unit.begun().root.prepare()

    def close(self) -> None:
        """End the session's work: roll back what is not committed, release connections, let go of all objects.

        The session can be used again afterwards.

        *State*: persistent objects are detached, pending ones transient.
        """
        # What @exclusive_use does, written out where a session passes each time: the decorator costs 0.3 microseconds.
        in_use = self.unit.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("close()")
        try:
            # The objects are let go of first, so that rolling back has no attributes to expire.
            if self.unit.outside is not None:
                self.unit.outside._is_closed = True
                self.unit.outside = None
            try:
                self.unit.session.expunge_all()
            finally:
                if self.unit.transaction is not None:
                    self.unit.transaction.abandon()
        finally:
            in_use.release()

    def reset(self) -> None:
        """Do what ``close()`` does and leave the session usable."""
        self.close()

    @exclusive_use
    def invalidate(self) -> None:
        """Close the session and throw its connections away instead of returning them to the pool."""
        participants = () if self.unit.transaction is None else self.unit.transaction.root._participants
        all_in_turn([*[enlisted.connection.invalidate for enlisted in participants], self.close])

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
        """Give the engine or connection for a mapper or a statement.

        Errors:
            UnboundExecutionError: none is known.
        """
        if bind is not None:
            return bind
        return self.unit.find_bind(mapper, clause)

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use an engine or connection for a mapped class."""
        self.unit.add_bind(mapper, bind)

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use an engine or connection for a table."""
        self.unit.add_bind(table, bind)

    def connection(
        self, bind_arguments: Any = None, execution_options: dict[str, Any] | None = None, *, mapper: Any = None
    ) -> Any:
        """Give the connection inside the session's transaction, beginning it if needed.

        Args:
            bind_arguments: what ``get_bind()`` is asked with; or, in classic form, the mapped class or mapper.
            execution_options: options of the connection, where it joins the transaction just now.
            mapper: the mapped class or mapper whose engine is meant.

        Returns:
            the connection; in a classic session without a transaction, one that the caller must close.
        """
        if bind_arguments is not None and not isinstance(bind_arguments, dict):
            bind_arguments = {"mapper": bind_arguments}
        if mapper is not None:
            bind_arguments = {**(bind_arguments or {}), "mapper": mapper}
        bind = self.get_bind(**(bind_arguments or {}))
        if self.unit.autocommit and self.unit.transaction is None and hasattr(bind, "connect"):
            return bind.connect()
        return self.unit.begun().connection_for(bind, execution_options)
