"""What listeners of ``do_orm_execute`` get, and those of changes of many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.loading.purpose import Purpose
from azoth.orm.loading.user_defined_option import UserDefinedOption, user_options_among
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.query.statement_facts import first_mapper, is_about_classes, kind_of, selected_mappers
from azoth.orm.runtime.state import InstanceState
from azoth.sql.selectable import FromStatement, SelectBase
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import SessionPort

Matched = tuple[object, tuple[object, ...]]
"""An object whose row is changed, and its primary key."""

__all__ = ["BulkChange", "ChangeOptions", "LoadOptions", "ORMExecuteState"]


class LoadOptions(NamedTuple):
    """What a SELECT is asked.

    Attributes:
        populate_existing: whether objects that are present take over the rows' values.
        autoflush: whether pending changes are flushed before.
        yield_per: how many rows are loaded at a time; None for all.
        lazy_loaded_from: the state of the object whose relationship was read, or None.
    """

    populate_existing: bool
    autoflush: bool
    yield_per: int | None
    lazy_loaded_from: InstanceState | None


class ChangeOptions(NamedTuple):
    """What an UPDATE or DELETE is asked.

    Attributes:
        synchronize_session: how objects in memory follow.
        dml_strategy: how the statement is carried out.
        autoflush: whether pending changes are flushed before.
    """

    synchronize_session: str | bool | None
    dml_strategy: str
    autoflush: bool


class ORMExecuteState:
    """A statement on its way through a session.

    Attributes:
        session: the session.
        statement: what is executed; a listener may put another statement in its place.
        parameters: the values for named parameters, or None; a listener may put others into them, or in their place.
        execution_options: the options of the session, of the statement, and those given to ``execute()``, as they were
            before listeners set further ones.
        local_execution_options: the options that were given to ``execute()``, and those that listeners have set.
        bind_arguments: what ``get_bind()`` is asked with, ``mapper`` and ``clause`` among it.
        purpose: why the ORM itself sends the statement; None for statements of the program.
    """

    def __init__(
        self,
        session: SessionPort,
        statement: Any,
        parameters: Any,
        execution_options: Mapping[str, Any] | None,
        bind_arguments: Mapping[str, Any] | None,
        listeners: tuple[Any, ...],
        purpose: Purpose | None = None,
    ) -> None:
        self.session: Any = session
        self.statement = statement
        # Loads of the ORM have none of their own, but their conditions may have named parameters.
        self.parameters = {} if parameters is None and purpose is not None else parameters
        self.local_execution_options: dict[str, Any] = dict(execution_options or {})
        self.bind_arguments: dict[str, Any] = {"clause": statement, **(bind_arguments or {})}
        if "mapper" not in self.bind_arguments and (mapper := first_mapper(statement)) is not None:
            self.bind_arguments["mapper"] = mapper
        self.purpose = purpose
        self.execution_options = self.present_options()
        self._listeners = listeners

    def present_options(self) -> dict[str, Any]:
        """Give the options with which the statement is executed, those that listeners have set among them."""
        of_statement = getattr(self.statement, "_execution_options", {})
        return {**self.session.unit.execution_options, **of_statement, **self.local_execution_options}

    def update_execution_options(self, **options: Any) -> None:
        """Set further options for this execution."""
        self.local_execution_options.update(options)

    @property
    def user_defined_options(self) -> tuple[UserDefinedOption, ...]:
        """The options in the statement that a program has defined by itself."""
        return user_options_among(getattr(self.statement, "_with_options", ()))

    @property
    def is_select(self) -> bool:
        """Whether it is a SELECT, a set operation, or text that names its columns."""
        return isinstance(self._given, SelectBase)

    @property
    def _given(self) -> Any:
        """The statement that gives the rows."""
        return self.statement.element if isinstance(self.statement, FromStatement) else self.statement

    @property
    def is_insert(self) -> bool:
        """Whether it is an INSERT, or an INSERT gives the rows."""
        return kind_of(self._given) == "insert"

    @property
    def is_update(self) -> bool:
        """Whether it is an UPDATE, or an UPDATE gives the rows."""
        return kind_of(self._given) == "update"

    @property
    def is_delete(self) -> bool:
        """Whether it is a DELETE, or a DELETE gives the rows."""
        return kind_of(self._given) == "delete"

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
        """Whether the statement names mapped classes or their attributes."""
        return is_about_classes(self.statement)

    @property
    def is_column_load(self) -> bool:
        """Whether columns of objects that are present are loaded: a refresh, an expired or deferred attribute."""
        return self.purpose is not None and self.purpose.columns

    @property
    def is_relationship_load(self) -> bool:
        """Whether a relationship is loaded."""
        return self.purpose is not None and self.purpose.relationship is not None

    @property
    def lazy_loaded_from(self) -> InstanceState | None:
        """The state of the object whose relationship was read and is loaded therefore, or None.

        Raises:
            InvalidRequestError: the statement is no SELECT.
        """
        if not self.is_select:
            raise _loads_nothing("lazy_loaded_from")
        purpose = self.purpose
        return None if purpose is None or purpose.relationship is None else purpose.touched

    @property
    def loader_strategy_path(self) -> tuple[Any, ...] | None:
        """The mapper and the relationship that are loaded, as a pair; None where it is no relationship."""
        purpose = self.purpose
        if purpose is None or purpose.relationship is None:
            return None
        return purpose.relationship.parent, purpose.relationship

    @property
    def load_options(self) -> LoadOptions:
        """What is asked of the load.

        Raises:
            InvalidRequestError: the statement is no SELECT.
        """
        if not self.is_select:
            raise _loads_nothing("load_options")
        options = self.present_options()
        return LoadOptions(
            bool(options.get("populate_existing")),
            bool(options.get("autoflush", self.session.autoflush)) and self.purpose is None,
            options.get("yield_per"),
            self.lazy_loaded_from,
        )

    @property
    def update_delete_options(self) -> ChangeOptions:
        """What is asked of an UPDATE or DELETE.

        Raises:
            InvalidRequestError: the statement is neither.
        """
        if not (self.is_update or self.is_delete):
            raise InvalidRequestError(
                "update_delete_options: this statement is neither UPDATE nor DELETE",
                why="it changes no rows of a class by criteria",
                fix="ask is_update and is_delete first",
                code="AZ-S321",
            )
        options = self.present_options()
        return ChangeOptions(
            options.get("synchronize_session", "auto"),
            options.get("dml_strategy", "auto"),
            bool(options.get("autoflush", self.session.autoflush)),
        )

    @property
    def all_mappers(self) -> list[Any]:
        """The mappers of what the statement selects or changes, each once."""
        return selected_mappers(self.statement)

    @property
    def bind_mapper(self) -> Any:
        """The mapper that says where the statement goes, or None."""
        mapper = self.bind_arguments.get("mapper")
        return None if mapper is None else mapper_of(mapper)

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
            params: other values; those of the statement's own parameters are merged with these, set by set.
            execution_options: further options.
            bind_arguments: further arguments of ``get_bind()``.

        Returns:
            the result.

        Raises:
            InvalidRequestError: there are more or fewer sets of values than the statement was given.
        """
        following = ORMExecuteState(
            self.session,
            self.statement if statement is None else statement,
            self._merged(params),
            {**self.local_execution_options, **(execution_options or {})},
            {**self.bind_arguments, **(bind_arguments or {})},
            self._listeners,
            self.purpose,
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
        return self.session.unit.execute(
            self.statement,
            self.parameters or None,
            self.local_execution_options or None,
            self.bind_arguments or None,
            self,
        )

    def _merged(self, params: Any) -> Any:
        if isinstance(params, Mapping) and isinstance(self.parameters, Mapping):
            return {**self.parameters, **params}
        if isinstance(params, list) and isinstance(self.parameters, list):
            return _merged_sets(self.parameters, params)
        return self.parameters if params is None else params


def _loads_nothing(attribute: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"{attribute}: this statement is no SELECT",
        why="it loads nothing",
        fix="ask is_select first",
        code="AZ-S320",
    )


def _merged_sets(given: list[Mapping[str, Any]], further: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(given) != len(further):
        raise InvalidRequestError(
            f"invoke_statement(): params has {len(further)} sets of values for the {len(given)} of the statement",
            why="each set is merged with the one that it stands beside",
            fix="pass as many; or put others in their place: state.parameters = [...]",
            code="AZ-X80",
        )
    return [{**values, **others} for values, others in zip(given, further, strict=True)]


class BulkChange:
    """What listeners of ``after_bulk_update`` and ``after_bulk_delete`` get.

    Attributes:
        session: the session.
        statement: the UPDATE or DELETE.
        result: what it gave; ``result.rowcount`` counts the rows.
        mapper: the mapper of the class.
        values: an UPDATE's new values by column.
        matched_objects: the objects in memory that follow the statement, as ``synchronize_session`` found them.
        matched_rows: their primary keys, as tuples.
        context: None; kept for listeners of earlier eras.
    """

    context = None

    def __init__(self, session: SessionPort, statement: Any, result: Any, matched: Sequence[Matched]) -> None:
        self.session: Any = session
        self.statement = statement
        self.result = result
        self.matched_objects = [instance for instance, _ in matched]
        self.matched_rows = [key for _, key in matched]

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        count: int = self.result.rowcount
        return count

    @property
    def query(self) -> Any:
        """A query of the rows that the statement's criteria name."""
        return self.session.query(self.mapper).filter(*self.statement._where_criteria)

    @property
    def mapper(self) -> Any:
        """The mapper of the class."""
        return self.statement.table.mapper

    @property
    def values(self) -> dict[Any, Any]:
        """The new values of an UPDATE by column."""
        return dict(getattr(self.statement, "_values", None) or ())


def announce_change(session: SessionPort, statement: Any, result: Any, matched: Sequence[Matched]) -> None:
    """Tell listeners of a session that many rows were changed at once."""
    dispatch = session.dispatch
    kind = kind_of(statement)
    if kind == "update":
        listeners = dispatch.after_bulk_update
    elif kind == "delete":
        listeners = dispatch.after_bulk_delete
    else:
        return
    for listener in listeners:
        listener(BulkChange(session, statement, result, matched))
