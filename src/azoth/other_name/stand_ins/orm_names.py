"""Private names of ``sqlalchemy.orm`` that libraries import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.mapping.configuring.configuration import all_mappers
from azoth.orm.mapping.properties.property import creations

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState

__all__ = [
    "ColumnEntity",
    "ConcreteInheritedProperty",
    "MapperEntity",
    "all_registries",
    "set_creation_order",
    "state_session",
]


class PartOfMapping(Protocol):
    """What has a place among the parts of a mapping."""

    _creation_order: int


class ConcreteInheritedProperty:
    """Stand for an attribute that a concrete class has not got from its base; azoth has no property for that."""


class ColumnEntity:
    """Stand for what a query selects, where it is an expression; queries have no such objects here."""


class MapperEntity:
    """Stand for what a query selects, where it is a class; queries have no such objects here."""


def all_registries() -> set[Any]:
    """Give the registries of all classes that are mapped."""
    return {mapper.registry for mapper in all_mappers()}


def set_creation_order(instance: PartOfMapping) -> None:
    """Number a part of a mapping, which stands behind those that were made before it."""
    instance._creation_order = next(creations)


def state_session(state: InstanceState) -> object:
    """Give the session of an instance, by its state; None where it is in none."""
    return state.session
