"""The functions that build selects and subqueries: select(), exists(), lateral(), tablesample()."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from azoth import exc
from azoth.sql.elements import and_, literal_column
from azoth.sql.selectable.alias import Lateral, TableSample
from azoth.sql.selectable.from_clause import builders
from azoth.sql.selectable.resolve import resolve_from
from azoth.sql.selectable.select import Select
from azoth.sql.selectable.select_base import Exists, HasCTE, ScalarSelect, SelectBase, SelectStatementGrouping
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.sql.selectable.common_table import CTE
    from azoth.sql.selectable.typed_entities import A, B, C, D, E, Entity, F, G, H, I, J

__all__ = ["cte", "exists", "lateral", "select", "subquery", "tablesample"]


@overload
def select(__ent0: Entity[A], /) -> Select[A]: ...
@overload
def select(__ent0: Entity[A], __ent1: Entity[B], /) -> Select[A, B]: ...
@overload
def select(__ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /) -> Select[A, B, C]: ...
@overload
def select(__ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], /) -> Select[A, B, C, D]: ...
@overload
def select(
    __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], __ent4: Entity[E], /
) -> Select[A, B, C, D, E]: ...
@overload
def select(
    __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], __ent4: Entity[E], __ent5: Entity[F], /
) -> Select[A, B, C, D, E, F]: ...
@overload
def select(
    __ent0: Entity[A],
    __ent1: Entity[B],
    __ent2: Entity[C],
    __ent3: Entity[D],
    __ent4: Entity[E],
    __ent5: Entity[F],
    __ent6: Entity[G],
    /,
) -> Select[A, B, C, D, E, F, G]: ...
@overload
def select(
    __ent0: Entity[A],
    __ent1: Entity[B],
    __ent2: Entity[C],
    __ent3: Entity[D],
    __ent4: Entity[E],
    __ent5: Entity[F],
    __ent6: Entity[G],
    __ent7: Entity[H],
    /,
) -> Select[A, B, C, D, E, F, G, H]: ...
@overload
def select(
    __ent0: Entity[A],
    __ent1: Entity[B],
    __ent2: Entity[C],
    __ent3: Entity[D],
    __ent4: Entity[E],
    __ent5: Entity[F],
    __ent6: Entity[G],
    __ent7: Entity[H],
    __ent8: Entity[I],
    /,
) -> Select[A, B, C, D, E, F, G, H, I]: ...
@overload
def select(
    __ent0: Entity[A],
    __ent1: Entity[B],
    __ent2: Entity[C],
    __ent3: Entity[D],
    __ent4: Entity[E],
    __ent5: Entity[F],
    __ent6: Entity[G],
    __ent7: Entity[H],
    __ent8: Entity[I],
    __ent9: Entity[J],
    /,
) -> Select[A, B, C, D, E, F, G, H, I, J]: ...
@overload
def select(*entities: Any, **classic: Any) -> Select[*tuple[Any, ...]]: ...
def select(*entities: Any, **classic: Any) -> Select[*tuple[Any, ...]]:
    """Make a SELECT.

    Args:
        entities: columns, SQL expressions, selectables (all of their columns), mapped classes and attributes. The
            classic form has a list of them, and a condition as second argument.
        classic: ``whereclause``, ``from_obj``, ``group_by``, ``having``, ``order_by``, ``limit``, ``offset``,
            ``distinct``, ``prefixes``, ``use_labels``, ``for_update`` of the classic form.

    Returns:
        the statement.

    Raises:
        ArgumentError: where something cannot be selected.
    """
    if classic or (entities and entities[0].__class__ is list):
        return _classic_select(*entities, **classic)
    return Select(*entities)


def _classic_select(
    columns: Any = (), whereclause: Any = None, from_obj: Any = None, **clauses: Any
) -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = Select(*(columns if isinstance(columns, (list, tuple)) else (columns,)))
    if whereclause is not None:
        statement = statement.where(whereclause)
    if from_obj is not None:
        statement = statement.select_from(*_listed(from_obj))
    for name, value in clauses.items():
        statement = _with_classic_clause(statement, name, value)
    return statement


def _with_classic_clause(statement: Select[*tuple[Any, ...]], name: str, value: Any) -> Select[*tuple[Any, ...]]:
    if value is None:
        return statement
    if name in ("limit", "offset"):
        return getattr(statement, name)(value)  # type: ignore[no-any-return]
    if name in ("group_by", "order_by"):
        return getattr(statement, name)(*_listed(value))  # type: ignore[no-any-return]
    if name == "having":
        return statement.having(value)
    if name == "prefixes":
        return statement.prefix_with(*_listed(value))
    if name == "distinct":
        return statement if value is False else statement.distinct(*(() if value is True else _listed(value)))
    if name == "use_labels":
        return statement.apply_labels() if value else statement
    if name == "for_update":
        return statement.with_for_update(nowait=value == "nowait", read=value == "read") if value else statement
    if name == "correlate":
        return statement if value is True else statement.correlate(*(_listed(value) if value else (None,)))
    raise exc.ArgumentError(
        f"select() has no argument {name!r}",
        why="an argument that nobody reads would have no effect",
        fix="use the methods of the statement, such as where(), order_by(), limit()",
        code="AZ-C18",
    )


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else (value,)


def exists(__argument: Any = None, *more: Any) -> Exists:
    """Ask whether a SELECT gives any row.

    Args:
        __argument: a SELECT, or the first of the columns to select; ``*`` where there is none.
        more: further columns.

    Returns:
        the condition; its ``where()``, ``select_from()`` and ``correlate()`` go to the SELECT inside.
    """
    if isinstance(__argument, (ScalarSelect, SelectStatementGrouping)):
        return Exists(__argument.element)
    if isinstance(__argument, SelectBase):
        return Exists(__argument)
    if __argument is None:
        return Exists(Select(literal_column("*")))
    if isinstance(__argument, (list, tuple)):
        columns, criteria = tuple(__argument), more
        return Exists(Select(*columns).where(and_(*criteria)) if criteria else Select(*columns))
    return Exists(Select(__argument, *more))


def lateral(selectable: Any, name: str | None = None) -> Any:
    """Make a subquery that sees the selectables before it.

    Args:
        selectable: a SELECT, or a selectable with a form of its own for LATERAL, such as a function's rows.
        name: the name; one is made up where none is given.
    """
    if isinstance(selectable, SelectBase):
        return Lateral(selectable, name)
    if hasattr(selectable, "lateral"):
        return selectable.lateral(name)
    return Lateral(Select(resolve_from(selectable)), name)


def tablesample(selectable: Any, sampling: Any, name: str | None = None, seed: Any = None) -> TableSample:
    """Take a random sample of a table's rows; arguments as for ``FromClause.tablesample()``."""
    return TableSample(selectable, sampling, name, seed)


def subquery(alias: str | None, *arguments: Any, **classic: Any) -> Any:
    """Make a SELECT with a name; arguments as for ``select()`` after the name."""
    return select(*arguments, **classic).subquery(alias)


def cte(selectable: HasCTE, name: str | None = None, recursive: bool = False) -> CTE:
    """Make a common table expression of a statement; arguments as for its ``cte()`` method."""
    if not hasattr(selectable, "cte"):
        raise wrong_value("cte(): selectable", "a statement", selectable, "pass a select(), or the like")
    return selectable.cte(name, recursive)


builders.select = select
