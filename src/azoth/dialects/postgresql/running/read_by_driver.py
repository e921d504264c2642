"""Types whose values the drivers of PostgreSQL read by themselves, and what azoth makes of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth import types
from azoth.dialects.postgresql.types import BYTEA, json

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from azoth.sql.types.dialect import TypeDialect

__all__ = ["READ_FROM_DRIVER", "ReadBytes"]


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


class ReadBytes(BYTEA):
    """BYTEA, which psycopg2 gives as a view of memory."""

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Copy the bytes."""
        return _bytes_or_none


def _bytes_or_none(value: Buffer | None) -> bytes | None:
    return None if value is None else bytes(value)


READ_FROM_DRIVER: Final[Mapping[type[Any], type[Any]]] = {
    types.JSON: ReadDocument,
    json.JSON: ReadDocument,
    json.JSONB: ReadBinaryDocument,
}
"""From types to those that take what the driver gives."""
