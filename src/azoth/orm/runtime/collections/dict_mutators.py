"""The mutators of dict-like collections, whose values are the items: each reports what it adds and removes."""

from __future__ import annotations

from collections.abc import Callable, Reversible
from typing import Any

from azoth.orm.runtime.collections.bond import bond_of
from azoth.orm.runtime.collections.census import count_the_rest, give_up_census, note_taken_out

Native = Callable[[str], Callable[..., Any]]
Mutators = dict[str, Callable[..., Any]]

_NOT_GIVEN: Any = object()


def dict_mutators(native: Native) -> Mutators:
    """Make the reporting mutators of a dict class.

    Args:
        native: gives the class's own, not reporting method of a name.
    """
    return {**_item_mutators(native), **_COMPOSED_MUTATORS}


def _item_mutators(native: Native) -> Mutators:
    native_setitem = native("__setitem__")
    native_delitem = native("__delitem__")
    native_clear = native("clear")

    def __setitem__(self: Any, key: Any, item: Any) -> None:
        bond = bond_of(self)
        if bond is None:
            if key in self:
                give_up_census(self)
            native_setitem(self, key, item)
            return
        old = self.get(key, _NOT_GIVEN) if key in self else _NOT_GIVEN
        attribute, state, instance = bond
        if old is item:
            attribute.present(state, item, key)
            attribute.added_again(state, instance, item)
            return
        item = attribute.adding(state, instance, self, item, key)
        if old is not _NOT_GIVEN:
            attribute.removing(state, instance, self, old, key)
            give_up_census(self)
        native_setitem(self, key, item)
        attribute.added(state, instance, item)
        if old is not _NOT_GIVEN:
            attribute.removed(state, instance, self, old)

    def take_out(self: Any, key: Any) -> None:
        item = self.get(key)
        count_the_rest(self, self.values())
        native_delitem(self, key)
        note_taken_out(self, item)

    def __delitem__(self: Any, key: Any) -> None:
        bond = bond_of(self)
        if bond is None or key not in self:
            take_out(self, key)
            return
        attribute, state, instance = bond
        item = self.get(key)
        attribute.removing(state, instance, self, item, key)
        take_out(self, key)
        attribute.removed(state, instance, self, item)

    def clear(self: Any) -> None:
        if bond_of(self) is None:
            native_clear(self)
            give_up_census(self)
        else:
            for key in list(self.keys()):
                del self[key]

    return {"__setitem__": __setitem__, "__delitem__": __delitem__, "clear": clear}


def _pop(self: Any, key: Any, default: Any = _NOT_GIVEN) -> Any:
    if key not in self:
        if default is _NOT_GIVEN:
            raise KeyError(key)
        return default
    item = self.get(key)
    del self[key]
    return item


def _popitem(self: Any) -> tuple[Any, Any]:
    keys = self.keys()
    for key in reversed(keys if isinstance(keys, Reversible) else list(keys)):
        return key, self.pop(key)
    raise KeyError("popitem(): dictionary is empty")


def _setdefault(self: Any, key: Any, default: Any = None) -> Any:
    if key not in self or self.get(key) is default:
        self[key] = default
    return self.get(key)


def _update(self: Any, *others: Any, **named: Any) -> None:
    for key, item in dict(*others, **named).items():
        self[key] = item


def _ior(self: Any, other: Any) -> Any:
    self.update(other)
    return self


_COMPOSED_MUTATORS: Mutators = {
    "pop": _pop,
    "popitem": _popitem,
    "setdefault": _setdefault,
    "update": _update,
    "__ior__": _ior,
}
