"""What the write side needs to know of a mapper, worked out once."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from azoth.orm.persistence.relationship_sync import RelationshipSync, relationship_syncs
from azoth.sql.types.base import TypeEngine
from azoth.sql.visitors import Visitable

PLAIN_TYPES = frozenset({int, str, float, bool, bytes, type(None)})
"""Classes of values that are certainly no SQL expressions."""


class WriteProfile:
    """The write side's view of one mapper; independent of any dialect.

    Attributes:
        mapper: the mapper.
        columns: attribute key -> column, of the columns that are persisted.
        positions: attribute key -> position in the table.
        comparisons: attribute key -> comparison of two values, for types that do not compare with ``==``.
        pk_keys: the attribute keys of the primary key.
        relationships: the relationships that a flush carries out.
        relationship_keys: their attribute keys.
    """

    __slots__ = (
        "__weakref__", "columns", "comparisons", "mapper", "pk_keys", "positions", "relationship_keys", "relationships",
    )  # fmt: skip

    def __init__(self, mapper: Any) -> None:
        self.mapper = mapper
        self.columns: dict[str, Any] = {key: mapper.columns[key] for key in mapper.column_keys}
        self.positions = {key: position for position, key in enumerate(self.columns)}
        self.comparisons = {
            key: column.type.compare_values
            for key, column in self.columns.items()
            if type(column.type).compare_values is not TypeEngine.compare_values
        }
        self.pk_keys: tuple[str, ...] = tuple(mapper.primary_key_keys)
        self.relationships: tuple[RelationshipSync, ...] = relationship_syncs(mapper)
        self.relationship_keys = frozenset(sync.key for sync in self.relationships)

    def comparison(self, key: str) -> Callable[[Any, Any], bool] | None:
        """Give the special comparison of an attribute's values, or None."""
        return self.comparisons.get(key)


_profiles: weakref.WeakKeyDictionary[Any, WriteProfile] = weakref.WeakKeyDictionary()


def write_profile(mapper: Any) -> WriteProfile:
    """Give the profile of a mapper, working it out on first use."""
    profile = _profiles.get(mapper)
    if profile is None:
        profile = _profiles[mapper] = WriteProfile(mapper)
    return profile


def is_expression(value: Any) -> bool:
    """Tell whether an attribute's value is a SQL expression, to be computed by the database."""
    return is_expression_class(type(value))


def is_expression_class(cls: type[Any]) -> bool:
    """Tell whether values of a class are SQL expressions."""
    return cls not in PLAIN_TYPES and (issubclass(cls, Visitable) or hasattr(cls, "__clause_element__"))
