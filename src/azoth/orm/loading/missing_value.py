"""What happens when an attribute is read that has no value: the one place of all implicit loads.

An implicit load serves the peers of the touched instance: those that the same result brought in, that are still alive
and lack the same attribute. So a loop over the 1,000 parents of a result that reads a lazy collection costs 1 + 2
statements.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.exc import DetachedInstanceError, ObjectDeletedError
from azoth.orm.loading.eager_targets import loads_eagerly, target_of
from azoth.orm.loading.loader_options import NO_OPTIONS, LoaderTree
from azoth.orm.loading.peers import ALL_CLASSES, with_peers
from azoth.orm.loading.purpose import Purpose
from azoth.orm.loading.relationship_join import referencing_columns
from azoth.orm.loading.relationship_loader import answers_from_memory, load_for_states
from azoth.orm.loading.result_nodes import is_deferred, strategy_of
from azoth.orm.loading.terms import at_token
from azoth.orm.runtime.symbols import NO_VALUE, NOT_LOADED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azoth.orm.loading.loader_options import RelationshipLoad
    from azoth.orm.loading.terms import Terms
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.runtime.state import InstanceState


def load_missing(state: InstanceState, instance: object, key: str, *, asked: bool = True) -> Any:
    """Give an attribute that was read its value (the ``MissingValueLoader`` of every mapped class).

    Args:
        state: the instance's state.
        instance: the instance.
        key: the attribute.
        asked: whether the program has read it; what the library needs itself is not refused by ``raise``.

    Returns:
        the value. On a transient or pending instance that is None or an empty collection.

    Raises:
        DetachedInstanceError: a value would have to be loaded, and there is no session.
        ObjectDeletedError: the row is gone.
        InvalidRequestError: the attribute's strategy is ``raise``.

    Emits: one SELECT, none where the identity map has the answer.
    State: the attribute is loaded on the instance and on its peers.
    """
    mapper = state.manager.mapper
    relationship = mapper.relationships.get(key)
    if relationship is not None:
        return _load_relationship(state, instance, relationship, asked)
    if state.pk is None:
        return state.manager.attributes[key].served_default
    return _load_column(state, instance, mapper, key, asked)


def _load_column(state: InstanceState, instance: object, mapper: Mapper, key: str, asked: bool) -> Any:

    tree = tree_of(state)
    if key in mapper.keys_left_to_queries and key not in tree.expressions:
        # Without a value, so that a query which gives an expression fills it in.
        return None
    unit = _unit_of(state, mapper, key)
    deferred = is_deferred(mapper, key, tree)
    if deferred == "raise" and asked:
        _refuse(mapper, key, "raiseload")
    unit.autoflush()
    values = instance.__dict__
    if key not in values:
        keys = _columns_with(mapper, key, deferred, instance, tree)
        # In a hierarchy a result brings objects of several classes, and the statement is about one.
        managers = ALL_CLASSES if mapper.inherits is None and not mapper.polymorphic_map else (state.manager,)
        states = with_peers(unit, state, key, managers)
        if mapper.primary_key_keys[0] not in values and (tree.is_eager or loads_eagerly(mapper)):
            load_again(unit, mapper, states)
            # What is deferred has not come along, and is asked for of those that still have a row.
            states = _present_without(mapper, states, key) if deferred else []
        if states:
            # With the first load that is implied.
            from azoth.orm.loading.instance_loader import load_columns  # noqa: PLC0415

            load_columns(unit, mapper, states, keys, state, tree, _terms_of(state))
    if key not in values:
        raise ObjectDeletedError(
            f"{mapper.class_.__name__} {state.pk!r}: its row is gone",
            why=f"{key!r} was expired and had to be loaded again, but the database has no such row",
            fix="expunge the object, or roll back the transaction in which the row was deleted",
            code="AZ-L10",
        )
    return values[key]


def _present_without(mapper: Mapper, states: Sequence[InstanceState], key: str) -> list[InstanceState]:
    """Give those that are loaded, and lack a column."""
    loaded = mapper.primary_key_keys[0]
    found = []
    for state in states:
        values = getattr(state(), "__dict__", ())
        if loaded in values and key not in values:
            found.append(state)
    return found


def load_again(unit: Unit, mapper: Mapper, states: Sequence[InstanceState]) -> list[Any]:
    """Load expired instances as the options say with which they came.

    Args:
        unit: the unit of work.
        mapper: the entity.
        states: theirs, that of the touched one first; the same options hold for all, and the same identity token.

    Returns:
        those that still have a row.
    """
    touched = states[0]
    terms = at_token(unit, _terms_of(touched), touched.identity_token)
    purpose = Purpose(columns=True, touched=touched, terms=terms)
    from azoth.orm.loading.instance_loader import load_instances  # noqa: PLC0415  # with the first expired object

    return load_instances(unit, mapper, [state.pk for state in states], tree_of(touched), purpose=purpose)


def _columns_with(mapper: Mapper, key: str, deferred: bool | str, instance: object, tree: LoaderTree) -> set[str]:
    """Name the columns to load together: a deferred one with its group, an expired one with all that are expired."""
    if not deferred:
        values = instance.__dict__
        columns = (*mapper.column_keys, *mapper.expression_keys)
        return {column for column in columns if column not in values and not is_deferred(mapper, column, tree)}
    group = mapper.column_attrs[key].group
    if group is None:
        return {key}
    return {other for other in mapper.deferred_keys if mapper.column_attrs[other].group == group}


def _load_relationship(state: InstanceState, instance: object, relationship: RelationshipProperty, asked: bool) -> Any:
    attribute = relationship.attribute
    key = relationship.key
    if state.pk is None:
        if relationship.load_on_pending or (state.extra is not None and state.extra.loads_unsaved):
            return _load_for_unsaved(state, instance, relationship)
        return attribute.initialize(state, instance)
    unit = _unit_of(state, state.manager.mapper, key)
    action, option = strategy_of(relationship, tree_of(state))
    if asked and action in {"raise", "raise_on_sql"}:
        if action == "raise" or not answers_from_memory(unit, relationship, state, instance):
            _refuse(state.manager.mapper, key, f"lazy={action!r}")
    elif action == "noload":
        attribute.load(state, instance, () if relationship.uselist else None)
    elif not answers_from_memory(unit, relationship, state, instance, expired=False):
        unit.autoflush()
        if key not in instance.__dict__:
            _load_for_peers(unit, state, instance, relationship, option)
    return instance.__dict__[key]


def _load_for_peers(
    unit: Unit,
    state: InstanceState,
    instance: object,
    relationship: RelationshipProperty,
    option: RelationshipLoad | None,
) -> None:
    owner = relationship.parent
    states = [state]
    if relationship.load_on_peers:
        inherited = owner.inherits is not None
        managers = frozenset([one.manager for one in owner.self_and_descendants]) if inherited else ALL_CLASSES
        states = with_peers(unit, state, relationship.key, managers)
    if tree_of(state).is_eager or loads_eagerly(state.manager.mapper):
        states = _without_eagerly_loaded(unit, states, relationship.key)
        if relationship.key in instance.__dict__:
            return
    tree, criteria, entity = (
        (NO_OPTIONS, (), None) if option is None else (option.tree, option.criteria, target_of(relationship, option))
    )
    load = partial(load_for_states, unit, relationship, terms=_terms_of(state), touched=state, entity=entity)
    try:
        load(states, tree, criteria)
    except ObjectDeletedError:
        # A peer whose row is gone and whose keys had to be loaded again is no concern of the touched one.
        if len(states) == 1:
            raise
        load([state], tree, criteria)


def _without_eagerly_loaded(unit: Unit, states: Sequence[InstanceState], key: str) -> list[InstanceState]:
    """Load the expired ones among some instances, with what is loaded eagerly with them; give those that lack more."""
    mapper = states[0].manager.mapper
    expired = [one for one in states if mapper.primary_key_keys[0] not in getattr(one(), "__dict__", ())]
    if expired:
        load_again(unit, mapper, expired)
    return [one for one in states if key not in getattr(one(), "__dict__", ())]


def _load_for_unsaved(state: InstanceState, instance: object, relationship: RelationshipProperty) -> Any:
    """Load by the present foreign key of an object without a row; it is not flushed for that."""
    key = relationship.key
    identity_map = state.identity_map
    unit: Unit | None = None if identity_map is None else identity_map.unit()
    if unit is None:
        return relationship.attribute.initialize(state, instance)
    load_for_states(unit, relationship, [state])
    values = instance.__dict__
    # A None that stays would be taken for one that was set, and clear a foreign key.
    return values.pop(key) if values[key] is None else values[key]


def value_in_memory(relationship: RelationshipProperty, state: InstanceState, instance: object) -> Any:
    """Look for the stored target of a many-to-one without SQL, which is not the one that a changed foreign key names.

    Returns:
        the object, None where the foreign key is NULL, NOT_LOADED where memory does not tell.
    """
    identity_map = state.identity_map
    if identity_map is None or identity_map.unit() is None:
        return NOT_LOADED
    values = instance.__dict__
    keys = [relationship.parent.key_of(column) for column in referencing_columns(relationship)]
    changes = state.changes
    if not changes:
        parts = [values.get(key, NOT_LOADED) for key in keys]
    else:
        parts = [changes.get(key, values.get(key, NOT_LOADED)) for key in keys]
    if NOT_LOADED in parts or NO_VALUE in parts:
        return NOT_LOADED
    if None in parts:
        return None
    pk = parts[0] if len(parts) == 1 else tuple(parts)
    target = identity_map.find(relationship.mapper.manager, pk, state.identity_token)
    return NOT_LOADED if target is None else target


def tree_of(state: InstanceState) -> LoaderTree:
    """Give the loader options with which an instance came."""
    origin = state.origin
    tree: LoaderTree | None = None if origin is None else origin.tree
    return NO_OPTIONS if tree is None else tree


def _terms_of(state: InstanceState) -> Terms | None:
    origin = state.origin
    terms: Terms | None = None if origin is None else origin.terms
    return terms


def _unit_of(state: InstanceState, mapper: Mapper, key: str) -> Unit:
    identity_map = state.identity_map
    unit: Unit | None = None if identity_map is None else identity_map.unit()
    if unit is None:
        raise DetachedInstanceError(
            f"{mapper.class_.__name__}.{key} of {state.pk!r} is not loaded and the object is detached",
            why="the attribute was never loaded or has been expired, and without a session nothing can load it",
            fix="add() or merge() the object into a session, load the attribute before the session ends "
            "(an eager option such as selectinload), or use expire_on_commit=False",
            code="AZ-L11",
        )
    return unit


def _refuse(mapper: Mapper, key: str, setting: str) -> None:
    raise InvalidRequestError(
        f"{mapper.class_.__name__}.{key} is not loaded, and loading it implicitly is refused",
        why=f"it is configured with {setting}",
        fix=f"ask for it in the query, for example options(selectinload({mapper.class_.__name__}.{key}))",
        code="AZ-L12",
    )
