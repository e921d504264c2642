"""Statements and queries through the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from azoth.exc import NoResultFound
from azoth.orm.mapping.naming.entity_names import named_class
from azoth.orm.session.bulk_session import BulkSession
from azoth.orm.session.objects.get import get_instance
from azoth.orm.session.statements.door import execute

Entity = TypeVar("Entity")


class QueryingSession(BulkSession):
    """Statements through a session: ``execute()`` and its relatives, ``get()`` and ``query()``."""

    query_class: ClassVar[Any] = None

    def execute(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
        _parent_execute_state: Any = None,
    ) -> Any:
        """Execute a statement in the session's transaction.

        Args:
            statement: a select, insert, update or delete, with entities or without, or text (``:name`` marks
                parameters).
            params: values for named parameters.
            execution_options: ``populate_existing``, ``yield_per``, ``autoflush``, ``synchronize_session`` and those
                of connections.
            bind_arguments: what ``get_bind()`` is asked with.
            mapper: the mapped class or mapper whose engine is meant; classic for ``bind_arguments={"mapper": ...}``.

        Returns:
            a Result; rows of entities have instances.

        *Emits* pending changes (autoflush), then the statement, then statements of eager loading.
        """
        if mapper is not None:
            bind_arguments = {**(bind_arguments or {}), "mapper": mapper}
        return execute(self.unit, statement, params, execution_options, bind_arguments, _parent_execute_state)

    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> Any:
        """Execute a statement and give the first element of each row."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, mapper=mapper
        ).scalars()

    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> Any:
        """Execute a statement and give the first element of the first row, or None."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, mapper=mapper
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
            self.unit,
            entity,
            ident,
            options or (),
            populate_existing=populate_existing,
            with_for_update=with_for_update,
        )
        return found

    def get_one(self, entity: type[Entity] | Any, ident: Any, **keywords: Any) -> Entity:
        """Give the object with a primary key as ``get()`` does, or raise.

        Errors:
            NoResultFound: there is no such row.
        """
        from_database = self.get(entity, ident, **keywords)
        if from_database is None:
            raise NoResultFound(
                f"{entity.__name__} {ident!r}: no such row",
                why="no row has this primary key",
                fix="use get() where None is an answer",
                code="AZ-S32",
            )
        found: Entity = from_database
        return found

    def query(self, *entities: Any, **keywords: Any) -> Any:
        """Make a query of mapped classes, mappers, aliases, attributes, columns or expressions; see ``Query``.

        With ``entity_name`` the mappings of that name are meant, where classes have several (classic).
        """
        if keywords:
            entity_name = keywords.pop("entity_name", None)
            if entity_name is not None:
                entities = tuple([named_class(one, entity_name) if isinstance(one, type) else one for one in entities])
        return self.query_class(entities, self, **keywords)
