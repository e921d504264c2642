"""Mapping a class once more, under an entity name (classic)."""

from __future__ import annotations

import types
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.declarative.registry import registry
from azoth.orm.mapping.lookup import MAPPER
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.mapping.naming.entity_names import ENTITY_NAME, named_class, named_classes


def map_named(class_: type[Any], entity_name: str, local_table: Any, **options: Any) -> Mapper:
    """Map a class once more, under an entity name.

    Args:
        class_: the class, mapped otherwise or not.
        entity_name: the name.
        local_table: the table.
        options: ``properties`` and the options of the mapping.

    Raises:
        ArgumentError: the class has a mapping of this name already.
    """
    known = named_classes.setdefault(class_, {})
    present = known.get(entity_name)
    if present is not None and MAPPER in present.__dict__:
        raise ArgumentError(
            f"class {class_.__name__} is mapped already under the entity name {entity_name!r}",
            why="each name stands for one mapping of the class",
            fix="use another name, or call clear_mappers() first",
            code="AZ-M95",
        )
    derived = _derived(class_, entity_name)
    mapper = registry().map_imperatively(derived, local_table, entity_name=entity_name, **options)
    known[entity_name] = derived
    return mapper


def restored(class_: type[Any], entity_name: str) -> Any:
    """Make the empty instance that a pickle of a named mapping's instance fills."""
    derived: Any = named_class(class_, entity_name)
    return derived.__new__(derived)


def _derived(class_: type[Any], entity_name: str) -> type[Any]:
    def __reduce_ex__(self: Any, protocol: Any) -> Any:  # noqa: N807
        return restored, (class_, entity_name), dict(self.__dict__)

    body = {
        "__module__": class_.__module__,
        "__qualname__": class_.__qualname__,
        "__doc__": class_.__doc__,
        "__reduce_ex__": __reduce_ex__,
        ENTITY_NAME: (class_, entity_name),
    }
    return types.new_class(class_.__name__, (class_,), {}, lambda namespace: namespace.update(body))
