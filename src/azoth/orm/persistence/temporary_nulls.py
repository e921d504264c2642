"""Writing NULL for an attribute once without changing the object: how cycles between rows are broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from azoth.orm.runtime.symbols import NO_VALUE


@contextmanager
def temporary_nulls(instances: Sequence[Any], keys: Sequence[str]) -> Iterator[None]:
    """Let attributes be None while a step runs.

    Args:
        instances: the objects.
        keys: the attributes.
    """
    if not keys:
        yield
        return
    hidden = [(instance.__dict__, key, instance.__dict__.get(key, NO_VALUE)) for instance in instances for key in keys]
    for values, key, _ in hidden:
        values[key] = None
    try:
        yield
    finally:
        for values, key, value in hidden:
            if value is NO_VALUE:
                values.pop(key, None)
            else:
                values[key] = value
