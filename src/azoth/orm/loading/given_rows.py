"""Rows that another statement gives, made into instances: ``from_statement()``, and RETURNING of entities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from azoth.engine.execution.announcing import announce, tell_executed
from azoth.engine.execution.own_shape import described_columns, described_shape, rebuilt_shape
from azoth.engine.transactions.transaction import result_is_over
from azoth.exc import InvalidRequestError, NoSuchColumnError
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.result_nodes import EntityNode, ResultNode, result_nodes
from azoth.orm.loading.row_loader import RowLayout
from azoth.orm.loading.statement_runner import raise_failure, run
from azoth.orm.loading.value_nodes import BundleNode, ValueNode
from azoth.sql.cache_key import UNCACHEABLE, shape_of
from azoth.sql.selectable import LABEL_STYLE_DEFAULT, SelectLabelStyle, canonical_shape
from azoth.sql.selectable.select_base import RowStatement

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.dialect_base.dialect import DefaultDialect
    from azoth.orm.loading.terms import Terms
    from azoth.orm.runtime.ports import Reading, Unit


Executed: TypeAlias = Callable[[Mapping[Any, Any], Collection[Any]], None]
"""Hears of an execution: column -> the value that the function of its default made."""


class GivenColumns:
    """The columns of rows as they come: by the objects that were selected, where known, and by their names.

    Args:
        names: the names.
        objects: for each column what finds it; empty where only the text of the statement knows.
    """

    def __init__(self, names: Sequence[str], objects: Sequence[tuple[Any, ...]]) -> None:
        self.names = names
        self._by_object: dict[int, int] = {}
        for place, known in enumerate(objects):
            for one in known:
                if not isinstance(one, str):
                    self._by_object.setdefault(id(one), place)
                    for source in getattr(one, "proxy_set", ()):
                        self._by_object.setdefault(id(source), place)
        self._taken: set[int] = set()

    def place(self, expression: object) -> int | None:
        """Find the place of a column, None where the rows have no such column."""
        place = self._by_object.get(id(expression))
        if place is None:
            place = self._by_name(expression)
        if place is not None:
            self._taken.add(place)
        return place

    def _by_name(self, expression: object) -> int | None:
        name = getattr(expression, "name", None) or getattr(expression, "key", None)
        table = getattr(getattr(expression, "table", None), "name", None)
        for wanted in (f"{table}_{name}", name, getattr(expression, "key", None)):
            found = [place for place, own in enumerate(self.names) if own == wanted]
            if found:
                # Two entities may have a column of this name: the first gets the first, the second the next.
                return next((place for place in found if place not in self._taken), found[0])
        return None


class GivenRowsPlan(LoadPlan):
    """A load plan for rows that come from elsewhere.

    Args:
        raw_columns: the entities, attributes and columns that the rows become.
        options: the loader options; relationships that they join are loaded when they are read.
        columns: the columns of the rows.
        dialect: where they come from.
        refresh: whether instances that are present take over the rows' values.
        style: how the results are named.
    """

    __slots__ = ()

    def __init__(
        self,
        raw_columns: Sequence[Any],
        options: Sequence[Any],
        columns: GivenColumns,
        dialect: DefaultDialect,
        *,
        refresh: bool,
        style: SelectLabelStyle = LABEL_STYLE_DEFAULT,
    ) -> None:
        results = result_nodes(raw_columns, options)
        places: dict[int, int] = {}
        processors: list[Any] = [None] * len(columns.names)
        nodes = [node for entity in _entities(results) for node in _without_joins(entity).walk()]
        for index, node in enumerate(nodes):
            node.index = index
            _find_columns(node, columns, places, processors, dialect)
        for value in _values(results):
            place = columns.place(value.expression)
            if place is None and len(results) == len(columns.names):
                place = next(index for index, result in enumerate(results) if result is value)
            if place is None:
                raise NoSuchColumnError(
                    f"the statement gives no column for {value.key!r}",
                    why=f"its columns are {', '.join(columns.names)}",
                    fix="select the column, or name it by a label",
                    code="AZ-L20",
                )
            _put(value.expression, place, places, processors, dialect)
        layout = RowLayout(places, processors)
        self._take_results(results, layout, scalar=len(results) == 1, refresh=refresh, brings=True)
        self.take_shape(raw_columns, results, style)


def given_rows(
    unit: Unit,
    connection: Connection,
    raw_columns: tuple[Any, ...],
    statement: Any,
    parameters: Mapping[str, Any] | None,
    options: tuple[Any, ...] = (),
    *,
    refresh: bool = False,
    terms: Terms | None = None,
    executed: Executed | None = None,
    style: SelectLabelStyle = LABEL_STYLE_DEFAULT,
) -> tuple[GivenRowsPlan, list[Any]]:
    """Execute a statement and make its rows into entities.

    Args:
        unit: the unit of work.
        connection: where the statement runs.
        raw_columns: what the rows become.
        statement: the Core statement.
        parameters: values for its named parameters.
        options: loader options.
        refresh: whether instances that are present take over the rows' values.
        terms: what acts on the loads that follow.
        executed: called after the execution and before rows become entities, with the values that the functions of
            columns' defaults made.
        style: how the results are named.

    Returns:
        the plan, and the results that it made.

    Emits: the statement, then what the options load afterwards.
    """
    way = _Way(options, refresh, executed, style)
    with _executed(connection, raw_columns, statement, parameters, way) as (plan, cursor, sent):
        return plan, plan.load_rows(unit, cursor, None, terms, statement=sent)


def given_rows_later(
    unit: Unit,
    connection: Connection,
    raw_columns: tuple[Any, ...],
    statement: Any,
    parameters: Mapping[str, Any] | None,
    options: tuple[Any, ...] = (),
    *,
    refresh: bool = False,
    terms: Terms | None = None,
    executed: Executed | None = None,
    size: int | None = None,
    style: SelectLabelStyle = LABEL_STYLE_DEFAULT,
) -> tuple[GivenRowsPlan, Iterator[list[Any]], int]:
    """Execute a statement now and fetch its rows, which become entities when they are asked for.

    Args:
        unit: the unit of work.
        connection: where the statement runs.
        raw_columns: what the rows become.
        statement: the Core statement.
        parameters: values for its named parameters.
        options: loader options.
        refresh: whether instances that are present take over the rows' values.
        terms: what acts on the loads that follow.
        executed: called after the execution, with the values that the functions of columns' defaults made.
        size: how many rows become entities at a time; None for all.
        style: how the results are named.

    Returns:
        the plan, an iterator of lists of results (one, where no size is given), and how many there will be.

    Emits: the statement; what the options load afterwards when the iterator is asked.
    """
    way = _Way(options, refresh, executed, style)
    with _executed(connection, raw_columns, statement, parameters, way) as (plan, cursor, sent):
        rows = list(cursor)
    at_once = size or len(rows) or 1
    portions = map(partial(_portion, rows, at_once, unit.reading), range(0, len(rows) or 1, at_once))
    return plan, map(partial(plan.load_portion, unit, terms, None, sent), portions), len(rows)


class _Way(NamedTuple):
    """How rows become entities; see ``given_rows()``."""

    options: tuple[Any, ...]
    refresh: bool
    executed: Executed | None
    style: SelectLabelStyle


@contextmanager
def _executed(
    connection: Connection,
    raw_columns: tuple[Any, ...],
    statement: Any,
    parameters: Mapping[str, Any] | None,
    way: _Way,
) -> Iterator[tuple[GivenRowsPlan, Any, Any]]:
    """Execute a statement, for as long as its rows are read: gives the plan, the cursor and the statement as sent."""
    heard = connection.is_heard
    if heard:
        statement, announced = announce(connection, statement, parameters)
        parameters = None if isinstance(announced, list) else announced
    if parameters and any(one.expanding and one.key in parameters for one in statement._binds):
        statement = statement.params(parameters)
    prepared = connection.statement_cache.prepare(statement, tuple(parameters) if parameters else ())
    values = prepared.bind(statement, parameters, connection)
    cursor = run(connection, prepared.sql, values)
    if heard:
        cursor = tell_executed(connection, statement, parameters, cursor)
    try:
        if way.executed is not None:
            way.executed(prepared.made_by_functions(values), ())
        yield (
            given_rows_plan(
                connection,
                raw_columns,
                prepared,
                statement,
                cursor,
                way.options,
                refresh=way.refresh,
                style=way.style,
            ),
            cursor,
            statement,
        )
    except BaseException as error:
        raise_failure(connection, cursor, error, prepared.sql, parameters)
        raise


def _portion(rows: list[Any], size: int, reading: Reading, start: int) -> list[Any]:
    if start and reading.is_over:
        raise result_is_over()
    return rows[start : start + size]


def given_rows_plan(
    connection: Connection,
    raw_columns: tuple[Any, ...],
    prepared: Any,
    statement: RowStatement,
    cursor: Any,
    options: tuple[Any, ...] = (),
    *,
    refresh: bool = False,
    style: SelectLabelStyle = LABEL_STYLE_DEFAULT,
) -> GivenRowsPlan:
    """Find or make the plan for the rows of an executed statement."""
    if prepared.columns:
        known = described_columns(prepared, cursor.description) if prepared.is_textual else prepared.columns
        names = tuple([column.name for column in known])
        if prepared.is_textual:
            described = described_shape(prepared, cursor.description, connection.dialect)
            objects = list(rebuilt_shape(described, prepared, statement).objects)
        elif prepared.is_shared:
            objects = [(expression,) for expression, _ in statement._result_expressions()]
        else:
            objects = [column.objects for column in known]
    elif cursor.description is None:
        raise InvalidRequestError(
            "the statement gives no rows to make entities of",
            why="it is no SELECT and has no RETURNING",
            fix="add returning(), or execute it without entities",
            code="AZ-L21",
        )
    else:
        names, objects = tuple([column[0] for column in cursor.description]), []
    plans = connection.statement_cache.plans
    name: Any = (shape_of(raw_columns), shape_of(options), statement._shape)
    is_cached = UNCACHEABLE not in name
    # Aliases made anew on each call must not make a plan for each call.
    name = ("given", canonical_shape(name), names, refresh, style)
    plan: GivenRowsPlan | None = plans.get(name) if is_cached else None
    if plan is None:
        columns = GivenColumns(names, objects)
        plan = GivenRowsPlan(raw_columns, options, columns, connection.dialect, refresh=refresh, style=style)
        if is_cached:
            plans[name] = plan
    return plan


def _entities(results: Sequence[ResultNode]) -> Iterator[EntityNode]:
    return (result for result in results if isinstance(result, EntityNode))


def _values(results: Sequence[ResultNode]) -> Iterator[ValueNode]:
    for result in results:
        if isinstance(result, ValueNode):
            yield result
        elif isinstance(result, BundleNode):
            yield from result.values


def _without_joins(node: EntityNode) -> EntityNode:
    """Leave out relationships that azoth would join: the statement is as it is."""
    node.joined = [joined for joined in node.joined if joined.is_given]
    for joined in node.joined:
        _without_joins(joined.node)
    return node


def _find_columns(
    node: EntityNode, columns: GivenColumns, places: dict[int, int], processors: list[Any], dialect: DefaultDialect
) -> None:
    """Find the columns of an entity; those that the rows do not have are loaded when they are read."""
    for key, expression in list(node.columns.items()):
        place = columns.place(expression)
        if place is not None:
            _put(expression, place, places, processors, dialect)
        elif key in node.mapper.primary_key_keys:
            raise NoSuchColumnError(
                f"the statement gives no column for {node.mapper.class_.__name__}.{key}",
                why=f"it is part of the primary key; the statement's columns are {', '.join(columns.names)}",
                fix="select all columns of the primary key",
                code="AZ-L22",
            )
        else:
            del node.columns[key]
    _find_classes(node, columns, places, processors, dialect)


def _find_classes(
    node: EntityNode, columns: GivenColumns, places: dict[int, int], processors: list[Any], dialect: DefaultDialect
) -> None:
    """Find what tells the class of a row, and the columns of derived classes that the rows have."""

    def is_given(expression: object) -> bool:
        if id(expression) not in places:
            place = columns.place(expression)
            if place is None:
                return False
            _put(expression, place, places, processors, dialect)
        return True

    if node.discriminator is not None and not is_given(node.discriminator):
        raise NoSuchColumnError(
            f"the statement gives no column for {node.mapper.polymorphic_on}",
            why=f"it tells of which class a {node.mapper.class_.__name__} is; the statement's columns are "
            f"{', '.join(columns.names)}",
            fix="select the column",
            code="AZ-L23",
        )
    for variant in node.variants:
        variant.columns = {key: expression for key, expression in variant.columns.items() if is_given(expression)}


def _put(expression: Any, place: int, places: dict[int, int], processors: list[Any], dialect: DefaultDialect) -> None:
    places[id(expression)] = place
    if processors[place] is None:
        processors[place] = expression.type.dialect_impl(dialect).result_processor(dialect, None)
