"""One relationship as a flush sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.key_copy import ForeignKeyFlow

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.persistence.profile.association import AssociationLayout


class RelationshipSync:
    """One relationship as a flush sees it.

    Attributes:
        key: the attribute.
        prop: the relationship property.
        flow: how foreign keys follow from it (None for many-to-many).
        layout: the many-to-many table (None otherwise).
        reversed: whether the parent is the second object of the layout's pairs.
        referred_keys: the parent's attributes to which foreign keys of other rows refer; none for many-to-one.
    """

    __slots__ = ("flow", "key", "layout", "many_to_one", "prop", "referred_keys", "reversed")

    def __init__(self, prop: RelationshipProperty) -> None:
        self.prop = prop
        self.key: str = prop.key
        self.referred_keys: frozenset[str] = frozenset()
        direction = getattr(prop.direction, "name", prop.direction)
        self.many_to_one: bool = direction == "MANYTOONE"
        self.flow: ForeignKeyFlow | None = None
        self.layout: AssociationLayout | None = None
        self.reversed = False
        if not self.many_to_one:
            self.referred_keys = frozenset([prop.parent.key_of(source) for source, _ in prop.synchronize_pairs])
        if direction == "MANYTOMANY":
            self._arrange_pairs(prop)
        elif self.many_to_one:
            self.flow = ForeignKeyFlow(prop, prop.mapper, prop.parent)
        else:
            self.flow = ForeignKeyFlow(prop, prop.parent, prop.mapper)

    def _arrange_pairs(self, prop: Any) -> None:
        own = {column: prop.parent.key_of(source) for source, column in prop.synchronize_pairs}
        other = {column: prop.mapper.key_of(source) for source, column in prop.secondary_synchronize_pairs}
        first = next(column for column in prop.secondary.columns if column in own or column in other)
        self.reversed = first not in own
        side_of_own = int(self.reversed)
        sources = {column: (side_of_own, key) for column, key in own.items()}
        sources.update({column: (1 - side_of_own, key) for column, key in other.items()})
        pk_keys = (prop.parent.primary_key_keys, prop.mapper.primary_key_keys)
        # For relationships with a table between them.
        from azoth.orm.persistence.profile.association import AssociationLayout  # noqa: PLC0415

        self.layout = AssociationLayout(prop.secondary, sources, pk_keys[::-1] if self.reversed else pk_keys)


def relationship_syncs(mapper: Mapper) -> tuple[RelationshipSync, ...]:
    """List the relationships of a mapper that a flush carries out."""
    return tuple([RelationshipSync(prop) for prop in mapper.relationships.values() if not prop.viewonly])
