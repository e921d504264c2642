"""The place of a mapper in a hierarchy of classes: alone, as long as class hierarchies are not mapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self


class MapperHierarchy:
    """The part of a mapper that answers questions about other classes."""

    inherits = None
    single = False
    concrete = False
    polymorphic_on = None
    polymorphic_identity = None

    @property
    def base_mapper(self) -> Self:
        """The mapper of the topmost class."""
        return self

    def isa(self, other: Any) -> bool:
        """Tell whether this mapper's class is another mapper's class or derived from it."""
        return self is other.mapper

    def common_parent(self, other: Any) -> bool:
        """Tell whether both mappers belong to one hierarchy."""
        return self is other.mapper

    def iterate_to_root(self) -> Iterator[Self]:
        """Yield this mapper and those of its mapped base classes."""
        yield self

    @property
    def self_and_descendants(self) -> tuple[Self, ...]:
        """This mapper and those of derived classes."""
        return (self,)

    @property
    def polymorphic_map(self) -> dict[Any, Self]:
        """Mappers by polymorphic identity."""
        return {}

    @property
    def with_polymorphic_mappers(self) -> tuple[Self, ...]:
        """The mappers whose columns are loaded together with this one's."""
        return ()
