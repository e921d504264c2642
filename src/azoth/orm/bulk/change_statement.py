"""Executing INSERT, UPDATE and DELETE of entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from azoth.engine.result import ChunkedIteratorResult
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.bulk.attribute_values import by_column, by_column_key, column_of
from azoth.orm.bulk.new_rows import new_rows
from azoth.orm.bulk.rows_by_key import update_rows
from azoth.orm.bulk.rows_by_table import is_one_table, refuse_statement
from azoth.orm.bulk.synchronization import (
    Affected,
    NewValues,
    check_strategy,
    evaluator_for,
    find_affected,
    let_go,
    note_changed,
)
from azoth.orm.loading.given_rows import Executed, given_rows, given_rows_plan
from azoth.orm.loading.result_nodes import names_entities
from azoth.orm.loading.terms import TOKEN, at_token
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.runtime.ports import Unit
from azoth.sql.dml import Delete, Insert, Update

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper

WAYS: Final = {
    "insert": ("auto", "bulk", "orm", "raw", "core_only"),
    "update": ("auto", "bulk", "orm", "core_only"),
    "delete": ("auto", "orm", "core_only"),
}
"""What ``dml_strategy`` may be for each kind of statement."""


Matched = list[tuple[object, tuple[object, ...]]]


class CountedResult(ChunkedIteratorResult[Any]):
    """The result of a change of entities.

    Args:
        keys: the shape of its rows.
        chunks: the rows.
        rowcount: how many rows were changed.
    """

    __slots__ = ("rowcount",)

    def __init__(self, keys: Any, chunks: Any, rowcount: int) -> None:
        super().__init__(keys, chunks)
        self.rowcount = rowcount


def changes_entity(statement: Any) -> bool:
    """Tell whether a statement changes the rows of an entity, or gives entities back."""
    if not isinstance(statement, (Insert, Update, Delete)):
        return False
    return entity_of(statement.table) is not None or names_entities(statement._returning)


def execute_change(
    unit: Unit,
    connection: Connection,
    statement: Any,
    params: Any,
    options: Mapping[str, Any],
    matched: Matched | None = None,
) -> Any:
    """Execute an INSERT, UPDATE or DELETE of an entity.

    Args:
        unit: the unit of work.
        connection: where it runs.
        statement: the statement; its values and parameters are named by attributes.
        params: one set of values or several; an UPDATE takes them as rows found by their primary keys.
        options: the execution options, ``synchronize_session`` among them.
        matched: where to note the objects that follow the statement, each with its primary key as a tuple.

    Returns:
        the result: rows of RETURNING, where entities are instances; otherwise its ``rowcount`` counts.

    Emits: the statement; for several rows as few as the driver allows; a SELECT of keys where objects in memory must
    follow criteria that only the database can evaluate.
    State: as ``synchronize_session`` says ("auto" where it is not given).
    """
    entity = entity_of(statement.table)
    way = options.get("dml_strategy", "auto")
    _check_way(way, statement)
    if entity is None:
        return _executed(unit, connection, statement, params, options)
    mapper = entity.mapper
    if not is_one_table(mapper) and not _is_by_key(statement, params):
        raise refuse_statement(mapper, statement.__visit_name__.upper())
    if way == "core_only":
        return connection.execute(by_columns(statement), params)
    if isinstance(statement, Insert):
        if way == "raw":
            statement = by_columns(statement)
            own = _bind_names(statement)
            return _executed(unit, connection, statement, _by_column_keys(mapper, params, own), options)
        return _insert(unit, connection, mapper, statement, params, options)
    strategy = options.get("synchronize_session", "auto")
    check_strategy(strategy)
    if isinstance(statement, Update):
        if isinstance(params, (list, tuple)) and params and way != "orm":
            return _update_many(unit, connection, mapper, statement, params, strategy, options)
        return _update(unit, connection, mapper, statement, params, strategy, options, matched)
    affected = find_affected(unit, connection, mapper, statement, params, strategy, options.get(TOKEN))
    _note(matched, mapper, affected)
    result = _executed(unit, connection, statement, params, options)
    let_go(unit, affected)
    return result


def _note(matched: Matched | None, mapper: Mapper, affected: Affected) -> None:
    if matched is not None:
        matched.extend(
            [(instance, state.pk if mapper.composite_key else (state.pk,)) for state, instance in affected.matched]
        )


def _check_way(way: str, statement: Any) -> None:
    known = WAYS[type(statement).__visit_name__]
    if way not in known:
        raise ArgumentError(
            f"dml_strategy={way!r} is no way to carry out {type(statement).__name__}",
            why="it says whether rows are found by their keys, by criteria, or as Core does it",
            fix=f"use one of {', '.join(map(repr, known))}",
            code="AZ-L305",
        )


def _bind_names(statement: Any) -> frozenset[str]:
    return frozenset([bind.key for bind in statement._binds if bind.key is not None])


def _by_column_keys(mapper: Mapper, params: Any, own: frozenset[str]) -> Any:
    """Name parameters by columns, which are named by attributes or columns."""
    if not params:
        return None
    if isinstance(params, Mapping):
        return by_column_key(mapper, params, own)
    return [by_column_key(mapper, row, own) for row in params]


def _is_by_key(statement: Any, params: Any) -> bool:
    """Tell whether a statement updates rows that are found by their primary keys, table by table."""
    return (
        isinstance(statement, Update)
        and isinstance(params, (list, tuple))
        and bool(params)
        and not statement._where_criteria
        and not statement._values
    )


def by_columns(statement: Any) -> Any:
    """Exchange attribute names for columns in the values of an INSERT or UPDATE of an entity; others pass."""
    entity = entity_of(statement.table) if isinstance(statement, (Insert, Update)) else None
    if entity is None:
        return statement
    changed: dict[str, Any] = {}
    if statement._values:
        changed["_values"] = by_column(entity.mapper, statement._values)
    if isinstance(statement, Insert):
        if statement._multi_values:
            changed["_multi_values"] = tuple([by_column(entity.mapper, row) for row in statement._multi_values])
        if statement._select_names:
            changed["_select_names"] = tuple([column_of(entity.mapper, name).key for name in statement._select_names])
    return statement._copy_with(**changed) if changed else statement


# -- INSERT -------------------------------------------------------------------


def _insert(
    unit: Unit, connection: Connection, mapper: Mapper, statement: Insert, params: Any, options: Mapping[str, Any]
) -> Any:
    statement = by_columns(statement)
    if not params:
        return _executed(unit, connection, statement, None, options)
    own = _bind_names(statement)
    if isinstance(params, Mapping):
        return _executed(unit, connection, statement, new_rows(mapper, [params], own)[0], options)
    rows = new_rows(mapper, params, own)
    if statement._returning:
        return _insert_returning(unit, connection, statement, rows, options)
    return connection.execute(statement, rows)


def batches(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Group rows that follow each other with the same keys."""
    for _, batch in groupby(rows, key=lambda row: tuple(sorted(row))):
        yield list(batch)


def _insert_returning(
    unit: Unit, connection: Connection, statement: Any, rows: list[dict[str, Any]], options: Mapping[str, Any]
) -> Any:
    """Insert rows one by one, because drivers give no rows back from many sets of values at once."""
    cache = connection.statement_cache
    heard = connection.is_heard
    found: list[Any] = []
    plan: Any = None
    for batch in batches(rows):
        prepared = cache.prepare(statement, tuple(batch[0]))
        returned: list[Any] = []
        for row in batch:
            values = prepared.bind(statement, row, connection)
            run = partial(connection.run, prepared.sql, values)
            cursor = connection.execute_announced(statement, row, run) if heard else run()
            if plan is None:
                plan = given_rows_plan(
                    connection,
                    statement._returning,
                    prepared,
                    statement,
                    cursor,
                    statement._with_options,
                    refresh=bool(options.get("populate_existing")),
                )
            returned.extend(connection.fetch_all(cursor, prepared.sql, values))
        found.extend(plan.load_rows(unit, returned, None, at_token(unit, None, options.get(TOKEN))))
    return CountedResult(plan.shape, (found,), len(rows))


# -- UPDATE -------------------------------------------------------------------


def _update(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Update,
    params: Any,
    strategy: Any,
    options: Mapping[str, Any],
    matched: Matched | None,
) -> Any:
    statement = by_columns(statement)
    values = statement._values
    own = _bind_names(statement)
    parameters = _by_column_keys(mapper, params, own)
    affected = find_affected(unit, connection, mapper, statement, parameters, strategy, options.get(TOKEN))
    _note(matched, mapper, affected)
    more = tuple(
        [
            (mapper.local_table.c[key], _bound(mapper, key, value))
            for key, value in (parameters or {}).items()
            if key not in own
        ]
    )
    new_values = (
        NewValues(evaluator_for(connection, mapper, parameters), mapper, (*values, *more)) if strategy else None
    )
    evaluated = [] if new_values is None else new_values.of(affected)
    follow = None if new_values is None else partial(new_values.apply, affected, evaluated)
    result = _executed(unit, connection, statement, parameters, options, follow)
    note_changed(unit, [state for state, _ in (*affected.matched, *affected.unsure)])
    return result


def _bound(mapper: Mapper, key: str, value: Any) -> Any:
    from_key = mapper.local_table.c[key]
    return (from_key == value).right if value is not None else (from_key.is_(None)).right


def _update_many(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Update,
    params: Sequence[Mapping[Any, Any]],
    strategy: Any,
    options: Mapping[str, Any],
) -> Any:
    if statement._where_criteria or statement._values:
        if strategy not in (None, False):
            raise InvalidRequestError(
                f"update({mapper.class_.__name__}) with criteria or values of its own takes one set of parameters",
                why="several sets are rows found by their primary keys; objects in memory cannot follow other criteria",
                fix="leave where() and values() out, or set synchronize_session=None to run the statement for each set",
                code="AZ-L44",
            )
        lowered = by_columns(statement)
        own = _bind_names(lowered)
        return connection.execute(lowered, _by_column_keys(mapper, params, own))
    if statement._returning:
        raise InvalidRequestError(
            f"update({mapper.class_.__name__}) of rows by their primary keys cannot return rows",
            why="drivers give no rows back from many sets of values",
            fix="read the objects afterwards, or execute the update for each row",
            code="AZ-L45",
        )
    count = update_rows(unit, connection, mapper, params, synchronize=bool(strategy), token=options.get(TOKEN))
    return CountedResult((), (), count)


# -- all ----------------------------------------------------------------------


def _executed(
    unit: Unit,
    connection: Connection,
    statement: Any,
    parameters: Any,
    options: Mapping[str, Any],
    executed: Executed | None = None,
) -> Any:
    """Execute a statement whose values are named by columns; entities that it returns become instances."""
    if not names_entities(statement._returning):
        result = connection.execute(statement, parameters)
        if executed is not None:
            executed(result.made_by_functions())
        return result
    refresh = bool(options.get("populate_existing"))
    plan, found = given_rows(
        unit,
        connection,
        statement._returning,
        statement,
        parameters,
        statement._with_options,
        refresh=refresh,
        terms=at_token(unit, None, options.get(TOKEN)),
        executed=executed,
    )
    return CountedResult(plan.shape, (found,), len(found))
