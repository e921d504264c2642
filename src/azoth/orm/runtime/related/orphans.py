"""Which owners an instance has under delete-orphan relationships, and whether it lost one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.state import InstanceState, StateExtras, state_of

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager


def set_parent(state: InstanceState, token: Any, parent: InstanceState) -> None:
    """Note the owner of an instance under one relationship."""
    extra = state.extra or state.extras()
    if extra.parents is None:
        extra.parents = {}
    extra.parents[token] = parent


def clear_parent(state: InstanceState, token: Any, parent: InstanceState) -> None:
    """Note that an owner let go of an instance, unless another one has taken it over meanwhile."""
    extra = state.extra or state.extras()
    parents = extra.parents
    present = None if parents is None else parents.get(token)
    if parents is None:
        parents = extra.parents = {}
    elif present is None and state.pk is not None and never_had_a_row(parent):
        # A rollback has taken back that it owned the instance, whose owner is whom its row says.
        return
    if present is None or present is False or present is parent or _same_row(present, parent):
        parents[token] = False


def forget_owners(extra: StateExtras) -> None:
    """Take back what was noted of an object's owners: they are again whom its row says."""
    if extra.parents is not None:
        # Not None: owners that were never stored do not know of it.
        extra.parents = {}


def never_had_a_row(state: InstanceState) -> bool:
    """Tell whether an instance has none, and did not stand for one before ``make_transient()``."""
    return state.pk is None and (state.extra is None or state.extra.held is None)


def _same_row(one: InstanceState, other: InstanceState) -> bool:
    # An owner that was expunged, or collected, and loaded again is another object for the same row.
    return (
        one.pk is not None
        and one.pk == other.pk
        and one.manager.root is other.manager.root
        and one.identity_token == other.identity_token
    )


def has_parent(state: InstanceState, token: Any, *, optimistic: bool = False) -> bool:
    """Tell whether an instance has an owner under one relationship.

    Args:
        state: the state of the owned instance.
        token: the relationship (``RelatedAttribute.parent_token``).
        optimistic: the answer where nothing is known; instances from the database are believed to be owned.
    """
    parents = None if state.extra is None else state.extra.parents
    if parents is None or token not in parents:
        return optimistic
    return parents[token] is not False


def guard(attribute: Any, manager: ClassManager) -> None:
    """Declare that instances of a class live only while this delete-orphan relationship holds them."""
    # By identity: mapped attributes answer == with an SQL expression.
    if not any(known is attribute for known in manager.delete_orphan_attributes):
        manager.delete_orphan_attributes.append(attribute)
    attribute.track_parent = attribute.delete_orphan = True


def release_guard(attribute: Any, manager: ClassManager) -> None:
    """Declare that instances of a class live without this relationship, which had delete-orphan perhaps."""
    held = manager.delete_orphan_attributes
    held[:] = [known for known in held if known is not attribute]


def is_orphan(state: InstanceState) -> bool:
    """Tell whether an instance lacks an owner that it needs.

    It is an orphan when *any* of the delete-orphan relationships that lead to it has no owner for it; with the mapper
    option ``legacy_is_orphan``, when *all* of them have none. An instance with a row is believed to be owned until an
    owner lets go of it.

    Emits: nothing.
    State: unchanged.
    """
    optimistic = state.pk is not None
    owned = [
        has_parent(state, attribute.parent_token, optimistic=optimistic)
        for attribute in state.manager.delete_orphan_attributes
    ]
    if not owned:
        return False
    if getattr(state.manager.mapper, "legacy_is_orphan", False):
        return not any(owned)
    return not all(owned)


def lost_owners(state: InstanceState) -> list[Any]:
    """List the delete-orphan attributes of other classes that have no owner for an instance."""
    optimistic = state.pk is not None
    return [
        attribute
        for attribute in state.manager.delete_orphan_attributes
        if not has_parent(state, attribute.parent_token, optimistic=optimistic)
    ]


def forget_losses(extra: StateExtras) -> None:
    """Forget which owners let go of an object that is added anew: who adds it wants it without them."""
    if extra.parents and False in extra.parents.values():
        extra.parents = {token: parent for token, parent in extra.parents.items() if parent is not False}


def require_single_parent(attribute: Any, state: InstanceState, item: Any) -> None:
    """Refuse a second owner.

    Raises:
        InvalidRequestError: the item has another owner under this ``single_parent`` relationship.
    """
    extra = state_of(item).extra
    parents = None if extra is None else extra.parents
    present = None if parents is None else parents.get(attribute.parent_token)
    if present is None or present is False or present is state or _same_row(present, state):
        return
    owner = attribute.class_.__name__
    raise InvalidRequestError(
        f"{type(item).__name__} object already has a parent through {owner}.{attribute.key}",
        why=f"{owner}.{attribute.key} has single_parent=True: an object belongs to one {owner} at a time.",
        fix="take it from its present parent first, or remove single_parent=True from the relationship.",
        code="AZ-S90",
    )
