"""What listeners of ``do_orm_execute`` get, and those of changes of many rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from azoth.orm import bulk
from azoth.orm.query.lowering import names_entities
from azoth.sql.selectable import FromStatement, Select

__all__ = ["BulkChange", "ORMExecuteState"]

CHANGES: Final = frozenset({"insert", "update", "delete"})


class ORMExecuteState:
    """A statement on its way through a session.

    Attributes:
        session: the session.
        statement: what is executed; a listener may put another statement in its place.
        parameters: the values for named parameters, or None.
        local_execution_options: the options that were given to ``execute()``.
        bind_arguments: what ``get_bind()`` is asked with.
    """

    def __init__(
        self,
        session: Any,
        statement: Any,
        parameters: Any,
        execution_options: Mapping[str, Any] | None,
        bind_arguments: Mapping[str, Any] | None,
        listeners: tuple[Any, ...],
    ) -> None:
        self.session = session
        self.statement = statement
        self.parameters = parameters
        self.local_execution_options: dict[str, Any] = dict(execution_options or {})
        self.bind_arguments: dict[str, Any] = dict(bind_arguments or {})
        self._listeners = listeners

    @property
    def execution_options(self) -> dict[str, Any]:
        """The options of the statement and those given to ``execute()``."""
        return {**getattr(self.statement, "_execution_options", {}), **self.local_execution_options}

    def update_execution_options(self, **options: Any) -> None:
        """Set further options for this execution."""
        self.local_execution_options.update(options)

    @property
    def user_defined_options(self) -> tuple[Any, ...]:
        """The options in the statement that a program has defined by itself."""
        options = getattr(self.statement, "_with_options", ())
        return tuple([option for option in options if getattr(option, "is_user_defined", False)])

    @property
    def is_select(self) -> bool:
        """Whether it is a SELECT."""
        return isinstance(self.statement, (Select, FromStatement))

    @property
    def is_insert(self) -> bool:
        """Whether it is an INSERT."""
        return _kind(self.statement) == "insert"

    @property
    def is_update(self) -> bool:
        """Whether it is an UPDATE."""
        return _kind(self.statement) == "update"

    @property
    def is_delete(self) -> bool:
        """Whether it is a DELETE."""
        return _kind(self.statement) == "delete"

    @property
    def is_from_statement(self) -> bool:
        """Whether another statement gives the rows."""
        return isinstance(self.statement, FromStatement)

    @property
    def is_executemany(self) -> bool:
        """Whether there are several sets of parameters."""
        return isinstance(self.parameters, list)

    @property
    def is_orm_statement(self) -> bool:
        """Whether the statement names mapped classes."""
        statement = self.statement
        if isinstance(statement, Select):
            return names_entities(statement)
        return isinstance(statement, FromStatement) or (_kind(statement) in CHANGES and bulk.changes_entity(statement))

    @property
    def is_column_load(self) -> bool:
        """Whether columns of objects that are present are loaded; such loads are not announced."""
        return False

    @property
    def is_relationship_load(self) -> bool:
        """Whether a relationship is loaded; such loads are not announced."""
        return False

    @property
    def lazy_loaded_from(self) -> None:
        """The object whose attribute is loaded; such loads are not announced."""
        return None

    @property
    def all_mappers(self) -> list[Any]:
        """The mappers of the statement's entities, each once."""
        statement = self.statement
        raw = getattr(statement, "_raw_columns", None) or [getattr(statement, "table", None)]
        found: dict[Any, None] = {}
        for one in raw:
            mapper = getattr(getattr(one, "parent", one), "mapper", None)
            if mapper is not None:
                found[mapper] = None
        return list(found)

    @property
    def bind_mapper(self) -> Any:
        """The mapper that says where the statement goes, or None."""
        if self.bind_arguments.get("mapper") is not None:
            return self.bind_arguments["mapper"]
        return next(iter(self.all_mappers), None)

    def invoke_statement(
        self,
        statement: Any = None,
        params: Any = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Execute the statement now; the listeners after the present one hear of it first.

        Args:
            statement: another statement, or the present one.
            params: other values; those of the statement's own parameters are merged with these.
            execution_options: further options.
            bind_arguments: further arguments of ``get_bind()``.

        Returns:
            the result.
        """
        following = ORMExecuteState(
            self.session,
            self.statement if statement is None else statement,
            self._merged(params),
            {**self.local_execution_options, **(execution_options or {})},
            {**self.bind_arguments, **(bind_arguments or {})},
            self._listeners,
        )
        return following.run()

    def run(self) -> Any:
        """Let the listeners hear of the statement, and execute it unless one of them gives a result."""
        while self._listeners:
            listener, *following = self._listeners
            self._listeners = tuple(following)
            result = listener(self)
            if result is not None:
                return result
        return self.session.execute(
            self.statement,
            self.parameters,
            execution_options=self.local_execution_options or None,
            bind_arguments=self.bind_arguments or None,
            _parent_execute_state=self,
        )

    def _merged(self, params: Any) -> Any:
        if isinstance(params, Mapping) and isinstance(self.parameters, Mapping):
            return {**self.parameters, **params}
        return self.parameters if params is None else params


class BulkChange:
    """What listeners of ``after_bulk_update`` and ``after_bulk_delete`` get.

    Attributes:
        session: the session.
        statement: the UPDATE or DELETE.
        result: what it gave; ``result.rowcount`` counts the rows.
        mapper: the mapper of the class.
        values: an UPDATE's new values by column.
        query, context: None; kept for listeners of earlier eras.
    """

    query = None
    context = None

    def __init__(self, session: Any, statement: Any, result: Any) -> None:
        self.session = session
        self.statement = statement
        self.result = result

    @property
    def mapper(self) -> Any:
        """The mapper of the class."""
        return self.statement.table.mapper

    @property
    def values(self) -> dict[Any, Any]:
        """The new values of an UPDATE by column."""
        return dict(getattr(self.statement, "_values", None) or ())


def _kind(statement: Any) -> str | None:
    # By name: the classes of statements that change rows are imported by the programs that make such statements.
    kind: str | None = getattr(statement, "__visit_name__", None)
    return kind


def announce_change(session: Any, statement: Any, result: Any) -> None:
    """Tell listeners of a session that many rows were changed at once."""
    dispatch = session.dispatch
    kind = _kind(statement)
    if kind == "update":
        listeners = dispatch.after_bulk_update
    elif kind == "delete":
        listeners = dispatch.after_bulk_delete
    else:
        return
    for listener in listeners:
        listener(BulkChange(session, statement, result))
