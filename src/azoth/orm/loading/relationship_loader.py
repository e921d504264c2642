"""Load one relationship for many parents at once: what selectin loading and lazy loading with peers have in common."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.loading.key_lists import BoundValues, bound_keys, criterion, padded, portions
from azoth.orm.loading.load_plan import LoadPlan
from azoth.orm.loading.loader_options import NO_OPTIONS, LoaderTree, TreeOption
from azoth.orm.loading.ports import related_loading
from azoth.orm.loading.purpose import Purpose
from azoth.orm.loading.relationship_join import (
    join_clauses,
    parent_pairs,
    referencing_columns,
    required_keys,
    warn_of_several,
)
from azoth.orm.loading.result_nodes import (
    LoadPath,
    ResultNode,
    beginning_at,
    build_node,
    plan_path,
)
from azoth.orm.loading.terms import at_token, token_of
from azoth.orm.loading.value_nodes import ValueNode
from azoth.orm.mapping.attributes.column_adapter import Adapt, ColumnAdapter
from azoth.orm.runtime.collections.instrumented import members
from azoth.orm.runtime.state import loaded_value
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.sql.elements import ColumnElement
from azoth.sql.selectable import select
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.loading.terms import Terms
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.runtime.state import InstanceState
    from azoth.sql.statement_cache import StatementCache

Parent = tuple["InstanceState", Any]
"""A state and its instance, held so that it stays alive during the load."""


def load_for_states(
    unit: Unit,
    relationship: RelationshipProperty,
    states: Iterable[InstanceState],
    tree: LoaderTree = NO_OPTIONS,
    criteria: tuple[Any, ...] = (),
    *,
    path: LoadPath | None = None,
    loads: RelatedLoads | None = None,
    terms: Terms | None = None,
    touched: InstanceState | None = None,
    entity: Any = None,
    chunksize: int | None = None,
) -> None:
    """Load a relationship for those of the given parents that lack it.

    Args:
        unit: the unit of work.
        relationship: what to load.
        states: persistent parents, repetitions allowed.
        tree: the loader options for the related entity.
        criteria: further criteria on the related rows.
        path: the way that led to the related entity; None where the load begins with the parents.
        loads: where to note what is to be loaded afterwards, if this is a part of a load; what the options ask for
            behind objects that are there already is noted too.
        terms: what acts on the load; that of ``loads`` where it is a part of a load.
        touched: the parent whose attribute was read, if that is the reason.
        entity: what stands for the related entity, where an option names an alias.
        chunksize: for how many parents one statement loads; None for as many as it can.

    Emits: one SELECT for each 500 parents, or each ``chunksize`` (none for many-to-one targets that are in the identity
        map).
    State: the attribute is loaded on each parent.
    """
    key = relationship.key
    if loads is not None:
        terms = loads.terms
    anew = terms is not None and terms.refresh
    parents: dict[InstanceState, Any] = {}
    present: list[Any] = []
    for state in states:
        instance = state()
        if instance is None:
            continue
        if anew or key not in instance.__dict__:
            parents[state] = instance
        elif tree is not NO_OPTIONS:
            present.extend(_members(relationship, instance.__dict__[key]))
    for token, served in _by_token(unit, relationship, list(parents.items()), terms):
        purpose = Purpose(relationship, touched=touched, loads=loads, terms=at_token(unit, terms, token))
        related = _Related(relationship, tree, criteria, path, purpose, entity or relationship.entity)
        size = chunksize or len(served)
        for start in range(0, len(served), size):
            some = served if size == len(served) else served[start : start + size]
            if relationship.use_get and not criteria and related.entity.is_mapper:
                present.extend(_load_referenced(unit, related, some))
            else:
                _load_by_parent_keys(unit, related, some)
    if present and loads is not None and tree is not NO_OPTIONS:
        # Objects that were put in and are not flushed have nothing to load.
        present = [one for one in present if one._sa_instance_state.pk is not None]
        from azoth.orm.loading.instance_loader import load_asked_columns  # noqa: PLC0415

        load_asked_columns(unit, relationship.mapper, present, tree)
        loads.add_behind(relationship.mapper, present, tree, path or _path_through(relationship))


def _by_token(
    unit: Unit, relationship: RelationshipProperty, parents: list[Parent], terms: Terms | None
) -> Iterable[tuple[Hashable, list[Parent]]]:
    """Group parents by their identity tokens, since the objects that belong to them have the same."""
    if not parents:
        return ()
    if not relationship.parent.manager.root.has_tokens and not unit.execution_options:
        return ((token_of(unit, terms), parents),)
    groups: dict[Hashable, list[Parent]] = {}
    for parent in parents:
        groups.setdefault(parent[0].identity_token, []).append(parent)
    return groups.items()


class _Related(NamedTuple):
    """What to load: the arguments of ``load_for_states`` that its parts pass on."""

    relationship: RelationshipProperty
    tree: LoaderTree
    criteria: tuple[Any, ...]
    path: LoadPath | None
    purpose: Purpose
    entity: Any


def _members(relationship: RelationshipProperty, value: object) -> Iterable[Any]:
    if relationship.uselist:
        return [member for member in members(value) if member is not None]
    return () if value is None else (value,)


def _path_through(relationship: RelationshipProperty) -> LoadPath:
    return beginning_at(relationship.parent).through(relationship)


def _load_referenced(unit: Unit, related: _Related, parents: list[Parent]) -> list[Any]:
    """Many-to-one straight to a primary key: the identity map answers what it can; gives the answers."""
    relationship = related.relationship
    attribute = relationship.attribute
    target = relationship.mapper
    terms = related.purpose.terms
    # The row that a foreign key of a hierarchy names may be of another class.
    narrower = None if target.inherits is None else target.class_
    key_of_target = target.primary_key_keys[0]
    find = unit.identity_map.states(target.manager, token_of(unit, terms)).get
    missing: dict[Any, list[Parent]] = {}
    present: list[Any] = []
    for parent in parents:
        pk = referenced_key(unit, relationship, *parent)
        if pk is None:
            attribute.load(*parent, None)
            continue
        state = find(pk)
        instance = None if state is None or (terms is not None and terms.refresh) else state()
        if instance is None or key_of_target not in instance.__dict__:
            # One that was expired is loaded, too: its row may be gone.
            missing.setdefault(pk, []).append(parent)
        elif narrower is not None and not isinstance(instance, narrower):
            attribute.load(*parent, None)
        else:
            attribute.load(*parent, instance)
            present.append(instance)
    if missing:
        from azoth.orm.loading.instance_loader import load_instances  # noqa: PLC0415

        # The dictionary keeps the loaded instances alive until they are attached.
        instances = load_instances(
            unit, target, list(missing), related.tree, path=related.path, purpose=related.purpose
        )
        loaded = {instance._sa_instance_state.pk: instance for instance in instances}
        for pk, waiting in missing.items():
            for parent in waiting:
                attribute.load(*parent, loaded.get(pk))
    return present


def referenced_key(unit: Unit, relationship: RelationshipProperty, state: InstanceState, instance: object) -> Any:
    """Read the primary key that a parent's foreign key columns refer to; None where it is NULL."""
    values = [
        loaded_value(state, instance, relationship.parent.key_of(column))
        for column in referencing_columns(relationship)
    ]
    if any(value is None for value in values):
        return None
    return values[0] if len(values) == 1 else tuple(values)


def answers_from_memory(
    unit: Unit, relationship: RelationshipProperty, state: InstanceState, instance: object, *, expired: bool = True
) -> bool:
    """Answer a many-to-one from memory: no statement, no flush, no look at the peers.

    Args:
        unit: the unit of work.
        relationship: the many-to-one.
        state: of the instance that has it.
        instance: the same.
        expired: whether an object that was expired, and whose row may be gone, is an answer.

    Returns:
        whether memory has told: the object that the foreign key names is there, or the foreign key is NULL.
    """
    if not relationship.use_get:
        return False
    pk = referenced_key(unit, relationship, state, instance)
    target = None
    if pk is not None:
        token = None if state.origin is None else state.origin.token
        target = unit.identity_map.find(relationship.mapper.manager, pk, token)
        if target is None or not isinstance(target, relationship.mapper.class_):
            return False
        if not expired and relationship.mapper.primary_key_keys[0] not in target.__dict__:
            return False
    relationship.attribute.load(state, instance, target)
    return True


def load_from_memory(unit: Unit, relationship: RelationshipProperty, states: Iterable[InstanceState]) -> None:
    """Attach the targets of a many-to-one that are in memory, as far as the foreign keys are loaded.

    Emits: nothing.
    """
    keys = [relationship.parent.key_of(column) for column in referencing_columns(relationship)]
    for state in states:
        instance = state()
        values = () if instance is None else instance.__dict__
        if relationship.key not in values and all(key in values for key in keys):
            answers_from_memory(unit, relationship, state, instance)


def _load_by_parent_keys(unit: Unit, related_rows: _Related, parents: list[Parent]) -> None:
    """Select the related rows together with the key of the parent that each belongs to."""
    relationship = related_rows.relationship
    attribute = relationship.attribute
    local_keys = parent_keys(relationship)
    uselist = relationship.uselist
    # A selectable that stands for the related class may have an object in several rows.
    repeats = relationship.mapper.with_polymorphic_selectable is not None
    required = () if parent_pairs(relationship) is not None else required_keys(relationship)
    for portion in portions(parents, composite=len(local_keys) > 1):
        brought: set[InstanceState] = set()
        keys = _keys_of_parents(portion, local_keys, relationship.key, brought)
        if brought:
            # What was put into it meanwhile stands in it now, and would be lost with a second load.
            pairs = [pair for pair in zip(portion, keys, strict=True) if pair[0][0] not in brought]
            portion, keys = [parent for parent, _ in pairs], [key for _, key in pairs]
        if required:
            keys = [None if _lacks(parent, required) else key for parent, key in zip(portion, keys, strict=True)]
        try:
            wanted = [key for key in dict.fromkeys(keys) if key is not None]
        except TypeError:
            # Values of a type whose objects cannot be keys of a dictionary.
            _load_one_by_one(unit, related_rows, portion, keys)
            continue
        related: dict[Any, list[Any]] = {}
        if wanted:
            rows = _rows(unit, related_rows, padded(wanted))
            if len(local_keys) == 1:
                for key, instance in rows:
                    related.setdefault(key, []).append(instance)
            else:
                for *parts, instance in rows:
                    related.setdefault(tuple(parts), []).append(instance)
        for (state, instance), key in zip(portion, keys, strict=True):
            members = related.get(key, ())
            if repeats:
                members = list({id(one): one for one in members}.values())
            if uselist:
                attribute.load(state, instance, members)
            else:
                if len(members) > 1:
                    warn_of_several(relationship, members)
                attribute.load(state, instance, members[0] if members else None)


def _load_one_by_one(unit: Unit, related: _Related, parents: Sequence[Parent], keys: Sequence[Any]) -> None:
    """Select the related rows of each parent by themselves."""
    relationship = related.relationship
    for (state, instance), key in zip(parents, keys, strict=True):
        rows = [] if key is None else _rows(unit, related, padded([key]))
        members = list({id(row[-1]): row[-1] for row in rows}.values())
        loaded = members if relationship.uselist else next(iter(members), None)
        relationship.attribute.load(state, instance, loaded)


def _rows(unit: Unit, related: _Related, keys: Sequence[Any]) -> list[Any]:
    """Select related rows, each with the key of its parent."""
    purpose = related.purpose
    if purpose.terms is not None or unit.dispatch.do_orm_execute or unit.executes_itself:
        _, statement, _ = _select_related(related, keys)
        path = related.path or _path_through(related.relationship)
        return unit.fetch(statement.options(TreeOption(related.entity, related.tree, path)), purpose)
    connection = unit.connection_for(related.relationship.mapper)
    plan, where = _plan(related, keys, connection.statement_cache)
    rows: list[Any] = plan.run(unit, connection, where, purpose.loads)
    return rows


def _keys_of_parents(
    parents: Sequence[Parent], keys: Sequence[str], wanted: str, brought: set[InstanceState]
) -> list[Any]:
    """Read the values that find the related rows of each parent.

    Args:
        parents: whose values.
        keys: of the attributes that have them.
        wanted: of the relationship that is to be loaded.
        brought: gets the parents that were expired, and whose load has brought the relationship with it.
    """
    if len(keys) > 1:
        return [_key_of_parent(state, instance, keys, wanted, brought) for state, instance in parents]
    key = keys[0]
    # In line, because it is done for each parent.
    return [
        values[key] if key in (values := instance.__dict__) else _key_of_parent(state, instance, keys, wanted, brought)
        for state, instance in parents
    ]


def _lacks(parent: Parent, required: Sequence[str]) -> bool:
    values = parent[1].__dict__
    return any(values.get(key, NO_VALUE) is None for key in required)


def _key_of_parent(
    state: InstanceState, instance: object, keys: Sequence[str], wanted: str, brought: set[InstanceState]
) -> Any:
    had = wanted in instance.__dict__
    values = [loaded_value(state, instance, key) for key in keys]
    if not had and wanted in instance.__dict__:
        brought.add(state)
    if any(value is None for value in values):
        return None
    return values[0] if len(values) == 1 else tuple(values)


def parent_keys(relationship: RelationshipProperty) -> list[str]:
    """Name the parent's attributes whose values find the related rows."""
    parent = relationship.parent
    pairs = parent_pairs(relationship)
    return list(parent.primary_key_keys) if pairs is None else [parent.key_of(local) for local, _ in pairs]


def _plan(related: _Related, keys: Sequence[Any], statement_cache: StatementCache) -> tuple[Any, Any]:
    relationship, tree, criteria, path, _, entity = related
    plans = tree.plans_for(statement_cache)
    # A path of one step is where a lazy load stands, too.
    path = None if path is None or path.depth == 1 else plan_path(relationship.mapper, tree, path)
    name = ("related", relationship, len(keys), path, tuple(part._shape for part in criteria), entity)
    known = plans.get(name)
    if known is not None:
        plan, columns, template = known
        return plan, _bound(columns, keys, criteria, template)
    columns, statement, wanted = _select_related(related, keys)
    adapt = relationship.adapt_to(entity)
    path = path or _path_through(relationship)
    node = build_node(relationship.mapper, entity, entity.selectable, adapt, tree, [0], path)
    results: list[ResultNode] = [*(ValueNode(column, column.key) for column in columns), node]
    plan = LoadPlan(statement, results, statement_cache, scalar=False, refresh=False)
    template = _template(statement._binds, (*_binds_of_keys(wanted, columns), *_binds_of(criteria)))
    plans[name] = (plan, columns, template)
    return plan, _bound(columns, keys, criteria, template)


def _select_related(related: _Related, keys: Sequence[Any]) -> tuple[list[Any], Any, Any]:
    """Write the SELECT of the related rows; gives the columns of the parent's key, the SELECT, and what finds keys."""
    relationship = related.relationship
    adapt = relationship.adapt_to(related.entity)
    columns, statement = _statement(relationship, related.entity, adapt)
    wanted = criterion(columns, keys)
    statement = statement.where(wanted, *[adapt(part) for part in related.criteria])
    return columns, statement.order_by(*[adapt(part) for part in relationship.order_by or ()]), wanted


def _binds_of(criteria: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([bind for part in criteria for bind in part._binds])


def _binds_of_keys(wanted: ColumnElement[Any], columns: Sequence[Any]) -> tuple[Any, ...]:
    """List the values of the criterion that are keys; columns of a subquery carry the subquery's values."""
    carried = {id(bind) for column in columns for bind in column._binds}
    return tuple([bind for bind in wanted._binds if id(bind) not in carried])


def _template(binds: tuple[Any, ...], changing: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Say for each value of the statement which of the changing ones it is; those of the mapping stand for themselves.

    None where there are no others, the common case.
    """
    if len(binds) == len(changing):
        return None
    places = {id(bind): place for place, bind in enumerate(changing)}
    return tuple([places.get(id(bind), bind) for bind in binds])


def _bound(
    columns: Sequence[Any], keys: Sequence[Any], criteria: tuple[Any, ...], template: tuple[Any, ...] | None
) -> BoundValues:
    bound = bound_keys(columns, keys)
    if not criteria and template is None:
        return bound
    changing = (*bound._binds, *_binds_of(criteria))
    if template is None:
        return BoundValues(changing)
    return BoundValues(tuple([changing[bind] if bind.__class__ is int else bind for bind in template]))


def _statement(relationship: RelationshipProperty, entity: Any, adapt: Adapt) -> tuple[list[Any], Any]:
    """Write the SELECT of the related rows without its criterion; gives the columns that carry the parent's key."""
    target = entity.selectable
    pairs = parent_pairs(relationship)
    if pairs is not None:
        columns = [adapt(remote) for _, remote in pairs]
        statement = select(*columns, entity)
        if relationship.secondary is not None:
            joined = target.join(relationship.secondary, adapt(relationship.secondaryjoin))
            statement = statement.select_from(joined)
        return columns, statement
    parent_table = relationship.parent.persist_selectable
    alias = parent_table.alias(flat=True)
    adapt_parent = ColumnAdapter(alias, parent_table)
    columns = [adapt_parent(column) for column in relationship.parent.primary_key]
    primary, secondary = join_clauses(relationship, adapt_parent, adapt)
    if relationship.secondary is None:
        joined = alias.join(target, primary)
    else:
        joined = alias.join(relationship.secondary, primary).join(target, secondary)
    return columns, select(*columns, entity).select_from(joined)


def _load_classes(
    unit: Unit, classes: Sequence[Mapper], states: Iterable[InstanceState], tree: LoaderTree, terms: Terms | None
) -> None:
    # For classes of a hierarchy with columns of their own.
    from azoth.orm.loading.instance_loader import load_class_columns  # noqa: PLC0415

    load_class_columns(unit, classes, states, tree, terms)


related_loading.load = load_for_states
related_loading.load_classes = _load_classes
related_loading.load_from_memory = load_from_memory
