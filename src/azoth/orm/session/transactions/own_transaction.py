"""Operations that a classic session without a transaction carries out in one of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from azoth.orm.session.transactions.transaction import SessionTransaction

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")
SessionType = TypeVar("SessionType")


def in_own_transaction(
    method: Callable[Concatenate[SessionType, Arguments], Returned],
) -> Callable[Concatenate[SessionType, Arguments], Returned]:
    """Let a method of a session begin and commit a transaction where the session does neither by itself."""

    @wraps(method)
    def run(self: SessionType, /, *arguments: Arguments.args, **keywords: Arguments.kwargs) -> Returned:
        session: Any = self
        unit = session.unit
        if not unit.autocommit or unit.transaction is not None:
            return method(self, *arguments, **keywords)
        transaction = unit.transaction = SessionTransaction(unit)
        try:
            result = method(self, *arguments, **keywords)
            transaction.commit_flushed()
        except BaseException:
            if unit.transaction is transaction:
                transaction.rollback()
            raise
        return result

    return run


__all__ = ["in_own_transaction"]
