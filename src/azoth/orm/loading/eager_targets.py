"""Which relationships are loaded eagerly, and what stands for their entity where an option says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azoth.orm.mapping.derived import derived

if TYPE_CHECKING:
    from azoth.orm.loading.loader_options import RelationshipLoad
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty


AFTER_STRATEGIES: Final = frozenset({"selectin", "subquery", "immediate"})
LATER_FOR_PRESENT: Final = AFTER_STRATEGIES | {"joined"}
"""What is loaded behind an object that was there before: no statement about it is sent to which one could join."""
FROM_WHERE_IT_CAME: Final = frozenset({"immediate", "joined"})
"""What is attached without a statement to objects that were loaded for the object that they refer to."""
EAGER_STRATEGIES: Final = LATER_FOR_PRESENT | {"contains"}


@derived
def loads_eagerly(mapper: Mapper) -> bool:
    """Tell whether relationships of an entity are loaded together with it, because its mapping says so."""
    return any(relationship.lazy in EAGER_STRATEGIES for relationship in mapper.relationships)


def target_of(relationship: RelationshipProperty, option: RelationshipLoad | None) -> Any:
    """Find what stands for the related entity of an eager or lazy load; None where the mapping says it.

    ``of_type()`` with a class derived from the related one asks for its columns, and leaves no other object out.
    """
    target = None if option is None else option.target
    if target is None or not getattr(target, "is_mapper", False) or target.inherits is None:
        return target
    if target is relationship.mapper or not target.isa(relationship.mapper):
        return target
    return _with_derived(relationship).setdefault(target, _with_columns_of(relationship.mapper, target))


def _with_columns_of(mapper: Mapper, derived_mapper: Mapper) -> Any:
    # With the first option of this kind.
    from azoth.orm.mapping.entities.with_polymorphic import with_polymorphic  # noqa: PLC0415

    return with_polymorphic(mapper, [derived_mapper], flat=True)._azoth_entity


@derived
def _with_derived(relationship: RelationshipProperty) -> dict[Any, Any]:
    """Keep the aliases of a related entity that have the columns of derived classes, by the mappers of these."""
    return {}
