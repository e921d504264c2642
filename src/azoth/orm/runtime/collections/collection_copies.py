"""Deep copies of collections: bound to the copy of the owner if that is being copied too, to nobody otherwise."""

from __future__ import annotations

import copy
from typing import Any

from azoth.orm.runtime.collections.bond import bind
from azoth.orm.runtime.state import state_of


def deep_copy(collection: Any, memo: dict[int, Any]) -> Any:
    """Copy a collection and its members; what every reporting collection class does for ``__deepcopy__``."""
    state, attribute = collection._azoth_owner, collection._azoth_attribute
    collection._azoth_owner = None  # or copying would follow the bond to the owner, and report the copied members
    try:
        duplicate = _rebuilt(collection, memo)
    finally:
        collection._azoth_owner = state
    owner = None if state is None else memo.get(id(state()))
    if owner is not None:
        bind(duplicate, attribute, state_of(owner))
    return duplicate


def _rebuilt(collection: Any, memo: dict[int, Any]) -> Any:
    function, arguments, values, listed, keyed = (*collection.__reduce_ex__(4), None, None, None)[:5]
    duplicate = function(*copy.deepcopy(arguments, memo))
    memo[id(collection)] = duplicate
    if isinstance(values, dict):
        own = {name: value for name, value in values.items() if not name.startswith("_azoth_")}
        duplicate.__dict__.update(copy.deepcopy(own, memo))
    elif values is not None:
        duplicate.__setstate__(copy.deepcopy(values, memo))
    for item in listed or ():
        duplicate.append(copy.deepcopy(item, memo))
    for key, item in keyed or ():
        duplicate[copy.deepcopy(key, memo)] = copy.deepcopy(item, memo)
    return duplicate
