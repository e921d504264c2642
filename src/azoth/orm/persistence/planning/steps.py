"""The steps of a flush as plain data: which rows are written by which kind of statement, and why in this order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.persistence.profile.association import AssociationLayout
    from azoth.orm.persistence.profile.key_copy import KeyCopy
    from azoth.orm.persistence.profile.mapped_table import MappedTable
    from azoth.orm.runtime.state import InstanceState


class EntrySpan:
    """For which of its objects a step is the first or the last of its kind.

    Attributes:
        beginning: the objects of which no earlier step of the kind writes a row.
        ending: those of which no later one does.
        tables: all tables in which a step of the kind writes a row, for each object that begins here.
    """

    __slots__ = ("beginning", "ending", "tables")

    def __init__(self) -> None:
        self.beginning: list[tuple[InstanceState, Any]] = []
        self.ending: list[tuple[InstanceState, Any]] = []
        self.tables: dict[InstanceState, list[MappedTable]] = {}


class RowStep:
    """A step that writes rows of one mapped table.

    Args:
        mapped: the mapped table.
        states: the states of the instances, in the order in which their rows are written.
        instances: the instances, position by position; they are kept alive until the flush is over.
        keys: the attribute keys whose columns are set; an INSERT finds them by itself, a DELETE sets none.
        copies: foreign keys to take over from parents when the step is bound.
        nulls: attribute keys that are written as NULL for now, because a later step sets them.

    Attributes:
        mapper: the mapper of the instances.
        span: which of them it is the first or last step of its kind for, where they have several tables; else None.
    """

    __slots__ = ("copies", "instances", "keys", "mapped", "mapper", "nulls", "span", "states")
    verb: ClassVar[str]

    def __init__(
        self,
        mapped: MappedTable,
        states: list[InstanceState],
        instances: list[Any],
        keys: tuple[str, ...] = (),
        copies: list[KeyCopy] | None = None,
        nulls: tuple[str, ...] = (),
    ) -> None:
        self.mapped = mapped
        self.mapper: Mapper = mapped.mapper
        self.states = states
        self.instances = instances
        self.keys = keys
        self.copies: list[KeyCopy] = [] if copies is None else copies
        self.nulls = nulls
        self.span: EntrySpan | None = None

    @property
    def table(self) -> Any:
        """The table that is written."""
        return self.mapped.table

    @property
    def label(self) -> str:
        """Verb and table."""
        return f"{self.verb} {self.table.fullname}"

    def __len__(self) -> int:
        return len(self.states)


class InsertStep(RowStep):
    """Insert rows."""

    __slots__ = ()
    verb = "INSERT"


class UpdateStep(RowStep):
    """Update rows."""

    __slots__ = ()
    verb = "UPDATE"


class SetKeysStep(RowStep):
    """Set foreign keys that an earlier step had to leave NULL (a cycle, or ``post_update``)."""

    __slots__ = ()
    verb = "SET KEYS"


class ClearKeysStep(RowStep):
    """Set columns to NULL before rows that they refer to go, or before another row takes their unique value."""

    __slots__ = ()
    verb = "CLEAR KEYS"


class DeleteStep(RowStep):
    """Delete rows."""

    __slots__ = ()
    verb = "DELETE"


class AssociationStep:
    """A step that writes rows of a many-to-many table.

    Args:
        mapper: the parent's mapper of the relationship; its connection is used.
        layout: the table's columns and where their values come from.
        rows: pairs of instances, one for each row.
    """

    __slots__ = ("layout", "mapper", "rows")
    verb: ClassVar[str]

    def __init__(self, mapper: Mapper, layout: AssociationLayout, rows: list[tuple[Any, Any]]) -> None:
        self.mapper = mapper
        self.layout = layout
        self.rows = rows

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


class AssociationInsert(AssociationStep):
    """Insert rows that link two objects."""

    __slots__ = ()
    verb = "LINK"


class AssociationDelete(AssociationStep):
    """Delete rows that link two objects."""

    __slots__ = ()
    verb = "UNLINK"


FlushStep: TypeAlias = (
    InsertStep | UpdateStep | SetKeysStep | ClearKeysStep | DeleteStep | AssociationInsert | AssociationDelete
)


def is_observed(step: FlushStep) -> bool:
    """Tell whether somebody listens to what a step does."""
    mapper = step.mapper
    dispatch = mapper.dispatch
    if isinstance(step, InsertStep):
        return bool(dispatch.inserting or mapper.manager.dispatch.refresh_flush)
    if isinstance(step, UpdateStep):
        return bool(dispatch.updating or mapper.manager.dispatch.refresh_flush)
    return isinstance(step, DeleteStep) and bool(dispatch.deleting)


def set_spans(steps: Iterable[FlushStep]) -> None:
    """Tell the steps that write rows of objects with several tables where these objects begin and end.

    Args:
        steps: the steps of a plan in order.
    """
    of_kind: dict[str, list[tuple[RowStep, EntrySpan]]] = {}
    for step in steps:
        if isinstance(step, RowStep) and not step.mapped.is_alone:
            step.span = EntrySpan()
            of_kind.setdefault(step.verb, []).append((step, step.span))
    for alike in of_kind.values():
        _set_beginnings(alike)
        _set_endings(alike)


def _set_beginnings(steps: Iterable[tuple[RowStep, EntrySpan]]) -> None:
    tables: dict[InstanceState, list[MappedTable]] = {}
    for step, span in steps:
        for state, instance in zip(step.states, step.instances, strict=True):
            known = tables.get(state)
            if known is None:
                known = tables[state] = span.tables[state] = []
                span.beginning.append((state, instance))
            known.append(step.mapped)


def _set_endings(steps: Sequence[tuple[RowStep, EntrySpan]]) -> None:
    seen: set[InstanceState] = set()
    for step, span in reversed(steps):
        for state, instance in zip(step.states, step.instances, strict=True):
            if state not in seen:
                seen.add(state)
                span.ending.append((state, instance))
