"""mapper(): the classic way to map a class to a table."""

from __future__ import annotations

from typing import Any

from azoth.orm.mapping.declarative.registry import registry
from azoth.orm.mapping.mapper import Mapper

_classic: list[registry] = []


def mapper(
    class_: type[Any], local_table: Any = None, properties: dict[str, Any] | None = None, **options: Any
) -> Mapper:
    """Map a class to a table.

    Args:
        class_: the class.
        local_table: its table.
        properties: attributes by name: columns, ``relation(...)``, ``synonym(...)`` and others.
        options: options of the mapping (see ``MapperOptions``).

    State: attributes of the class are replaced by mapped ones.
    """
    return classic_registry().map_imperatively(class_, local_table, properties=properties, **options)


def classic_registry() -> registry:
    """Give the registry of the classes that are mapped by ``mapper()``."""
    if not _classic:
        _classic.append(registry())
    return _classic[0]
