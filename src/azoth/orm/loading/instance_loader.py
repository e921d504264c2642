"""Load instances of one entity by their primary keys: ``get``, refreshes, deferred columns, many-to-one."""

from __future__ import annotations

import weakref
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.loading.key_lists import bound_keys, criterion, padded, portions
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.loader_options import NO_OPTIONS, LoaderTree
from azoth.orm.loading.node_builder import build_node, plan_path
from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.sql.selectable import select

if TYPE_CHECKING:
    from azoth.orm.loading.load_path import LoadPath
    from azoth.orm.loading.ports import LoadingUnit
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.mapping.mapper.mapper import Mapper

_column_trees: weakref.WeakKeyDictionary[Mapper, dict[frozenset[str], LoaderTree]] = weakref.WeakKeyDictionary()


def load_instances(
    unit: LoadingUnit,
    mapper: Mapper,
    pks: Sequence[Any],
    tree: LoaderTree = NO_OPTIONS,
    *,
    refresh: bool = False,
    path: LoadPath | None = None,
    loads: RelatedLoads | None = None,
) -> list[Any]:
    """Load the rows with these primary keys.

    Args:
        unit: the unit of work.
        mapper: the entity.
        pks: primary keys, tuples where composite.
        tree: loader options.
        refresh: whether present instances take over all values, losing their changes.
        path: the way that led to the entity; None where the load begins with it.
        loads: where to note what is to be loaded afterwards, if this is a part of a load.

    Returns:
        the instances that exist, in the database's order.

    *Emits* one SELECT for each 500 keys.
    *State*: instances not present yet are made; present ones get the columns that they lack.
    """
    connection = unit._connection_for(mapper)
    if path is not None:
        path = plan_path(mapper, tree, path)
    if len(pks) == 1:
        return _load_portion(unit, connection, mapper, pks, tree, refresh, path, loads)
    found: list[Any] = []
    for portion in portions(pks, composite=mapper.composite_key):
        found.extend(_load_portion(unit, connection, mapper, padded(portion), tree, refresh, path, loads))
    return found


def _load_portion(
    unit: LoadingUnit,
    connection: Any,
    mapper: Mapper,
    keys: Sequence[Any],
    tree: LoaderTree,
    refresh: bool,
    path: LoadPath | None,
    loads: RelatedLoads | None,
) -> list[Any]:
    plans = tree.plans_for(connection.engine.statement_cache)
    # A part that is NULL, as a row of an outer join may have it, is no parameter of the statement.
    nulls = _nulls(keys) if mapper.composite_key else None
    name = ("instances", mapper, len(keys), refresh, path, nulls)
    plan = plans.get(name)
    if plan is None:
        plan = plans[name] = _make_plan(mapper, keys, tree, connection.engine.statement_cache, refresh, path)
    return plan.run(unit, connection, plan.parameters(bound_keys(mapper.primary_key, keys)), loads)


def _nulls(keys: Sequence[Any]) -> tuple[tuple[bool, ...], ...] | None:
    nulls = tuple([tuple([part is None for part in key]) for key in keys])
    return nulls if any(map(any, nulls)) else None


def load_columns(unit: LoadingUnit, mapper: Mapper, pks: Sequence[Any], keys: Collection[str]) -> None:
    """Give present instances the columns that they lack, and nothing else."""
    load_instances(unit, mapper, pks, columns_only(mapper, frozenset(keys)))


def columns_only(mapper: Mapper, keys: frozenset[str]) -> LoaderTree:
    """Make (once) the options that load these columns alone, with no relationship beside them."""
    known = _column_trees.get(mapper)
    if known is None:
        known = _column_trees[mapper] = {}
    tree = known.get(keys)
    if tree is None:
        tree = known[keys] = LoaderTree(deferred=dict.fromkeys(keys, False), only=keys, wildcard="select")
    return tree


def _make_plan(
    mapper: Mapper,
    keys: Sequence[Any],
    tree: LoaderTree,
    statement_cache: Any,
    refresh: bool,
    path: LoadPath | None,
) -> LoadPlan:
    node = build_node(mapper, mapper, mapper.local_table, unchanged, tree, [0], path)
    statement = select(mapper).where(criterion(mapper.primary_key, keys))
    plan = LoadPlan(statement, [node], statement_cache, scalar=True, refresh=refresh)
    plan.is_small = len(keys) == 1
    return plan
