"""Engines, connections, transactions, results, URLs."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.engine.create import create_engine, create_pool_from_url, engine_from_config
    from azoth.engine.dialect_base.bind_typing import BindTyping
    from azoth.engine.dialect_base.dialect import DefaultDialect, Dialect
    from azoth.engine.engine import Engine
    from azoth.engine.events import ConnectionEvents, DialectEvents, ExceptionContext
    from azoth.engine.execution.cursor_result import CursorResult, ResultProxy
    from azoth.engine.execution.execution_context import ExecutionContext
    from azoth.engine.mock import MockConnection, create_mock_engine
    from azoth.engine.plugins import CreateEnginePlugin
    from azoth.engine.reflection import Inspector, ObjectKind, ObjectScope
    from azoth.engine.result import (
        ChunkedIteratorResult,
        FilterResult,
        FrozenResult,
        IteratorResult,
        MappingResult,
        MergedResult,
        Result,
        ScalarResult,
        TupleResult,
        result_tuple,
        scalar_shape,
    )
    from azoth.engine.result_shape import ResultShape
    from azoth.engine.row import BaseRow, Row, RowMapping
    from azoth.engine.transactions.transaction import (
        NestedTransaction,
        RootTransaction,
        Transaction,
        TwoPhaseTransaction,
    )
    from azoth.engine.url import URL, make_url
    from azoth.sql.compiler import Compiled, TypeCompiler
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "URL", "BaseRow", "BindTyping", "ChunkedIteratorResult", "Compiled", "Connection", "ConnectionEvents",
    "CreateEnginePlugin", "CursorResult", "DefaultDialect", "Dialect", "DialectEvents", "Engine", "ExceptionContext",
    "ExecutionContext", "FilterResult", "FrozenResult", "Inspector", "IteratorResult", "MappingResult", "MergedResult",
    "MockConnection", "NestedTransaction", "ObjectKind", "ObjectScope", "Result", "ResultProxy", "ResultShape",
    "RootTransaction", "Row", "RowMapping", "ScalarResult", "Transaction", "TupleResult", "TwoPhaseTransaction",
    "TypeCompiler", "create_engine", "create_mock_engine", "create_pool_from_url", "engine_from_config", "make_url",
    "result_tuple", "scalar_shape",
]  # fmt: skip
_HOMES = {
    "azoth.engine.connection": ("Connection",),
    "azoth.engine.create": ("create_engine", "create_pool_from_url", "engine_from_config"),
    "azoth.engine.dialect_base.bind_typing": ("BindTyping",),
    "azoth.engine.dialect_base.dialect": ("DefaultDialect", "Dialect"),
    "azoth.engine.engine": ("Engine",),
    "azoth.engine.events": ("ConnectionEvents", "DialectEvents", "ExceptionContext"),
    "azoth.engine.execution.cursor_result": ("CursorResult", "ResultProxy"),
    "azoth.engine.execution.execution_context": ("ExecutionContext",),
    "azoth.engine.mock": ("MockConnection", "create_mock_engine"),
    "azoth.engine.plugins": ("CreateEnginePlugin",),
    "azoth.engine.reflection": ("Inspector", "ObjectKind", "ObjectScope"),
    "azoth.engine.result": (
        "ChunkedIteratorResult", "FilterResult", "FrozenResult", "IteratorResult", "MappingResult", "MergedResult",
        "Result", "ScalarResult", "TupleResult", "result_tuple", "scalar_shape",
    ),
    "azoth.engine.result_shape": ("ResultShape",),
    "azoth.engine.row": ("BaseRow", "Row", "RowMapping"),
    "azoth.engine.transactions.transaction": (
        "NestedTransaction", "RootTransaction", "Transaction", "TwoPhaseTransaction",
    ),
    "azoth.engine.url": ("URL", "make_url"),
    "azoth.sql.compiler": ("Compiled", "TypeCompiler"),
}  # fmt: skip
"""Where each name is at home."""
