"""A relationship attribute that holds a collection of instances."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.orm.runtime.collections.bond import empty_collection, release
from azoth.orm.runtime.collections.collection_kind import ListKind, kind_of
from azoth.orm.runtime.collections.instrumented import InstrumentedList, members
from azoth.orm.runtime.history import NO_HISTORY, History, collection_history, committed_value
from azoth.orm.runtime.related.orphans import clear_parent, require_single_parent, set_parent
from azoth.orm.runtime.related.queued_changes import peek_queue, queue_added, queue_removed, take_queue
from azoth.orm.runtime.related.related_attribute import IncompatibleValueError, RelatedAttribute
from azoth.orm.runtime.related.validator import validate_removal, validated
from azoth.orm.runtime.state import InstanceState, loaded_value, row_is_gone, state_of
from azoth.orm.runtime.symbols import (
    NO_KEY,
    NO_VALUE,
    OP_APPEND,
    OP_BULK_REPLACE,
    OP_REMOVE,
    OP_REPLACE,
    AttributeOp,
)


class CollectionAttribute(RelatedAttribute):
    """A one-to-many or many-to-many attribute."""

    uselist = True

    def __init__(self, class_: type[Any], key: str, *, collection_class: Any = list, **configuration: Any) -> None:
        super().__init__(class_, key, **configuration)
        self.collection_class = collection_class

    @property
    def collection_class(self) -> Any:
        """The class or factory of the collections."""
        return self._collection_class

    @collection_class.setter
    def collection_class(self, collection_class: Any) -> None:
        self._collection_class = list if collection_class is None else collection_class
        self.kind = kind_of(collection_class)
        self._plain_list = type(self.kind) is ListKind

    def load(self, state: InstanceState, instance: Any, items: Iterable[Any]) -> Any:
        """Store a collection that was loaded, with the changes that were queued meanwhile.

        Args:
            state: the owner's state.
            instance: the owner.
            items: the members in the database.

        Returns:
            the collection.

        State: the attribute is loaded and, unless changes were queued, clean.
        """
        collection: Any
        if self.listeners is not None:
            return self._load_announced(state, instance, items)
        if self._plain_list:
            # 1,000 parents of 10 children are loaded here: what ListKind.make does, without its calls.
            collection = InstrumentedList(items)
            collection._azoth_owner = state
            # That of a derived class has listeners of its own.
            own = self.class_ is instance.__class__
            collection._azoth_attribute = self if own else state.manager.attributes[self.key]
        else:
            collection = self.kind.make(self, state, items)
        instance.__dict__[self.key] = collection
        if state.extra is not None and state.extra.queued:
            self._apply_queue(state, instance, collection)
        return collection

    def _load_announced(self, state: InstanceState, instance: object, items: Iterable[object]) -> object:
        """Load a collection that listeners hear of: they get it while it is empty."""
        own: CollectionAttribute = self if self.class_ is instance.__class__ else state.manager.attributes[self.key]
        collection = instance.__dict__[self.key] = self.kind.make(own, state, ())
        if own.listeners is not None:
            own.listeners.init_collection(state, own, collection)
        for item in items:
            self.kind.put(collection, item)
        if state.extra is not None and state.extra.queued:
            self._apply_queue(state, instance, collection)
        return collection

    def initialize(self, state: InstanceState, instance: Any) -> Any:
        """Give an instance without a row (or without a session) its empty collection.

        State: that of an instance without a row stays out of its ``__dict__`` until something is put into it.
        """
        if state.pk is not None:
            return self.load(state, instance, ())
        extra = state.extra or state.extras()
        if extra.empty is None:
            extra.empty = {}
        collection = extra.empty.get(self.key)
        if collection is None:
            collection = extra.empty[self.key] = self.kind.make(state.manager.attributes[self.key], state, ())
            if self.listeners is not None:
                self.listeners.init_collection(state, self, collection)
        return collection

    # A collection that is replaced always tells of itself, so that there is no initiator to hand on.
    def set(self, instance: Any, value: Any) -> None:  # type: ignore[override]
        """Replace the collection: members that go are removed, new ones added, those that stay are left alone.

        Args:
            instance: the owner.
            value: a collection of the same kind (list, set or dict).

        Raises:
            IncompatibleValueError: the value is of another kind, or holds an object of a wrong class.

        Emits: the load of the old collection, if the owner has one that is not loaded.
        State: the owner is changed; new members are taken into the owner's session.
        """
        state = state_of(instance)
        old = instance.__dict__.get(self.key)
        if old is None:
            old = empty_collection(state, instance, self.key)
        if value is old and old is not None:
            return  # after p.children += [...]
        given = self.kind.converted(value)
        if given is None:
            raise self._incompatible(value)
        is_unseen = old is None and state.pk is not None and not self.viewonly and not self._is_attached(state)
        if old is None:
            old = self._load_before_replacing(state, instance)
        if self.validators:
            given = [validated(self.validators, instance, self.key, item, backref=False) for item in given]
        replacement = None if self.listeners is None else self._announce_replacement(state, given, value)
        present = members(old)
        kept = {id(item) for item in present} & {id(item) for item in given}
        before = None if self.listeners is None else self.listeners.adapter(old)
        items = [(item, id(item) not in kept) for item in given]
        self._replace(state, instance, old, items, unsure=is_unseen, replacement=replacement)
        if is_unseen:
            changes = state.changes
            assert changes is not None
            changes[self.key] = NO_VALUE
        removed = {id(item): item for item in present if id(item) not in kept}
        for item in removed.values():
            self._announce_removal(state, instance, item, backref=False, op=OP_BULK_REPLACE)
            self.removed(state, instance, instance.__dict__[self.key], item)
        if self.listeners is not None:
            self.listeners.dispose_collection(state, self, old, before)

    def delete(self, instance: Any) -> None:
        """Remove all members."""
        state = state_of(instance)
        collection = loaded_value(state, instance, self.key)
        self._note(state, instance, collection)
        items = members(collection)
        for item in items:
            self._announce_removal(state, instance, item, backref=False)
            self.kind.take(collection, item)
        for item in items:
            self.removed(state, instance, collection, item)

    def adding(self, state: InstanceState, instance: Any, collection: Any, item: Any, key: object = NO_KEY) -> Any:
        """Check an item that is about to be stored, note the members before it, and give the item to store.

        Listeners may ask for the ``key`` that the program names with it.

        Raises:
            IncompatibleValueError: the item is not an instance of the related class.
            InvalidRequestError: the item has another owner and the relationship is single_parent.
        """
        if self.validators:
            item = validated(self.validators, instance, self.key, item, backref=False)
        item = self._accepted(state, item, key)
        if state.pk is not None:
            self._note(state, instance, collection)
        return item

    def present(self, state: InstanceState, item: object, key: object = NO_KEY) -> None:
        """Let listeners hear of an item that is put in and is in already."""
        if self.listeners is not None:
            self.listeners.append_wo_mutation(state, self, item, key=key)

    def added(
        self,
        state: InstanceState,
        instance: Any,
        item: Any,
        source: RelatedAttribute | None = None,
        *,
        unsure: bool = False,
    ) -> None:
        """Keep parent and other side in step with an item that was stored; ``unsure`` as for ``follow_added()``."""
        if item is None:
            return
        if self.track_parent:
            set_parent(state_of(item), self.parent_token, state)
        for attribute in self.reverse:
            if attribute is not source:
                attribute.follow_added(item, instance, self.declared, unsure=unsure)

    def added_again(self, state: InstanceState, instance: object, item: object) -> None:
        """Take back a member that was put where it stands already.

        It may have left the session, or gone to another owner while this collection was not loaded.

        State: it is in the owner's session, unless it has no row any more, and belongs to the owner.
        """
        if item is None:
            return
        if self.save_update and state.origin is not None and not row_is_gone(state_of(item)):
            self.adopt(state, item)
        for attribute in self.reverse:
            if not attribute.uselist and item.__dict__.get(attribute.key, instance) is not instance:
                if self.track_parent:
                    set_parent(state_of(item), self.parent_token, state)
                attribute.follow_added(item, instance, self.declared, unsure=True)

    def removing(self, state: InstanceState, instance: Any, collection: Any, item: Any, key: object = NO_KEY) -> None:
        """Note the members before an item is removed, and let validators and listeners hear of it."""
        origin = state.origin
        if origin is not None and origin.identity_map.is_being_written:
            self.warn_of_late_change(state)
        self._note(state, instance, collection)
        self._announce_removal(state, instance, item, backref=False, key=key)

    def removed(
        self,
        state: InstanceState,
        instance: Any,
        collection: Any,
        item: Any,
        source: RelatedAttribute | None = None,
    ) -> None:
        """Keep parent and other side in step with an item that was removed."""
        if item is None or (self.kind.repeats and self.kind.holds(collection, item)):
            return
        if self.track_parent:
            clear_parent(state_of(item), self.parent_token, state)
        for attribute in self.reverse:
            if attribute is not source:
                attribute.follow_removed(item, instance, self.declared)
        if self.delete_orphan:
            self.abandon(state, item)

    def follow_added(self, instance: Any, item: Any, source: RelatedAttribute, *, unsure: bool = False) -> None:
        """Take in the item that now points to the instance; queue it if the collection is not loaded."""
        state = state_of(instance)
        collection = instance.__dict__.get(self.key)
        if collection is None:
            if state.pk is not None:
                queue_added(state, instance, self.key, self._accepted_backref(state, instance, item, source))
                self.added(state, instance, item, source)
                return
            collection = empty_collection(state, instance, self.key)
            if collection is None:
                collection = self.load(state, instance, ())
        # Several attributes on the other side could hand the item round in a circle.
        if (unsure or len(self.reverse) > 1) and self.kind.holds(collection, item):
            if self.track_parent:
                set_parent(state_of(item), self.parent_token, state)
            return
        item = self._accepted_backref(state, instance, item, source)
        self._note(state, instance, collection)
        displaced = self.kind.displaced_by(collection, item)
        if displaced is not None:
            self._announce_removal(state, instance, displaced, backref=False)
        self.kind.put(collection, item)
        self.added(state, instance, item, source)
        if displaced is not None:
            self.removed(state, instance, collection, displaced)

    def follow_removed(self, instance: Any, item: Any, source: RelatedAttribute) -> None:
        """Give up the item that no longer points to the instance; queue that if the collection is not loaded."""
        state = state_of(instance)
        collection = instance.__dict__.get(self.key)
        if collection is None:
            if state.pk is not None:
                self._announce_removal(state, instance, item, backref=True, source=source)
                queue_removed(state, instance, self.key, item)
                self.removed(state, instance, (), item, source)
        elif self.kind.holds(collection, item):
            self._announce_removal(state, instance, item, backref=True, source=source)
            self._note(state, instance, collection)
            self.kind.take(collection, item)
            self.removed(state, instance, collection, item, source)

    def history_of(self, state: InstanceState, instance: Any) -> History:
        """Compare the present members with the committed ones; queued changes count."""
        key = self.key
        collection = instance.__dict__.get(key)
        if collection is None:
            queue = peek_queue(state, key)
            return NO_HISTORY if queue is None else collection_history(queue[0], queue[1])
        present = members(collection)
        if self.viewonly:
            return collection_history(present, present)
        if state.pk is None:
            return collection_history(present, ())
        if state.changes is None or key not in state.changes:
            return collection_history(present, present)
        before = committed_value(state, key)
        return collection_history(present, () if before is NO_VALUE else before)

    def _accepted(self, state: InstanceState, item: Any, key: object = NO_KEY, op: AttributeOp = OP_APPEND) -> Any:
        if self.listeners is not None:
            item = self.listeners.append(state, self, item, op=op, key=key)
        if item is not None:
            if type(item) is not self.item_type:
                item = self.check_item(item)
            if self.single_parent:
                require_single_parent(self, state, item)
            if self.save_update and state.origin is not None:
                self.adopt(state, item)
        return item

    def _accepted_backref(
        self, state: InstanceState, instance: object, item: object, source: RelatedAttribute
    ) -> object:
        if self.validators:
            item = validated(self.validators, instance, self.key, item, backref=True)
        if self.listeners is None:
            return item
        op = OP_APPEND if source.uselist else OP_REPLACE
        key = self.kind.key_of(instance.__dict__.get(self.key), item)
        return self.listeners.append(state, self, item, op=op, key=key, source=source)

    def _announce_removal(
        self,
        state: InstanceState,
        instance: Any,
        item: Any,
        *,
        backref: bool,
        op: AttributeOp = OP_REMOVE,
        key: object = NO_KEY,
        source: RelatedAttribute | None = None,
    ) -> None:
        if item is not None:
            if self.validators:
                validate_removal(self.validators, instance, self.key, item, backref=backref)
            if self.listeners is not None:
                if source is not None and not source.uselist:
                    op = OP_REPLACE
                self.listeners.remove(state, self, item, op=op, key=key, source=source)

    def _announce_replacement(self, state: InstanceState, given: list[object], value: Any) -> object:
        """Make the collection that takes the place of another, and let listeners change what goes into it."""
        collection = self.kind.make(self, state, ())
        self.listeners.init_collection(state, self, collection)
        keys = list(value.keys()) if self.kind.emulates is dict and hasattr(value, "keys") else None
        self.listeners.bulk_replace(state, self, given, keys)
        return collection

    def _accepted_in_bulk(
        self, state: InstanceState, collection: object, items: list[tuple[object, bool]]
    ) -> list[object]:
        """Let listeners hear of each item of a collection that takes the place of another."""
        accepted = []
        for item, new in items:
            key = self.kind.key_of(collection, item)
            if new:
                item = self._accepted(state, item, key, OP_BULK_REPLACE)
            else:
                self.listeners.append_wo_mutation(state, self, item, op=OP_BULK_REPLACE, key=key)
            accepted.append(item)
        return accepted

    def _note(self, state: InstanceState, instance: Any, collection: Any) -> None:
        """Remember the members before the first change; an instance without a row has no such past."""
        if state.pk is None or self.viewonly:
            return
        changes = state.changes
        if changes is None:
            changes = state.first_change(instance)
        if self.key not in changes:
            changes[self.key] = tuple(members(collection))

    def _replace(
        self,
        state: InstanceState,
        instance: Any,
        old: Any,
        items: list[tuple[Any, bool]],
        *,
        unsure: bool,
        replacement: object,
    ) -> None:
        """Put a new collection in the place of the old one; each item comes with whether it is new."""
        if replacement is None:
            accepted = [self._accepted(state, item) if new else item for item, new in items]
            collection = self.kind.make(self, state, accepted)
        else:
            accepted = self._accepted_in_bulk(state, replacement, items)
            collection = replacement
            for item in accepted:
                self.kind.put(collection, item)
        self._note(state, instance, old)
        instance.__dict__[self.key] = collection
        release(old)
        for item, (_, new) in zip(accepted, items, strict=True):
            if new:
                self.added(state, instance, item, unsure=unsure)
            else:
                self.added_again(state, instance, item)

    def _apply_queue(self, state: InstanceState, instance: Any, collection: Any) -> None:
        queue = take_queue(state, self.key)
        if queue is None:
            return
        # A flush since then may have brought the queued changes into the loaded rows already.
        joining = [item for item in queue[0] if not self.kind.holds(collection, item)]
        leaving = [item for item in queue[1] if self.kind.holds(collection, item)]
        if state.changes is not None:
            state.changes.pop(self.key, None)
        if joining or leaving:
            self._note(state, instance, collection)
        for item in joining:
            if not self.kind.holds(collection, item):
                self.kind.put(collection, item)
        for item in leaving:
            self.kind.take(collection, item)

    @property
    def looks_up_replaced(self) -> bool:
        """Whether a flush must know what was there before."""
        return not self.viewonly

    def note_replaced(self, state: InstanceState, instance: object, stored: object) -> None:
        """Take in the members that were there before the present ones, now that they are known."""
        before = members(stored)
        release(stored)
        changes = state.changes
        assert changes is not None
        changes[self.key] = tuple(before)
        present = instance.__dict__[self.key]
        for item in before:
            if not self.kind.holds(present, item):
                self.removed(state, instance, present, item)
                continue
            for attribute in self.reverse:
                # It was taken for one that joins.
                queue = peek_queue(state_of(item), attribute.key)
                if queue is not None:
                    queue[0].drop(instance)

    @staticmethod
    def _is_attached(state: InstanceState) -> bool:
        identity_map = state.identity_map
        return identity_map is not None and identity_map.unit() is not None

    def _load_before_replacing(self, state: InstanceState, instance: Any) -> Any:
        if state.pk is not None and self._is_attached(state):
            return state.manager.load_missing(state, instance, self.key)
        return self.initialize(state, instance)

    def _incompatible(self, value: Any) -> IncompatibleValueError:
        wanted = "collection" if self.kind.emulates is None else self.kind.emulates.__name__
        given = "None" if value is None else type(value).__name__
        return IncompatibleValueError(
            f"incompatible collection type for {self.class_.__name__}.{self.key}: {given} is not {wanted}-like",
            why=f"the attribute holds a {self.kind.class_.__name__} of related objects.",
            fix=f"assign a {wanted}, for instance {wanted}(...); assign an empty one to remove all objects.",
            code="AZ-S94",
        )
