"""Foreign keys that the database changes along with the keys that they refer to: ``ON UPDATE``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.orm.exc import UnmappedColumnError
from azoth.orm.mapping.derived import derived
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.ports import MapperPort
    from azoth.orm.mapping.properties.relationship import RelationshipProperty


class CarriedKey(NamedTuple):
    """A foreign key of other objects that the database changes along with a key of one class.

    Attributes:
        mapper: the mapper of those that have the foreign key.
        keys: its attributes there.
        sources: the attributes that they refer to, in the same order.
        action: what the foreign key's ``onupdate`` says, in capitals; "" for nothing.
    """

    mapper: MapperPort
    keys: tuple[str, ...]
    sources: tuple[str, ...]
    action: str


class CarriedKeys(NamedTuple):
    """The foreign keys that follow those of one class.

    Attributes:
        keys: them.
        sources: the attributes that any of them refers to.
    """

    keys: tuple[CarriedKey, ...]
    sources: frozenset[str]


@derived
def carried_keys(mapper: Mapper) -> CarriedKeys:
    """List the foreign keys that the database changes along with the keys of a class, those of its bases included."""
    found: dict[CarriedKey, None] = {}
    for one in mapper.iterate_to_root():
        for relationship in one.manager.key_referrers:
            key = _carried(mapper, relationship)
            if key is not None:
                found[key] = None
    return CarriedKeys(tuple(found), frozenset([source for key in found for source in key.sources]))


@derived
def carried_sources(base_mapper: Mapper) -> frozenset[str]:
    """Name the attributes of the classes of a hierarchy to which such foreign keys refer."""
    return frozenset().union(*[carried_keys(mapper).sources for mapper in base_mapper.self_and_descendants])


def _carried(mapper: Mapper, relationship: RelationshipProperty) -> CarriedKey | None:
    child = relationship.parent if relationship.direction.name == "MANYTOONE" else relationship.mapper
    pairs = relationship.synchronize_pairs
    try:
        keys = tuple([child.key_of(target) for _, target in pairs])
        sources = tuple([mapper.key_of(source) for source, _ in pairs])
    except UnmappedColumnError:
        return None
    actions = [foreign_key.onupdate or "" for _, target in pairs for foreign_key in target.foreign_keys]
    return CarriedKey(child, keys, sources, (actions or [""])[0].upper())
