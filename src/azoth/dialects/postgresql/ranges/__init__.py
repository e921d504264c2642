"""Ranges and multiranges: their values, their types and their operators."""

from __future__ import annotations

from azoth.dialects.postgresql.ranges.types import (
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
)
from azoth.dialects.postgresql.ranges.value import MultiRange, Range

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "DATEMULTIRANGE", "DATERANGE", "INT4MULTIRANGE", "INT4RANGE", "INT8MULTIRANGE", "INT8RANGE", "NUMMULTIRANGE",
    "NUMRANGE", "TSMULTIRANGE", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "AbstractMultiRange", "AbstractRange",
    "AbstractSingleRange", "MultiRange", "Range",
]  # fmt: skip
