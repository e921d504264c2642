"""The session's transactions and the connections in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.exc import InvalidRequestError
from azoth.orm.loading.ports import Reading
from azoth.orm.loading.terms import Purpose
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.session.binds import Binds
from azoth.orm.session.contents import SessionContents
from azoth.orm.session.objects.lifecycle_events import loaded
from azoth.orm.session.transactions.brief_connection import NoTransaction
from azoth.orm.session.transactions.enlisted import all_in_turn
from azoth.orm.session.transactions.exclusive_use import exclusive_use
from azoth.orm.session.transactions.subtransactions import Subtransaction
from azoth.orm.session.transactions.transaction import SessionTransaction, refuse_begin


class TransactionalSession(SessionContents):
    """The transactions of a session: beginning, committing, rolling back, and where statements go."""

    autobegin: bool
    autocommit: bool
    _asks_get_bind: ClassVar[bool]
    _has_subtransactions: bool
    _outside: NoTransaction | None = None
    """What was read in portions while a classic session had no transaction; ended by ``close()``."""
    _binds: Binds | None

    if TYPE_CHECKING:
        # The later parts of the session, which a transaction calls.
        execution_options: Mapping[str, Any]
        expire_on_commit: bool
        join_transaction_mode: str
        twophase: bool

        def flush(self, objects: Any = None) -> None: ...

        def expunge_all(self) -> None: ...

        def _flush_for_commit(self) -> None: ...

        def _autoflush(self) -> None: ...

        def scalars(self, statement: Any) -> Any: ...

        def _fetch(self, statement: Any, purpose: Purpose) -> list[Any]: ...

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
        if self._has_subtransactions and not (self.autocommit and self._transaction is None):
            parent = self._begun()
            parent.check()
            self._transaction = Subtransaction(self, parent)
            return self._transaction._held_by_its_user()
        if self._transaction is not None:
            self._transaction.check()
            refuse_begin()
        self._transaction = SessionTransaction(self)
        return self._transaction._held_by_its_user()

    @exclusive_use
    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint, flushing pending changes first.

        Returns:
            the savepoint; a context manager. Rolling it back restores rows and objects to this point.

        *Emits* what the flush needs; SAVEPOINT on each connection in use, and on others when they join.
        """
        parent = self._begun()
        parent.check()
        if parent is not self._transaction:
            raise InvalidRequestError(
                "begin_nested(): no transaction is begun",
                why="a savepoint is a point within a transaction",
                fix="call session.begin() first",
                code="AZ-S116",
            )
        self.flush()
        transaction = SessionTransaction(self, parent)
        self._transaction = transaction
        try:
            for bind in list(parent._enlisted):
                transaction.connection_for(bind)
        except BaseException:
            transaction.close()
            raise
        return transaction._held_by_its_user()

    def in_transaction(self) -> bool:
        """Tell whether a transaction is begun."""
        return self._transaction is not None and not self._transaction._is_closed

    def in_nested_transaction(self) -> bool:
        """Tell whether a savepoint is begun."""
        return self._transaction is not None and self._transaction.nested

    def get_transaction(self) -> SessionTransaction | None:
        """Give the outermost transaction, or None."""
        return None if self._transaction is None else self._transaction.root._held_by_its_user()

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Give the innermost savepoint, or None."""
        transaction = self._transaction
        return transaction._held_by_its_user() if transaction is not None and transaction.nested else None

    def commit(self) -> None:
        """Flush and commit the transaction, savepoints included; in a classic session, the innermost begin.

        *Emits* what the flush needs, RELEASE for open savepoints, COMMIT.
        *State*: objects are expired (``expire_on_commit``) and connections released.

        Errors:
            IntegrityError and others: from the flush; the transaction is rolled back then and ``rollback()`` is
                required.
        """
        transaction = self._begun()
        (transaction if self._has_subtransactions else transaction.root).commit()

    def rollback(self) -> None:
        """Roll back the transaction; inside savepoints, the whole of it. In a classic session, the innermost begin.

        *Emits* ROLLBACK.
        *State*: new objects are transient again with their values, deleted ones persistent, all others expired.
        """
        transaction = self._transaction
        if transaction is None:
            if not self._identity_map.modified and not self._identity_map.new:
                return
            transaction = self._begun()
        (transaction if self._has_subtransactions else transaction.root).rollback()

    def prepare(self) -> None:
        """Flush, and prepare the transaction on all connections; ``commit()`` or ``rollback()`` then ends it.

        *Emits* what the flush needs, and what the databases need to prepare.

        Errors:
            InvalidRequestError: the session was not made with ``twophase=True``.
        """
        self._begun().root.prepare()

    def close(self) -> None:
        """End the session's work: roll back what is not committed, release connections, let go of all objects.

        The session can be used again afterwards.

        *State*: persistent objects are detached, pending ones transient.
        """
        # What @exclusive_use does, written out where a session passes each time: the decorator costs 0.3 microseconds.
        in_use = self._in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("close()")
        try:
            # The objects are let go of first, so that rolling back has no attributes to expire.
            if self._outside is not None:
                self._outside._is_closed = True
                self._outside = None
            try:
                self.expunge_all()
            finally:
                if self._transaction is not None:
                    self._transaction.abandon()
        finally:
            in_use.release()

    def reset(self) -> None:
        """Do what ``close()`` does and leave the session usable."""
        self.close()

    @exclusive_use
    def invalidate(self) -> None:
        """Close the session and throw its connections away instead of returning them to the pool."""
        participants = () if self._transaction is None else self._transaction.root._participants
        all_in_turn([*[enlisted.connection.invalidate for enlisted in participants], self.close])

    def _begun(self) -> SessionTransaction:
        transaction = self._transaction
        return self._autobegin() if transaction is None else transaction

    @property
    def _reading(self) -> Reading:
        transaction = self._transaction
        if transaction is not None:
            return transaction
        if self._outside is None:
            self._outside = NoTransaction(self)
        return self._outside

    def _autobegin(self) -> SessionTransaction:
        if self.autocommit:
            return NoTransaction(self)
        if not self.autobegin:
            raise InvalidRequestError(
                "no transaction is begun on this session",
                why="it was made with autobegin=False",
                fix="call session.begin() first",
                code="AZ-S14",
            )
        in_use = self._in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("begin")
        try:
            # Another thread may have begun one a moment ago, between the caller's look and this use.
            transaction = self._transaction
            if transaction is None:
                transaction = self._transaction = SessionTransaction(self)
            return transaction
        finally:
            in_use.release()

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
        """Give the engine or connection for a mapper or a statement.

        Errors:
            UnboundExecutionError: none is known.
        """
        if bind is not None:
            return bind
        binds = self._binds
        if binds is None:
            if self.bind is not None:
                return self.bind
            binds = Binds(None, None)
        return binds.find(mapper, clause)

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use an engine or connection for a mapped class."""
        self._add_bind(mapper, bind)

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use an engine or connection for a table."""
        self._add_bind(table, bind)

    def _add_bind(self, key: Any, bind: Any) -> None:
        if self._binds is None:
            self._binds = Binds(self.bind, None)
        self._binds.add(key, bind)

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
        if self.autocommit and self._transaction is None and hasattr(bind, "connect"):
            return bind.connect()
        return self._begun().connection_for(bind, execution_options)

    def _announce_loaded(self, states: list[Any]) -> None:
        loaded(self, states)

    def _connection_for(self, mapper: Any) -> Any:
        transaction = self._transaction
        if transaction is None:
            transaction = self._begun()
        bind = self.bind
        if bind is None or self._binds is not None or self._asks_get_bind:
            bind = self.get_bind(mapper)
        return transaction.connection_for(bind)
