"""Load instances of one entity by their primary keys: ``get``, refreshes, deferred columns, many-to-one."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.loading.key_lists import bound_keys, criterion, padded, portions
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.loader_options import NO_OPTIONS, LoaderTree, TreeOption
from azoth.orm.loading.purpose import Purpose
from azoth.orm.loading.result_nodes import build_node, loaded_columns, plan_path
from azoth.orm.loading.terms import at_token
from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.orm.mapping.derived import derived
from azoth.sql.selectable import select

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.loading.result_nodes import EntityNode, LoadPath
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
    present = purpose.columns
    if len(pks) == 1:
        return _load_portion(unit, connection, mapper, pks, tree, refresh, path, loads, present)
    found: list[Any] = []
    for portion in portions(pks, composite=mapper.composite_key):
        found.extend(_load_portion(unit, connection, mapper, padded(portion), tree, refresh, path, loads, present))
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
    present: bool,
) -> list[Any]:
    plans = tree.plans_for(connection.statement_cache)
    # A part that is NULL, as a row of an outer join may have it, is no parameter of the statement.
    nulls = _nulls(keys) if mapper.composite_key else None
    # Objects that are there are known to be of this very class.
    of_one_class = present and mapper.polymorphic_on is not None
    name = ("instances", mapper, len(keys), refresh, path, nulls, of_one_class)
    plan = plans.get(name)
    if plan is None:
        plan = plans[name] = _make_plan(mapper, keys, tree, connection.statement_cache, refresh, path, of_one_class)
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
        statement = select(mapper).where(
            criterion(
                [mapper.adapt(column) for column in mapper.primary_key], portion if len(pks) == 1 else padded(portion)
            )
        )
        statement = statement.options(TreeOption(mapper, tree, path))
        if refresh:
            statement = statement.execution_options(populate_existing=True)
        found.extend(unit.fetch(statement, purpose._replace(keys=len(portion))))
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
    if terms is not None and not terms.user_options and mapper.expression_keys.keys().isdisjoint(keys):
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
            state = one._sa_instance_state
            lacking.setdefault(state.identity_token, {})[state] = None
    for states in lacking.values():
        load_columns(unit, mapper, list(states), asked, tree=tree)


def load_class_columns(
    unit: Unit, classes: Sequence[Mapper], states: Iterable[InstanceState], tree: LoaderTree, terms: Terms | None
) -> None:
    """Give the objects of derived classes the columns that a query for their base did not bring.

    Args:
        unit: the unit of work.
        classes: the mappers of the classes.
        states: the objects that came in, of these and other classes.
        tree: the loader options with which they came.
        terms: what acts on loads from them.

    Emits: one SELECT for each 500 objects of each class.
    """
    by_class: dict[Mapper, list[InstanceState]] = {}
    for state in dict.fromkeys(states):
        mapper = state.manager.mapper
        if mapper in by_class or any(mapper.isa(one) for one in classes):
            by_class.setdefault(mapper, []).append(state)
    for mapper, members in by_class.items():
        columns = loaded_columns(mapper, tree)
        lacking = [state for state in members if not columns.keys() <= getattr(state(), "__dict__", columns).keys()]
        if lacking:
            keys = {key for state in lacking for key in columns.keys() - state().__dict__.keys()}
            load_columns(unit, mapper, lacking, keys, tree=tree, terms=terms)


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
    of_one_class: bool,
) -> LoadPlan:
    # A union of concrete classes may have rows of others with the same keys.
    is_told = of_one_class and mapper.with_polymorphic_selectable is not None
    selectable, adapt = (mapper.persist_selectable, unchanged) if is_told else (mapper.selectable, mapper.adapt)
    node = build_node(mapper, mapper, selectable, adapt, tree, [0], path, of_one_class=of_one_class)
    key_columns = [adapt(column) for column in mapper.primary_key]
    wanted = criterion(key_columns, keys)
    statement = select(selectable if is_told else mapper).where(wanted)
    # What the selectable itself compares with stands for itself; the keys alone are given with each execution.
    carried = {id(bind) for column in key_columns for bind in column._binds}
    binds = tuple([bind for bind in wanted._binds if id(bind) not in carried])
    if of_one_class and not is_told and not node.joined and len(mapper.tables) > 1:
        from_one_table = _from_one_table(mapper, node, keys)
        if from_one_table is not None:
            statement, binds = from_one_table, from_one_table._binds
    plan = LoadPlan(statement, [node], statement_cache, scalar=True, refresh=refresh, binds=binds)
    plan.is_small = len(keys) == 1
    return plan


def _from_one_table(mapper: Mapper, node: EntityNode, keys: Sequence[Any]) -> Any:
    """Write the SELECT of columns that all stand in one table of a class; None where they do not.

    State: the node gets its columns from the table.
    """
    equal = mapper.columns_by_key()
    # The class is known, so what tells it is needed only where somebody asks for it.
    known = {*mapper.primary_key_keys, mapper.polymorphic_key} - (node.tree.only or frozenset())
    wanted = {key: column for key, column in node.columns.items() if key not in known}
    for table in mapper.tables:
        own = set(table.c)
        key_columns = [next((one for one in equal[key] if one in own), None) for key in mapper.primary_key_keys]
        if all(one is not None for one in key_columns) and own.issuperset(wanted.values()):
            node.columns = {**dict(zip(mapper.primary_key_keys, key_columns, strict=True)), **wanted}
            return select(*key_columns).select_from(table).where(criterion(key_columns, keys))
    return None
