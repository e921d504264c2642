"""What a PostgreSQL database contains."""

from __future__ import annotations

from azoth.dialects.postgresql.reflection.many_tables import PGReflection

# Written by scripts/facades from the imports above; edit those.
__all__ = ["PGReflection"]
