"""Objects of one class, and rows of one table that are written alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


class InstanceGroup:
    """Objects of one mapper to which the same happens.

    Attributes:
        mapper: the mapper.
        states: the states.
        instances: the instances, position by position.
    """

    __slots__ = ("instances", "mapper", "states")

    def __init__(self, mapper: Mapper) -> None:
        self.mapper = mapper
        self.states: list[InstanceState] = []
        self.instances: list[Any] = []


class RowGroup:
    """Rows of one mapped table that are written by the same statement.

    Args:
        mapped: the mapped table.
        keys: the attribute keys to set (updates only), in the table's order.
        states: the states.
        instances: the instances, position by position.
    """

    __slots__ = ("instances", "keys", "mapped", "states")

    def __init__(
        self, mapped: MappedTable, keys: tuple[str, ...], states: list[InstanceState], instances: list[Any]
    ) -> None:
        self.mapped = mapped
        self.keys = keys
        self.states = states
        self.instances = instances
