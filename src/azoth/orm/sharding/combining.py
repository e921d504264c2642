"""Results of several shards as one: what can be put together, and what is refused because the answer would be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.executed import CountedResult
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.statement_facts import kind_of
from azoth.sql.elements import BindParameter, clause_of
from azoth.sql.functions import FunctionElement
from azoth.sql.selectable import AliasedReturnsRows, FromClause, FromStatement, ScalarSelect, Select
from azoth.sql.selectable.compound import CompoundSelect, SetOperation
from azoth.sql.visitors import Visitable, children

if TYPE_CHECKING:
    from azoth.engine.result import Result
    from azoth.orm.session.statements.execute_state import ORMExecuteState

AGGREGATES: Final = frozenset((
    "count", "sum", "avg", "min", "max", "total", "group_concat", "string_agg", "aggregate_strings", "array_agg",
    "any_value", "every", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor", "stddev", "stddev_pop",
    "stddev_samp", "std", "variance", "var_pop", "var_samp", "median", "mode", "percentile_cont", "percentile_disc",
    "corr", "covar_pop", "covar_samp", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg",
    "json_group_array", "json_group_object", "json_arrayagg", "json_objectagg", "grouping",
))  # fmt: skip
"""Functions that make one value of many rows."""

SCALAR_WITH_SEVERAL: Final = frozenset({"min", "max"})
"""Those that compare their arguments, in some databases, where they have several."""


def check_combinable(statement: object, count: int) -> None:
    """Refuse a statement whose results in several shards do not make one by standing one after the other.

    Args:
        statement: the statement. Text is not looked into.
        count: the number of shards.

    Raises:
        InvalidRequestError: it inserts rows, or orders, counts, or sums up rows, which each shard would do by itself.
    """
    kind = kind_of(statement)
    if kind == "insert":
        raise InvalidRequestError(
            f"an INSERT is for {count} shards",
            why="execute_chooser named several, and the rows would be inserted into each of them",
            fix='name one: session.execute(statement, rows, bind_arguments={"shard_id": ...}); or add() objects, of '
            "which shard_chooser is asked",
            code="AZ-X75",
        )
    if isinstance(statement, FromStatement):
        statement = statement.element
    for reason in _reasons(statement):
        raise InvalidRequestError(
            f"a SELECT with {reason} is for {count} shards",
            why="each shard would apply it to its own rows, and the results together would be a wrong answer",
            fix="name one shard by .options(set_shard_id(...)) or .execution_options(shard_id=...), or select without "
            "it and do that with the rows in Python",
            code="AZ-X76",
        )


def _reasons(statement: object) -> Iterator[str]:
    """Yield what is wrong with a SELECT for several shards."""
    if isinstance(statement, CompoundSelect):
        if statement.keyword is not SetOperation.UNION_ALL:
            yield statement.keyword.value
        for part in statement.selects:
            yield from _reasons(getattr(part, "element", part))
            if getattr(getattr(part, "element", part), "_limit_clause", None) is not None:
                yield "LIMIT"
    elif isinstance(statement, Select):
        yield from _reasons_of_columns(statement)
        if statement._group_by_clauses or statement._having_criteria:
            yield "GROUP BY or HAVING"
        if statement._distinct and any(entity_of(one) is None for one in statement._raw_columns):
            yield "DISTINCT"
        for inner in _subqueries_in_from(statement):
            if inner._has_row_limit:
                yield "LIMIT in a subquery that it selects from"
            yield from _reasons(inner)
    else:
        return
    if statement._order_by_clauses:
        yield "ORDER BY"
    if statement._offset_clause is not None or statement._fetch_clause is not None:
        yield "OFFSET or FETCH"


def _reasons_of_columns(statement: Select[*tuple[Any, ...]]) -> Iterator[str]:
    for column in statement._raw_columns:
        if entity_of(column) is not None:
            continue
        clause = clause_of(column)
        for node in _outside_of_subqueries(column if clause is None else clause):
            kind = kind_of(node)
            if kind == "exists":
                yield "EXISTS among its columns"
            elif kind == "over":
                yield "a window function"
            elif isinstance(node, FunctionElement) and _is_aggregate(node):
                yield "an aggregate function"


def _is_aggregate(function: FunctionElement[Any]) -> bool:
    name = str(function.name).lower()
    return name in AGGREGATES and not (name in SCALAR_WITH_SEVERAL and len(list(function.clauses)) > 1)


def _outside_of_subqueries(node: Visitable) -> Iterator[Any]:
    """Yield an expression and what is below it; a scalar subquery is a value of its row, a table a name."""
    yield node
    if isinstance(node, (ScalarSelect, FromClause)) or kind_of(node) in {"exists", "column"}:
        return
    for child in children(node):
        yield from _outside_of_subqueries(child)


def _subqueries_in_from(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    for from_ in statement.get_final_froms():
        remaining: list[Any] = [from_]
        while remaining:
            one = remaining.pop()
            if isinstance(one, AliasedReturnsRows):
                if isinstance(one.element, (Select, CompoundSelect)):
                    yield one.element
            elif kind_of(one) == "join":
                remaining += [one.left, one.right]


def wanted_rows(state: ORMExecuteState) -> int | None:
    """Give the number of rows that a SELECT without an order is limited to; None where there is no limit.

    Any rows will do then, so that the first ones of the first shards are an answer.
    """
    clause = getattr(state.statement, "_limit_clause", None)
    if clause is None:
        return None
    count = clause.effective_value if isinstance(clause, BindParameter) else None
    if isinstance(state.parameters, dict) and isinstance(clause, BindParameter):
        count = state.parameters.get(clause.key, count)
    if not isinstance(count, int):
        raise InvalidRequestError(
            "a LIMIT that is an expression is for several shards",
            why="how many rows are wanted from all of them together is not known",
            fix="pass a number to limit(), or name one shard",
            code="AZ-X76",
        )
    return count


def executed_up_to(
    count: int, executions: Sequence[Callable[[], Result[*tuple[Any, ...]]]]
) -> Result[*tuple[Any, ...]]:
    """Execute a statement shard by shard until there are enough rows; gives that many."""
    rows: list[Any] = []
    frozen = None
    for execute in executions:
        frozen = execute().freeze()
        rows += frozen.data
        if len(rows) >= count:
            break
    assert frozen is not None, "there are several shards"
    frozen.data = rows[:count]
    return frozen()


def executed_in_all(results: Sequence[Any]) -> Result[*tuple[Any, ...]]:
    """Put the results of several shards one after the other."""
    first, *others = results
    if getattr(first, "returns_rows", True):
        merged: Result[*tuple[Any, ...]] = first.merge(*others)
        return merged
    return CountedResult((), (), sum([result.rowcount for result in results]))
