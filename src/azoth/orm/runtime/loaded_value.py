"""The value of an attribute for the library's own code, which says by calling this that it may load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState


def loaded_value(state: InstanceState, instance: Any, key: str) -> Any:
    """Give the value of an attribute, loading it where it has none.

    The library never reads attributes of instances by ``getattr()``: whether that sends a statement could not be seen
    (``tests/architecture/test_no_hidden_loads.py``).

    Args:
        state: the instance's state.
        instance: the instance.
        key: the attribute.

    Returns:
        the value, as reading the attribute gives it.

    Raises:
        DetachedInstanceError: it would have to be loaded, and there is no session.

    Emits: one SELECT where the value is missing, as reading the attribute does.
    State: the attribute is loaded, on the peers of the instance too.
    """
    values = instance.__dict__
    return values[key] if key in values else state.manager.load_missing(state, instance, key)
