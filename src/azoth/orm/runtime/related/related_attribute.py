"""What the attributes of relationships have in common: configuration, cascade into the session, the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azoth.exc import ArgumentError
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.related.orphans import has_parent, is_orphan
from azoth.orm.runtime.state import InstanceState, instance_behind, row_is_gone, state_of

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


class IncompatibleValueError(ArgumentError, TypeError):
    """Report a value of a kind that a relationship attribute cannot hold."""


class RelatedAttribute(Attribute):
    """An attribute that holds other mapped instances.

    Attributes:
        uselist: whether it holds a collection.
        never_loads: whether the collection is queried instead of loaded (dynamic, write-only).
        item_type: the class whose instances it accepts, or None for any mapped class.
        reverse: the attributes of the other side, which are kept in step.
        save_update: whether attaching an instance takes it into the session of its owner.
        track_parent: whether items remember their owner (delete-orphan, single_parent).
        delete_orphan: whether an item that lost its owner is deleted.
        single_parent: whether an item may have one owner only.
        viewonly: whether it is never written, so that its changes are none.
        loads_replaced: whether a replaced value that is not loaded must be loaded first.
        declared: the attribute of the class that declares the relationship, by which the other side knows this one: a
            derived class has an attribute of its own.
        parent_token: what stands for this relationship in the items' ``extra.parents``.
        passive_value: finds a value that is not loaded without asking the database, or answers NOT_LOADED.
    """

    uselist: bool
    never_loads = False
    viewonly = False

    def __init__(
        self,
        class_: type[Any],
        key: str,
        *,
        item_type: type[Any] | None = None,
        reverse: tuple[RelatedAttribute, ...] = (),
        save_update: bool = True,
        track_parent: bool = False,
        delete_orphan: bool = False,
        single_parent: bool = False,
        active_history: bool = False,
    ) -> None:
        super().__init__(class_, key)
        self.item_type = item_type
        self.reverse = reverse
        self.save_update = save_update
        self.track_parent = track_parent or delete_orphan or single_parent
        self.delete_orphan = delete_orphan
        self.single_parent = single_parent
        self.loads_replaced = active_history
        self.declared: RelatedAttribute = self
        self.parent_token: Any = self
        self.passive_value: Callable[[InstanceState, Any], Any] | None = None

    def follow_added(self, instance: Any, item: Any, source: RelatedAttribute, *, unsure: bool = False) -> None:
        """Follow the other side, which attached ``instance`` to ``item``.

        Args:
            instance: the owner of this attribute.
            item: what it is attached to.
            source: the attribute on the other side that changed, as its class declares it.
            unsure: the item may be here already, since the other side did not know its own old value.

        Emits: nothing; a collection that is not loaded queues the change.
        """
        raise TypeError(f"{type(self).__name__} holds no relationship")

    def follow_removed(self, instance: Any, item: Any, source: RelatedAttribute) -> None:
        """Follow the other side, which detached ``instance`` from ``item``; does nothing if they are not linked here.

        Emits: nothing; a collection that is not loaded queues the change.
        """
        raise TypeError(f"{type(self).__name__} holds no relationship")

    def has_parent(self, state: InstanceState, *, optimistic: bool = False) -> bool:
        """Tell whether an object is held under this relationship, if it notes that."""
        if not self.track_parent:
            return super().has_parent(state, optimistic=optimistic)
        return has_parent(state, self.parent_token, optimistic=optimistic)

    @property
    def looks_up_replaced(self) -> bool:
        """Whether a flush must know what was there before a value that was set."""
        return False

    def note_replaced(self, state: InstanceState, instance: object, stored: object) -> None:
        """Take in what was there before the present value, where that was set while nobody could look it up.

        Args:
            state: the owner's state.
            instance: the owner; it is in a session now.
            stored: what the database has: an object, or the members of a collection.

        State: it belongs to the owner's change, and the objects that were replaced know it.
        """

    def __reduce__(self) -> Any:
        """Pickle as a reference: a bound collection names its attribute."""
        return getattr, (self.class_, self.key)

    def check_item(self, item: object) -> Any:
        """Refuse what is no instance of the related class.

        Returns:
            the instance: the item, or what it stands for.

        Raises:
            IncompatibleValueError: the item is of another class, or of none that is mapped.
        """
        item_type = self.item_type
        item = instance_behind(item)
        if isinstance(item, item_type) if item_type is not None else hasattr(type(item), "_azoth_manager"):
            return item
        wanted = "an instance of a mapped class" if item_type is None else f"an instance of {item_type.__name__}"
        raise IncompatibleValueError(
            f"{self.class_.__name__}.{self.key} cannot hold an object of type {type(item).__name__}",
            why=f"the relationship holds {wanted}.",
            fix=f"create or load {wanted} and attach that.",
            code="AZ-S91",
        )

    def adopt(self, state: InstanceState, item: Any) -> None:
        """Take an attached item into the session of its owner (the save-update cascade)."""
        identity_map = state.identity_map
        if identity_map is None:
            return
        item_state = state_of(item)
        if item_state.identity_map is not identity_map or (item_state.pk is not None and row_is_gone(item_state)):
            unit: Unit | None = identity_map.unit()
            if unit is not None:
                unit.adopt(item)
        elif identity_map.is_being_written:
            self.warn_of_late_change(state)

    def warn_of_late_change(self, state: InstanceState) -> None:
        """Warn of a change that comes while a flush of the owner's session is writing."""
        state.identity_map.warn_of_late_change(f"{self.class_.__name__}.{self.key} is changed")

    def abandon(self, owner: InstanceState, item: Any) -> None:
        """Take a pending item that became an orphan out of its session.

        The sessions of others are told by their next flush: an owner that is in none may get the item back before.
        """
        state = state_of(item)
        identity_map = state.identity_map
        if identity_map is not None and owner.origin is not None and state in identity_map.new and is_orphan(state):
            unit: Unit | None = identity_map.unit()
            if unit is not None:
                unit.expunge(item)
