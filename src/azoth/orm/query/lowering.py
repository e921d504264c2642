"""From a SELECT that names entities to a load plan: a Core SELECT, and how its rows become instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from azoth.orm import bulk
from azoth.orm.loading.load_plan import LoadPlan, lowered_select
from azoth.orm.loading.loader_criteria import (
    NO_CRITERIA,
    JoinedCriteria,
    LoaderCriteriaOption,
    criteria_among,
    criterion_for,
    without_criteria,
)
from azoth.orm.loading.loader_options import TreeOption
from azoth.orm.loading.result_nodes import EntityNode, ResultNode, result_nodes
from azoth.orm.loading.result_nodes import names_entities as selects_entities
from azoth.orm.loading.row_loader import may_bring_several
from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.orm.query.statement_facts import kind_of
from azoth.sql.cache_key import UNCACHEABLE
from azoth.sql.selectable import Select, canonical_shape

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.elements import ClauseElement
    from azoth.sql.selectable import FromStatement
    from azoth.sql.statement_cache import StatementCache

CHANGES: Final = frozenset({"insert", "update", "delete"})


def names_entities(statement: Any) -> bool:
    """Tell whether a SELECT has mapped entities among its columns, so that its rows become instances."""
    return selects_entities(statement._raw_columns)


def find_load_plan(statement: Any, statement_cache: StatementCache, *, refresh: bool) -> LoadPlan:
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


def make_load_plan(statement: Any, statement_cache: StatementCache, *, refresh: bool) -> LoadPlan:
    """Lower a SELECT that names entities.

    Args:
        statement: the SELECT.
        statement_cache: where its Core form is compiled and kept.
        refresh: whether instances that are present take over the rows' values.

    Returns:
        the plan.
    """
    options = statement._with_options
    results, added = _results(statement)
    core = _of_unions(statement._copy_with(_with_options=()) if options else statement, results)
    may_repeat = _may_repeat(core, results)
    plan = LoadPlan(
        core,
        results,
        statement_cache,
        scalar=len(results) == 1,
        refresh=refresh,
        binds=statement._binds,
        criteria=NO_CRITERIA if added is None else added.conditions,
        brings=not any(one.__class__ is TreeOption for one in options),
        compares_versions=any(getattr(one, "compares_versions", False) for one in options),
    )
    plan.take_shape(statement._raw_columns, results, statement._label_style)
    plan.may_repeat = may_repeat
    return plan


def _of_unions(statement: Select[*tuple[Any, ...]], results: Sequence[ResultNode]) -> Select[*tuple[Any, ...]]:
    """Let clauses and entities mean what classes are selected from that do not select from their tables; few do."""
    joined = [_joined_entity(part) for join in statement._setup_joins for part in join[:2]]
    for part in (*statement._raw_columns, *statement._from_obj, *joined):
        entity = getattr(part, "_azoth_entity", None)
        if entity is not None and entity.adapt is not unchanged:
            from azoth.orm.query.moved_to_unions import moved_to_unions, read_from_unions  # noqa: PLC0415

            read_from_unions(statement, results)
            return moved_to_unions(statement, joined)
    return statement


def _joined_entity(part: object) -> object:
    """Find the entity that a join leads to, along a relationship or not."""
    return getattr(part, "entity", None) if hasattr(part, "__join_steps__") else part


def _results(statement: Any) -> tuple[list[ResultNode], JoinedCriteria | None]:
    """Say what a SELECT's rows become, and what criteria say of what azoth adds to it."""
    options = statement._with_options
    results = result_nodes(statement._raw_columns, options)
    added = next((one for one in options if one.__class__ is JoinedCriteria), None)
    if added is not None and added.expressions:
        from azoth.orm.loading.joined_eager import exchange_expressions  # noqa: PLC0415  # for criteria with expressions

        exchange_expressions(results, added.expressions)
    return results, added


def sent_form(statement: object) -> object:
    """Write a statement in Core terms as a session sends it, for printing it.

    Args:
        statement: any statement or expression.

    Returns:
        the Core statement: with joins of eager loads, the columns that are loaded, and criteria of options; itself
        where it names no entities.
    """
    kind = kind_of(statement)
    if getattr(statement, "is_from_statement", False):
        return given_statement(cast("FromStatement[*tuple[Any, ...]]", statement))
    if kind in CHANGES:
        return bulk.as_sent(obeying(statement)[0])
    if kind not in ("select", "compound_select"):
        return statement
    narrowed, _ = obeying(statement)
    if not isinstance(narrowed, Select) or not names_entities(narrowed):
        return narrowed
    results, added = _results(narrowed)
    core = _of_unions(narrowed._copy_with(_with_options=()) if narrowed._with_options else narrowed, results)
    return lowered_select(core, results, NO_CRITERIA if added is None else added.conditions)[0]


def given_statement(statement: FromStatement[*tuple[Any, ...]]) -> Any:
    """Give the statement that gives the rows of another one, with the criteria of both."""
    element = statement.element
    criteria = criteria_among((*statement._with_options, *getattr(element, "_with_options", ())))
    return bulk.as_sent(_with_added(without_criteria(element), criteria) if criteria else element)


def obeying(
    statement: Any, statement_cache: StatementCache | None = None, *, spared: bool = False
) -> tuple[Any, tuple[LoaderCriteriaOption, ...]]:
    """Put the criteria among the options of a statement into it.

    Args:
        statement: the statement.
        statement_cache: where is kept which entities are joined to statements of this shape; nowhere where left out.
        spared: whether only the joins that azoth adds to the statement, and the expressions of attributes, obey them.

    Returns:
        the statement without these options, and the criteria, which the loads that follow obey too.
    """
    options = getattr(statement, "_with_options", None)
    criteria = criteria_among(options) if options else ()
    if not criteria:
        return statement, criteria
    if spared:
        return with_criteria_of_joins(statement, criteria, statement_cache), criteria
    return with_criteria(statement, criteria, statement_cache), criteria


def with_criteria(
    statement: Any, criteria: Sequence[LoaderCriteriaOption], statement_cache: StatementCache | None = None
) -> Any:
    """Put the criteria among a statement's options into it.

    Args:
        statement: a SELECT or set operation, an UPDATE or DELETE.
        criteria: those of its options.
        statement_cache: where is kept which entities are joined to statements of this shape; nowhere where left out.

    Returns:
        the statement without these options. What they say about entities that azoth joins by itself stands in another
        option, so that it is a part of the statement's shape and its values are bound anew each time.
    """
    plain = without_criteria(statement)
    changed = _with_added(plain, criteria)
    if not isinstance(plain, Select) or not names_entities(plain):
        return changed
    return _with_joined(changed, plain, criteria, statement_cache)


def _with_added(statement: ClauseElement, criteria: Sequence[LoaderCriteriaOption]) -> Any:
    # For statements with criteria.
    from azoth.orm.loading.criteria_in_statement import add_criteria  # noqa: PLC0415

    return add_criteria(statement, criteria)


def with_criteria_of_joins(
    statement: Select[*tuple[Any, ...]],
    criteria: Sequence[LoaderCriteriaOption],
    statement_cache: StatementCache | None,
) -> Select[*tuple[Any, ...]]:
    """Put the criteria among a statement's options into the joins that azoth adds to it, and nowhere else."""
    plain = without_criteria(statement)
    return _with_joined(plain, plain, criteria, statement_cache)


def _with_joined(
    changed: Select[*tuple[Any, ...]],
    plain: Select[*tuple[Any, ...]],
    criteria: Sequence[LoaderCriteriaOption],
    statement_cache: StatementCache | None,
) -> Select[*tuple[Any, ...]]:
    from azoth.orm.loading.criteria_in_statement import expressions_with_criteria  # noqa: PLC0415  # for criteria

    joined, computing = _added_mappers(plain, statement_cache)
    conditions = {mapper: part for mapper in joined if (part := criterion_for(mapper, criteria)) is not None}
    expressions = {
        (mapper, key): one for mapper in computing for key, one in expressions_with_criteria(mapper, criteria).items()
    }
    return changed.options(JoinedCriteria(conditions, expressions)) if conditions or expressions else changed


def _added_mappers(
    statement: Select[*tuple[Any, ...]], statement_cache: StatementCache | None
) -> tuple[list[Mapper], list[Mapper]]:
    """List the mappers of the entities that azoth joins to a SELECT by itself, and those that compute attributes."""
    from azoth.orm.loading.joined_eager import joined_mappers, mappers_with_expressions  # noqa: PLC0415  # for criteria

    if statement_cache is None:
        results = result_nodes(statement._raw_columns, statement._with_options)
        return joined_mappers(results), mappers_with_expressions(results)
    shape = canonical_shape(statement._shape)
    known: tuple[list[Mapper], list[Mapper]] | None = statement_cache.plans.get(("joined", shape))
    if known is None:
        results = result_nodes(statement._raw_columns, statement._with_options)
        known = joined_mappers(results), mappers_with_expressions(results)
        if shape != UNCACHEABLE:
            statement_cache.plans["joined", shape] = known
    return known


def _may_repeat(statement: Any, results: Sequence[ResultNode]) -> bool:
    """Tell whether an object can come in several rows: it cannot, where its table is all that is selected from."""
    first = results[0]
    if len(results) > 1 or not isinstance(first, EntityNode):
        return True
    if any(may_bring_several(joined) for node in first.walk() for joined in node.joined):
        return True
    froms = statement.get_final_froms()
    return not (len(froms) == 1 and froms[0] is first.mapper.selectable)
