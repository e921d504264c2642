"""The way that a load took to an entity: where it closes, eager loading by the mapping stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.loader_options import LoaderTree, RelationshipLoad
    from azoth.orm.mapping.properties.relationship import RelationshipProperty


class LoadPath(NamedTuple):
    """The entities that a load went through, and how many relationships it followed.

    Attributes:
        mappers: the entities, the one where the load began among them.
        depth: the number of relationships.
    """

    mappers: frozenset[Any]
    depth: int

    def through(self, relationship: RelationshipProperty) -> LoadPath:
        """Follow one more relationship."""
        return LoadPath(self.mappers | {relationship.mapper}, self.depth + 1)

    def beyond(self, relationship: RelationshipProperty, option: RelationshipLoad | None, tree: LoaderTree) -> LoadPath:
        """Follow a relationship as an option says; ``tree`` is what the options say where it begins.

        A recursive option that comes round to itself stands where it stood, so that all levels share one plan.
        """
        return self if option is not None and option.tree is tree else self.through(relationship)

    def closes_at(self, relationship: RelationshipProperty) -> bool:
        """Tell whether a relationship that the mapping loads eagerly is not followed here.

        It is not where its entity is on the path already, or beyond its ``join_depth`` where it has one.
        """
        if relationship.join_depth:
            return bool(self.depth >= relationship.join_depth)
        return relationship.mapper in self.mappers


def beginning_at(mapper: object) -> LoadPath:
    """Give the path of a load that begins at an entity."""
    return LoadPath(frozenset((mapper,)), 0)
