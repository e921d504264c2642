"""with_parent(): the objects that belong to one object."""

from __future__ import annotations

from typing import Any

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.attributes.bound_instance import bound_to
from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.orm.mapping.entities.instance_mapper import object_mapper
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.runtime.state import state_of
from azoth.sql.elements import and_
from azoth.sql.selectable import Select


def with_parent(instance: object, prop: Any = None, from_entity: Any = None) -> Any:
    """Make the condition that rows of a related class belong to an object.

    Args:
        instance: the object.
        prop: a relationship of its class: ``with_parent(user, User.addresses)``. Where left out, the only one that
            leads to ``from_entity``.
        from_entity: the class or alias that is queried; that of ``prop.of_type(alias)``, or the relationship's own
            target, otherwise.

    Returns:
        a condition for ``where()``.

    Raises:
        ArgumentError: ``prop`` is not the attribute of a relationship.
        InvalidRequestError: none is named, and not exactly one leads to the entity.
        UnmappedInstanceError: the object is not mapped.
    """
    mapper = object_mapper(instance)
    entity = None if from_entity is None else entity_of(from_entity)
    if isinstance(prop, str):
        raise ArgumentError(
            f"with_parent() got the text {prop!r}",
            why="it takes the attribute of a relationship, which knows its class and may name an alias by of_type()",
            fix=f"write {mapper.class_.__name__}.{prop}",
            code="AZ-M742",
        )
    relationship = _only_relationship_to(entity, mapper) if prop is None else getattr(prop, "property", prop)
    if not getattr(relationship, "is_relationship", False):
        raise ArgumentError(
            f"with_parent() got {prop!r}, which is not a relationship",
            why="only a relationship has a parent",
            fix="pass an attribute such as User.addresses",
            code="AZ-M73",
        )
    # The attribute of a relationship knows which alias of the other side is meant.
    target = entity or getattr(prop, "entity", None)
    adapt = unchanged if target is None or target.is_mapper else target.adapt
    primary, secondary = relationship.join.condition(parent=bound_to(instance, relationship.parent), target=adapt)
    return primary if secondary is None else and_(primary, secondary)


def select_members(relationship: Any, instance: object) -> Any:
    """Write the SELECT of the objects that a relationship of an instance leads to, in the relationship's order."""
    statement: Any = at_token_of(instance, Select(relationship.entity).where(with_parent(instance, relationship)))
    return statement.order_by(*relationship.order_by) if relationship.order_by else statement


def at_token_of(instance: object, statement: Any) -> Any:
    """Let a statement about what belongs to an instance obey the instance's identity token, if it has one."""
    token = state_of(instance).identity_token
    return statement if token is None else statement.execution_options(identity_token=token)


def _only_relationship_to(entity: Any, mapper: Any) -> Any:
    found = [one for one in mapper.relationships.values() if entity is not None and one.mapper is entity.mapper]
    if len(found) == 1:
        return found[0]
    raise InvalidRequestError(
        f"{mapper.class_.__name__} has {len(found) or 'no'} relationships to what is selected",
        why="with_parent() without a relationship needs exactly one",
        fix=f"name it, as in with_parent(obj, {mapper.class_.__name__}.attribute)",
        code="AZ-M265",
    )
