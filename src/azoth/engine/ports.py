"""What a connection asks of the engine that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.statement_log import StatementLog
from azoth.event import Dispatch
from azoth.pool import Pool
from azoth.sql.statement_cache import StatementCache

__all__ = ["CursorReader", "EnginePort"]


class CursorReader(Protocol):
    """What reads rows from a driver's cursor while a transaction lasts."""

    def let_go(self) -> None:
        """Close the cursor, because the transaction has ended; the driver's errors are the caller's to deal with."""


class EnginePort(Protocol):
    """The engine, as its connections see it."""

    dialect: DefaultDialect
    dispatch: Dispatch
    statement_cache: StatementCache
    hide_parameters: bool
    _log: StatementLog
    _execution_options: Mapping[str, Any]
    _begin_action: BeginAction | None
    _sets_isolation: bool

    @property
    def pool(self) -> Pool:
        """The pool."""

    def _check_out(self) -> Any: ...
