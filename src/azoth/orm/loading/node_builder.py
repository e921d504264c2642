"""Decide what to load of an entity: columns, joins and later loads, from the mapping and the options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.loading.column_adaption import adapting
from azoth.orm.loading.entity_node import Adapt, AfterLoad, EntityNode, JoinedNode, as_it_is
from azoth.orm.loading.loader_options import NO_OPTIONS, WILDCARD, LoaderTree, RelationshipLoad

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper import Mapper
    from azoth.orm.mapping.relationship import RelationshipProperty

AFTER_STRATEGIES = frozenset({"selectin", "subquery", "immediate"})
EAGER_STRATEGIES = AFTER_STRATEGIES | {"joined", "contains"}


def strategy_of(relationship: RelationshipProperty, tree: LoaderTree) -> tuple[str, RelationshipLoad | None]:
    """Find the strategy for a relationship: the option's, else the wildcard's, else the mapping's."""
    option = tree.relationships.get(relationship.key)
    if option is not None and option.action != "default":
        return option.action, option
    own: str = relationship.lazy
    if tree.wildcard is not None and own not in {"dynamic", "write_only"}:
        return tree.wildcard, option
    return own, option


def is_deferred(mapper: Mapper, key: str, tree: LoaderTree) -> bool | str:
    """Tell whether a column is left out of the SELECT: False, True, or "raise" where reading it is refused."""
    if key in mapper.primary_key_keys or key == mapper.version_id_key:
        return False
    explicit = tree.deferred.get(key)
    if explicit is not None:
        return explicit
    if tree.only is not None:
        return key not in tree.only
    every = tree.deferred.get(WILDCARD)
    if every is not None:
        return every
    if key not in mapper.deferred_keys:
        return False
    return mapper.column_attrs[key].group not in tree.groups if tree.groups else True


def build_node(
    mapper: Mapper,
    entity: Any,
    selectable: Any,
    adapt: Adapt,
    tree: LoaderTree,
    counter: list[int],
    path: tuple[RelationshipProperty, ...] = (),
) -> EntityNode:
    """Make the node of an entity and of everything that is joined to it.

    Args:
        mapper: what is loaded.
        entity: the mapper or alias in the statement, or None for one that azoth joins.
        selectable: where its columns come from.
        adapt: from mapped columns to those of the selectable.
        tree: what the options say.
        counter: the number of nodes so far, in a list of one.
        path: the relationships that led here, to end where eager loading would go in circles.
    """
    node = EntityNode(mapper, entity, selectable, adapt, tree, index=counter[0])
    counter[0] += 1
    for key, expression in loaded_columns(mapper, tree).items():
        node.columns[key] = adapt(expression)
    for relationship in mapper.relationships:
        _plan_relationship(node, relationship, counter, path)
    return node


def loaded_columns(mapper: Mapper, tree: LoaderTree) -> dict[str, Any]:
    """Name the columns and SQL expressions to select for an entity, by attribute key."""
    columns = {key: mapper.columns[key] for key in mapper.column_keys if not is_deferred(mapper, key, tree)}
    expressions = mapper.expression_keys.items()
    return columns | {key: expression for key, expression in expressions if not is_deferred(mapper, key, tree)}


def _plan_relationship(
    node: EntityNode,
    relationship: RelationshipProperty,
    counter: list[int],
    path: tuple[RelationshipProperty, ...],
) -> None:
    action, option = strategy_of(relationship, node.tree)
    if relationship.never_loads:
        if action in EAGER_STRATEGIES:
            relationship.attribute.refuse_loading()
        return
    tree = NO_OPTIONS if option is None else option.tree
    if action == "joined":
        if option is not None or not _goes_in_circles(relationship, path):
            node.joined.append(_joined_through_aliases(relationship, option, tree, counter, path))
    elif action == "contains":
        if option is not None:
            node.joined.append(_given_in_statement(relationship, option, counter, path))
    elif action in AFTER_STRATEGIES:
        node.after.append(AfterLoad(relationship, tree, () if option is None else option.criteria))
    elif action == "noload":
        node.emptied.append(relationship.key)


def _joined_through_aliases(
    relationship: RelationshipProperty,
    option: RelationshipLoad | None,
    tree: LoaderTree,
    counter: list[int],
    path: tuple[RelationshipProperty, ...],
) -> JoinedNode:
    target = relationship.mapper
    alias = target.local_table.alias()
    node = build_node(target, None, alias, adapting(target.local_table, alias), tree, counter, (*path, relationship))
    asked = None if option is None or not option.arguments else option.arguments[0]
    return JoinedNode(
        relationship,
        node,
        secondary=None if relationship.secondary is None else relationship.secondary.alias(),
        innerjoin=bool(relationship.innerjoin if asked is None else asked),
        criteria=() if option is None else option.criteria,
    )


def _given_in_statement(
    relationship: RelationshipProperty,
    option: RelationshipLoad,
    counter: list[int],
    path: tuple[RelationshipProperty, ...],
) -> JoinedNode:
    target, mapper = option.target, relationship.mapper
    if target is None:
        node = build_node(mapper, mapper, mapper.local_table, as_it_is, option.tree, counter, (*path, relationship))
    else:
        node = build_node(mapper, target, target.selectable, target.adapt, option.tree, counter, (*path, relationship))
    return JoinedNode(relationship, node, is_given=True)


def _goes_in_circles(relationship: RelationshipProperty, path: tuple[RelationshipProperty, ...]) -> bool:
    """Tell whether a mapping-level joined load would come back to where it has been."""
    if relationship.join_depth is not None:
        return sum(step is relationship for step in path) >= relationship.join_depth
    return relationship in path or any(step in relationship._reverse_property for step in path[-1:])
