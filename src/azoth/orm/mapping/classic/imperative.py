"""mapper(): the classic way to map a class to a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from azoth.orm.mapping.classic.named_mapping import map_named
from azoth.orm.mapping.declarative.registry import registry
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.runtime.instrumentation.entity_dispatch import EntityEvents

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper_arguments import MapperArguments

_classic: list[registry] = []


def mapper(
    class_: type[Any],
    local_table: Any = None,
    properties: Mapping[str, Any] | None = None,
    entity_name: str | None = None,
    **options: Unpack[MapperArguments],
) -> Mapper:
    """Map a class to a table.

    Args:
        class_: the class.
        local_table: its table.
        properties: attributes by name: columns, ``relation(...)``, ``synonym(...)`` and others.
        entity_name: a name for this mapping, where the class has several; ``query(User, entity_name=...)`` and
            ``save(obj, entity_name=...)`` choose it.
        options: options of the mapping (see ``MapperOptions``); ``eager_defaults`` is False unless it is given.

    State: attributes of the class are replaced by mapped ones.
    """
    # Values that the database makes are deferred in these mappings: they are loaded when they are read.
    options.setdefault("eager_defaults", False)
    if entity_name is not None:
        return map_named(class_, entity_name, local_table, properties=properties, **options)
    return classic_registry().map_imperatively(class_, local_table, properties=properties, **options)


def classic_registry() -> registry:
    """Give the registry of the classes that are mapped by ``mapper()``."""
    if not _classic:
        _classic.append(registry())
    return _classic[0]


EntityEvents._everywhere_targets.append(mapper)
