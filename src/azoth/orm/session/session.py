"""The Session: a workspace of objects over one transaction at a time."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from azoth.engine.result import ChunkedIteratorResult
from azoth.exc import InvalidRequestError, ObjectNotExecutableError
from azoth.inspection import inspect
from azoth.orm.exc import UnmappedInstanceError
from azoth.orm.loading.given_rows import given_rows
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.persistence.executor import execute as execute_plan
from azoth.orm.persistence.plan import FlushPlan
from azoth.orm.query.lowering import make_load_plan, names_entities
from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import STATE
from azoth.orm.session import flushing, membership
from azoth.orm.session.binds import Binds
from azoth.orm.session.get import get_instance
from azoth.orm.session.identity_set import IdentitySet
from azoth.orm.session.identity_view import IdentityMapView
from azoth.orm.session.merging import Merger
from azoth.orm.session.refreshing import expire_instance, refresh_instance
from azoth.orm.session.transaction import SessionTransaction, refuse_begin
from azoth.sql.elements import text
from azoth.sql.selectable import FromStatement, Select

Entity = TypeVar("Entity")

_serial = itertools.count(1)

JOIN_MODES = frozenset({"conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"})


class NoAutoflush:
    """The block of ``Session.no_autoflush``."""

    __slots__ = ("_before", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> Session:
        self._before = self._session.autoflush
        self._session.autoflush = False
        return self._session

    def __exit__(self, *error: object) -> None:
        self._session.autoflush = self._before


class Session:
    """Objects of mapped classes, kept in step with a database.

    A session begins its transaction by itself at the first use, collects changes and sends them in flushes, and holds one
    instance for each row (the identity map). It is cheap to make and uses no connection until it needs one. It belongs to one thread
    at a time.

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
        load_on_peers: whether an implicit load serves the objects that came in with the touched one; False for one at a time.
    """

    query_class: ClassVar[Any] = None

    def __init__(
        self,
        bind: Any = None,
        *,
        autoflush: bool = True,
        future: bool = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool = False,
        binds: dict[Any, Any] | None = None,
        enable_baked_queries: bool = True,
        info: dict[Any, Any] | None = None,
        query_cls: Any = None,
        join_transaction_mode: str = "conditional_savepoint",
        close_resets_only: bool | None = None,
        weak_identity_map: bool = True,
        load_on_peers: bool = True,
    ) -> None:
        if join_transaction_mode not in JOIN_MODES:
            raise InvalidRequestError(
                f"join_transaction_mode {join_transaction_mode!r} is unknown",
                fix=f"use one of {', '.join(sorted(JOIN_MODES))}",
                code="AZ-S30",
            )
        self.bind = bind
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.autobegin = autobegin
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.load_on_peers = load_on_peers
        self._binds = Binds(bind, binds) if binds else None
        self._keep_all = not weak_identity_map
        self._identity_map = IdentityMap(self, keep_all=self._keep_all)
        self._transaction: SessionTransaction | None = None
        self._flushing = False
        self._info = info
        if query_cls is not None:
            self.query_class = query_cls  # type: ignore[misc]

    # -- attributes ----------------------------------------------------------------------------------

    @property
    def identity_map(self) -> IdentityMapView:
        """The persistent objects by identity key, a read-only mapping."""
        return IdentityMapView(self._identity_map)

    @property
    def new(self) -> IdentitySet:
        """The pending objects."""
        return IdentitySet(self._identity_map.new.values())

    @property
    def dirty(self) -> IdentitySet:
        """The persistent objects with changes, those marked for deletion left out."""
        deleted = self._identity_map.deleted
        return IdentitySet(
            instance for state, instance in self._identity_map.modified.items() if state not in deleted
        )

    @property
    def deleted(self) -> IdentitySet:
        """The objects marked for deletion."""
        return IdentitySet(self._identity_map.deleted.values())

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def hash_key(self) -> int:
        """A number that names this session in messages."""
        number: int | None = self.__dict__.get("_hash_key")
        if number is None:
            number = self.__dict__["_hash_key"] = next(_serial)
        return number

    @property
    def no_autoflush(self) -> NoAutoflush:
        """A block in which queries do not flush: ``with session.no_autoflush: ...``."""
        return NoAutoflush(self)

    @property
    def is_active(self) -> bool:
        """Whether the session can be used: False between a failed flush and the rollback that it asks for."""
        return self._transaction is None or self._transaction.failure is None

    def __contains__(self, instance: object) -> bool:
        values = getattr(instance, "__dict__", None)
        state: InstanceState | None = None if values is None else values.get(STATE)
        if state is None:
            if not hasattr(type(instance), "_azoth_manager"):
                membership.mapped_state(instance, "in")
            return False
        was_deleted = state.extra is not None and state.extra.was_deleted
        return state.owner is self._identity_map and not was_deleted

    def __iter__(self) -> Iterator[Any]:
        return iter([*self._identity_map.new.values(), *self._identity_map.instances()])

    @staticmethod
    def object_session(instance: Any) -> Session | None:
        """Give the session that an object belongs to, or None."""
        owner = membership.mapped_state(instance, "object_session()").owner
        session: Session | None = None if owner is None else owner.session()
        return session

    @staticmethod
    def identity_key(*args: Any, **keywords: Any) -> tuple[Any, ...]:
        """Make an identity key: of an instance, or of a class and a primary key (``ident=``)."""
        instance = keywords.pop("instance", None)
        if instance is not None:
            key: tuple[Any, ...] = inspect(type(instance)).identity_key_from_instance(instance)
            return key
        class_, pk = (*args, *keywords.values())[:2]
        found: tuple[Any, ...] = inspect(class_).identity_key_from_primary_key(pk if isinstance(pk, tuple) else (pk,))
        return found

    # -- transactions --------------------------------------------------------------------------------

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin a transaction; usually unnecessary, since the first use does.

        Args:
            nested: begin a savepoint, as ``begin_nested()`` does.

        Returns:
            the transaction; a context manager.

        Errors:
            InvalidRequestError: one is begun already.
        """
        if nested:
            return self.begin_nested()
        if self._transaction is not None:
            self._transaction.check()
            refuse_begin()
        self._transaction = SessionTransaction(self)
        return self._transaction

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint, flushing pending changes first.

        Returns:
            the savepoint; a context manager. Rolling it back restores rows and objects to this point.

        *Emits* what the flush needs; SAVEPOINT on each connection in use, and on others when they join.
        """
        parent = self._begun()
        parent.check()
        self.flush()
        transaction = SessionTransaction(self, parent)
        self._transaction = transaction
        for bind in list(parent._enlisted):
            transaction.connection_for(bind)
        return transaction

    def in_transaction(self) -> bool:
        """Tell whether a transaction is begun."""
        return self._transaction is not None

    def in_nested_transaction(self) -> bool:
        """Tell whether a savepoint is begun."""
        return self._transaction is not None and self._transaction.nested

    def get_transaction(self) -> SessionTransaction | None:
        """Give the outermost transaction, or None."""
        return None if self._transaction is None else self._transaction.root

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Give the innermost savepoint, or None."""
        transaction = self._transaction
        return transaction if transaction is not None and transaction.nested else None

    def commit(self) -> None:
        """Flush and commit the transaction, savepoints included.

        *Emits* what the flush needs, RELEASE for open savepoints, COMMIT.
        *State*: objects are expired (``expire_on_commit``) and connections released.

        Errors:
            IntegrityError and others: from the flush; the transaction is rolled back then and ``rollback()`` is required.
        """
        self._begun().root.commit()

    def rollback(self) -> None:
        """Roll back the transaction; inside savepoints, the whole of it.

        *Emits* ROLLBACK.
        *State*: new objects are transient again with their values, deleted ones persistent, all others expired.
        """
        transaction = self._transaction
        if transaction is None:
            if not self._identity_map.modified and not self._identity_map.new:
                return
            transaction = self._begun()
        transaction.root.rollback()

    def prepare(self) -> None:
        """Prepare the transaction for a two-phase commit.

        Errors:
            InvalidRequestError: the session was not made with ``twophase=True``.
        """
        raise InvalidRequestError(
            "prepare() needs a session with twophase=True",
            why="without it the session's transactions have one phase",
            fix="create the session with twophase=True on databases that support it",
            code="AZ-S13",
        )

    def close(self) -> None:
        """End the session's work: roll back what is not committed, release connections, let go of all objects.

        The session can be used again afterwards.

        *State*: persistent objects are detached, pending ones transient.
        """
        # The objects are let go of first, so that rolling back has no attributes to expire.
        self.expunge_all()
        if self._transaction is not None:
            self._transaction.abandon()

    def reset(self) -> None:
        """Do what ``close()`` does and leave the session usable."""
        self.close()

    def invalidate(self) -> None:
        """Close the session and throw its connections away instead of returning them to the pool."""
        if self._transaction is not None:
            for enlisted in self._transaction.root._participants:
                enlisted.connection.invalidate()
        self.close()

    def _begun(self) -> SessionTransaction:
        transaction = self._transaction
        if transaction is None:
            if not self.autobegin:
                raise InvalidRequestError(
                    "no transaction is begun on this session",
                    why="it was made with autobegin=False",
                    fix="call session.begin() first",
                    code="AZ-S14",
                )
            transaction = self._transaction = SessionTransaction(self)
        return transaction

    # -- connections ---------------------------------------------------------------------------------

    def get_bind(self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
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
        self, bind_arguments: dict[str, Any] | None = None, execution_options: dict[str, Any] | None = None
    ) -> Any:
        """Give the connection inside the session's transaction, beginning it if needed."""
        return self._begun().connection_for(self.get_bind(**(bind_arguments or {})), execution_options)

    def _connection_for(self, mapper: Any) -> Any:
        transaction = self._transaction
        if transaction is None:
            transaction = self._begun()
        bind = self.bind
        if bind is None or self._binds is not None:
            bind = self.get_bind(mapper)
        return transaction.connection_for(bind)

    # -- statements ----------------------------------------------------------------------------------

    def execute(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any:
        """Execute a statement in the session's transaction.

        Args:
            statement: a select, insert, update or delete, with entities or without, or text (``:name`` marks parameters).
            params: values for named parameters.
            execution_options: ``populate_existing``, ``yield_per``, ``autoflush``, ``synchronize_session`` and those of connections.
            bind_arguments: what ``get_bind()`` is asked with.

        Returns:
            a Result; rows of entities have instances.

        *Emits* pending changes (autoflush), then the statement, then statements of eager loading.
        """
        if isinstance(statement, Select) and names_entities(statement):
            return self._execute_select(statement, params, execution_options, bind_arguments)
        if isinstance(statement, str):
            statement = text(statement)
        if not hasattr(statement, "_fields"):
            raise ObjectNotExecutableError(
                f"{type(statement).__name__} cannot be executed",
                why="execute() takes statements: select(), insert(), update(), delete(), text(), or a string",
                fix="wrap the entity in a statement, as in select(User)",
                code="AZ-S31",
            )
        if isinstance(statement, FromStatement):
            plan, found = self._given(statement, params, execution_options, bind_arguments)
            return ChunkedIteratorResult(plan.shape, (found,))
        self._autoflush_for(execution_options)
        connection = self._begun().connection_for(self.get_bind(clause=statement, **(bind_arguments or {})))
        return connection.execute(statement, params, execution_options=execution_options)

    def _execute_select(
        self, statement: Any, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> Any:
        plan, connection, parameters = self._planned(statement, params, execution_options, bind_arguments)
        options = statement._execution_options
        size = (execution_options or {}).get("yield_per") or (options and options.get("yield_per"))
        if size:
            return ChunkedIteratorResult(plan.shape, plan.chunks(self, connection, parameters, size)).yield_per(size)
        return ChunkedIteratorResult(plan.shape, (plan.run(self, connection, parameters),))

    def _planned(
        self, statement: Any, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> tuple[LoadPlan, Any, tuple[Any, ...]]:
        """Flush where needed; give the load plan of a SELECT of entities, the connection and the bound values."""
        options = statement._execution_options
        if execution_options:
            options = {**options, **execution_options}
        identity_map = self._identity_map
        if self.autoflush and (identity_map.new or identity_map.modified or identity_map.deleted):
            self._autoflush_for(options)
        transaction = self._transaction
        if transaction is None:
            transaction = self._begun()
        bind = self.bind
        if bind is None or self._binds is not None or bind_arguments:
            bind = self.get_bind(clause=statement, **(bind_arguments or {}))
        connection = transaction.connection_for(bind)
        if params and any(one.expanding and one.key in params for one in statement._binds):
            # The length of a list is part of the SQL, so it must be known before the plan is looked up.
            statement = statement.params(params)
        refresh = bool(options and options.get("populate_existing"))
        name = (statement._shape, refresh)
        plans = connection.engine.statement_cache.plans
        plan = plans.get(name)
        if plan is None:
            plan = make_load_plan(statement, connection.engine.statement_cache, refresh=refresh)
            plans[name] = plan
        return plan, connection, plan.parameters(statement, params)

    def _given(
        self, statement: FromStatement, params: Any, execution_options: Any, bind_arguments: dict[str, Any] | None
    ) -> tuple[LoadPlan, list[Any]]:
        """Execute a statement whose rows are given by another one; give the plan and what it made."""
        options = {**statement._execution_options, **(execution_options or {})}
        self._autoflush_for(options)
        connection = self._begun().connection_for(self.get_bind(clause=statement, **(bind_arguments or {})))
        refresh = bool(options.get("populate_existing"))
        return given_rows(
            self, connection, statement._raw_columns, statement.element, params, statement._with_options, refresh=refresh
        )

    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any:
        """Execute a statement and give the first element of each row."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments
        ).scalars()

    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any:
        """Execute a statement and give the first element of the first row, or None."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments
        ).scalar()

    def get(
        self,
        entity: type[Entity] | Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Entity | None:
        """Give the object with a primary key, from memory or from the database.

        Args:
            entity: the mapped class.
            ident: the key: a value, a tuple or a dictionary for composite keys.
            options: loader options.
            populate_existing: load anew also if the object is present.
            with_for_update: True or a dictionary of ``with_for_update()`` arguments to lock the row.

        Returns:
            the object, or None where there is no such row.

        *Emits* nothing if the object is present and not expired, else one SELECT.
        """
        found: Entity | None = get_instance(
            self, entity, ident, options or (), populate_existing=populate_existing, with_for_update=with_for_update
        )
        return found

    def get_one(self, entity: type[Entity] | Any, ident: Any, **keywords: Any) -> Entity:
        """Give the object with a primary key as ``get()`` does, or raise.

        Errors:
            NoResultFound: there is no such row.
        """
        from_database = self.get(entity, ident, **keywords)
        if from_database is None:
            from azoth.exc import NoResultFound

            raise NoResultFound(
                f"{entity.__name__} {ident!r}: no such row",
                why="no row has this primary key",
                fix="use get() where None is an answer",
                code="AZ-S32",
            )
        found: Entity = from_database
        return found

    def query(self, *entities: Any, **keywords: Any) -> Any:
        """Make a Query of classes, mappers, aliases or columns."""
        return self.query_class(entities, self, **keywords)

    # -- membership ----------------------------------------------------------------------------------

    def add(self, instance: object, _warn: bool = True) -> None:
        """Make an object part of the session, with what the save-update cascade reaches.

        *State*: a transient object is pending, a detached one persistent again.

        Errors:
            UnmappedInstanceError: the object's class is not mapped.
            InvalidRequestError: it belongs to another session, or another object with its key is here.
        """
        transaction = self._transaction
        if transaction is None:
            transaction = self._begun()
        membership.add(self._identity_map, instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Make several objects part of the session; see ``add()``."""
        if self._transaction is None:
            self._begun()
        identity_map = self._identity_map
        for instance in instances:
            membership.add(identity_map, instance)

    def _adopt(self, instance: Any) -> None:
        """Take in an object that was attached to one of ours."""
        if self._transaction is None:
            self._begun()
        membership.add(self._identity_map, instance)

    def delete(self, instance: object) -> None:
        """Mark an object for deletion, with what the delete cascade reaches. Loaded collections keep it until they are expired.

        *Emits* SELECTs for cascading relationships that are not loaded; the DELETE comes with the flush.

        Errors:
            InvalidRequestError: the object is not persistent.
        """
        state = membership.mapped_state(instance, "delete()")
        if state.pk is None:
            raise InvalidRequestError(
                f"{type(instance).__name__} is not persisted, so it cannot be deleted",
                why="it has no row yet",
                fix="expunge() it if it is pending",
                code="AZ-S33",
            )
        self._begun().check()
        if state in self._identity_map.deleted:
            return
        if state.owner is not self._identity_map:
            membership.attach(self._identity_map, state, instance)
        flushing.mark_deleted(self._identity_map, state, instance)

    def expunge(self, instance: object) -> None:
        """Let go of an object, with what the expunge cascade reaches.

        *State*: a persistent object is detached, a pending one transient.
        """
        membership.expunge(self._identity_map, instance)

    def expunge_all(self) -> None:
        """Let go of all objects; the transaction goes on.

        *State*: persistent objects are detached, pending ones transient.
        """
        former = self._identity_map
        self._identity_map = IdentityMap(self, keep_all=self._keep_all)
        former.release()

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

        *Emits* one SELECT for each object that is not present, unless ``load=False``.
        """
        if self._transaction is None:
            self._begun()
        merged: Entity = Merger(self, load=load and not dont_load, options=options or ()).merge(instance)
        return merged

    def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's attributes anew, discarding changes on them.

        Args:
            instance: a persistent object.
            attribute_names: columns and relationships to refresh; all where left out.
            with_for_update: True or a dictionary of ``with_for_update()`` arguments to lock the row.

        *Emits* pending changes (autoflush), then one SELECT.
        """
        refresh_instance(self, instance, attribute_names, with_for_update)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Let an object's attributes be loaded anew when they are read next, discarding changes on them."""
        expire_instance(self._identity_map, instance, attribute_names)

    def expire_all(self) -> None:
        """Let all attributes of all persistent objects be loaded anew when they are read next."""
        for instance in list(self._identity_map.instances()):
            expire_instance(self._identity_map, instance, None, cascade=False)

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Tell whether an object has net changes that a flush would write."""
        from azoth.orm.runtime.history import get_history

        state = membership.mapped_state(instance, "is_modified()")
        if state.pk is None:
            return True
        relationships = state.manager.mapper.relationships
        for key in state.changes or ():
            if key in relationships and relationships[key].uselist and not include_collections:
                continue
            history = get_history(state, key)
            if history.added or history.deleted:
                return True
        return False

    # -- flush ---------------------------------------------------------------------------------------

    def plan(self, objects: Collection[object] | None = None) -> FlushPlan:
        """Show what ``flush()`` would do, without doing it.

        Returns:
            the plan; ``print(session.plan())`` shows steps, row counts and the reason for each order.

        *Emits* SELECTs only for collections that deletions must know.
        """
        return flushing.plan(self._identity_map, self._states(objects))

    def flush(self, objects: Collection[object] | None = None) -> None:
        """Send pending changes to the database, within the transaction.

        Args:
            objects: only these objects; everything where left out.

        *Emits* the statements of ``plan()``.
        *State*: pending objects are persistent, deleted ones are gone from the session; collections in memory stay as they are.

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

    # -- context -------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def object_session(instance: Any) -> Session | None:
    """Give the session that an object belongs to, or None.

    Errors:
        UnmappedInstanceError: the object's class is not mapped.
    """
    return Session.object_session(instance)


__all__ = ["NoAutoflush", "Session", "UnmappedInstanceError", "object_session"]
