"""Dialects: one package per database; ``registry.register()`` names the place of further ones."""

from __future__ import annotations

from azoth.engine import plugins
from azoth.engine.dialect_base import dialect_registry as registry

# Written by scripts/facades from the imports above; edit those.
__all__ = ["plugins", "registry"]
