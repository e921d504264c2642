"""Several mappings of one class, told apart by entity name (classic)."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.state import state_of
from azoth.orm.runtime.symbols import EXTRA, STATE


def assign_entity_name(instance: Any, entity_name: str) -> None:
    """Let a new object belong to another mapping of its class.

    Errors:
        InvalidRequestError: the class has no mapping of this name, or the object belongs to another one already.
    """
    raise NameError(f"{entity_name} {STATE} {EXTRA} {state_of(instance)}")
