"""Giving attributes other values for a while without changing the objects: NULLs that break cycles, keys of before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from azoth.orm.runtime.symbols import NO_VALUE


@contextmanager
def temporary_values(wanted: Iterable[tuple[dict[str, Any], str, Any]]) -> Iterator[None]:
    """Let attributes have other values within a block.

    Args:
        wanted: an object's ``__dict__``, the attribute, the value.
    """
    hidden = []
    for values, key, value in wanted:
        hidden.append((values, key, values.get(key, NO_VALUE)))
        values[key] = value
    try:
        yield
    finally:
        for values, key, value in hidden:
            if value is NO_VALUE:
                values.pop(key, None)
            else:
                values[key] = value


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
    with temporary_values([(instance.__dict__, key, None) for instance in instances for key in keys]):
        yield
