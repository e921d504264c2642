"""ShardedSession: a session whose classes have rows in several databases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from azoth.event import listen
from azoth.exc import ArgumentError, InvalidRequestError, MultipleResultsFound, UnboundExecutionError
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.session.objects.get import key_from
from azoth.orm.session.objects.membership import mapped_state
from azoth.orm.session.session import Session
from azoth.orm.session.settings import check_bind
from azoth.orm.sharding.choosers import (
    Choosers,
    ExecuteChooser,
    IdentityChooser,
    ShardChooser,
    choosers,
    shards_by_name,
)
from azoth.orm.sharding.routing import execute_in_shards, named_shard
from azoth.orm.sharding.shard_option import SHARD_ID
from azoth.orm.sharding.shard_places import ShardPlaces
from azoth.orm.sharding.sharded_query import ShardedQuery

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.engine import Engine
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.state import InstanceState

Entity = TypeVar("Entity")


class ShardedSession(Session):
    """A session whose classes have rows in several databases, the shards.

    The program says by functions in which shard an object belongs, and for which shards a statement is. An object keeps
    its shard as its identity token (``inspect(obj).identity_token``); what is loaded or written for it later goes
    there.

    Args:
        shard_chooser: called with a mapper and an object; names the shard of the object's row.
        identity_chooser: called with a mapper, a primary key and, by name, ``lazy_loaded_from``, ``execution_options``
            and ``bind_arguments``; names the shards that might have the row.
        execute_chooser: called with an ORMExecuteState; names the shards in which a statement is executed.
        shards: name -> engine or connection.
        query_cls: the class that ``query()`` makes.
        id_chooser: the older form of ``identity_chooser``, called with a query and a primary key.
        query_chooser: the older form of ``execute_chooser``, called with the statement.
        kwargs: the arguments of ``Session``, without ``bind`` and ``binds``.

    Raises:
        ArgumentError: a function is missing, or the session is bound otherwise.
    """

    def __init__(
        self,
        shard_chooser: ShardChooser,
        identity_chooser: IdentityChooser | None = None,
        execute_chooser: ExecuteChooser | None = None,
        shards: Mapping[Any, Any] | None = None,
        query_cls: type[Any] = ShardedQuery,
        *,
        id_chooser: Callable[[Any, Any], Collection[Any]] | None = None,
        query_chooser: Callable[[Any], Collection[Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("bind") is not None or kwargs.get("binds"):
            raise ArgumentError(
                "ShardedSession() takes no bind and no binds",
                why="which engine is used depends on the object and on the statement",
                fix="pass the engines as shards={name: engine}",
                code="AZ-X70",
            )
        super().__init__(query_cls=query_cls, **kwargs)
        self.choosers: Choosers = choosers(
            shard_chooser, identity_chooser, execute_chooser, id_chooser, query_chooser, self.query
        )
        self._shards: dict[Any, Any] = {}
        for shard_id, bind in shards_by_name(shards).items():
            self.bind_shard(shard_id, bind)
        self.unit.places = ShardPlaces(self)
        listen(self, "do_orm_execute", execute_in_shards)

    def bind_shard(self, shard_id: Hashable, bind: Engine | Connection) -> None:
        """Name the engine or connection of a shard.

        Args:
            shard_id: the shard's name.
            bind: the engine or connection.
        """
        check_bind("bind_shard(): bind", bind)
        self._shards[shard_id] = bind

    def get_bind(
        self,
        mapper: object = None,
        clause: object = None,
        bind: Engine | Connection | None = None,
        *,
        shard_id: Hashable = None,
        instance: object = None,
        **arguments: object,
    ) -> Engine | Connection:
        """Give the engine or connection of a shard.

        Args:
            mapper: the mapper, of which ``shard_chooser`` is told.
            clause: the statement, which says nothing here.
            bind: the answer itself, where the program has it already.
            shard_id: the shard.
            instance: an object, whose shard is meant where none is named.

        Raises:
            UnboundExecutionError: no shard is named, or there is none of this name.
        """
        if bind is not None:
            check_bind("get_bind(): bind", bind)
            return bind
        if shard_id is None and instance is not None:
            shard_id = self._shard_of(instance)
        if shard_id is None:
            raise UnboundExecutionError(
                "no shard is named",
                why="a session over several databases cannot tell by a class alone which of them is meant",
                fix='name it: session.connection(bind_arguments={"shard_id": ...}), session.execute(..., '
                'bind_arguments={"shard_id": ...})',
                code="AZ-X72",
            )
        try:
            named: Engine | Connection = self._shards[shard_id]
        except KeyError:
            raise UnboundExecutionError(
                f"there is no shard {shard_id!r}",
                why=f"the session has the shards {', '.join(map(repr, self._shards)) or 'none'}",
                fix="pass it in shards=, or call bind_shard(); or let the functions name one of these",
                code="AZ-X72",
            ) from None
        return named

    def connection_callable(
        self, mapper: Mapper | None = None, instance: object = None, shard_id: Hashable = None
    ) -> Connection:
        """Give the connection by which a flush writes the row of an object.

        Args:
            mapper: the mapper.
            instance: the object, whose shard is meant where none is named.
            shard_id: the shard.
        """
        bind = self.get_bind(mapper, shard_id=shard_id, instance=instance)
        connection: Connection = self.unit.begun().connection_for(bind)
        return connection

    def get(
        self,
        entity: type[Entity] | Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Entity | None:
        """Give the object with a primary key, from memory or from the shards that might have it.

        Args:
            entity, ident, options, populate_existing, with_for_update: as for ``Session.get()``.
            identity_token: the shard; so does ``shard_id`` among the execution options or the bind arguments.
            execution_options, bind_arguments: as for ``execute()``.

        Raises:
            MultipleResultsFound: several shards have a row with the key.

        Emits: nothing if the object is present and not expired, else one SELECT for each shard that
            ``identity_chooser`` names.
        """

        def found_in(shard: Hashable) -> Entity | None:
            one: Entity | None = super(ShardedSession, self).get(
                entity,
                ident,
                options=options,
                populate_existing=populate_existing,
                with_for_update=with_for_update,
                identity_token=shard,
                execution_options=execution_options,
                bind_arguments=bind_arguments,
            )
            return one

        if identity_token is None:
            identity_token = named_shard(execution_options or {}, bind_arguments or {}, options or ())
        mapper = mapper_of(entity)
        if identity_token is not None or mapper is None:
            return found_in(identity_token)
        pk = key_from(mapper, ident)
        if pk is None:
            return None
        candidates = self._candidates(mapper, pk, None, execution_options, bind_arguments)
        if not populate_existing and not with_for_update:
            for shard in candidates:
                if self.unit.identity_map.find(mapper.manager, pk, shard) is not None:
                    present = found_in(shard)
                    if present is not None:
                        return present
        found = [one for shard in candidates if (one := found_in(shard)) is not None]
        if len(found) > 1:
            _refuse_several(mapper, pk, len(found))
        return found[0] if found else None

    def bulk_insert_mappings(
        self,
        mapper: Mapper,
        mappings: Iterable[dict[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Refuse: rows that are given without objects belong to no shard."""
        _refuse_bulk("bulk_insert_mappings()")

    def bulk_update_mappings(self, mapper: Mapper, mappings: Iterable[dict[str, Any]]) -> None:
        """Refuse: rows that are given without objects belong to no shard."""
        _refuse_bulk("bulk_update_mappings()")

    def bulk_save_objects(
        self,
        objects: Iterable[object],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Refuse: what goes past the unit of work is not divided among shards."""
        _refuse_bulk("bulk_save_objects()")

    def chosen_shard(self, mapper: Mapper, instance: object) -> Hashable:
        """Ask in which shard an object belongs that does not know it yet.

        Args:
            mapper: its mapper.
            instance: the object.

        Raises:
            InvalidRequestError: the function names none.
        """
        shard: Hashable = self.choosers.shard(mapper.base_mapper, instance)
        if shard is None:
            raise InvalidRequestError(
                f"shard_chooser names no shard for a {type(instance).__name__}",
                why="a row must be written somewhere",
                fix="let it give one of the keys of shards for each object",
                code="AZ-X73",
            )
        return shard

    def any_bind(self) -> Engine | Connection:
        """Give the engine or connection of the first shard.

        Raises:
            UnboundExecutionError: there is none.
        """
        return self.get_bind(shard_id=next(iter(self._shards), None))

    def _shard_of(self, instance: object) -> Hashable:
        assert self.unit.places is not None, "the constructor has put them there"
        return self.unit.places.place_of(mapped_state(instance, "get_bind()"), instance)

    def _candidates(
        self,
        mapper: Mapper,
        pk: object,
        lazy_loaded_from: InstanceState | None,
        execution_options: Mapping[str, Any] | None,
        bind_arguments: Mapping[str, Any] | None,
    ) -> list[Hashable]:
        """Ask which shards might have a row."""
        chosen = self.choosers.identity(
            mapper,
            list(pk) if isinstance(pk, tuple) else [pk],
            lazy_loaded_from=lazy_loaded_from,
            execution_options=execution_options or {},
            bind_arguments=bind_arguments or {},
        )
        return list(dict.fromkeys(chosen or ()))

    def _identity_lookup(
        self,
        mapper: Mapper,
        primary_key_identity: object,
        identity_token: Hashable = None,
        passive: object = None,
        lazy_loaded_from: InstanceState | None = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> object:
        """Find an object in memory, under the tokens of the shards that might have its row."""
        pk = key_from(mapper, primary_key_identity)
        tokens = (
            [identity_token]
            if identity_token is not None
            else self._candidates(mapper, pk, lazy_loaded_from, execution_options, bind_arguments)
        )
        for token in tokens:
            found = self.unit.identity_map.find(mapper.manager, pk, token)
            if found is not None:
                return found
        return None


def _refuse_several(mapper: Mapper, pk: object, count: int) -> NoReturn:
    raise MultipleResultsFound(
        f"Multiple rows were found when exactly one was required: {mapper.class_.__name__} with key {pk!r} in {count} "
        "shards",
        why="identity_chooser named several shards, and more than one of them has a row with the key",
        fix=f"name one: get({mapper.class_.__name__}, {pk!r}, identity_token=...), or let identity_chooser do so",
        code="AZ-X78",
    )


def _refuse_bulk(method: str) -> NoReturn:
    raise InvalidRequestError(
        f"ShardedSession.{method} does not exist",
        why="what it writes goes past the unit of work, which divides rows among the shards",
        fix="execute insert(Class) or update(Class) with the rows and "
        f'bind_arguments={{"{SHARD_ID}": ...}}, or add() the objects',
        code="AZ-X77",
    )
