"""What the parts of a sharded session know of it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.engine import Engine
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.sharding.choosers import Choosers


class ShardingPort(Protocol):
    """The session, as far as its parts know it.

    Attributes:
        choosers: the functions that the program gave.
    """

    choosers: Choosers

    def chosen_shard(self, mapper: Mapper, instance: object) -> Hashable:
        """Ask in which shard an object belongs that does not know it yet."""
        ...

    def connection_callable(
        self, mapper: Mapper | None = None, instance: object = None, shard_id: Hashable = None
    ) -> Connection:
        """Give the connection by which a flush writes the row of an object."""
        ...

    def any_bind(self) -> Engine | Connection:
        """Give the engine or connection of the first shard."""
        ...
