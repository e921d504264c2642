"""Operations of a session that only one thread at a time may be in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from azoth.orm.runtime.concurrent_use import refuse_concurrent_use

Holder = TypeVar("Holder")
Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


def exclusive_use(
    method: Callable[Concatenate[Holder, Arguments], Returned],
) -> Callable[Concatenate[Holder, Arguments], Returned]:
    """Refuse a method of a unit of work, or of its transaction, while another thread is using the session.

    Raises:
        IllegalStateChangeError: raised by the method then, before it did anything.
    """
    operation = f"{method.__name__.strip('_')}()"

    @wraps(method)
    def in_turn(self: Holder, /, *arguments: Arguments.args, **keywords: Arguments.kwargs) -> Returned:
        holder: Any = self
        in_use = holder.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use(operation)
        try:
            return method(self, *arguments, **keywords)
        finally:
            in_use.release()

    return in_turn


__all__ = ["exclusive_use"]
