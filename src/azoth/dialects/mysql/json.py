"""JSON of MySQL; its documents and paths are those of the generic type."""

from __future__ import annotations

from azoth import types

__all__ = ["JSON"]


class JSON(types.JSON):
    """A JSON document.

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
    """
