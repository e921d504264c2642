"""The constraints of one table that order the rows of a flush."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from azoth.exc import NoReferenceError
from azoth.orm.persistence.profile.key_rule import KeyRule
from azoth.orm.persistence.profile.reason import Reason
from azoth.orm.persistence.profile.table_columns import TableColumns
from azoth.util.computed_once import computed_once

if TYPE_CHECKING:
    from azoth.schema import Table


class UniqueRule:
    """Columns whose values may occur once.

    Attributes:
        table: the table.
        columns: the columns.
        deferred: whether the database looks at COMMIT only.
        reason: how plans and errors name it.
    """

    __slots__ = ("columns", "deferred", "reason", "table")

    def __init__(self, table: Table, columns: tuple[Any, ...], name: str, *, deferred: bool = False) -> None:
        self.table = table
        self.columns = columns
        self.deferred = deferred
        self.reason = Reason("unique", table.fullname, tuple([column.name for column in columns]), (), name)

    def keys(self, mapped: TableColumns) -> tuple[str, ...] | None:
        """Name the attributes of the columns; None if one of them is not mapped."""
        return mapped.keys_of(self.columns)

    def clearable_keys(self, mapped: TableColumns) -> tuple[str, ...]:
        """Name the attributes that may become NULL for a while, which frees the value."""
        return mapped.clearable_keys(self.columns)


class TableRules:
    """The foreign keys and unique rules of a table.

    Args:
        table: the table.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._foreign_keys: tuple[KeyRule, ...] | None = None

    @property
    def foreign_keys(self) -> tuple[KeyRule, ...]:
        """The foreign keys whose targets are defined."""
        if self._foreign_keys is not None:
            return self._foreign_keys
        constraints = sorted(self.table.foreign_key_constraints, key=_first_position(self.table))
        rules = [_key_rule(constraint) for constraint in constraints]
        known = tuple([rule for rule in rules if rule is not None])
        if len(known) == len(rules):
            # A table that nobody has defined yet holds no rows to order, but it may be defined before the next flush.
            self._foreign_keys = known
        return known

    @computed_once
    def unique(self) -> tuple[UniqueRule, ...]:
        """The primary key, unique constraints and unique indexes."""
        return tuple(_unique_rules(self.table))


def _key_rule(constraint: Any) -> KeyRule | None:
    elements = list(constraint.elements)
    try:
        targets = tuple([element.column for element in elements])
    except NoReferenceError:
        return None
    columns = tuple([element.parent for element in elements])
    name = str(constraint.name or "")
    return KeyRule(columns[0].table, columns, targets, "foreign key", name, _is_deferred(constraint))


def _is_deferred(part: object) -> bool:
    """Tell whether the database looks at a constraint at COMMIT only; indexes it looks at with each row."""
    initially = getattr(part, "initially", None)
    return bool(getattr(part, "deferrable", None)) and str(initially or "").upper() == "DEFERRED"


def _first_position(table: Table) -> Callable[[Any], int]:
    positions = {column.key: position for position, column in enumerate(table.columns)}
    return lambda constraint: positions[next(iter(constraint.elements)).parent.key]


def _unique_rules(table: Any) -> Iterator[UniqueRule]:
    primary_key = tuple(table.primary_key.columns)
    seen = set()
    if primary_key:
        seen.add(tuple([column.name for column in primary_key]))
        yield UniqueRule(table, primary_key, "primary key", deferred=_is_deferred(table.primary_key))
    candidates = [part for part in table.constraints if part.__visit_name__ == "unique_constraint"]
    # An index on expressions has fewer columns than expressions; what it keeps unique is not a column's value.
    candidates += [
        index for index in table.indexes if index.unique and len(list(index.columns)) == len(list(index.expressions))
    ]
    for part in sorted(candidates, key=_name_and_columns):
        columns = tuple(part.columns)
        names = tuple([column.name for column in columns])
        if columns and names not in seen:
            seen.add(names)
            yield UniqueRule(table, columns, str(part.name or ""), deferred=_is_deferred(part))


def _name_and_columns(part: Any) -> tuple[str, ...]:
    return (str(part.name or ""), *[column.name for column in part.columns])
