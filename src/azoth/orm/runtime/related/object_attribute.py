"""A relationship attribute that holds one instance or None."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.history import NO_HISTORY, History, committed_value, object_history
from azoth.orm.runtime.related.orphans import clear_parent, never_had_a_row, require_single_parent, set_parent
from azoth.orm.runtime.related.related_attribute import RelatedAttribute
from azoth.orm.runtime.related.validator import validate_removal, validated
from azoth.orm.runtime.state import InstanceState, make_state, state_of
from azoth.orm.runtime.symbols import NO_VALUE, NOT_LOADED, OP_APPEND, OP_REMOVE, OP_REPLACE, STATE

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


class ObjectAttribute(RelatedAttribute):
    """A many-to-one or one-to-one attribute."""

    uselist = False

    def set(self, instance: Any, value: Any, initiator: object = None) -> None:
        """Set the object, and keep the other side in step.

        Args:
            instance: the owner.
            value: an instance of the related class, or None.
            initiator: what listeners are told that the change began with, if not with this attribute.

        Raises:
            IncompatibleValueError: the value is not an instance of the related class.
            InvalidRequestError: the value has another owner and the relationship is single_parent.

        Emits: nothing; with active_history, the load of the old value.
        State: the owner is changed; the value is taken into the owner's session.
        """
        state = state_of(instance)
        values = instance.__dict__
        key = self.key
        old = values[key] if key in values else self._missing_old(state, instance)
        if self.validators:
            value = validated(self.validators, instance, key, value, backref=False)
        if self.listeners is not None:
            value = self.listeners.set(state, self, value, old, initiator=initiator)
        if value is not None:
            if type(value) is not self.item_type:
                value = self.check_item(value)
            if self.single_parent and value is not old:
                require_single_parent(self, state, value)
            if self.save_update and state.origin is not None and value is not old:
                self.adopt(state, value)
        elif state.origin is not None and state.origin.identity_map.is_being_written:
            self.warn_of_late_change(state)
        self._store(state, instance, old, value)
        if old is not value:
            self._replaced(state, instance, old, value)

    def delete(self, instance: Any) -> None:
        """Detach the object: the attribute becomes None.

        Raises:
            AttributeError: there is no value to delete.
        """
        state = state_of(instance)
        values = instance.__dict__
        key = self.key
        old = values[key] if key in values else self._missing_old(state, instance)
        if old is NO_VALUE:
            raise AttributeError(f"{self.class_.__name__}.{key} has no value to delete")
        if state.origin is not None and state.origin.identity_map.is_being_written:
            self.warn_of_late_change(state)
        if old is not NOT_LOADED and old is not None:
            if self.validators:
                validate_removal(self.validators, instance, key, old, backref=False)
            if self.listeners is not None:
                self.listeners.remove(state, self, old)
        self._store(state, instance, old, None)
        self._replaced(state, instance, old, None)

    def follow_added(self, instance: Any, item: Any, source: RelatedAttribute, *, unsure: bool = False) -> None:
        """Point to the item whose collection (or attribute) took in the instance."""
        values = instance.__dict__
        key = self.key
        state = values.get(STATE)
        if state is None or state() is not instance:
            state = make_state(instance)
        old = values[key] if key in values else self._missing_old(state, instance)
        if old is item:
            values[key] = item
            if self.track_parent:
                set_parent(state_of(item), self.parent_token, state)
            return
        if self.validators:
            item = validated(self.validators, instance, key, item, backref=True)
        if self.listeners is not None:
            item = self.listeners.set(
                state, self, item, old, op=OP_APPEND if source.uselist else OP_REPLACE, source=source
            )
        self._store(state, instance, old, item)
        self._replaced(state, instance, old, item, linked_by=source)

    def follow_removed(self, instance: Any, item: Any, source: RelatedAttribute) -> None:
        """Stop pointing to the item whose collection (or attribute) gave up the instance."""
        values = instance.__dict__
        key = self.key
        state = state_of(instance)
        old = stored = values[key] if key in values else self._passive_old(state, instance)
        if old is NOT_LOADED:
            owner = state_of(item)
            if never_had_a_row(owner):
                # It was never stored here: whoever is stays.
                return
            # The other side knows: what it referred to was here, or had the row that it refers to.
            old = item
            if owner.pk is not None:
                stored = item
        if old is not item:
            return
        if self.validators:
            validate_removal(self.validators, instance, key, item, backref=True)
        if self.listeners is not None:
            self.listeners.set(state, self, None, old, op=OP_REMOVE if source.uselist else OP_REPLACE, source=source)
        self._store(state, instance, stored, None)
        self._replaced(state, instance, old, None, unlinked_by=source)

    def history_of(self, state: InstanceState, instance: Any) -> History:
        """Compare the present object with the committed one."""
        key = self.key
        current = instance.__dict__.get(key, NO_VALUE)
        if current is NO_VALUE:
            return NO_HISTORY
        if self.viewonly:
            return History((), [current], ())
        if state.pk is None:
            return History([current], (), ())
        if state.changes is None or key not in state.changes:
            return History((), [current], ())
        return object_history(current, committed_value(state, key))

    def _store(self, state: InstanceState, instance: Any, old: Any, value: Any) -> None:
        values = instance.__dict__
        key = self.key
        # Changes of an instance without a row have no meaning: all of its values are new.
        if state.pk is not None and not (old is value and key in values) and not self.viewonly:
            changes = state.changes
            if changes is None:
                changes = state.first_change(instance)
            if key not in changes:
                changes[key] = NO_VALUE if old is NOT_LOADED else old
        values[key] = value

    def _replaced(
        self,
        state: InstanceState,
        instance: Any,
        old: Any,
        value: Any,
        linked_by: RelatedAttribute | None = None,
        unlinked_by: RelatedAttribute | None = None,
    ) -> None:
        """Tell the objects on the other side: first the new one, so that an item that moves never lacks an owner."""
        if value is not None:
            if self.track_parent:
                set_parent(state_of(value), self.parent_token, state)
            for attribute in self.reverse:
                if attribute is not linked_by:
                    attribute.follow_added(value, instance, self.declared, unsure=old is NOT_LOADED)
        if old is not None and old is not NO_VALUE and old is not NOT_LOADED:
            self._let_go(state, instance, old, unlinked_by)

    def _let_go(
        self, state: InstanceState, instance: object, old: object, unlinked_by: RelatedAttribute | None
    ) -> None:
        if self.track_parent:
            clear_parent(state_of(old), self.parent_token, state)
        for attribute in self.reverse:
            if attribute is not unlinked_by:
                attribute.follow_removed(old, instance, self.declared)
        if self.delete_orphan:
            self.abandon(state, old)

    @property
    def looks_up_replaced(self) -> bool:
        """Whether a flush must know what was there before."""
        return self.loads_replaced and not self.viewonly

    def note_replaced(self, state: InstanceState, instance: object, stored: object) -> None:
        """Take in what was there before the present object, now that it is known."""
        changes = state.changes
        assert changes is not None
        changes[self.key] = stored
        if stored is not None and stored is not instance.__dict__[self.key]:
            self._let_go(state, instance, stored, None)

    def _missing_old(self, state: InstanceState, instance: Any) -> Any:
        """Find the value that is being replaced and is not loaded; loads it only where the flush must know it."""
        if state.pk is None:
            return NO_VALUE
        identity_map = state.identity_map if self.loads_replaced else None
        unit: Unit | None = None if identity_map is None else identity_map.unit()
        if unit is not None:
            # Writing an attribute flushes nothing: the objects around may be half made.
            with unit.no_autoflush:
                return state.manager.load_missing(state, instance, self.key, asked=False)
        return NOT_LOADED if self.passive_value is None else self.passive_value(state, instance)

    def _passive_old(self, state: InstanceState, instance: Any) -> Any:
        if state.pk is None:
            return NO_VALUE
        return NOT_LOADED if self.passive_value is None else self.passive_value(state, instance)
