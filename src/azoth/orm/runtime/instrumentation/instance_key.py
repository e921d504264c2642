"""The classic attribute that tells an object's place in identity maps."""

from __future__ import annotations

from typing import Any, Final

from azoth.orm.runtime.symbols import STATE

INSTANCE_KEY: Final = "_instance_key"


class InstanceKey:
    """``obj._instance_key``: the class and the primary key of an object with a row; others lack the attribute."""

    __slots__ = ()

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        state = instance.__dict__.get(STATE)
        key = None if state is None else state.identity_key
        if key is None:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {INSTANCE_KEY!r}: it has no row yet")
        return key[:2]
