"""Decide what to load of an entity: columns, joins and later loads, from the mapping and the options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.loading.entity_node import AfterLoad, EntityNode, JoinedNode
from azoth.orm.loading.load_path import LoadPath, beginning_at
from azoth.orm.loading.loader_options import NO_OPTIONS, WILDCARD, LoaderTree, RelationshipLoad
from azoth.orm.mapping.attributes.column_adapter import Adapt, adapting, unchanged

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty

AFTER_STRATEGIES = frozenset({"selectin", "subquery", "immediate"})
LATER_FOR_PRESENT = AFTER_STRATEGIES | {"joined"}
"""What is loaded behind an object that was there before: no statement about it is sent to which one could join."""
EAGER_STRATEGIES = LATER_FOR_PRESENT | {"contains"}


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
    names = (key, *[name for name, composite in mapper.composites_by_key.items() if key in composite.keys])
    for name in names:
        explicit = tree.deferred.get(name)
        if explicit is not None:
            return explicit
    if tree.only is not None:
        return not any(name in tree.only for name in names)
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
    path: LoadPath | None = None,
) -> EntityNode:
    """Make the node of an entity and of everything that is joined to it.

    Args:
        mapper: what is loaded.
        entity: the mapper or alias in the statement, or None for one that azoth joins.
        selectable: where its columns come from.
        adapt: from mapped columns to those of the selectable.
        tree: what the options say.
        counter: the number of nodes so far, in a list of one.
        path: the way that led here; None where the load begins.
    """
    node = EntityNode(mapper, entity, selectable, adapt, tree, path or beginning_at(mapper), index=counter[0])
    counter[0] += 1
    for key, expression in loaded_columns(mapper, tree).items():
        node.columns[key] = adapt(expression)
    for relationship in mapper.relationships:
        _plan_relationship(node, relationship, counter)
    return node


def loaded_columns(mapper: Mapper, tree: LoaderTree) -> dict[str, Any]:
    """Name the columns and SQL expressions to select for an entity, by attribute key."""
    columns = {key: mapper.columns[key] for key in mapper.column_keys if not is_deferred(mapper, key, tree)}
    asked = tree.expressions
    for key, expression in mapper.expression_keys.items():
        if key in asked:
            columns[key] = asked[key]
        elif not is_deferred(mapper, key, tree):
            columns[key] = expression
    return columns


def plan_path(mapper: Mapper, tree: LoaderTree, path: LoadPath | None) -> LoadPath | None:
    """Give the path if the plan for an entity depends on it, else None, so that plans are shared."""
    if path is None or tree.relationships or tree.wildcard is not None:
        return path
    is_eager = any(relationship.lazy in EAGER_STRATEGIES for relationship in mapper.relationships)
    return path if is_eager else None


def _plan_relationship(node: EntityNode, relationship: RelationshipProperty, counter: list[int]) -> None:
    action, option = strategy_of(relationship, node.tree)
    if relationship.never_loads:
        if action in EAGER_STRATEGIES:
            relationship.attribute.refuse_loading()
        return
    if action == "contains":
        if option is not None:
            node.joined.append(_given_in_statement(node, relationship, option, counter))
    elif action == "noload":
        node.emptied.append(relationship.key)
    elif action in EAGER_STRATEGIES:
        is_explicit = option is not None and option.action != "default"
        if not is_explicit and node.path.closes_at(relationship):
            return
        if action == "joined":
            node.joined.append(_joined_through_aliases(node, relationship, option, counter))
        else:
            node.after.append(AfterLoad(relationship, node.path.beyond(relationship, option, node.tree), option))


def _joined_through_aliases(
    parent: EntityNode, relationship: RelationshipProperty, option: RelationshipLoad | None, counter: list[int]
) -> JoinedNode:
    target = relationship.mapper
    alias = target.local_table.alias()
    tree = NO_OPTIONS if option is None else option.tree
    path = parent.path.through(relationship)
    node = build_node(target, None, alias, adapting(target.local_table, alias), tree, counter, path)
    asked = None if option is None or not option.arguments else option.arguments[0]
    return JoinedNode(
        relationship,
        node,
        secondary=None if relationship.secondary is None else relationship.secondary.alias(),
        innerjoin=bool(relationship.innerjoin if asked is None else asked),
        criteria=() if option is None else option.criteria,
    )


def _given_in_statement(
    parent: EntityNode, relationship: RelationshipProperty, option: RelationshipLoad, counter: list[int]
) -> JoinedNode:
    target, mapper = option.target, relationship.mapper
    path = parent.path.through(relationship)
    if target is None:
        node = build_node(mapper, mapper, mapper.local_table, unchanged, option.tree, counter, path)
    else:
        node = build_node(mapper, target, target.selectable, target.adapt, option.tree, counter, path)
    return JoinedNode(relationship, node, is_given=True)
