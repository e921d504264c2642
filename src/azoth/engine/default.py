"""What dialects are derived from, under the names that they import."""

from __future__ import annotations

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.execution.execution_context import DefaultExecutionContext

# Written by scripts/facades from the imports above; edit those.
__all__ = ["DefaultDialect", "DefaultExecutionContext"]
