"""The mutators of set-like collections: each reports what it adds and removes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from azoth.orm.runtime.collections.bond import Bond, bond_of

Native = Callable[[str], Callable[..., Any]]
Mutators = dict[str, Callable[..., Any]]


def set_mutators(native: Native) -> Mutators:
    """Make the reporting mutators of a set class.

    Args:
        native: gives the class's own, not reporting method of a name.
    """
    return {**_single_mutators(native), **_BULK_MUTATORS}


def _single_mutators(native: Native) -> Mutators:
    native_add = native("add")
    native_discard = native("discard")
    native_clear = native("clear")

    def add(self: Any, item: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            native_add(self, item)
            return
        attribute, state, instance = bond
        if item in self:
            attribute.present(state, item)
            _added_again(bond, item)
        else:
            item = attribute.adding(state, instance, self, item)
            native_add(self, item)
            attribute.added(state, instance, item)

    def discard(self: Any, item: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            native_discard(self, item)
        elif item in self:
            attribute, state, instance = bond
            item = _member_equal_to(self, item)
            attribute.removing(state, instance, self, item)
            native_discard(self, item)
            attribute.removed(state, instance, self, item)

    def remove(self: Any, item: Any) -> None:
        if item not in self:
            raise KeyError(item)
        self.discard(item)

    def pop(self: Any) -> Any:
        for item in self:
            self.discard(item)
            return item
        raise KeyError("pop from an empty set")

    def clear(self: Any) -> None:
        if bond_of(self) is None:
            native_clear(self)
        else:
            for item in list(self):
                self.discard(item)

    return {"add": add, "discard": discard, "remove": remove, "pop": pop, "clear": clear}


def _added_again(bond: Bond, item: object) -> None:
    # Otherwise the member that is equal may be another object, and finding it takes a walk through the set.
    if _equals_itself_alone(item):
        bond.attribute.added_again(bond.state, bond.instance, item)


def _member_equal_to(collection: Any, item: Any) -> Any:
    # An equal item may not be the same one: what leaves is what stands in the set.
    if _equals_itself_alone(item):
        return item
    return next((member for member in collection if member is item or member == item), item)


def _equals_itself_alone(item: object) -> bool:
    class_: Any = type(item)
    return class_.__eq__ is object.__eq__


def _update(self: Any, *others: Iterable[Any]) -> None:
    for other in others:
        for item in list(other):
            self.add(item)


def _difference_update(self: Any, *others: Iterable[Any]) -> None:
    for other in others:
        for item in list(other):
            self.discard(item)


def _intersection_update(self: Any, *others: Iterable[Any]) -> None:
    kept = set(self).intersection(*others)
    for item in list(self):
        if item not in kept:
            self.discard(item)


def _symmetric_difference_update(self: Any, other: Iterable[Any]) -> None:
    for item in set(other):
        if item in self:
            self.discard(item)
        else:
            self.add(item)


def _operator(change: Callable[..., None]) -> Callable[..., Any]:
    def operate(self: Any, other: Any) -> Any:
        if not isinstance(other, AbstractSet):
            return NotImplemented
        change(self, other)
        return self

    return operate


_BULK_MUTATORS: Mutators = {
    "update": _update,
    "difference_update": _difference_update,
    "intersection_update": _intersection_update,
    "symmetric_difference_update": _symmetric_difference_update,
    "__ior__": _operator(_update),
    "__isub__": _operator(_difference_update),
    "__iand__": _operator(_intersection_update),
    "__ixor__": _operator(_symmetric_difference_update),
}
