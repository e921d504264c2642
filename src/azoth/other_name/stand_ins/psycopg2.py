"""The names of ``sqlalchemy.dialects.postgresql.psycopg2``: statements are compiled as that driver takes them."""

from __future__ import annotations

from azoth.dialects.postgresql.base import PGDialect

__all__ = ["PGDialect_psycopg2", "dialect"]


class PGDialect_psycopg2(PGDialect):
    """PostgreSQL through ``psycopg2``, which writes the values into the text itself, so that no type is needed."""

    driver = "psycopg2"


dialect = PGDialect_psycopg2
"""The name under which programs make one to compile for."""
