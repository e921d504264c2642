"""The steps of a flush as plain data: which rows are written by which kind of statement, and why in this order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    from azoth.orm.persistence.association import LinkLayout
    from azoth.orm.persistence.key_copy import KeyCopy
    from azoth.orm.runtime.state import InstanceState


@dataclass(slots=True, eq=False)
class RowStep:
    """A step that writes rows of one mapper.

    Args:
        mapper: whose rows.
        states: the states of the instances, in the order in which their rows are written.
        instances: the instances, position by position; they are kept alive until the flush is over.
    """

    verb: ClassVar[str]
    mapper: Any
    states: list[InstanceState]
    instances: list[Any]

    @property
    def table(self) -> Any:
        """The table that is written."""
        return self.mapper.local_table

    @property
    def label(self) -> str:
        """Verb and table."""
        return f"{self.verb} {self.table.fullname}"

    def __len__(self) -> int:
        return len(self.states)


@dataclass(slots=True, eq=False)
class InsertStep(RowStep):
    """Insert rows.

    Args:
        copies: foreign keys to take over from parents when the step is bound.
        nulls: attribute keys that are written as NULL for now, because a later step sets them.
    """

    verb = "INSERT"
    copies: list[KeyCopy] = field(default_factory=list)
    nulls: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class UpdateStep(RowStep):
    """Update rows.

    Args:
        keys: the attribute keys whose columns are set.
        copies: foreign keys to take over from parents when the step is bound.
        nulls: attribute keys among them that are written as NULL for now, because a later step sets them.
    """

    verb = "UPDATE"
    keys: tuple[str, ...] = ()
    copies: list[KeyCopy] = field(default_factory=list)
    nulls: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class SetKeysStep(RowStep):
    """Set foreign keys that an earlier step had to leave NULL (a cycle, or ``post_update``).

    Args:
        keys: the attribute keys whose columns are set.
        copies: foreign keys to take over from parents when the step is bound.
    """

    verb = "SET KEYS"
    keys: tuple[str, ...] = ()
    copies: list[KeyCopy] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ClearKeysStep(RowStep):
    """Set columns to NULL before rows that they refer to go, or before another row takes their unique value.

    Args:
        keys: the attribute keys whose columns become NULL.
    """

    verb = "CLEAR KEYS"
    keys: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class DeleteStep(RowStep):
    """Delete rows."""

    verb = "DELETE"


@dataclass(slots=True, eq=False)
class AssociationStep:
    """A step that writes rows of a many-to-many table.

    Args:
        mapper: the parent's mapper of the relationship; its connection is used.
        layout: the table's columns and where their values come from.
        rows: pairs of instances, one for each row.
    """

    verb: ClassVar[str]
    mapper: Any
    layout: LinkLayout
    rows: list[tuple[Any, Any]]

    @property
    def table(self) -> Any:
        """The table that is written."""
        return self.layout.table

    @property
    def label(self) -> str:
        """Verb and table."""
        return f"{self.verb} {self.table.fullname}"

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(slots=True, eq=False)
class LinkStep(AssociationStep):
    """Insert rows that link two objects."""

    verb = "LINK"


@dataclass(slots=True, eq=False)
class UnlinkStep(AssociationStep):
    """Delete rows that link two objects."""

    verb = "UNLINK"


FlushStep: TypeAlias = InsertStep | UpdateStep | SetKeysStep | ClearKeysStep | DeleteStep | LinkStep | UnlinkStep
