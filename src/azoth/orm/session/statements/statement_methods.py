"""Executing statements through the session, and making queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

from azoth.orm.mapping.naming.entity_names import named_class
from azoth.orm.session.statements.door import execute
from azoth.sql.selectable.executable import RowTypes
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.engine.execution.cursor_result import CursorResult
    from azoth.engine.result import Result, ScalarResult
    from azoth.engine.row import Row
    from azoth.orm.query.query import Query
    from azoth.orm.session.statements.door import StatementUnit
    from azoth.sql.dml import UpdateBase
    from azoth.sql.elements import SQLColumnExpression
    from azoth.sql.selectable.executable import TypedReturnsRows
    from azoth.sql.selectable.typed_entities import A, B, C, D, E, Entity, F, G, H

EntityT = TypeVar("EntityT")
Value = TypeVar("Value")


class StatementMethods:
    """What sessions execute.

    Attributes:
        unit: what the session holds: a ``UnitOfWork``, which knows this room.
        query_class: what ``query()`` makes.
    """

    unit: StatementUnit
    query_class: ClassVar[Any] = None

    @overload
    def execute(
        self,
        statement: TypedReturnsRows[*RowTypes],
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
        _parent_execute_state: Any = None,
        _add_event: None = None,
    ) -> Result[*RowTypes]: ...
    @overload
    def execute(
        self,
        statement: UpdateBase,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
        _parent_execute_state: Any = None,
        _add_event: None = None,
    ) -> CursorResult[*tuple[Any, ...]]: ...
    @overload
    def execute(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
        _parent_execute_state: Any = None,
        _add_event: None = None,
    ) -> Result[*tuple[Any, ...]]: ...
    def execute(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
        _parent_execute_state: Any = None,
        _add_event: None = None,
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

        Emits: pending changes (autoflush), then the statement, then statements of eager loading.
        """
        if _add_event is not None:
            # SQLModel hands it on, always None.
            raise wrong_value("execute(): _add_event", "None", _add_event, "listen to do_orm_execute instead")
        if mapper is not None:
            bind_arguments = {**(bind_arguments or {}), "mapper": mapper}
        return execute(self.unit, statement, params, execution_options, bind_arguments, _parent_execute_state)

    @overload
    def scalars(
        self,
        statement: TypedReturnsRows[Value, *tuple[Any, ...]],
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> ScalarResult[Value]: ...
    @overload
    def scalars(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> ScalarResult[Any]: ...
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
        # A class of a program's own may have an execute() without the classic argument.
        classic = {} if mapper is None else {"mapper": mapper}
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **classic
        ).scalars()

    @overload
    def scalar(
        self,
        statement: TypedReturnsRows[Value, *tuple[Any, ...]],
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> Value | None: ...
    @overload
    def scalar(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
        mapper: Any = None,
    ) -> Any: ...
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
        classic = {} if mapper is None else {"mapper": mapper}
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **classic
        ).scalar()

    @overload
    def query(self, __ent0: type[EntityT], /) -> Query[EntityT]: ...
    @overload
    def query(self, __ent0: SQLColumnExpression[A], /) -> Query[Row[A]]: ...
    @overload
    def query(self, __ent0: Entity[A], __ent1: Entity[B], /) -> Query[Row[A, B]]: ...
    @overload
    def query(self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /) -> Query[Row[A, B, C]]: ...
    @overload
    def query(
        self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], /
    ) -> Query[Row[A, B, C, D]]: ...
    @overload
    def query(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        /,
    ) -> Query[Row[A, B, C, D, E]]: ...
    @overload
    def query(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        __ent5: Entity[F],
        /,
    ) -> Query[Row[A, B, C, D, E, F]]: ...
    @overload
    def query(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        __ent5: Entity[F],
        __ent6: Entity[G],
        /,
    ) -> Query[Row[A, B, C, D, E, F, G]]: ...
    @overload
    def query(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        __ent5: Entity[F],
        __ent6: Entity[G],
        __ent7: Entity[H],
        /,
    ) -> Query[Row[A, B, C, D, E, F, G, H]]: ...
    @overload
    def query(self, *entities: Any, **keywords: Any) -> Query[Any]: ...
    def query(self, *entities: Any, **keywords: Any) -> Any:
        """Make a query of mapped classes, mappers, aliases, attributes, columns or expressions; see ``Query``.

        With ``entity_name`` the mappings of that name are meant, where classes have several (classic).
        """
        if keywords:
            entity_name = keywords.pop("entity_name", None)
            if entity_name is not None:
                entities = tuple([named_class(one, entity_name) if isinstance(one, type) else one for one in entities])
        return self.query_class(entities, self, **keywords)
