"""A relationship attribute whose collection is never loaded: it is queried, and changes wait for the flush."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from azoth.exc import InvalidRequestError
from azoth.orm.exc import UnsupportedRequestError
from azoth.orm.runtime.history import History
from azoth.orm.runtime.related.collection_attribute import CollectionAttribute
from azoth.orm.runtime.related.member_changes import MemberChanges
from azoth.orm.runtime.related.related_attribute import RelatedAttribute
from azoth.orm.runtime.related.validator import validated
from azoth.orm.runtime.state import InstanceState, instance_behind, state_of


class QueriedAttribute(CollectionAttribute):
    """A one-to-many or many-to-many attribute with ``lazy="dynamic"`` or ``lazy="write_only"``.

    Nothing of it ever stands in the instance's ``__dict__``; reading the attribute gives a view, made anew each time.

    Attributes:
        view: makes what an instance shows under the attribute, an AppenderQuery or a WriteOnlyCollection (filled by
            wiring).
        writes_only: whether the collection may not be read as a whole, not even to find out what it holds.
    """

    never_loads = True
    view: Callable[[Any], Any]
    writes_only: bool = False

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        return self.view(instance)

    # -- changing -------------------------------------------------------------

    def append(self, instance: Any, item: Any) -> None:
        """Put an item in, with the next flush.

        Emits: nothing.
        State: the owner is changed; the item is taken into the owner's session, and its other side points to the owner.
        """
        state = state_of(instance)
        if self.validators:
            item = validated(self.validators, instance, self.key, item, backref=False)
        item = self._accepted(state, item)
        if self.pending(state, instance).add(item):
            self.added(state, instance, item)

    def remove(self, instance: Any, item: Any) -> None:
        """Take an item out, with the next flush.

        Emits: nothing.
        State: the owner is changed; the item's other side points to nothing.
        """
        state = state_of(instance)
        item = instance_behind(item)
        self._announce_removal(state, instance, item, backref=False)
        if self.pending(state, instance).remove(item):
            self.removed(state, instance, (), item)

    def set(self, instance: Any, value: Any) -> None:  # type: ignore[override]  # as for all collections
        """Replace the collection.

        Args:
            instance: the owner.
            value: an iterable of items.

        Raises:
            IncompatibleValueError: the value is no iterable.
            InvalidRequestError: the owner has a row, and the attribute is write-only.

        Emits: the SELECT of the present members, if the owner has a row.
        """
        if value is None or not isinstance(value, Iterable):
            raise self._incompatible(value)
        state = state_of(instance)
        given = list({id(item): item for item in value}.values())
        if state.pk is not None and self.writes_only:
            raise InvalidRequestError(
                f"{self.class_.__name__}.{self.key} cannot be replaced as a whole",
                why="the attribute is write-only: its present members are not loaded, so what leaves is not known.",
                fix="use add(), add_all() and remove(), or execute delete() and insert() of the collection.",
                code="AZ-L60",
            )
        if self.listeners is not None:
            self.listeners.bulk_replace(state, self, given)
        present = self.all_members(state, instance)
        kept = {id(item) for item in present} & {id(item) for item in given}
        for item in given:
            if id(item) not in kept:
                self.append(instance, item)
        for item in present:
            if id(item) not in kept:
                self.remove(instance, item)

    def delete(self, instance: Any) -> None:
        """Take all items out."""
        self.set(instance, ())

    def follow_added(self, instance: Any, item: Any, source: RelatedAttribute, *, unsure: bool = False) -> None:
        """Take in the item that now points to the instance."""
        state = state_of(instance)
        item = self._accepted_backref(state, instance, item, source)
        if self.pending(state, instance).add(item):
            self.added(state, instance, item, source)

    def follow_removed(self, instance: Any, item: Any, source: RelatedAttribute) -> None:
        """Give up the item that no longer points to the instance."""
        state = state_of(instance)
        self._announce_removal(state, instance, item, backref=True, source=source)
        if self.pending(state, instance).remove(item):
            self.removed(state, instance, (), item, source)

    # -- reading --------------------------------------------------------------

    def pending(self, state: InstanceState, instance: Any) -> MemberChanges:
        """Give the changes since the last flush, to add to them."""
        changes = state.changes
        if changes is None:
            changes = state.first_change(instance)
        found = changes.get(self.key)
        if not isinstance(found, MemberChanges):
            found = changes[self.key] = MemberChanges()
        return found

    def pending_if_any(self, state: InstanceState) -> MemberChanges | None:
        """Give the changes since the last flush, or None."""
        found = None if state.changes is None else state.changes.get(self.key)
        return found if isinstance(found, MemberChanges) else None

    def joining(self, state: InstanceState) -> list[Any]:
        """List the items that join with the next flush."""
        changes = self.pending_if_any(state)
        return [] if changes is None else list(changes.added)

    def members_in_memory(self, state: InstanceState) -> tuple[list[Any], bool]:
        """List the members as far as memory knows them, and tell whether these are all."""
        changes = self.pending_if_any(state)
        if state.pk is None or changes is None or changes.known is None:
            return [] if changes is None else list(changes.added), state.pk is None
        return changes.applied_to(changes.known), True

    def all_members(self, state: InstanceState, instance: Any) -> list[Any]:
        """List what is in the collection, pending changes included.

        Emits: one SELECT, if the owner has a row and a session.
        """
        if state.pk is None:
            return self.joining(state)
        members: list[Any] = self.view(instance)._azoth_collection_members()
        return members

    def remember_members(self, state: InstanceState, instance: Any) -> None:
        """Look up the members of an owner that is being deleted, so that the flush can let go of them.

        Emits: one SELECT.
        """
        members = self.all_members(state, instance)
        self.pending(state, instance).known = members

    def history_of(self, state: InstanceState, instance: Any) -> History:
        """Tell what joins and leaves; what stays is known only where somebody looked."""
        changes = self.pending_if_any(state)
        if changes is None:
            return History([], [], [])
        joining = {id(item) for item in changes.added}
        known = [item for item in changes.known or () if id(item) not in joining]
        return History(list(changes.added), known, list(changes.removed))

    def history_with_members(self, state: InstanceState, instance: object) -> History:
        """Tell what joins, stays and leaves; what stays of a write-only collection is not looked up.

        Emits: one SELECT, if the collection is dynamic and the owner has a row and a session.
        """
        history = self.history_of(state, instance)
        if self.writes_only:
            return history
        joining = {id(item) for item in history.added}
        staying = [item for item in self.all_members(state, instance) if id(item) not in joining]
        return history._replace(unchanged=staying)

    def load(self, state: InstanceState, instance: Any, items: Iterable[Any]) -> Any:
        """Refuse to be loaded; see ``refuse_loading()``."""
        self.refuse_loading()

    def refuse_loading(self) -> NoReturn:
        """Refuse to be loaded.

        Raises:
            UnsupportedRequestError: always.
        """
        raise UnsupportedRequestError(
            f"{self.class_.__name__}.{self.key} does not support object population",
            why="a dynamic or write-only collection is queried, never loaded.",
            fix="query it, or give the relationship another loading strategy.",
            code="AZ-L61",
        )
