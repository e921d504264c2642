"""The types that PostgreSQL has besides those of the SQL standard."""

from __future__ import annotations

from azoth.dialects.postgresql.types.scalars import (
    BYTEA,
    CIDR,
    CITEXT,
    INET,
    INTERVAL,
    MACADDR,
    MACADDR8,
    MONEY,
    OID,
    REGCLASS,
    REGCONFIG,
    TIME,
    TIMESTAMP,
    TSQUERY,
    TSVECTOR,
    PGUuid,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "BYTEA", "CIDR", "CITEXT", "INET", "INTERVAL", "MACADDR", "MACADDR8", "MONEY", "OID", "REGCLASS", "REGCONFIG",
    "TIME", "TIMESTAMP", "TSQUERY", "TSVECTOR", "PGUuid",
]  # fmt: skip
