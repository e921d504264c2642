"""What a PostgreSQL database contains."""

from __future__ import annotations

from azoth.dialects.postgresql.reflection.existence import PGExistence

# Written by scripts/facades from the imports above; edit those.
__all__ = ["PGExistence"]
