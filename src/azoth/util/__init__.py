"""Python of general use, which knows nothing of databases."""

from __future__ import annotations

from azoth.util.scoped_registry import ScopedRegistry, ThreadLocalRegistry

__all__ = ["ScopedRegistry", "ThreadLocalRegistry"]
