"""class_mapper() and object_mapper(): the mapper of a class or of an instance."""

from __future__ import annotations

from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.exc import UnmappedInstanceError
from azoth.orm.mapping.configuring.configuration import configure_registry
from azoth.orm.mapping.lookup import MAPPER, mapper_of, unmapped_class
from azoth.orm.mapping.naming.entity_names import named_class
from azoth.orm.runtime.state import InstanceState, instance_behind, state_of


def class_mapper(class_: Any, configure: bool = True, entity_name: str | None = None) -> Any:
    """Give the mapper of a class.

    Args:
        class_: the class.
        configure: configure the mappers first, where that was not done.
        entity_name: the name of one of several mappings of the class (classic).

    Raises:
        InvalidRequestError: there is no mapping of that name.
        UnmappedClassError: the class is not mapped.
        ArgumentError: it is no class.
    """
    mapper = mapper_of(class_ if entity_name is None else named_class(class_, entity_name))
    if mapper is None:
        if not isinstance(class_, type):
            raise ArgumentError(
                f"Class object expected, got {class_!r}",
                why="mappings belong to classes",
                fix="pass the class",
                code="AZ-M74",
            )
        raise unmapped_class(class_)
    if configure and not mapper.configured:
        configure_registry(mapper.registry.unfinished)
    return mapper


def object_mapper(instance: Any) -> Any:
    """Give the mapper of an instance.

    Raises:
        UnmappedInstanceError: its class is not mapped.
    """
    manager = getattr(type(instance_behind(instance)), "_azoth_manager", None)
    if manager is None:
        raise unmapped_instance(instance)
    return manager.mapper


def object_state(instance: Any) -> InstanceState:
    """Give the state of an instance, as ``inspect(instance)`` does.

    Raises:
        UnmappedInstanceError: its class is not mapped.
    """
    instance = instance_behind(instance)
    if getattr(type(instance), "_azoth_manager", None) is None:
        raise unmapped_instance(instance)
    return state_of(instance)


def unmapped_instance(instance: Any) -> UnmappedInstanceError:
    """Make the error for an object whose class is not mapped."""
    if isinstance(instance, type) and MAPPER in instance.__dict__:
        return UnmappedInstanceError(
            f"the class {instance.__name__} itself was given where one of its instances was expected",
            why="a class is not one of its instances",
            fix=f"pass an instance, such as {instance.__name__}(...)",
            code="AZ-M17",
        )
    name = f"{type(instance).__module__}.{type(instance).__qualname__}"
    return UnmappedInstanceError(
        f"Class {name!r} is not mapped",
        why="an instance of a mapped class was expected",
        fix="map the class, or pass an instance of one that is",
        code="AZ-M17",
    )
