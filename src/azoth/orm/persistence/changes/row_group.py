"""Rows that are written alike."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.state import InstanceState


class RowGroup:
    """Rows of one mapper that are written by the same statement.

    Attributes:
        mapper: the mapper.
        keys: the attribute keys to set (updates only), in the table's order.
        states: the states.
        instances: the instances, position by position.
    """

    __slots__ = ("instances", "keys", "mapper", "states")

    def __init__(self, mapper: Any, keys: tuple[str, ...] = ()) -> None:
        self.mapper = mapper
        self.keys = keys
        self.states: list[InstanceState] = []
        self.instances: list[Any] = []
