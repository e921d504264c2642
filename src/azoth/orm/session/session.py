"""The Session: a workspace of objects over one transaction at a time."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from azoth.event import Dispatch
from azoth.orm import persistence
from azoth.orm.session.classic.saving import ClassicMethods
from azoth.orm.session.contents import SessionContents
from azoth.orm.session.events.session_events import SessionEvents
from azoth.orm.session.flush.flushing import flush, plan
from azoth.orm.session.objects.adding import add
from azoth.orm.session.objects.deletion import mark_deleted, to_delete
from azoth.orm.session.objects.get import get_instance
from azoth.orm.session.settings import JOIN_MODES, PLAIN_FLAGS, check_modes, check_settings, refuse_subtransactions
from azoth.orm.session.statements.bulk import BulkMethods
from azoth.orm.session.statements.door import asked_bind
from azoth.orm.session.statements.statement_methods import StatementMethods
from azoth.orm.session.transactions.transaction import SessionTransaction
from azoth.orm.session.unit_of_work import NoAutoflush, Setting, UnitOfWork
from azoth.util.arguments import as_list, as_mapping

if TYPE_CHECKING:
    from azoth.engine import Connection, Engine
    from azoth.orm.query.query import Query
    from azoth.orm.session.settings import JoinTransactionMode
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase

Entity = TypeVar("Entity")


class Session(SessionContents, StatementMethods, BulkMethods, ClassicMethods):
    """Objects of mapped classes, kept in step with a database.

    A session begins its transaction by itself at the first use, collects changes and sends them in flushes, and holds
    one instance for each row (the identity map). It is cheap to make and uses no connection until it needs one. It
    belongs to one thread at a time.

    Args:
        bind: the engine or connection.
        autoflush: whether pending changes are flushed before each query.
        expire_on_commit: whether objects are loaded anew when they are first read after a commit.
        autobegin: whether the transaction begins by itself; otherwise ``begin()`` is required.
        binds: classes, mappers or tables -> engine or connection, for several databases.
        info: the user's own dictionary.
        query_cls: the class that ``query()`` makes.
        join_transaction_mode: what to do with a transaction that already runs on a connection given as bind:
            "conditional_savepoint", "rollback_only", "control_fully" or "create_savepoint".
        weak_identity_map: False keeps every object until it is expunged or the session is closed.
        close_resets_only: False makes ``close()`` the end: the session can do nothing more then.
        load_on_peers: whether an implicit load serves the objects that came in with the touched one, too.
        execution_options: options of every execution, of loads and flushes, and of the connections that take part.
        autocommit: given at all, the session is a classic one: ``begin()`` within a transaction begins a
            subtransaction. With True each flush has its own transaction and reads are outside of any, until
            ``begin()``.
        transactional: the older name of ``autocommit``, with opposite meaning.
        extension: a SessionExtension, or a list of them.

    Attributes:
        unit: what the session holds; the methods stand for what is done with it.
        query_class: what ``query()`` makes.
    """

    unit: UnitOfWork
    dispatch: Dispatch

    def __init__(
        self,
        bind: Engine | Connection | None = None,
        *,
        autoflush: bool = True,
        future: Literal[True] = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool | TwoPhase = False,
        binds: dict[Any, Any] | None = None,
        enable_baked_queries: bool = True,
        info: dict[Any, Any] | None = None,
        query_cls: type[Query[Any]] | None = None,
        join_transaction_mode: JoinTransactionMode = "conditional_savepoint",
        close_resets_only: bool | None = None,
        weak_identity_map: bool = True,
        load_on_peers: bool = True,
        execution_options: Mapping[str, Any] | None = None,
        autocommit: bool | None = None,
        transactional: bool | None = None,
        extension: Any = None,
    ) -> None:
        if (bind is not None and not hasattr(bind, "dialect")) or future is not True or info or query_cls is not None:
            check_settings(bind, info, query_cls, future=future)
        flags = (autoflush, expire_on_commit, autobegin, twophase, weak_identity_map, load_on_peers)
        if flags not in PLAIN_FLAGS or join_transaction_mode not in JOIN_MODES or execution_options is not None:
            check_modes(flags, join_transaction_mode, execution_options)
        classic = None
        if autocommit is not None or transactional is not None:
            # With the first one: few programs have such sessions.
            from azoth.orm.session.classic.classic_transactions import classic_transactions  # noqa: PLC0415

            classic = classic_transactions(autocommit, transactional)
        class_ = type(self)
        is_derived = class_ is not Session
        # What listens to the session's own class from now on is heard here too, so the class has its dispatcher.
        dispatch = SessionEvents._class_dispatch(class_) if is_derived else class_.dispatch
        self.unit = UnitOfWork(self, dispatch)
        self.unit.take_settings(
            bind,
            binds=binds,
            autoflushes=autoflush,
            autobegin=autobegin,
            classic=classic,
            expire_on_commit=expire_on_commit,
            twophase=twophase,
            join_transaction_mode=join_transaction_mode,
            load_on_peers=load_on_peers,
            keeps_all=not weak_identity_map,
            execution_options=execution_options,
            asks_session=is_derived and class_.get_bind is not Session.get_bind,
            executes_itself=is_derived and class_.execute is not Session.execute,
            info=info,
            closes_for_good=close_resets_only is False,
        )
        if extension is not None:
            from azoth.orm.session.classic.extension import extend  # noqa: PLC0415  # for classic programs

            extend(self, extension)
        if query_cls is not None:
            self.query_class = query_cls  # type: ignore[misc]

    bind = Setting[Any]("bind", "The engine or connection for everything that ``binds`` does not name, or None.")
    autoflush = Setting[bool]("autoflushes", "Whether pending changes are flushed before each query.")
    autobegin = Setting[bool]("autobegin", "Whether the transaction begins by itself.")
    expire_on_commit = Setting[bool]("expire_on_commit", "Whether objects are loaded anew after a commit.")
    twophase = Setting["bool | TwoPhase"]("twophase", "Whether, and how, transactions are committed in two phases.")
    join_transaction_mode = Setting[str]("join_transaction_mode", "How transactions of others are joined.")
    execution_options = Setting[Mapping[str, Any]]("execution_options", "Options of every execution.")
    load_on_peers = Setting[bool]("load_on_peers", "Whether an implicit load serves what came in together.")

    # -- the transaction ----------------------------------------------------------------------------

    def begin(self, nested: bool = False, subtransactions: bool = False) -> SessionTransaction:
        """Begin a transaction; usually unnecessary, since the first use does.

        Args:
            nested: begin a savepoint, as ``begin_nested()`` does.
            subtransactions: accepted for classic sessions, where each further begin is a subtransaction.

        Returns:
            the transaction; a context manager. In a classic session (``transactional=``, ``autocommit=``) that has
            begun already, a subtransaction.

        Raises:
            InvalidRequestError: one is begun already.
        """
        if subtransactions and self.unit.classic is None:
            refuse_subtransactions()
        return self.begin_nested() if nested else self.unit.begin().held_by_its_user()

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint, flushing pending changes first.

        Returns:
            the savepoint; a context manager. Rolling it back restores rows and objects to this point.

        Emits: what the flush needs; SAVEPOINT on each connection in use, and on others when they join.
        """
        return self.unit.begin_nested().held_by_its_user()

    def in_transaction(self) -> bool:
        """Tell whether a transaction is begun."""
        transaction = self.unit.transaction
        return transaction is not None and not transaction.is_closed

    def in_nested_transaction(self) -> bool:
        """Tell whether a savepoint is begun."""
        transaction = self.unit.transaction
        return transaction is not None and transaction.nested

    def get_transaction(self) -> SessionTransaction | None:
        """Give the outermost transaction, or None."""
        transaction = self.unit.transaction
        return None if transaction is None else transaction.root.held_by_its_user()

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Give the innermost savepoint, or None."""
        transaction = self.unit.transaction
        return transaction.held_by_its_user() if transaction is not None and transaction.nested else None

    def commit(self) -> None:
        """Flush and commit the transaction, savepoints included; in a classic session, the innermost begin.

        Emits: what the flush needs, RELEASE for open savepoints, COMMIT.
        State: objects are expired (``expire_on_commit``) and connections released.

        Raises:
            IntegrityError and others: from the flush; the transaction is rolled back then and ``rollback()`` is
                required.
        """
        unit = self.unit
        transaction = unit.transaction or unit.begun()
        (transaction.root if unit.classic is None else transaction).commit()

    def rollback(self) -> None:
        """Roll back the transaction; inside savepoints, the whole of it. In a classic session, the innermost begin.

        Emits: ROLLBACK.
        State: new objects are transient again with their values, deleted ones persistent, all others expired.
        """
        unit = self.unit
        transaction = unit.transaction
        if transaction is None:
            if not unit.identity_map.modified and not unit.identity_map.new:
                return
            transaction = unit.begun()
        (transaction.root if unit.classic is None else transaction).rollback()

    def prepare(self) -> None:
        """Flush, and prepare the transaction on all connections; ``commit()`` or ``rollback()`` then ends it.

        Emits: what the flush needs, and what the databases need to prepare.

        Raises:
            InvalidRequestError: the session was not made with ``twophase=True``.
        """
        self.unit.begun().root.prepare()

    def close(self) -> None:
        """End the session's work: roll back what is not committed, release connections, let go of all objects.

        The session can be used again afterwards, unless it was made with ``close_resets_only=False``.

        State: persistent objects are detached, pending ones transient.
        """
        self.unit.close()

    def reset(self) -> None:
        """Do what ``close()`` does and leave the session usable."""
        self.unit.close(for_good=False)

    def invalidate(self) -> None:
        """Close the session and throw its connections away instead of returning them to the pool."""
        self.unit.invalidate()

    @property
    def is_active(self) -> bool:
        """Whether the session can be used: False between a failed flush and the rollback that it asks for."""
        transaction = self.unit.transaction
        return transaction is None or transaction.failure is None

    def connection(
        self, bind_arguments: Any = None, execution_options: dict[str, Any] | None = None, *, mapper: Any = None
    ) -> Connection:
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
        if execution_options is not None:
            as_mapping("connection(): execution_options", execution_options)
        connection: Connection = self.unit.connection(self.get_bind(**(bind_arguments or {})), execution_options)
        return connection

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any
    ) -> Engine | Connection:
        """Give the engine or connection for a mapper or a statement.

        Raises:
            UnboundExecutionError: none is known.
            ArgumentError: it is asked with something else.
        """
        return asked_bind(self.unit, mapper, clause, bind)

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use an engine or connection for a mapped class."""
        self.unit.add_bind(mapper, bind)

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use an engine or connection for a table."""
        self.unit.add_bind(table, bind)

    @property
    def autocommit(self) -> bool:
        """Whether each flush has a transaction of its own, outside of ``begin()`` (classic)."""
        classic = self.unit.classic
        return classic is not None and classic.autocommit

    # -- the flush ----------------------------------------------------------------------------------

    def plan(self, objects: Collection[object] | None = None) -> persistence.FlushPlan:
        """Show what ``flush()`` would do, without doing it.

        Args:
            objects: only these objects; everything where left out.

        Returns:
            the plan; ``print(session.plan())`` shows steps, statements, row counts and the reason for each order.
            ``flush()`` runs exactly this plan if ``plan.loads`` is empty and no listener of ``before_flush`` changes
            anything; otherwise the plan names what is to be loaded first, and shows what is known so far.

        Raises:
            FlushError, CircularDependencyError: what ``flush()`` would raise before its first statement.

        Emits: nothing.
        State: nothing changes.
        """
        return plan(self.unit, objects)

    def flush(self, objects: Collection[object] | None = None) -> None:
        """Send pending changes to the database, within the transaction.

        Args:
            objects: only these objects; everything where left out.

        Emits: the statements of ``plan()``; before them the SELECTs that it names.
        State: pending objects are persistent, deleted ones are gone from the session; collections in memory stay as
        they are.

        Raises:
            IntegrityError and others: the transaction is rolled back, and ``rollback()`` is required.
        """
        flush(self.unit, objects)

    @property
    def no_autoflush(self) -> NoAutoflush:
        """A block in which queries do not flush: ``with session.no_autoflush: ...``."""
        return NoAutoflush(self.unit, self)

    # -- statements ---------------------------------------------------------------------------------

    @overload
    def get(
        self,
        entity: type[Entity],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Entity | None: ...
    @overload
    def get(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any: ...
    def get(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any:
        """Give the object with a primary key, from memory or from the database.

        Args:
            entity: the mapped class.
            ident: the key: a value, a tuple or a dictionary for composite keys.
            options: loader options.
            populate_existing: load anew also if the object is present; None leaves it to the execution options.
            with_for_update: True or a dictionary of ``with_for_update()`` arguments to lock the row.
            identity_token: what tells the object from others with this key, as one row of several databases; an
                ``identity_token`` among the execution options does the same.
            execution_options, bind_arguments: as for ``execute()``, where the object must be loaded.

        Returns:
            the object, or None where there is no such row.

        Raises:
            InvalidRequestError: the key has the wrong number of values.

        Emits: nothing if the object is present and not expired, else one SELECT.
        """
        return get_instance(
            self.unit,
            entity,
            ident,
            options or (),
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            execution_options=execution_options,
            bind_arguments=bind_arguments,
            identity_token=identity_token,
        )

    # -- objects ------------------------------------------------------------------------------------

    def add(self, instance: object, _warn: bool = True) -> None:
        """Make an object part of the session, with what the save-update cascade reaches.

        State: a transient object is pending, a detached one persistent again.

        Raises:
            UnmappedInstanceError: the object's class is not mapped.
            InvalidRequestError: it belongs to another session, or another object with its key is here.
        """
        unit = self.unit
        if unit.transaction is None:
            unit.begun()
        add(unit, instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Make several objects part of the session; see ``add()``."""
        unit = self.unit
        if unit.transaction is None:
            unit.begun()
        for instance in instances if hasattr(instances, "__iter__") else as_list("add_all(): instances", instances):
            add(unit, instance)

    def delete(self, instance: object) -> None:
        """Mark an object for deletion, with what the delete cascade reaches. Loaded collections keep it until they
        are expired.

        An object whose deletion was flushed already is left as it is.

        Emits: SELECTs for cascading relationships that are not loaded; the DELETE comes with the flush.

        Raises:
            InvalidRequestError: the object is not persistent.
        """
        state = to_delete(instance)
        self.unit.begun().check()
        mark_deleted(self.unit, state, state())

    def expunge(self, instance: object) -> None:
        """Let go of an object, with what the expunge cascade reaches.

        State: a persistent object is detached, a pending one transient.
        """
        self.unit.expunge(instance)

    def expunge_all(self) -> None:
        """Let go of all objects; the transaction goes on.

        State: persistent objects are detached, pending ones transient.
        """
        self.unit.expunge_all()

    def merge(
        self, instance: Entity, *, load: bool = True, options: Sequence[Any] | None = None, dont_load: bool = False
    ) -> Entity:
        """Copy an object's state onto the session's own object for the same row, and give that.

        Args:
            instance: an object of any origin; it is left as it is.
            load: whether the row is looked up in the database; False takes the object's state as the database's.
            options: loader options for the look-up.
            dont_load: the classic name of ``load=False``.

        Returns:
            the session's object: the present one, one loaded, or a new one.

        Emits: one SELECT for each object that is not present, unless ``load=False``.
        """
        from azoth.orm.session.objects.merging import Merger  # noqa: PLC0415  # few programs merge

        unit = self.unit
        if unit.transaction is None:
            unit.begun()
        merged: Entity = Merger(unit, load=load and not dont_load, options=options or ()).merge(instance)
        return merged

    def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's attributes anew, discarding changes on them.

        Args:
            instance: a persistent object.
            attribute_names: columns and relationships to refresh; all where left out.
            with_for_update: True or a dictionary of ``with_for_update()`` arguments to lock the row.

        Emits: pending changes (autoflush), then one SELECT.
        """
        from azoth.orm.session.objects.refreshing import refresh_instance  # noqa: PLC0415

        refresh_instance(self.unit, instance, attribute_names, with_for_update)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Let an object's attributes be loaded anew when they are read next, discarding changes on them."""
        from azoth.orm.session.objects.refreshing import expire_instance  # noqa: PLC0415

        expire_instance(self.unit.identity_map, instance, attribute_names)

    def expire_all(self) -> None:
        """Let all attributes of all persistent objects be loaded anew when they are read next."""
        from azoth.orm.session.objects.refreshing import expire_all  # noqa: PLC0415  # few programs refresh by hand

        expire_all(self.unit.identity_map)

    def enable_relationship_loading(self, obj: object) -> None:
        """Let an object load related ones through this session by its foreign keys, without adding it.

        Args:
            obj: a transient or detached object.

        Emits: nothing; reading a relationship emits its load.
        State: the object refers to the session; a transient one is still not inserted by a flush.
        """
        from azoth.orm.session.objects.moving import load_relationships_of  # noqa: PLC0415  # few programs ask

        load_relationships_of(self.unit.identity_map, obj)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


SessionEvents._accept(Session)


def object_session(instance: Any) -> Session | None:
    """Give the session that an object belongs to, or None.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
    """
    session: Session | None = Session.object_session(instance)
    return session


__all__ = ["Session", "object_session"]
