"""The one door of the ORM's statements: what reads or changes rows for entities passes here, whatever its reason.

Here act: the options of session, statement and execution (``schema_translate_map`` among them), ``get_bind()``,
autoflush, criteria (``with_loader_criteria``) and the listeners of ``do_orm_execute``. Loads that the ORM makes by
itself come here as soon as one of these could act on them (``fetch()``); until then they keep a shorter way of their
own, on which there is nothing to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from azoth import engine as engines
from azoth.engine.result import ChunkedIteratorResult
from azoth.exc import ObjectNotExecutableError
from azoth.orm import bulk
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.loader_criteria import criteria_among
from azoth.orm.loading.purpose import GivenPurpose, Purpose, taken_purpose
from azoth.orm.loading.row_names import shape_of_columns
from azoth.orm.loading.terms import Terms, following_terms
from azoth.orm.loading.user_defined_option import user_options_among
from azoth.orm.mapping.lookup import entity_of, unmapped_class
from azoth.orm.query.lowering import (
    find_load_plan,
    given_statement,
    names_entities,
    obeying,
)
from azoth.orm.query.statement_facts import first_mapper, options_of_execution
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.session.settings import check_bind, check_execution
from azoth.sql.elements import TextClause, clause_of, text
from azoth.sql.schema import Sequence as DatabaseSequence
from azoth.sql.selectable import Select, select
from azoth.util.arguments import check_count, wrong_value

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.engine import Engine
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.session.statements.execute_state import ORMExecuteState
    from azoth.sql.selectable import FromStatement

Options = Mapping[str, Any] | None
Parameters = Any


_OF_COMPILING: Final = ("schema_translate_map", "compiled_cache")
"""Execution options that say how statements are written, and where their SQL is kept."""


if TYPE_CHECKING:

    class StatementUnit(Unit, Protocol):
        """The unit of work, as far as statements on their way to it know it.

        Attributes:
            bind: the engine or connection for everything that ``binds`` does not name, or None.
            binds: what is named, or None where nothing is.
            asks_session: whether the session's class says by a ``get_bind()`` of its own where statements go.
            executes_itself: whether the session's class has an ``execute()`` of its own, which is called for loads too.
            execution_options: options of every execution.
            autoflushes: whether pending changes are flushed before each query.
            transaction: the innermost transaction, savepoint or subtransaction that is begun, or None.
        """

        bind: Any
        binds: Any
        asks_session: bool
        executes_itself: bool
        execution_options: Mapping[str, Any]
        autoflushes: bool
        transaction: Any

        @property
        def is_outside(self) -> bool:
            """Whether a classic session works outside of any transaction now."""
            ...

        def find_bind(self, mapper: Mapper, clause: object) -> Engine | Connection:
            """Find what ``binds`` names for a mapper or a statement."""
            ...

        def begun(self) -> Any:
            """Give the transaction, beginning it where none is."""
            ...

        def autoflush_for(self, options: Mapping[str, Any] | None) -> None:
            """Flush pending changes before a statement, unless its options forbid it."""
            ...

        def heed_texts(self, connection: Connection) -> None:
            """Hear of texts that end the transaction of a connection."""
            ...

        def carry_out(self, work: Any, *arguments: Any, **keywords: Any) -> Any:
            """Do work that changes rows: in the transaction, or in one of its own outside of any (classic)."""
            ...


Prepared: TypeAlias = "tuple[LoadPlan, Connection, Any, Terms | None]"
"""A SELECT of entities that is ready to run: how it runs and what its rows become, where, with which values, and what
acts on the loads that follow (None for nothing). A plain tuple, because it is made for each statement."""


def execute(
    unit: StatementUnit,
    statement: Any,
    params: Parameters,
    options: Options,
    bind_arguments: Options,
    state: ORMExecuteState | None = None,
) -> Any:
    """Execute any statement; see ``Session.execute()``.

    Args:
        unit: the unit of work.
        statement: the statement.
        params: values for its named parameters.
        options: execution options.
        bind_arguments: what ``get_bind()`` is asked with.
        state: the execution that listeners have heard of already.

    Returns:
        the result.
    """
    purpose = None
    try:
        if state is not None:
            purpose = state.purpose
        elif unit.executes_itself or unit.dispatch.do_orm_execute:
            if unit.executes_itself:
                statement, purpose = taken_purpose(statement)
            if unit.dispatch.do_orm_execute:
                return _let_hear(unit, statement, params, options, bind_arguments, purpose)
        if isinstance(statement, Select) and names_entities(statement):
            return _execute_select(unit, statement, params, options, bind_arguments, purpose)
        if getattr(statement, "is_made_by_function", False):
            return execute(unit, statement.__clause_element__(), params, options, bind_arguments, state)
        if isinstance(statement, str):
            statement = text(statement)
        elif isinstance(statement, DatabaseSequence):
            statement = select(statement.next_value())
        if not hasattr(statement, "_fields"):
            raise ObjectNotExecutableError(
                f"{type(statement).__name__} cannot be executed",
                why="execute() takes statements: select(), insert(), update(), delete(), text(), or a string",
                fix="wrap the entity in a statement, as in select(User)",
                code="AZ-S31",
            )
        if getattr(statement, "is_from_statement", False):
            size = _portion_size(statement._execution_options, options)
            plan, chunks = given(unit, statement, params, options, bind_arguments, size)
            given_result = _result(unit, plan, statement._raw_columns, chunks)
            return given_result if size is None else given_result.yield_per(size)
        return _execute_other(unit, statement, params, options, bind_arguments)
    except (TypeError, AttributeError, ValueError, KeyError):
        # Looked at here, so that right arguments need no look.
        check_execution(params, options, bind_arguments)
        raise


def fetch(unit: StatementUnit, statement: Any, purpose: Purpose) -> list[Any]:
    """Execute a SELECT of entities that the ORM sends by itself.

    Args:
        unit: the unit of work.
        statement: the SELECT.
        purpose: why it is sent, and what acts on it.

    Returns:
        what it loads: instances, or tuples where it selects more than an entity.
    """
    terms = purpose.terms
    options: Options = None
    if terms is not None:
        options = terms.options or None
        statement = statement.options(*terms.options_for_loads())
    if unit.executes_itself:
        keywords = {"execution_options": options} if options else {}
        result = unit.session.execute(statement.options(GivenPurpose(purpose)), **keywords)
    elif unit.dispatch.do_orm_execute:
        result = _let_hear(unit, statement, None, options, None, purpose)
    else:
        plan, connection, prepared, terms = prepare(unit, statement, None, options, None, purpose)
        return plan.run(unit, connection, prepared, purpose.loads, terms)
    return list(result.scalars() if len(statement._raw_columns) == 1 else map(tuple, result))


def prepare(
    unit: StatementUnit,
    statement: Any,
    params: Parameters,
    given_options: Options,
    bind_arguments: Options,
    purpose: Purpose | None = None,
) -> Prepared:
    """Flush where needed, and make a SELECT of entities ready to run.

    Args:
        unit: the unit of work.
        statement: the SELECT.
        params: values for its named parameters.
        given_options: execution options.
        bind_arguments: what ``get_bind()`` is asked with.
        purpose: why the ORM sends it by itself; None for statements of the program.
    """
    options = statement._execution_options
    if given_options or unit.execution_options:
        options = options_of_execution(unit.execution_options, statement, given_options)
    identity_map = unit.identity_map
    if purpose is None and unit.autoflushes and (identity_map.new or identity_map.modified or identity_map.deleted):
        unit.autoflush_for(options)
    transaction = unit.transaction
    if transaction is None:
        transaction = unit.begun()
    bind = unit.bind
    if bind is None or unit.binds is not None or bind_arguments or unit.asks_session:
        bind = _bind_for(unit, statement, bind_arguments)
    connection = transaction.connection_for(bind)
    if params:
        # The plan takes its values from the statement; named parameters become part of it.
        statement = statement.params(params)
    statement_cache = connection.statement_cache
    refresh = False
    terms = None
    if options or statement._with_options:
        if options:
            refresh = bool(options.get("populate_existing"))
            statement_cache = connection.engine.statement_cache_for({**connection.get_execution_options(), **options})
        # An object that is here has its columns whatever holds for others.
        told = user_options_among(statement._with_options)
        statement, criteria = obeying(statement, statement_cache, spared=purpose is not None and purpose.columns)
        terms = following_terms(criteria, options, refresh, told)
    plan = statement_cache.plans.get((statement._shape, refresh))
    if plan is None:
        plan = find_load_plan(statement, statement_cache, refresh=refresh)
    return plan, connection, statement, terms


def given(
    unit: StatementUnit,
    statement: FromStatement[*tuple[Any, ...]],
    params: Parameters,
    options: Options,
    bind_arguments: Options,
    size: int | None = None,
) -> tuple[LoadPlan, Iterable[list[Any]]]:
    """Execute a statement whose rows are given by another one; give the plan and what it makes, in lists of a size."""
    in_use = unit.in_use
    if not in_use.acquire(False):
        refuse_concurrent_use("execute()")
    try:
        found: tuple[LoadPlan, Iterable[list[Any]]] = unit.carry_out(
            _given, unit, statement, params, options, bind_arguments, size
        )
        return found
    finally:
        in_use.release()


def _given(
    unit: StatementUnit,
    statement: FromStatement[*tuple[Any, ...]],
    params: Parameters,
    given_options: Options,
    bind_arguments: Options,
    size: int | None,
) -> tuple[LoadPlan, Iterable[list[Any]]]:
    # With the first such statement: it needs the compiler, which comes with the first engine.
    from azoth.orm.loading.given_rows import given_rows, given_rows_later  # noqa: PLC0415

    options = options_of_execution(unit.execution_options, statement, given_options)
    unit.autoflush_for(options)
    connection = unit.begun().connection_for(_bind_for(unit, statement, bind_arguments))
    refresh = bool(options.get("populate_existing"))
    of_statement = statement._with_options
    terms = following_terms(criteria_among(of_statement), options, refresh, user_options_among(of_statement))
    what = (unit, connection, statement._raw_columns, given_statement(statement), params, of_statement)
    style = statement._label_style
    with _compiling(connection, options):
        if size is None:
            plan, found = given_rows(*what, refresh=refresh, terms=terms, style=style)
            return plan, (found,)
        plan, chunks, _ = given_rows_later(*what, refresh=refresh, terms=terms, size=size, style=style)
        return plan, chunks


def _let_hear(
    unit: StatementUnit,
    statement: Any,
    params: Parameters,
    options: Options,
    bind_arguments: Options,
    purpose: Purpose | None,
) -> Any:
    if isinstance(statement, str):
        statement = text(statement)
    listeners = unit.dispatch.do_orm_execute
    # For sessions that somebody listens to.
    from azoth.orm.session.statements.execute_state import ORMExecuteState  # noqa: PLC0415

    return ORMExecuteState(unit.session, statement, params, options, bind_arguments, listeners, purpose).run()


def _execute_select(
    unit: StatementUnit,
    statement: Any,
    params: Parameters,
    options: Options,
    bind_arguments: Options,
    purpose: Purpose | None,
) -> Any:
    plan, connection, prepared, terms = prepare(unit, statement, params, options, bind_arguments, purpose)
    size = _portion_size(statement._execution_options, options)
    if size is not None:
        chunks = plan.chunks(unit, connection, prepared, size, terms)
        return _result(unit, plan, statement._raw_columns, chunks).yield_per(size)
    loads = None if purpose is None else purpose.loads
    if terms is not None and terms.options.get("skip_user_error_events"):
        with connection.private_errors():
            found = plan.run(unit, connection, prepared, loads, terms)
    else:
        found = plan.run(unit, connection, prepared, loads, terms)
    result: Any = ChunkedIteratorResult(plan.shape_for(statement._raw_columns), (found,))
    result._source.holds = unit.session
    result._source.is_of_objects = True
    if plan.unique_filters is not None:
        result._unique_filters = plan.unique_filters
    return result


def _portion_size(of_statement: Options, options: Options) -> int | None:
    """Find out how many rows are read at a time (``yield_per``); None for all."""
    size: int | None = options.get("yield_per") if options else None
    if size is None and of_statement:
        size = of_statement.get("yield_per")
    if size is not None:
        check_count("yield_per", size)
    return size


def _execute_other(
    unit: StatementUnit, statement: Any, params: Parameters, given_options: Options, bind_arguments: Options
) -> Any:
    """Execute what makes no entities of its rows, or changes rows."""
    in_use = unit.in_use
    if not in_use.acquire(False):
        refuse_concurrent_use("execute()")
    try:
        options = options_of_execution(unit.execution_options, statement, given_options)
        unit.autoflush_for(options)
        if bulk.changes_entity(statement):
            # Where the connection goes back to its pool, the rows are fetched before.
            work = _change_and_fetch if unit.is_outside else _change
            result = unit.carry_out(work, unit, statement, params, options, bind_arguments)
        else:
            connection = unit.begun().connection_for(_bind_for(unit, statement, bind_arguments))
            statement, _ = obeying(statement, connection.statement_cache)
            if statement.__class__ is TextClause and not unit.is_outside:
                unit.heed_texts(connection)
            result = connection.execute(statement, params, execution_options=given_options)
            if isinstance(statement, Select):
                _name_columns(result, statement)
    finally:
        in_use.release()
    if getattr(result, "returns_rows", True):
        result._source.holds = unit.session
    return result


def _name_columns(result: Any, statement: Select[*tuple[Any, ...]]) -> None:
    """Give the columns of a mapped class in a result the names that they have beside entities."""
    shape = result._shape
    if shape.keys_in_sessions is None and first_mapper(statement) is None:
        shape.keys_in_sessions = shape.keys
    result._shape = shape_of_columns(shape, statement)


def _change(
    unit: StatementUnit, statement: Any, params: Parameters, options: Mapping[str, Any], bind_arguments: Options
) -> Any:
    connection = unit.begun().connection_for(_bind_for(unit, statement, bind_arguments))
    statement, _ = obeying(statement, connection.statement_cache)
    with _compiling(connection, options):
        matched: list[tuple[object, tuple[object, ...]]] | None = [] if unit.dispatch.changing_rows else None
        result = bulk.execute_change(unit, connection, statement, params, options, matched)
    if matched is not None:
        from azoth.orm.session.statements.execute_state import announce_change  # noqa: PLC0415

        announce_change(unit.session, statement, result, matched)
    return result


def _change_and_fetch(
    unit: StatementUnit, statement: Any, params: Parameters, options: Mapping[str, Any], bind_arguments: Options
) -> Any:
    result = _change(unit, statement, params, options, bind_arguments)
    if isinstance(result, engines.CursorResult) and result.returns_rows:
        return bulk.CountedResult(result._shape, ([tuple(row) for row in result],), result.rowcount)
    if isinstance(result, bulk.CountedResult):
        result.make_rows()
    return result


def _compiling(connection: Connection, options: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Make a block in which a connection writes and keeps statements as the options of one execution say."""
    acting = {name: options[name] for name in _OF_COMPILING if name in options}
    if not acting:
        return nullcontext()
    block: AbstractContextManager[None] = connection.options_meanwhile(**acting)
    return block


def asked_bind(unit: StatementUnit, mapper: Mapper, clause: object, bind: Any) -> Engine | Connection:
    """Give the engine or connection that ``get_bind()`` is asked for.

    Args:
        unit: the unit of work.
        mapper: the mapped class, mapper or alias, or None.
        clause: the statement, or None.
        bind: the answer itself, where the program has it already.

    Raises:
        ArgumentError: the clause is no statement or expression, or the bind no engine or connection.
        UnmappedClassError: the mapper is none.
        UnboundExecutionError: no engine is known.
    """
    if mapper is not None and entity_of(mapper) is None:
        raise unmapped_class(mapper)
    if clause is not None and not hasattr(clause, "_fields") and clause_of(clause) is None:
        raise wrong_value("get_bind(): clause", "a statement or an expression", clause)
    found: Engine | Connection
    if bind is not None:
        check_bind("get_bind(): bind", bind)
        found = bind
    elif unit.binds is None and unit.bind is not None:
        found = unit.bind
    else:
        found = unit.find_bind(mapper, clause)
    return found


def _bind_for(unit: StatementUnit, statement: Any, bind_arguments: Options) -> Any:
    """Ask where a statement goes, naming the mapper that it is about."""
    arguments = {"clause": statement, **(bind_arguments or {})}
    session = unit.session
    # A function of the program's own may stand in the class of the session, or in the session.
    if "mapper" not in arguments and (unit.asks_session or unit.binds is not None or "get_bind" in vars(session)):
        mapper = first_mapper(statement)
        if mapper is not None:
            arguments["mapper"] = mapper
    return session.get_bind(**arguments)


def _result(unit: StatementUnit, plan: LoadPlan, raw_columns: Sequence[Any], chunks: Iterable[list[Any]]) -> Any:
    result: Any = ChunkedIteratorResult(plan.shape_for(raw_columns), chunks)
    result._source.holds = unit.session
    result._source.is_of_objects = True
    result._unique_filters = plan.unique_filters
    return result
