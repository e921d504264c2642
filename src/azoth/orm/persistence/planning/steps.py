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
    """What begins and ends with a step, of objects that have rows in several tables.

    Attributes:
        beginning: the objects of which listeners hear before the step: those that are written together are announced
            together.
        announced: those of which they hear after it.
        ending: the objects of which no later step of the kind writes a row.
        tables: all tables in which a step of the kind writes a row, for each object of which this is the first step.
    """

    __slots__ = ("announced", "beginning", "ending", "tables")

    def __init__(self) -> None:
        self.beginning: list[tuple[InstanceState, Any]] = []
        self.announced: list[tuple[InstanceState, Any]] = []
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


class ReplaceStep(InsertStep):
    """Let new objects take over the rows of deleted ones, which have the same keys."""

    __slots__ = ()
    verb = "REPLACE"


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


class ReleaseKeysStep(ClearKeysStep):
    """Set foreign keys to NULL in rows that are about to be deleted, as ``post_update`` asks for."""

    __slots__ = ()
    verb = "RELEASE KEYS"


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
    """Delete rows that link two objects.

    Args:
        mapper, layout, rows: as for any such step.
        unsure: how many of the rows the database may not have.
    """

    __slots__ = ("unsure",)
    verb = "UNLINK"

    def __init__(self, mapper: Mapper, layout: AssociationLayout, rows: list[tuple[Any, Any]], unsure: int) -> None:
        super().__init__(mapper, layout, rows)
        self.unsure = unsure


FlushStep: TypeAlias = (
    InsertStep
    | UpdateStep
    | SetKeysStep
    | ClearKeysStep
    | ReleaseKeysStep
    | DeleteStep
    | AssociationInsert
    | AssociationDelete
)


def is_observed(step: FlushStep) -> bool:
    """Tell whether somebody listens to what a step does, or to what becomes of objects that end with it."""
    if isinstance(step, AssociationStep):
        return False
    if step.span is not None and (step.span.beginning or step.span.announced):
        return True
    for mapper in step.mapped.mappers:
        dispatch = mapper.dispatch
        if isinstance(step, DeleteStep):
            found = bool(dispatch.deleting)
        elif isinstance(step, InsertStep):
            found = bool(dispatch.inserting or mapper.manager.dispatch.written)
        elif isinstance(step, UpdateStep):
            found = bool(dispatch.updating or mapper.manager.dispatch.written)
        else:
            found = isinstance(step, SetKeysStep) and bool(mapper.manager.dispatch.written)
        if found:
            return True
    return False


def rows_by_class(step: FlushStep) -> dict[str, int]:
    """Count the rows of a step by the classes of their objects; nothing for rows that link objects."""
    counted: dict[str, int] = {}
    if not isinstance(step, AssociationStep):
        if len(step.mapped.mappers) == 1:
            return {step.mapper.class_.__name__: len(step)}
        for state in step.states:
            name = state.manager.class_.__name__
            counted[name] = counted.get(name, 0) + 1
    return counted


def set_spans(steps: Iterable[FlushStep]) -> None:
    """Tell the steps that write rows of objects with several tables where these objects begin and end.

    Args:
        steps: the steps of a plan in order.

    State: those have a span of whose kind somebody needs it: listeners, or objects whose key is complete at the end.
    """
    of_kind: dict[str, list[RowStep]] = {}
    for step in steps:
        if isinstance(step, RowStep) and not step.mapped.is_alone:
            kind = InsertStep.verb if isinstance(step, InsertStep) else step.verb
            of_kind.setdefault(kind, []).append(step)
    for alike in of_kind.values():
        if any(_needs_span(step) for step in alike):
            spans = [EntrySpan() for _ in alike]
            for row_step, span in zip(alike, spans, strict=True):
                row_step.span = span
            _fill_spans(alike, spans)


def _needs_span(step: RowStep) -> bool:
    if isinstance(step, UpdateStep):
        # The object's key is another one when all of its rows have it.
        return is_observed(step) or not set(step.keys).isdisjoint(step.mapper.primary_key_keys)
    if isinstance(step, InsertStep):
        return is_observed(step) or (step.mapped.is_first and not step.mapped.identifies)
    return isinstance(step, DeleteStep) and is_observed(step)


def _fill_spans(steps: Sequence[RowStep], spans: Sequence[EntrySpan]) -> None:
    first: dict[InstanceState, int] = {}
    last: dict[InstanceState, int] = {}
    objects: dict[InstanceState, Any] = {}
    for place, step in enumerate(steps):
        for state, instance in zip(step.states, step.instances, strict=True):
            if state not in first:
                first[state] = place
                objects[state] = instance
                spans[place].tables[state] = []
            spans[first[state]].tables[state].append(step.mapped)
            last[state] = place
    for state, place in last.items():
        spans[place].ending.append((state, objects[state]))
    for together in _written_together(steps, first):
        pairs = [(state, objects[state]) for state in together]
        spans[min([first[state] for state in together])].beginning.extend(pairs)
        spans[max([last[state] for state in together])].announced.extend(pairs)


def _written_together(steps: Sequence[RowStep], states: Iterable[InstanceState]) -> Iterable[Iterable[InstanceState]]:
    """Group the objects whose rows in the table of the base class are written by one step, or that are updated."""
    if isinstance(steps[0], UpdateStep):
        by_hierarchy: dict[Any, list[InstanceState]] = {}
        for state in states:
            by_hierarchy.setdefault(state.manager.root, []).append(state)
        return list(by_hierarchy.values())
    return [step.states for step in steps if step.mapped.is_first]
