"""INSERT of entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.attribute_values import bind_names, by_columns
from azoth.orm.bulk.executed import ChangeResult, CountedResult, executed, read_by_key
from azoth.orm.bulk.new_rows import class_value, new_rows, rows_by_attribute
from azoth.orm.bulk.rows_by_table import insert_by_table
from azoth.orm.bulk.rows_of_class import is_spread, returns_others
from azoth.orm.loading.given_rows import given_rows_plan
from azoth.orm.loading.terms import TOKEN, at_token
from azoth.sql.elements import BindParameter, ColumnElement

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit
    from azoth.sql.dml import Insert

Rows: TypeAlias = "Mapping[Any, Any] | Sequence[Mapping[Any, Any]] | None"
"""A row by attribute, or several."""


def insert_entities(
    unit: Unit, connection: Connection, mapper: Mapper, statement: Insert, params: Rows, options: Mapping[str, Any]
) -> ChangeResult:
    """Execute an INSERT of an entity.

    Args:
        unit: the unit of work.
        connection: where.
        mapper: the entity.
        statement: the INSERT.
        params: a row, or several, by attribute; None where the statement has all values.
        options: the execution options.

    Returns:
        the result.

    Raises:
        InvalidRequestError: an upsert, or the rows of a SELECT, for a class whose objects have rows in several tables.

    Emits: the statement; for rows of several tables an INSERT for each table, and a SELECT of what is returned.
    """
    statement = by_columns(statement)
    is_apart = is_spread(mapper) and (params or not _is_of_own_table(mapper, statement))
    if is_apart or (mapper.is_in_hierarchy and returns_others(mapper, statement, mapper.local_table)):
        return _insert_spread(unit, connection, mapper, statement, params, options)
    if not params:
        return executed(unit, connection, _with_class(mapper, statement), None, options)
    own = bind_names(statement)
    if isinstance(params, Mapping):
        return executed(unit, connection, statement, new_rows(mapper, [params], own)[0], options)
    rows = new_rows(mapper, params, own)
    if statement._returning:
        return _insert_returning(unit, connection, statement, rows, options)
    return connection.execute(statement, rows)


def _with_class(mapper: Mapper, statement: Insert) -> Insert:
    """Add the value that tells the class, where a statement with values of its own leaves it out."""
    column, identity = class_value(mapper)
    if column is None or column.key not in mapper.local_table.c or statement._select_names:
        return statement
    bind: BindParameter[Any] = BindParameter(column.key, identity, column.type)
    if statement._multi_values:
        rows = tuple([row if _names(row, column) else (*row, (column, bind)) for row in statement._multi_values])
        return statement._copy_with(_multi_values=rows)
    if _names(statement._values, column):
        return statement
    return statement._copy_with(_values=(*statement._values, (column, bind)))


def _names(pairs: Sequence[tuple[Any, Any]], column: ColumnElement[Any]) -> bool:
    return any(one is column or one == column.key for one, _ in pairs if one is column or isinstance(one, str))


def _is_of_own_table(mapper: Mapper, statement: Insert) -> bool:
    """Tell whether an INSERT with values of its own is one of a class's own table, and no more than that."""
    rows = statement._multi_values or (statement._values,)
    return all(getattr(column, "table", None) is mapper.local_table for row in rows for column, _ in row)


def _insert_spread(
    unit: Unit, connection: Connection, mapper: Mapper, statement: Insert, params: Rows, options: Mapping[str, Any]
) -> ChangeResult:
    """Insert objects that have rows in several tables."""
    name = mapper.class_.__name__
    if statement._post_values_clause is not None or statement._select_names:
        raise InvalidRequestError(
            f"insert({name}) with ON CONFLICT, or from a SELECT, cannot write {name}'s several tables",
            why=f"its rows are in {', '.join(table.fullname for table in mapper.tables)}, the statement writes one",
            fix="insert the tables by statements of their own, or merge() objects",
            code="AZ-L322",
        )
    common = {mapper.column_to_key[column]: value for column, value in statement._values}
    if params:
        rows = rows_by_attribute(
            mapper, [params] if isinstance(params, Mapping) else params, _own_names(mapper, statement)
        )
    else:
        rows = [
            {mapper.column_to_key[column]: _plain(value) for column, value in row}
            for row in statement._multi_values or (statement._values,)
        ]
        common = {}
    insert_by_table(connection, mapper, rows, common)
    if not statement._returning:
        return CountedResult((), (), len(rows))
    keys = [tuple([row[key] for key in mapper.primary_key_keys]) for row in rows]
    return read_by_key(unit, connection, mapper, statement, keys, options)


def _own_names(mapper: Mapper, statement: Insert) -> frozenset[str]:
    """List the parameters of a statement's expressions; a plain value is one of its column, which rows may replace."""
    return bind_names(statement).difference(mapper.columns.keys())


def _plain(value: object) -> object:
    return value.effective_value if isinstance(value, BindParameter) else value


def batches(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Group rows that follow each other with the same keys."""
    for _, batch in groupby(rows, key=lambda row: tuple(sorted(row))):
        yield list(batch)


def _insert_returning(
    unit: Unit, connection: Connection, statement: Insert, rows: list[dict[str, Any]], options: Mapping[str, Any]
) -> CountedResult:
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
    return CountedResult(plan.shape_for(statement._returning), (found,), len(rows))
