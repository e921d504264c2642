"""The Session: a workspace of objects over one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.state import row_is_gone
from azoth.orm.session.classic_session import ClassicSession, commits_by_itself
from azoth.orm.session.events.extension import extend
from azoth.orm.session.events.session_events import SessionEvents
from azoth.orm.session.objects import membership
from azoth.orm.session.objects.deletion import mark_deleted
from azoth.orm.session.objects.lifecycle_events import add_observed
from azoth.orm.session.objects.merging import Merger
from azoth.orm.session.objects.moving import load_relationships_of
from azoth.orm.session.objects.refreshing import expire_instance, refresh_instance
from azoth.orm.session.unit_of_work import Setting, UnitOfWork

Entity = TypeVar("Entity")

JOIN_MODES = frozenset({"conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"})


class Session(ClassicSession):
    """Objects of mapped classes, kept in step with a database.

    A session begins its transaction by itself at the first use, collects changes and sends them in flushes, and holds
    one
    instance for each row (the identity map). It is cheap to make and uses no connection until it needs one. It
    belongs to one thread
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
        load_on_peers: whether an implicit load serves the objects that came in with the touched one; False for one at
            a time.
        execution_options: options of every execution, implicit loads and flushes included; those of connections are
            set on the connections that take part.
        autocommit: given at all, the session is a classic one: ``begin()`` within a transaction begins a
            subtransaction. With True each flush has its own transaction and reads are outside of any, until
            ``begin()``.
        transactional: the older name of ``autocommit``, with opposite meaning.
        extension: a SessionExtension, or a list of them.
    """

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
        execution_options: Mapping[str, Any] | None = None,
        autocommit: bool | None = None,
        transactional: bool | None = None,
        extension: Any = None,
    ) -> None:
        if join_transaction_mode not in JOIN_MODES:
            raise InvalidRequestError(
                f"join_transaction_mode {join_transaction_mode!r} is unknown",
                fix=f"use one of {', '.join(sorted(JOIN_MODES))}",
                code="AZ-S30",
            )
        has_subtransactions = autocommit is not None or transactional is not None
        self.unit = unit = UnitOfWork(
            self,
            bind,
            binds=binds,
            dispatch=type(self).__dict__.get("dispatch") or SessionEvents._class_dispatch(type(self)),
            autoflushes=autoflush,
            autobegin=autobegin,
            autocommit=has_subtransactions and commits_by_itself(autocommit, transactional),
            has_subtransactions=has_subtransactions,
            expire_on_commit=expire_on_commit,
            twophase=twophase,
            join_transaction_mode=join_transaction_mode,
            load_on_peers=load_on_peers,
            keeps_all=not weak_identity_map,
            execution_options=execution_options,
            asks_session=type(self).get_bind is not Session.get_bind,
        )
        self._in_use = unit.in_use
        self._info = info
        if extension is not None:
            extend(self, extension)
        if query_cls is not None:
            self.query_class = query_cls  # type: ignore[misc]

    bind = Setting[Any]("bind", "The engine or connection for everything that ``binds`` does not name, or None.")
    autoflush = Setting[bool]("autoflushes", "Whether pending changes are flushed before each query.")
    autobegin = Setting[bool]("autobegin", "Whether the transaction begins by itself.")
    autocommit = Setting[bool]("autocommit", "Whether each flush has a transaction of its own (classic).")
    expire_on_commit = Setting[bool]("expire_on_commit", "Whether objects are loaded anew after a commit.")
    twophase = Setting[bool]("twophase", "Whether transactions are prepared before they are committed.")
    join_transaction_mode = Setting[str]("join_transaction_mode", "How transactions of others are joined.")
    execution_options = Setting[Mapping[str, Any]]("execution_options", "Options of every execution.")
    load_on_peers = Setting[bool]("load_on_peers", "Whether an implicit load serves what came in together.")

    def add(self, instance: object, _warn: bool = True) -> None:
        """Make an object part of the session, with what the save-update cascade reaches.

        *State*: a transient object is pending, a detached one persistent again.

        Errors:
            UnmappedInstanceError: the object's class is not mapped.
            InvalidRequestError: it belongs to another session, or another object with its key is here.
        """
        if self.unit.transaction is None:
            self.unit.begun()
        if self.unit.dispatch.attaching:
            add_observed(self.unit, instance)
        else:
            membership.add(self.unit.identity_map, instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Make several objects part of the session; see ``add()``."""
        if self.unit.transaction is None:
            self.unit.begun()
        identity_map = self.unit.identity_map
        if self.unit.dispatch.attaching:
            for instance in instances:
                add_observed(self.unit, instance)
            return
        for instance in instances:
            membership.add(identity_map, instance)

    def delete(self, instance: object) -> None:
        """Mark an object for deletion, with what the delete cascade reaches. Loaded collections keep it until they
        are expired.

        An object whose deletion was flushed already is left as it is.

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
        self.unit.begun().check()
        identity_map = self.unit.identity_map
        if state in identity_map.deleted or (state.identity_map is identity_map and row_is_gone(state)):
            return
        mark_deleted(self.unit, state, instance)

    def expunge(self, instance: object) -> None:
        """Let go of an object, with what the expunge cascade reaches.

        *State*: a persistent object is detached, a pending one transient.
        """
        self.unit.expunge(instance)

    def expunge_all(self) -> None:
        """Let go of all objects; the transaction goes on.

        *State*: persistent objects are detached, pending ones transient.
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

        *Emits* one SELECT for each object that is not present, unless ``load=False``.
        """
        if self.unit.transaction is None:
            self.unit.begun()
        merged: Entity = Merger(self.unit, load=load and not dont_load, options=options or ()).merge(instance)
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
        refresh_instance(self.unit, instance, attribute_names, with_for_update)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Let an object's attributes be loaded anew when they are read next, discarding changes on them."""
        expire_instance(self.unit.identity_map, instance, attribute_names)

    def expire_all(self) -> None:
        """Let all attributes of all persistent objects be loaded anew when they are read next."""
        for instance in list(self.unit.identity_map.instances()):
            expire_instance(self.unit.identity_map, instance, None, cascade=False)

    def enable_relationship_loading(self, obj: object) -> None:
        """Let an object load related ones through this session by its foreign keys, without adding it.

        Args:
            obj: a transient or detached object.

        *Emits* nothing; reading a relationship emits its load.
        *State*: the object refers to the session; a transient one is still not inserted by a flush.
        """
        load_relationships_of(self.unit.identity_map, obj)

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Tell whether an object has net changes that a flush would write."""
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


SessionEvents._accept(Session)


def object_session(instance: Any) -> Session | None:
    """Give the session that an object belongs to, or None.

    Errors:
        UnmappedInstanceError: the object's class is not mapped.
    """
    session: Session | None = Session.object_session(instance)
    return session


__all__ = ["Session", "object_session"]
