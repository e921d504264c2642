"""The mutators of list-like collections: each reports what it adds and removes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex

from azoth.orm.runtime.collections.bond import Bond, bond_of, is_left_behind
from azoth.orm.runtime.collections.census import count_the_rest, give_up_census, note_taken_out

Native = Callable[[str], Callable[..., Any]]
Mutators = dict[str, Callable[..., Any]]


def list_mutators(native: Native) -> Mutators:
    """Make the reporting mutators of a list class.

    Args:
        native: gives the class's own, not reporting method of a name.
    """
    return {
        **_adding_mutators(native),
        **_removing_mutators(native),
        **_item_mutators(native),
        **_moving_mutators(native),
    }


def _adding_mutators(native: Native) -> Mutators:
    native_append = native("append")
    native_insert = native("insert")
    native_extend = native("extend")

    def append(self: Any, item: Any) -> None:
        # The most frequent mutator: what bond_of() does, without its tuple.
        state = self._azoth_owner
        if state is None:
            native_append(self, item)
            return
        instance = state()
        attribute = self._azoth_attribute
        if (instance is None or instance.__dict__.get(attribute.key) is not self) and is_left_behind(self, instance):
            native_append(self, item)
            return
        item = attribute.adding(state, instance, self, item)
        native_append(self, item)
        attribute.added(state, instance, item)

    def insert(self: Any, index: SupportsIndex, item: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            native_insert(self, index, item)
            return
        attribute, state, instance = bond
        item = attribute.adding(state, instance, self, item, index)
        native_insert(self, index, item)
        give_up_census(self)
        attribute.added(state, instance, item)

    def extend(self: Any, items: Iterable[Any]) -> None:
        bond = bond_of(self)
        if bond is None:
            native_extend(self, items)
            return
        attribute, state, instance = bond
        accepted = [attribute.adding(state, instance, self, item) for item in list(items)]
        native_extend(self, accepted)
        for item in accepted:
            attribute.added(state, instance, item)

    def __iadd__(self: Any, items: Iterable[Any]) -> Any:
        self.extend(items)
        return self

    def __imul__(self: Any, times: SupportsIndex) -> Any:
        count = times.__index__()
        if count <= 0:
            self.clear()
        else:
            self.extend(list(self) * (count - 1))
        return self

    return {"append": append, "insert": insert, "extend": extend, "__iadd__": __iadd__, "__imul__": __imul__}


def _removing_mutators(native: Native) -> Mutators:
    native_remove = native("remove")
    native_pop = native("pop")
    native_clear = native("clear")

    def remove(self: Any, item: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            native_remove(self, item)
            return
        attribute, state, instance = bond
        # An equal item may not be the same one: what leaves is what stands in the list.
        item = self[self.index(item)]
        attribute.removing(state, instance, self, item)
        count_the_rest(self, self)
        native_remove(self, item)
        note_taken_out(self, item)
        attribute.removed(state, instance, self, item)

    def pop(self: Any, index: SupportsIndex = -1) -> Any:
        bond = bond_of(self)
        if bond is None or not self:
            return native_pop(self, index)
        attribute, state, instance = bond
        attribute.removing(state, instance, self, self[index], index)
        count_the_rest(self, self)
        item = native_pop(self, index)
        note_taken_out(self, item)
        attribute.removed(state, instance, self, item)
        return item

    def clear(self: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            native_clear(self)
            return
        attribute, state, instance = bond
        items = list(self)
        for item in items:
            attribute.removing(state, instance, self, item)
        native_clear(self)
        give_up_census(self)
        for item in items:
            attribute.removed(state, instance, self, item)

    return {"remove": remove, "pop": pop, "clear": clear}


def _item_mutators(native: Native) -> Mutators:
    native_setitem = native("__setitem__")
    native_delitem = native("__delitem__")

    def __setitem__(self: Any, index: SupportsIndex | slice, value: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            native_setitem(self, index, value)
            return
        if isinstance(index, slice):
            before, after = self[index], list(value)
            trial = list(self)
            trial[index] = after  # refuses an extended slice of another size before anything is reported
            places = index.indices(len(self))
            _exchange(bond, self, before, after, lambda items: native_setitem(self, index, items), places)
        else:
            places = (index.__index__(), 0, 0)
            _exchange(bond, self, [self[index]], [value], lambda items: native_setitem(self, index, items[0]), places)

    def __delitem__(self: Any, index: SupportsIndex | slice) -> None:
        bond = bond_of(self)
        if bond is None:
            native_delitem(self, index)
            return
        attribute, state, instance = bond
        items = self[index] if isinstance(index, slice) else [self[index]]
        for item in items:
            attribute.removing(state, instance, self, item, index)
        count_the_rest(self, self)
        native_delitem(self, index)
        if len(items) == 1:
            note_taken_out(self, items[0])
        else:
            give_up_census(self)
        for item in items:
            attribute.removed(state, instance, self, item)

    return {"__setitem__": __setitem__, "__delitem__": __delitem__}


def _moving_mutators(native: Native) -> Mutators:
    native_sort = native("sort")
    native_reverse = native("reverse")

    def sort(self: Any, **how: Any) -> None:
        native_sort(self, **how)
        give_up_census(self)

    def reverse(self: Any) -> None:
        native_reverse(self)
        give_up_census(self)

    return {"sort": sort, "reverse": reverse}


def _exchange(
    bond: Bond,
    collection: Any,
    before: list[Any],
    after: list[Any],
    store: Callable[[list[Any]], None],
    places: tuple[int, int, int],
) -> None:
    """Put items in the place of others; those on both sides are not removed, and stand there once more.

    ``places`` are the first index, and the last one's successor, and the step between two.
    """
    attribute, state, instance = bond
    first, _, step = places
    kept = {id(item) for item in before} & {id(item) for item in after}
    removed = [item for item in before if id(item) not in kept]
    accepted = [
        item if id(item) in kept else attribute.adding(state, instance, collection, item, first + place * step)
        for place, item in enumerate(after)
    ]
    for place, item in enumerate(before):
        if id(item) not in kept:
            attribute.removing(state, instance, collection, item, first + place * step)
    store(accepted)
    give_up_census(collection)
    for item, given in zip(accepted, after, strict=True):
        if id(given) in kept:
            attribute.added_again(state, instance, item)
        else:
            attribute.added(state, instance, item)
    for item in removed:
        attribute.removed(state, instance, collection, item)
