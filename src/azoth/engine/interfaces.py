"""What dialects are and what they tell, under the names that their authors import."""

from __future__ import annotations

from azoth.driver import DBAPIConnection, DBAPICursor, DBAPIModule, DBAPIType
from azoth.engine.dialect_base.dialect import Dialect
from azoth.engine.dialect_base.driver_version import VersionInfo, parse_version_string
from azoth.engine.dialect_base.reflected import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedComputed,
    ReflectedForeignKeyConstraint,
    ReflectedIdentity,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
)
from azoth.engine.events import ExceptionContext
from azoth.engine.execution.execution_context import ExecutionContext
from azoth.engine.plugins import CreateEnginePlugin
from azoth.sql.compiler import Compiled, TypeCompiler

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "Compiled", "CreateEnginePlugin", "DBAPIConnection", "DBAPICursor", "DBAPIModule", "DBAPIType", "Dialect",
    "ExceptionContext", "ExecutionContext", "ReflectedCheckConstraint", "ReflectedColumn", "ReflectedComputed",
    "ReflectedForeignKeyConstraint", "ReflectedIdentity", "ReflectedIndex", "ReflectedPrimaryKeyConstraint",
    "ReflectedTableComment", "ReflectedUniqueConstraint", "TypeCompiler", "VersionInfo", "parse_version_string",
]  # fmt: skip
