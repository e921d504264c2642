"""Executing a change of entities, and its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict, cast

from azoth.engine.result import ChunkedIteratorResult
from azoth.orm.bulk.rows_of_class import in_keys
from azoth.orm.loading.given_rows import Executed, given_rows, given_rows_later
from azoth.orm.loading.result_nodes import names_entities, result_nodes
from azoth.orm.loading.row_names import shape_of_results
from azoth.orm.loading.terms import TOKEN, Terms, at_token
from azoth.sql.dml import Change, Update
from azoth.sql.selectable import Executable, select

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.execution.cursor_result import CursorResult
    from azoth.engine.result_shape import ResultShape
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit

Parameters: TypeAlias = "Mapping[str, Any] | Sequence[Mapping[str, Any]] | None"
"""Values for the named parameters of a statement, or several sets of them."""

ChangeResult: TypeAlias = "CursorResult[*tuple[Any, ...]] | CountedResult"


class _Ways(TypedDict):
    """How rows become instances."""

    options: tuple[Any, ...]
    refresh: bool
    terms: Terms | None


KEYS_AT_ONCE: Final = 500
"""How many keys one statement names."""


class CountedResult(ChunkedIteratorResult[*tuple[Any, ...]]):
    """The result of a change of entities.

    Args:
        keys: the shape of its rows.
        chunks: the rows.
        rowcount: how many rows were changed.
    """

    __slots__ = ("rowcount",)

    def __init__(self, keys: ResultShape | Sequence[str], chunks: Iterable[list[Any]], rowcount: int) -> None:
        super().__init__(keys, chunks)
        self.rowcount = rowcount

    def make_rows(self) -> None:
        """Make the rows now that would be made when they are asked for."""
        self._source = self._source_of([list(self._source.all())])


def executed(
    unit: Unit,
    connection: Connection,
    statement: Change,
    parameters: Parameters,
    options: Mapping[str, Any],
    follow: Executed | None = None,
) -> ChangeResult:
    """Execute a statement whose values are named by columns; entities that it returns become instances.

    Those of an UPDATE do so when the rows are asked for: until then objects in memory have what they had, or are
    expired where the statement has changed what is not known here.

    Args:
        unit: the unit of work.
        connection: where.
        statement: the statement.
        parameters: values for its named parameters, and sets of values.
        options: the execution options.
        follow: what to call as soon as it has run, with what functions of columns have made for it, and the columns
            that its result gives back by ``return_defaults()``.
    """
    if not names_entities(statement._returning):
        result = connection.execute(statement, parameters)
        if follow is not None:
            follow(result.made_by_functions(), result.returned_columns())
        return result
    one = cast("Mapping[str, Any] | None", parameters)
    if isinstance(statement, Update):
        plan, chunks, count = given_rows_later(
            unit, connection, statement._returning, statement, one, **_ways(unit, statement, options), executed=follow
        )
        return CountedResult(plan.shape_for(statement._returning), chunks, count)
    found, shape = _made_of(unit, connection, statement._returning, statement, one, options, statement, follow)
    return CountedResult(shape, (found,), len(found))


def read_by_key(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Change,
    keys: Sequence[tuple[Any, ...]],
    options: Mapping[str, Any],
) -> CountedResult:
    """Read what a statement returns, where it stands in several tables and no RETURNING gives it.

    Args:
        unit: the unit of work.
        connection: where.
        mapper: the class.
        statement: the change.
        keys: the primary keys of the objects, in the order of the result.
        options: the execution options.

    Emits: one SELECT for several hundred keys.
    """
    returning = statement._returning
    primary_key = list(mapper.primary_key)
    by_key: dict[tuple[Any, ...], Any] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        chunk = keys[start : start + KEYS_AT_ONCE]
        rows = select(*returning, *primary_key).select_from(mapper.selectable).where(in_keys(primary_key, chunk))
        found, _ = _made_of(unit, connection, (*returning, *primary_key), rows, None, options, statement)
        for row in found:
            given = row[: -len(primary_key)]
            by_key[tuple(row[-len(primary_key) :])] = given[0] if len(given) == 1 else given
    shape = shape_of_results(returning, result_nodes(returning, statement._with_options))
    return CountedResult(shape, ([by_key[key] for key in keys if key in by_key],), len(keys))


def _made_of(
    unit: Unit,
    connection: Connection,
    raw_columns: tuple[Any, ...],
    statement: Executable,
    parameters: Mapping[str, Any] | None,
    options: Mapping[str, Any],
    optional: Executable,
    follow: Executed | None = None,
) -> tuple[list[Any], ResultShape]:
    ways = _ways(unit, optional, options)
    plan, found = given_rows(unit, connection, raw_columns, statement, parameters, **ways, executed=follow)
    return found, plan.shape_for(raw_columns)


def _ways(unit: Unit, statement: Executable, options: Mapping[str, Any]) -> _Ways:
    return {
        "options": statement._with_options,
        "refresh": bool(options.get("populate_existing")),
        "terms": at_token(unit, None, options.get(TOKEN)),
    }
