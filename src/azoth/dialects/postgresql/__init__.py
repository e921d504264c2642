"""PostgreSQL: its types, constructs and SQL. Statements are compiled for it; running on it is still to come."""

from __future__ import annotations

from azoth.dialects.postgresql.base import PGDialect
from azoth.dialects.postgresql.dml import Insert, insert
from azoth.dialects.postgresql.ext import ExcludeConstraint, aggregate_order_by, array_agg, distinct_on
from azoth.dialects.postgresql.named_types import (
    DOMAIN,
    ENUM,
    CreateDomainType,
    CreateEnumType,
    DropDomainType,
    DropEnumType,
    NamedType,
)
from azoth.dialects.postgresql.psycopg import PGDialect_psycopg, dialect
from azoth.dialects.postgresql.ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
    AbstractMultiRange,
    AbstractRange,
    AbstractSingleRange,
    MultiRange,
    Range,
)
from azoth.dialects.postgresql.text_search import (
    phraseto_tsquery,
    plainto_tsquery,
    to_tsquery,
    to_tsvector,
    ts_headline,
    websearch_to_tsquery,
)
from azoth.dialects.postgresql.types.array import ARRAY, All, array
from azoth.dialects.postgresql.types.array import Any_ as Any
from azoth.dialects.postgresql.types.bitstring import BIT, BitString
from azoth.dialects.postgresql.types.hstore import HSTORE, hstore
from azoth.dialects.postgresql.types.json import JSON, JSONB, JSONPATH
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
)
from azoth.types import (
    BIGINT,
    BOOLEAN,
    CHAR,
    DATE,
    DOUBLE_PRECISION,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    UUID,
    VARCHAR,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "ARRAY", "BIGINT", "BIT", "BOOLEAN", "BYTEA", "CHAR", "CIDR", "CITEXT", "DATE", "DATEMULTIRANGE", "DATERANGE",
    "DOMAIN", "DOUBLE_PRECISION", "ENUM", "FLOAT", "HSTORE", "INET", "INT4MULTIRANGE", "INT4RANGE", "INT8MULTIRANGE",
    "INT8RANGE", "INTEGER", "INTERVAL", "JSON", "JSONB", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "NUMERIC",
    "NUMMULTIRANGE", "NUMRANGE", "OID", "REAL", "REGCLASS", "REGCONFIG", "SMALLINT", "TEXT", "TIME", "TIMESTAMP",
    "TSMULTIRANGE", "TSQUERY", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR", "UUID", "VARCHAR",
    "AbstractMultiRange", "AbstractRange", "AbstractSingleRange", "All", "Any", "BitString", "CreateDomainType",
    "CreateEnumType", "DropDomainType", "DropEnumType", "ExcludeConstraint", "Insert", "MultiRange", "NamedType",
    "PGDialect", "PGDialect_psycopg", "Range", "aggregate_order_by", "array", "array_agg", "dialect", "distinct_on",
    "hstore", "insert", "phraseto_tsquery", "plainto_tsquery", "to_tsquery", "to_tsvector", "ts_headline",
    "websearch_to_tsquery",
]  # fmt: skip
