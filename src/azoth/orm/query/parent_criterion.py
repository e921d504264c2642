"""``with_parent()``: the criterion that selects what an object refers to."""

from __future__ import annotations

from typing import Any

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.exc import UnmappedInstanceError
from azoth.orm.mapping.bound_instance import bound_to
from azoth.orm.mapping.column_adapter import unchanged
from azoth.orm.mapping.lookup import entity_of, mapper_of
from azoth.sql.elements import and_


def with_parent(instance: object, prop: Any = None, from_entity: Any = None) -> Any:
    """Make the criterion that selects the objects that an object refers to by a relationship.

    Args:
        instance: the object.
        prop: the relationship's attribute or name; the only one to the entity where left out.
        from_entity: the entity to filter; the relationship's own target where left out.

    Errors:
        ArgumentError: this is no relationship.
        InvalidRequestError: no relationship, or several, lead to the entity.
    """
    mapper = mapper_of(type(instance))
    if mapper is None:
        raise UnmappedInstanceError(
            f"with_parent(): {type(instance).__name__} is not a mapped instance",
            why="its class is not mapped",
            fix="pass an object of a mapped class",
            code="AZ-L48",
        )
    entity = None if from_entity is None else entity_of(from_entity)
    relationship = _relationship(mapper, prop, entity)
    target = getattr(prop, "_of_type", None) or entity
    adapt = unchanged if target is None or target.is_mapper else target.adapt
    condition, secondary = relationship.join.condition(parent=bound_to(instance, mapper), target=adapt)
    return condition if secondary is None else and_(condition, secondary)


def _relationship(mapper: Any, prop: Any, entity: Any) -> Any:
    if prop is None:
        found = [one for one in mapper.relationships.values() if entity is not None and one.mapper is entity.mapper]
        if len(found) != 1:
            raise InvalidRequestError(
                f"{mapper.class_.__name__} has {len(found) or 'no'} relationships to what is selected",
                why="with_parent() without a relationship needs exactly one",
                fix=f"name it, as in with_parent(obj, {mapper.class_.__name__}.attribute)",
                code="AZ-S76",
            )
        return found[0]
    relationship = mapper.get_property(prop) if isinstance(prop, str) else getattr(prop, "property", prop)
    if not getattr(relationship, "is_relationship", False):
        raise ArgumentError(
            f"with_parent(): {prop} is no relationship", fix="pass the attribute of a relationship", code="AZ-S77"
        )
    mapper._check_configure()
    return relationship
