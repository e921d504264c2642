"""Executing INSERT, UPDATE and DELETE of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.bulk.attribute_values import bind_names, by_column_keys, by_columns, with_parameters
from azoth.orm.bulk.executed import CountedResult, executed
from azoth.orm.bulk.insert_rows import insert_entities
from azoth.orm.bulk.new_rows import attribute_name
from azoth.orm.bulk.rows_by_key import update_rows
from azoth.orm.bulk.rows_by_table import refuse_statement
from azoth.orm.bulk.rows_of_class import as_sent, check_own_table, is_spread
from azoth.orm.bulk.spread_changes import delete_of_class, update_of_class
from azoth.orm.bulk.synchronization import (
    Affected,
    NewValues,
    check_strategy,
    find_affected,
    let_go,
    note_changed,
    values_before,
)
from azoth.orm.loading.result_nodes import names_entities
from azoth.orm.loading.terms import TOKEN
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.dml import Change, Delete, Insert, Update
from azoth.sql.selectable import TableClause

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit
    from azoth.sql.elements import ClauseElement

WAYS: Final = {
    "insert": ("auto", "bulk", "orm", "raw", "core_only"),
    "update": ("auto", "bulk", "orm", "core_only"),
    "delete": ("auto", "orm", "core_only"),
}
"""What ``dml_strategy`` may be for each kind of statement."""


Matched = list[tuple[object, tuple[object, ...]]]


def changes_entity(statement: ClauseElement) -> bool:
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
        return executed(unit, connection, statement, params, options)
    mapper = entity.mapper
    if not isinstance(mapper.local_table, TableClause) and not _is_by_key(statement, params):
        raise refuse_statement(mapper, statement.__visit_name__.upper())
    if entity.is_mapper and not _is_by_key(statement, params):
        check_own_table(mapper, statement)
    if way == "core_only":
        return connection.execute(as_sent(statement), params)
    if isinstance(statement, Insert):
        if way == "raw":
            statement = by_columns(statement)
            own = bind_names(statement)
            return executed(unit, connection, statement, by_column_keys(mapper, params, own), options)
        return insert_entities(unit, connection, mapper, statement, params, options)
    strategy = options.get("synchronize_session", "auto")
    check_strategy(strategy)
    if isinstance(statement, Update):
        if isinstance(params, (list, tuple)) and params and way != "orm":
            return _update_many(unit, connection, mapper, statement, params, strategy, options)
        return _update(unit, connection, entity, statement, params, strategy, options, matched)
    affected = find_affected(unit, connection, mapper, statement, params, strategy, options.get(TOKEN))
    _note(matched, mapper, affected)
    if entity.is_mapper and mapper.is_in_hierarchy:
        result = delete_of_class(unit, connection, mapper, statement, params, options)
    else:
        result = executed(unit, connection, statement, params, options)
    let_go(unit, affected)
    return result


def _note(matched: Matched | None, mapper: Mapper, affected: Affected) -> None:
    if matched is not None:
        matched.extend(
            [(instance, state.pk if mapper.composite_key else (state.pk,)) for state, instance in affected.matched]
        )


def _check_way(way: str, statement: Change) -> None:
    known = WAYS[type(statement).__visit_name__]
    if way not in known:
        raise ArgumentError(
            f"dml_strategy={way!r} is no way to carry out {type(statement).__name__}",
            why="it says whether rows are found by their keys, by criteria, or as Core does it",
            fix=f"use one of {', '.join(map(repr, known))}",
            code="AZ-L305",
        )


def _is_by_key(statement: Change, params: object) -> bool:
    """Tell whether a statement updates rows that are found by their primary keys, table by table."""
    return (
        isinstance(statement, Update)
        and isinstance(params, (list, tuple))
        and bool(params)
        and not statement._where_criteria
        and not statement._values
    )


# -- INSERT -------------------------------------------------------------------


# -- UPDATE -------------------------------------------------------------------


def _update(
    unit: Unit,
    connection: Connection,
    entity: Any,
    statement: Update,
    params: Any,
    strategy: object,
    options: Mapping[str, Any],
    matched: Matched | None,
) -> Any:
    mapper = entity.mapper
    statement, parameters = with_parameters(mapper, by_columns(statement), params)
    affected = find_affected(unit, connection, mapper, statement, parameters, strategy, options.get(TOKEN))
    _note(matched, mapper, affected)
    new_values = NewValues(connection, statement._values, parameters)
    evaluated = new_values.of(affected) if strategy else []
    follow = partial(new_values.apply, affected, evaluated) if strategy else None
    states = [state for state, _ in (*affected.matched, *affected.unsure)]
    before = values_before(states)
    if entity.is_mapper and mapper.is_in_hierarchy:
        result = update_of_class(unit, connection, mapper, statement, parameters, options, follow)
    else:
        result = executed(unit, connection, statement, parameters, options, follow)
    note_changed(unit, states, before)
    return result


def _sets_others(mapper: Mapper, statement: Update, params: Sequence[Mapping[Any, Any]], own: frozenset[str]) -> bool:
    """Tell whether sets of parameters have values for other tables than the class's own."""
    keys = {attribute_name(mapper, key) for row in params for key in row if key not in own}
    columns = [*[column for column, _ in statement._values], *[mapper.columns[key] for key in keys]]
    return any(column.table is not mapper.local_table for column in columns)


def _update_many(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Update,
    params: Sequence[Mapping[Any, Any]],
    strategy: object,
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
        own = bind_names(lowered)
        if is_spread(mapper) and _sets_others(mapper, lowered, params, own):
            given = [with_parameters(mapper, lowered, one) for one in params]
            results = [update_of_class(unit, connection, mapper, one, own, options, None) for one, own in given]
            return CountedResult((), (), sum([one.rowcount for one in results]))
        return connection.execute(lowered, by_column_keys(mapper, params, own))
    if statement._returning:
        raise InvalidRequestError(
            f"update({mapper.class_.__name__}) of rows by their primary keys cannot return rows",
            why="drivers give no rows back from many sets of values",
            fix="read the objects afterwards, or execute the update for each row",
            code="AZ-L45",
        )
    count = update_rows(unit, connection, mapper, params, synchronize=bool(strategy), token=options.get(TOKEN))
    return CountedResult((), (), count)
