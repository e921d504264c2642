"""set_shard_id(): the shard of a statement and of the loads that follow from it."""

from __future__ import annotations

from collections.abc import Hashable

from azoth.orm.loading.user_defined_option import UserDefinedOption
from azoth.util.arguments import check_flag

SHARD_ID = "shard_id"
"""The execution option, and the bind argument, that names a shard."""


class set_shard_id(UserDefinedOption):
    """Name the shard of a statement, and of the loads of relationships that follow from it: an option of statements.

        select(Report).options(set_shard_id("asia"))

    Args:
        shard_id: the shard.
        propagate_to_loaders: whether relationships that are read later are loaded from it, too. Columns that are loaded
            later always come from where the object's row is.
    """

    def __init__(self, shard_id: Hashable, propagate_to_loaders: bool = True) -> None:
        check_flag("set_shard_id(): propagate_to_loaders", propagate_to_loaders)
        super().__init__(shard_id)
        self.shard_id = shard_id
        self.propagate_to_loaders = propagate_to_loaders
