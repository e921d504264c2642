"""Load instances of one entity by their primary keys: ``get``, refreshes, deferred columns, many-to-one."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.loading.key_lists import bound_keys, criterion, padded, portions
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.loader_options import NO_OPTIONS, LoaderTree, TreeOption
from azoth.orm.loading.purpose import Purpose
from azoth.orm.loading.result_nodes import build_node, plan_path
from azoth.orm.loading.terms import at_token
from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.orm.mapping.derived import derived
from azoth.sql.selectable import select

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.loading.result_nodes import LoadPath
    from azoth.orm.loading.terms import Terms
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.runtime.state import InstanceState
    from azoth.sql.statement_cache import StatementCache

BY_KEY: Final = Purpose()
"""Somebody has asked for objects by their keys."""


def load_instances(
    unit: Unit,
    mapper: Mapper,
    pks: Sequence[Any],
    tree: LoaderTree = NO_OPTIONS,
    *,
    refresh: bool = False,
    path: LoadPath | None = None,
    purpose: Purpose = BY_KEY,
) -> list[Any]:
    """Load the rows with these primary keys.

    Args:
        unit: the unit of work.
        mapper: the entity.
        pks: primary keys, tuples where composite.
        tree: loader options.
        refresh: whether present instances take over all values, losing their changes.
        path: the way that led to the entity; None where the load begins with it.
        purpose: why, and what acts on it.

    Returns:
        the instances that exist, in the database's order.

    Emits: one SELECT for each 500 keys.
    State: instances not present yet are made; present ones get the columns that they lack.
    """
    if purpose.terms is not None or unit.dispatch.do_orm_execute or unit.executes_itself:
        return _fetch(unit, mapper, pks, tree, refresh, path, purpose)
    loads = purpose.loads
    connection = unit.connection_for(mapper)
    if path is not None:
        path = plan_path(mapper, tree, path)
    if len(pks) == 1:
        return _load_portion(unit, connection, mapper, pks, tree, refresh, path, loads)
    found: list[Any] = []
    for portion in portions(pks, composite=mapper.composite_key):
        found.extend(_load_portion(unit, connection, mapper, padded(portion), tree, refresh, path, loads))
    return found


def _load_portion(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    keys: Sequence[Any],
    tree: LoaderTree,
    refresh: bool,
    path: LoadPath | None,
    loads: RelatedLoads | None,
) -> list[Any]:
    plans = tree.plans_for(connection.statement_cache)
    # A part that is NULL, as a row of an outer join may have it, is no parameter of the statement.
    nulls = _nulls(keys) if mapper.composite_key else None
    name = ("instances", mapper, len(keys), refresh, path, nulls)
    plan = plans.get(name)
    if plan is None:
        plan = plans[name] = _make_plan(mapper, keys, tree, connection.statement_cache, refresh, path)
    return plan.run(unit, connection, bound_keys(mapper.primary_key, keys), loads)


def _nulls(keys: Sequence[Any]) -> tuple[tuple[bool, ...], ...] | None:
    nulls = tuple([tuple([part is None for part in key]) for key in keys])
    return nulls if any(map(any, nulls)) else None


def _fetch(
    unit: Unit,
    mapper: Mapper,
    pks: Sequence[Any],
    tree: LoaderTree,
    refresh: bool,
    path: LoadPath | None,
    purpose: Purpose,
) -> list[Any]:
    """Do the same by statements that others see and can act on."""
    found: list[Any] = []
    for portion in portions(pks, composite=mapper.composite_key):
        statement = select(mapper).where(criterion(mapper.primary_key, portion if len(pks) == 1 else padded(portion)))
        statement = statement.options(TreeOption(mapper, tree, path))
        if refresh:
            statement = statement.execution_options(populate_existing=True)
        found.extend(unit.fetch(statement, purpose))
    return found


def load_columns(
    unit: Unit,
    mapper: Mapper,
    states: Sequence[InstanceState],
    keys: Collection[str],
    touched: InstanceState | None = None,
    tree: LoaderTree = NO_OPTIONS,
    terms: Terms | None = None,
) -> list[Any]:
    """Give present instances, of one identity token, the columns that they lack, and nothing else.

    ``tree`` is what options say of them, ``terms`` what acts on the subqueries of SQL expressions. Those come back
    that still have a row.
    """
    if terms is not None and mapper.expression_keys.keys().isdisjoint(keys):
        terms = None
    part = tree.columns_only(frozenset(keys)) if tree.expressions else columns_only(mapper, frozenset(keys))
    purpose = Purpose(columns=True, touched=touched, terms=at_token(unit, terms, states[0].identity_token))
    return load_instances(unit, mapper, [state.pk for state in states], part, purpose=purpose)


def load_asked_columns(unit: Unit, mapper: Mapper, instances: Iterable[Any], tree: LoaderTree) -> None:
    """Give present instances the columns that options ask for and that they lack."""
    asked = tree.asked_columns(mapper)
    if not asked:
        return
    lacking: dict[Hashable, dict[InstanceState, None]] = {}
    for one in instances:
        if not asked.issubset(one.__dict__):
            state = one._azoth_state
            lacking.setdefault(state.identity_token, {})[state] = None
    for states in lacking.values():
        load_columns(unit, mapper, list(states), asked, tree=tree)


def columns_only(mapper: Mapper, keys: frozenset[str]) -> LoaderTree:
    """Make (once) the options that load these columns alone, with no relationship beside them."""
    known = _column_trees(mapper)
    tree = known.get(keys)
    if tree is None:
        tree = known[keys] = LoaderTree(deferred=dict.fromkeys(keys, False), only=keys, wildcard="select")
    return tree


@derived
def _column_trees(mapper: Mapper) -> dict[frozenset[str], LoaderTree]:
    """Keep the options that load some columns of a mapper alone, by the keys of these."""
    return {}


def _make_plan(
    mapper: Mapper,
    keys: Sequence[Any],
    tree: LoaderTree,
    statement_cache: StatementCache,
    refresh: bool,
    path: LoadPath | None,
) -> LoadPlan:
    node = build_node(mapper, mapper, mapper.local_table, unchanged, tree, [0], path)
    statement = select(mapper).where(criterion(mapper.primary_key, keys))
    plan = LoadPlan(statement, [node], statement_cache, scalar=True, refresh=refresh)
    plan.is_small = len(keys) == 1
    return plan
