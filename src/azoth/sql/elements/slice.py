"""Slice: the bounds of a part of an array."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement

__all__ = ["Slice"]


class Slice(ColumnElement[Any]):
    """``start:stop`` between the brackets of an array."""

    __visit_name__: ClassVar[str] = "slice"
    _fields: ClassVar[tuple[str, ...]] = ("start", "stop")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, start: ClauseElement, stop: ClauseElement) -> None:
        self.start = start
        self.stop = stop
