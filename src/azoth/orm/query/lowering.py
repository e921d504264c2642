"""From a SELECT that names entities to a load plan: the Core SELECT of their columns and how its rows become instances."""

from __future__ import annotations

from typing import Any

from azoth.engine.result import scalar_shape
from azoth.engine.result_shape import shape_of_keys
from azoth.orm.loading.entity_node import BundleNode, EntityNode, ResultNode, ValueNode, as_it_is
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.loader_options import tree_for
from azoth.orm.loading.node_builder import build_node
from azoth.orm.mapping.aliased import AliasedInsp
from azoth.orm.mapping.bundle import Bundle
from azoth.orm.mapping.mapper import Mapper
from azoth.sql.selectable import FromClause


def names_entities(statement: Any) -> bool:
    """Tell whether a SELECT has mapped entities among its columns, so that its rows become instances."""
    return any(isinstance(raw, (Mapper, AliasedInsp, Bundle)) for raw in getattr(statement, "_raw_columns", ()))


def make_load_plan(statement: Any, statement_cache: Any, *, refresh: bool) -> LoadPlan:
    """Lower a SELECT that names entities.

    Args:
        statement: the SELECT.
        statement_cache: where its Core form is compiled and kept.
        refresh: whether instances that are present take over the rows' values.

    Returns:
        the plan.
    """
    counter = [0]
    results: list[ResultNode] = []
    for raw in statement._raw_columns:
        results.extend(_result_nodes(raw, statement, counter, is_first=not results))
    plan = LoadPlan(
        statement._copy_with(_with_options=()), results, statement_cache, scalar=len(results) == 1, refresh=refresh
    )
    keys = tuple(_result_key(result) for result in results)
    plan.shape = scalar_shape(keys[0]) if plan.scalar else shape_of_keys(keys)
    return plan


def _result_nodes(raw: Any, statement: Any, counter: list[int], *, is_first: bool) -> list[ResultNode]:
    if isinstance(raw, Mapper):
        tree = tree_for(raw, statement._with_options, is_first=is_first)
        return [build_node(raw, raw, raw.local_table, as_it_is, tree, counter)]
    if isinstance(raw, AliasedInsp):
        tree = tree_for(raw, statement._with_options, is_first=is_first)
        return [build_node(raw.mapper, raw, raw.selectable, raw.adapt, tree, counter)]
    if isinstance(raw, Bundle):
        values = [ValueNode(expression, key) for key, expression in raw.columns.items()]
        return [BundleNode(raw, values, raw.name)]
    element = raw.__clause_element__() if hasattr(raw, "__clause_element__") else raw
    if isinstance(element, FromClause):
        return [ValueNode(column, column.key) for column in element.c]
    return [ValueNode(element, _value_key(raw, element))]


def _value_key(raw: Any, element: Any) -> str:
    for named in (raw, element):
        for attribute in ("key", "name"):
            name = getattr(named, attribute, None)
            if isinstance(name, str):
                return name
    return "?column?"


def _result_key(result: ResultNode) -> str:
    if isinstance(result, EntityNode):
        entity = result.entity
        name: str | None = None if isinstance(entity, Mapper) else entity.name
        return name or result.mapper.class_.__name__
    return result.key
