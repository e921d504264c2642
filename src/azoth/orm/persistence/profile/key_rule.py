"""The rules that order rows: foreign keys of tables, and keys that relationships copy without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.key_copy import ForeignKeyFlow, Slot
from azoth.orm.persistence.profile.reason import Reason
from azoth.orm.persistence.profile.table_columns import TableColumns

if TYPE_CHECKING:
    from azoth.schema import Table


class KeyRule:
    """Columns of one table that refer to columns of another.

    Attributes:
        table, columns: the referring side.
        target, target_columns: the side that is referred to.
        deferred: whether the database checks the constraint at the end of the transaction.
        reason: how plans and errors name it.
    """

    __slots__ = ("columns", "deferred", "reason", "table", "target", "target_columns")

    def __init__(
        self,
        table: Table,
        columns: tuple[Any, ...],
        target_columns: tuple[Any, ...],
        kind: str,
        name: str,
        deferred: bool,
    ) -> None:
        self.table = table
        self.columns = columns
        self.target = target_columns[0].table
        self.target_columns = target_columns
        self.deferred = deferred
        self.reason = Reason(
            kind,
            table.fullname,
            tuple([column.name for column in columns]),
            tuple([f"{self.target.fullname}.{column.name}" for column in target_columns]),
            name,
        )

    def keys(self, mapped: TableColumns) -> tuple[str, ...] | None:
        """Name the attributes of the referring columns; None if one of them is not mapped."""
        return mapped.keys_of(self.columns)

    def target_keys(self, mapped: TableColumns) -> tuple[str, ...] | None:
        """Name the attributes of the columns referred to; None if one of them is not mapped."""
        return mapped.keys_of(self.target_columns)

    def slot(self, mapped: TableColumns) -> Slot | None:
        """Give the place where relationships note what they copy into these columns."""
        keys = self.keys(mapped)
        return None if keys is None else (id(self.table), tuple(sorted(keys)))

    def clearable_keys(self, mapped: TableColumns) -> tuple[str, ...]:
        """Name the attributes that may become NULL for a while, which suspends the rule."""
        return mapped.clearable_keys(self.columns)


def rule_of_flow(flow: ForeignKeyFlow) -> KeyRule:
    """Make the rule of a relationship whose columns have no foreign key of their own."""
    return KeyRule(flow.columns[0].table, flow.columns, flow.sources, "relationship", flow.relationship, deferred=False)
