"""From a SELECT that names entities to a load plan: a Core SELECT, and how its rows become instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.orm.loading.entity_node import EntityNode, ResultNode
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.result_nodes import names_entities as selects_entities
from azoth.orm.loading.result_nodes import result_nodes, shape_of_results
from azoth.sql.cache_key import UNCACHEABLE
from azoth.sql.selectable import canonical_shape


def names_entities(statement: Any) -> bool:
    """Tell whether a SELECT has mapped entities among its columns, so that its rows become instances."""
    return selects_entities(statement._raw_columns)


def find_load_plan(statement: Any, statement_cache: Any, *, refresh: bool) -> LoadPlan:
    """Find the plan of a SELECT whose shape is not known as it is, or make it.

    Aliases and subqueries that are made anew on each call would make a plan for each call, so plans are kept under the
    shape that statements built the same way share.

    Args:
        statement: the SELECT.
        statement_cache: where plans and their Core statements are kept.
        refresh: whether instances that are present take over the rows' values.

    Returns:
        the plan.
    """
    shape = canonical_shape(statement._shape)
    if shape == UNCACHEABLE:
        return make_load_plan(statement, statement_cache, refresh=refresh)
    name = (shape, refresh)
    plan: LoadPlan | None = statement_cache.plans.get(name)
    if plan is None:
        plan = statement_cache.plans[name] = make_load_plan(statement, statement_cache, refresh=refresh)
    return plan


def make_load_plan(statement: Any, statement_cache: Any, *, refresh: bool) -> LoadPlan:
    """Lower a SELECT that names entities.

    Args:
        statement: the SELECT.
        statement_cache: where its Core form is compiled and kept.
        refresh: whether instances that are present take over the rows' values.

    Returns:
        the plan.
    """
    results = result_nodes(statement._raw_columns, statement._with_options)
    core = statement._copy_with(_with_options=()) if statement._with_options else statement
    may_repeat = _may_repeat(core, results)
    plan = LoadPlan(core, results, statement_cache, scalar=len(results) == 1, refresh=refresh)
    plan.shape = shape_of_results(results)
    plan.may_repeat = may_repeat
    return plan


def _may_repeat(statement: Any, results: Sequence[ResultNode]) -> bool:
    """Tell whether an object can come in several rows: it cannot, where its table is all that is selected from."""
    first = results[0]
    if len(results) > 1 or not isinstance(first, EntityNode):
        return True
    froms = statement.get_final_froms()
    return not (len(froms) == 1 and froms[0] is first.mapper.local_table)
