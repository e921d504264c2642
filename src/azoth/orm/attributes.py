"""Attributes of instances by name."""

from __future__ import annotations

from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
from azoth.orm.mapping.attributes.queryable_attribute import QueryableAttribute
from azoth.orm.runtime.by_name import (
    del_attribute,
    flag_dirty,
    flag_modified,
    get_attribute,
    get_history,
    has_parent,
    init_collection,
    instance_dict,
    instance_state,
    manager_of_class,
    set_attribute,
    set_committed_value,
)
from azoth.orm.runtime.history import NO_HISTORY as HISTORY_BLANK
from azoth.orm.runtime.history import History
from azoth.orm.runtime.passive import (
    PASSIVE_NO_FETCH,
    PASSIVE_NO_FETCH_RELATED,
    PASSIVE_NO_INITIALIZE,
    PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT,
    PASSIVE_RETURN_NO_VALUE,
    PassiveFlag,
)
from azoth.orm.runtime.related.attribute_event_token import AttributeEvent, AttributeEventToken
from azoth.orm.runtime.symbols import (
    NO_KEY,
    NO_VALUE,
    OP_APPEND,
    OP_BULK_REPLACE,
    OP_MODIFIED,
    OP_REMOVE,
    OP_REPLACE,
    LoaderCallableStatus,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "HISTORY_BLANK", "NO_KEY", "NO_VALUE", "OP_APPEND", "OP_BULK_REPLACE", "OP_MODIFIED", "OP_REMOVE", "OP_REPLACE",
    "PASSIVE_NO_FETCH", "PASSIVE_NO_FETCH_RELATED", "PASSIVE_NO_INITIALIZE", "PASSIVE_OFF", "PASSIVE_ONLY_PERSISTENT",
    "PASSIVE_RETURN_NO_VALUE", "AttributeEvent", "AttributeEventToken", "History", "InstrumentedAttribute",
    "LoaderCallableStatus", "PassiveFlag", "QueryableAttribute", "del_attribute", "flag_dirty", "flag_modified",
    "get_attribute", "get_history", "has_parent", "init_collection", "instance_dict", "instance_state",
    "manager_of_class", "set_attribute", "set_committed_value",
]  # fmt: skip
