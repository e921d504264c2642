"""Types whose values the drivers of PostgreSQL read by themselves, and what azoth makes of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth import types
from azoth.dialects.postgresql.types import json

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["READ_FROM_DRIVER"]


class ReadDocument(json.JSON):
    """JSON, which the driver has read."""

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Leave the document alone."""
        return None


class ReadBinaryDocument(json.JSONB):
    """JSONB, which the driver has read."""

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Leave the document alone."""
        return None


READ_FROM_DRIVER: Final[Mapping[type[Any], type[Any]]] = {
    types.JSON: ReadDocument,
    json.JSON: ReadDocument,
    json.JSONB: ReadBinaryDocument,
}
"""From types to those that take what the driver gives."""
