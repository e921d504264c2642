"""What changed on an attribute since it was loaded or flushed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:

    class ChangedState(Protocol):
        """The state of an instance, as far as it tells what changed."""

        @property
        def manager(self) -> Any:
            """The instrumentation of the class."""
            ...

        @property
        def pk(self) -> object:
            """The primary key in the database, or None."""
            ...

        @property
        def changes(self) -> dict[str, Any] | None:
            """Attribute key -> value before the first change; None while nothing changed."""
            ...

        @property
        def extra(self) -> Any:
            """The rarely needed parts, or None."""
            ...

        def __call__(self) -> Any:
            """Give the instance, or None when it was garbage collected."""
            ...


class History(NamedTuple):
    """The values that an attribute gained, kept and lost; for scalars each part has at most one value."""

    added: Sequence[Any]
    unchanged: Sequence[Any]
    deleted: Sequence[Any]

    def __bool__(self) -> bool:
        return self != NO_HISTORY

    def empty(self) -> bool:
        """Tell whether there is neither a change nor an unchanged value."""
        return not (self.added or self.unchanged or self.deleted)

    def has_changes(self) -> bool:
        """Tell whether anything was added or deleted."""
        return bool(self.added or self.deleted)

    def sum(self) -> list[Any]:
        """List all values: added, unchanged and deleted."""
        return [*self.added, *self.unchanged, *self.deleted]

    def non_deleted(self) -> list[Any]:
        """List the values that the attribute has now."""
        return [*self.added, *self.unchanged]

    def non_added(self) -> list[Any]:
        """List the values that the attribute had before."""
        return [*self.unchanged, *self.deleted]


NO_HISTORY = History((), (), ())


def get_history(state: ChangedState, key: str) -> History:
    """Compare an attribute with its last committed value, without loading anything.

    Args:
        state: the state of the instance.
        key: the attribute's key.

    Returns:
        the History; ``NO_HISTORY`` for an attribute that has neither a value nor a queued change.

    Emits: nothing.
    State: unchanged.
    """
    instance = state()
    if instance is None:
        return NO_HISTORY
    manager = state.manager
    attributes: dict[str, Any] = manager.attributes if key in manager.attributes else manager.composites
    history: History = attributes[key].history_of(state, instance)
    return history


def told_history(state: ChangedState, key: str) -> History:
    """Compare as ``get_history()`` does, for programs: of an object that was made transient, they ask what it has anew.

    What its row led to stays with the row, so that relationships tell of changes since then, until it is inserted.

    Args:
        state: the state of the instance.
        key: the attribute's key.
    """
    history = get_history(state, key)
    extra = state.extra
    if state.pk is not None or extra is None or extra.held is None or key not in extra.held or not history:
        return history
    held = extra.held[key]
    if state.manager.attributes[key].uselist:
        return collection_history(history.non_deleted(), held)
    return object_history(history.non_deleted()[0], held[0])


def is_changed(state: ChangedState, instance: Any) -> bool:
    """Tell whether any attribute of a persistent instance differs, net, from its committed value.

    Emits: nothing.
    State: unchanged.
    """
    attributes = state.manager.attributes
    extra = state.extra
    if extra is not None and extra.queued and any(added or removed for added, removed in extra.queued.values()):
        return True
    changes = state.changes
    if not changes:
        return False
    return any(key in attributes and attributes[key].history_of(state, instance).has_changes() for key in changes)


def committed_value(state: ChangedState, key: str) -> Any:
    """Give the committed value that a change replaced; NO_VALUE where it is unknown, or where there is no row yet."""
    if state.pk is None or state.changes is None:
        return NO_VALUE
    return state.changes.get(key, NO_VALUE)


def value_history(current: Any, before: Any, same: bool) -> History:
    """Compare two values of a column attribute.

    Args:
        current: the value now.
        before: the committed value, NO_VALUE if it is not known.
        same: whether the two are equal by the rules of the column's type.
    """
    if same:
        return History((), [current], ())
    return History([current], (), () if before is NO_VALUE else [before])


def object_history(current: Any, before: Any) -> History:
    """Compare two values of a scalar relationship attribute; a None before counts as nothing deleted."""
    if current is before:
        return History((), [current], ())
    return History([current], (), () if before is None or before is NO_VALUE else [before])


def collection_history(current: Iterable[Any], before: Iterable[Any]) -> History:
    """Compare two memberships of a collection by identity."""
    now = {id(item) for item in current}
    then = {id(item) for item in before}
    return History(
        _once([item for item in current if id(item) not in then]),
        _once([item for item in current if id(item) in then]),
        _once([item for item in before if id(item) not in now]),
    )


def _once(items: list[Any]) -> list[Any]:
    if len(items) < 2:
        return items
    return list({id(item): item for item in items}.values())
