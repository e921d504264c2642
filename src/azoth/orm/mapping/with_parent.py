"""with_parent(): the objects that belong to one object."""

from __future__ import annotations

from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.bound_instance import bound_to
from azoth.orm.mapping.column_adapter import unchanged
from azoth.orm.mapping.instance_mapper import object_mapper
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.mapping.relationship_attribute import RelationshipAttribute
from azoth.sql.elements import and_


def with_parent(instance: Any, prop: Any, from_entity: Any = None) -> Any:
    """Make the condition that rows of a related class belong to an object.

    Args:
        instance: the object.
        prop: a relationship of its class: ``with_parent(user, User.addresses)``.
        from_entity: the alias of the related class that is queried; that of ``prop.of_type(alias)`` otherwise.

    Returns:
        a condition for ``where()``.

    Raises:
        ArgumentError: ``prop`` is not a relationship.
        UnmappedInstanceError: the object is not mapped.
    """
    mapper = object_mapper(instance)
    if isinstance(prop, str):
        prop = getattr(mapper.class_, prop)
    if not isinstance(prop, RelationshipAttribute):
        raise ArgumentError(
            f"with_parent() got {prop!r}, which is not a relationship",
            fix="pass an attribute such as User.addresses",
            code="AZ-M73",
        )
    relationship = prop.relationship
    entity = entity_of(from_entity) if from_entity is not None else prop.entity
    target = unchanged if entity.is_mapper else entity.adapt
    primary, secondary = relationship.join.condition(parent=bound_to(instance, relationship.parent), target=target)
    return primary if secondary is None else and_(primary, secondary)
