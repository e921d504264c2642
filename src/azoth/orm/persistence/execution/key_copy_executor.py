"""Writes the parents' keys into their children, at the moment when the children's rows are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.orm.persistence.profile.key_copy import KeyCopy, keeps_key
from azoth.orm.persistence.profile.values import key_value
from azoth.orm.runtime.state import InstanceState, loaded_value, state_of
from azoth.orm.runtime.symbols import NO_VALUE

Written = list[tuple[InstanceState, str, Any, Any]]
"""Values that were replaced: state, key, value before, value that was written (NO_VALUE: an SQL expression)."""


def apply_copies(copies: Iterable[KeyCopy], written: Written | None = None) -> None:
    """Write the parents' present keys into the children's foreign key attributes.

    Args:
        copies: what to write.
        written: takes notes of the values before, where they may be needed again.
    """
    for flow, child, child_instance, parent, parent_instance in copies:
        values = child_instance.__dict__
        if parent is None:
            for _, key in flow.pairs:
                if not keeps_key(flow, child, key):
                    if written is not None:
                        written.append((child, key, values.get(key, NO_VALUE), None))
                    values[key] = None
            continue
        source_values = parent_instance.__dict__
        for source_key, key in flow.pairs:
            if source_key in source_values:
                value = source_values[source_key]
            else:
                value = key_value(parent, parent_instance, source_key)
                if value is NO_VALUE:
                    # Neither loaded nor part of the key.
                    value = loaded_value(state_of(parent_instance), parent_instance, source_key)
            if written is not None:
                written.append((child, key, values.get(key, NO_VALUE), value))
            values[key] = value


def apply_to_strangers(copies: Iterable[KeyCopy], written: Written) -> None:
    """Write keys into children that are not in the session, as changes that the flush of another session may find.

    Args:
        copies: what to write.
        written: takes notes of the values before; those of objects without a row are put back by a rollback.
    """
    for copy in copies:
        for _, key in copy.flow.pairs:
            if copy.child.pk is not None:
                copy.child.record(copy.child_instance, key)
        apply_copies((copy,), written)
