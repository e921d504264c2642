"""UPDATE and DELETE of classes of a hierarchy, whose objects may have rows in several tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.executed import KEYS_AT_ONCE, ChangeResult, CountedResult, executed, read_by_key
from azoth.orm.bulk.rows_of_class import (
    in_keys,
    key_of_table,
    of_class,
    of_table,
    returns_others,
    rows_of_class,
    without_wholes,
)
from azoth.orm.loading.given_rows import Executed
from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.hierarchy.inheritance import CONCRETE, JOINED
from azoth.sql.dml import Delete, Update, delete
from azoth.sql.selectable import Executable, FromClause, SelectBase, select, tables_in
from azoth.sql.visitors import walk

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.execution.cursor_result import CursorResult
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit

Parameters: TypeAlias = "Mapping[str, Any] | None"

Doomed: TypeAlias = tuple[Any, list[Any], list[Any]]
"""A table with rows of objects that are deleted, its key columns, and the columns of the class that hold the same."""


def update_of_class(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Update,
    parameters: Parameters,
    options: Mapping[str, Any],
    follow: Executed | None,
) -> ChangeResult:
    """Update the rows of a class, in each of its tables for which there are values.

    Args:
        unit: the unit of work.
        connection: where.
        mapper: the class.
        statement: the UPDATE; its values are named by columns.
        parameters: values for its named parameters.
        options: the execution options.
        follow: what to call when it has run, with what functions of columns have made for it.

    Returns:
        the result; ``rowcount`` counts objects.

    Raises:
        InvalidRequestError: two tables each need values that the other one had before.

    Emits: one UPDATE where the values are of one table; otherwise a SELECT of keys and UPDATEs by key, in a savepoint.
    """
    by_table = _by_table(mapper, statement)
    [first, *others] = by_table or [mapper.local_table]
    if not others and not returns_others(mapper, statement, first):
        return executed(unit, connection, of_class(mapper, statement, first), parameters, options, follow)
    tables = _in_order(mapper, by_table)
    keys = _Keys(connection, mapper, [column for table in tables for column in key_of_table(mapper, table)], statement)
    keys.find(parameters)
    made: dict[Any, Any] = {}
    # What fails in the second table has changed nothing in the first.
    with connection.begin_nested():
        for table in tables:
            columns = key_of_table(mapper, table)
            values = statement._copy_with(_values=tuple(by_table[table]), _returning=())
            for chunk in keys.chunks(columns):
                result = _execute(connection, of_table(mapper, values, table, (in_keys(columns, chunk),)), parameters)
                made.update(result.made_by_functions())
    if follow is not None:
        follow(made, ())
    return keys.result(unit, options)


def delete_of_class(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Delete,
    parameters: Parameters,
    options: Mapping[str, Any],
) -> ChangeResult:
    """Delete the objects of a class: their rows in all tables, as deleting each of them would.

    Args:
        unit: the unit of work.
        connection: where.
        mapper: the class.
        statement: the DELETE.
        parameters: values for its named parameters.
        options: the execution options.

    Returns:
        the result; ``rowcount`` counts objects.

    Emits: one DELETE for each table, those of derived classes first, in a savepoint where there are several; a SELECT
    of keys before them, where the criteria read other tables than the last one.
    """
    own = mapper.local_table
    doomed = doomed_tables(mapper)
    if len(doomed) == 1 and not returns_others(mapper, statement, own):
        return executed(unit, connection, of_class(mapper, statement, own), parameters, options)
    if isinstance(parameters, list | tuple):
        sets = [delete_of_class(unit, connection, mapper, statement, one, options) for one in parameters]
        return CountedResult((), (), sum([one.rowcount for one in sets]))
    criteria = rows_of_class(mapper, own, statement._where_criteria)
    is_told_by_own = doomed[-1][0] is own and _reads_only(own, criteria)
    # What cannot be deleted from the last table stays in the others.
    with connection.begin_nested():
        if is_told_by_own and not returns_others(mapper, statement, own):
            _delete_below(connection, doomed[:-1], own, criteria, parameters)
            return executed(unit, connection, of_table(mapper, statement, own, criteria), parameters, options)
        return _delete_by_key(unit, connection, mapper, statement, parameters, options)


def _delete_below(
    connection: Connection, doomed: Sequence[Doomed], own: FromClause, criteria: Sequence[Any], parameters: Parameters
) -> None:
    """Delete what belongs to the rows of a table that meet criteria, before those rows themselves."""
    for table, columns, same in doomed:
        one = delete(table)
        if criteria:
            one = one.where(in_keys(columns, select(*same).select_from(own).where(*criteria)))
        _execute(connection, one, parameters)


def _delete_by_key(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Delete,
    parameters: Parameters,
    options: Mapping[str, Any],
) -> CountedResult:
    doomed = doomed_tables(mapper)
    keys = _Keys(connection, mapper, [column for _, _, same in doomed for column in same], statement)
    keys.find(parameters)
    result = keys.result(unit, options)
    for table, columns, same in doomed:
        for chunk in keys.chunks(same):
            connection.execute(delete(table).where(in_keys(columns, chunk)))
    return result


class _Keys:
    """The keys of the objects that a statement is about, found before their rows change.

    Args:
        connection: where.
        mapper: the class.
        columns: the key columns that are needed besides the primary key.
        statement: the UPDATE or DELETE.
    """

    def __init__(
        self, connection: Connection, mapper: Mapper, columns: Sequence[Any], statement: Update | Delete
    ) -> None:
        self._connection = connection
        self._mapper = mapper
        self._columns = list(dict.fromkeys([*mapper.primary_key, *columns]))
        self._statement = statement
        self._rows: list[tuple[Any, ...]] = []

    def find(self, parameters: Parameters) -> None:
        found = select(*self._columns).select_from(self._mapper.selectable).where(*self._statement._where_criteria)
        self._rows = [tuple(row) for row in _execute(self._connection, found, parameters)]

    def chunks(self, columns: Sequence[Any]) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the values of key columns, as many as one statement takes."""
        places = [self._columns.index(column) for column in columns]
        for start in range(0, len(self._rows), KEYS_AT_ONCE):
            yield [tuple([row[place] for place in places]) for row in self._rows[start : start + KEYS_AT_ONCE]]

    def result(self, unit: Unit, options: Mapping[str, Any]) -> CountedResult:
        """Make the result: the count, and what the statement returns as it is now."""
        if not self._statement._returning:
            return CountedResult((), (), len(self._rows))
        keys = [key for chunk in self.chunks(list(self._mapper.primary_key)) for key in chunk]
        return read_by_key(unit, self._connection, self._mapper, self._statement, keys, options)


def _execute(connection: Connection, statement: Executable, parameters: Parameters) -> CursorResult[*tuple[Any, ...]]:
    """Execute a part of a statement with those parameters that it has."""
    named = {bind.key for bind in statement._binds}
    return connection.execute(statement, {key: one for key, one in (parameters or {}).items() if key in named} or None)


def _by_table(mapper: Mapper, statement: Update) -> dict[Any, list[tuple[Any, Any]]]:
    """Divide the values of an UPDATE by the tables that have their columns."""
    found: dict[Any, list[tuple[Any, Any]]] = {}
    for column, value in statement._values:
        table = column.table if any(column.table is one for one in mapper.tables) else mapper.local_table
        found.setdefault(table, []).append((column, value))
    return found


def _in_order(mapper: Mapper, by_table: Mapping[Any, list[tuple[Any, Any]]]) -> list[Any]:
    """Order tables so that a value which reads another table is written before that one is.

    Raises:
        InvalidRequestError: there is no such order.
    """
    read = {
        table: {
            node
            for _, value in pairs
            for node in walk(without_wholes(mapper, value))
            if node.__visit_name__ == "column"
        }
        for table, pairs in by_table.items()
    }
    remaining = dict.fromkeys(by_table)
    ordered: list[Any] = []
    while remaining:
        free = [
            table
            for table in remaining
            if not any(
                column in read[other] for other in remaining if other is not table for column, _ in by_table[table]
            )
        ]
        if not free:
            raise InvalidRequestError(
                f"update({mapper.class_.__name__}) sets columns of several tables by each other",
                why="each table has an UPDATE of its own, and the second would read what the first has written",
                fix="set the columns by separate statements, or change objects and flush",
                code="AZ-L321",
            )
        ordered.append(free[0])
        del remaining[free[0]]
    return ordered


@derived
def doomed_tables(mapper: Mapper) -> tuple[Doomed, ...]:
    """List the tables in which objects of a class and of those derived from it have rows, in an order for deleting."""
    own = [(table, columns, columns) for table in mapper.tables if (columns := key_of_table(mapper, table))]
    same: dict[Any, Any] = {}
    below: list[Doomed] = []
    for one in mapper.self_and_descendants[1:]:
        inheritance = one.inheritance
        if inheritance is None or inheritance.kind != JOINED or _is_apart(one, mapper):
            continue
        same.update({column: same.get(base, base) for base, column in inheritance.pairs})
        columns = [column for _, column in inheritance.pairs]
        below.append((one.local_table, columns, [same[column] for column in columns]))
    return (*reversed(below), *reversed(own))


def _is_apart(mapper: Mapper, base: Mapper) -> bool:
    """Tell whether a concrete class stands between two classes, so that the rows of the one are none of the other."""
    for one in mapper.iterate_to_root():
        if one is base:
            return False
        if one.inheritance is not None and one.inheritance.kind == CONCRETE:
            return True
    return True


def _reads_only(table: FromClause, criteria: Sequence[Any]) -> bool:
    """Tell whether criteria are about the columns of one table, and nothing that other statements change."""
    return all(
        not any(isinstance(node, SelectBase) for node in walk(criterion))
        and all(one is table for one in tables_in(criterion))
        for criterion in criteria
    )
