"""How a driver or a database is told the types of bound values."""

from __future__ import annotations

from enum import Enum

__all__ = ["BindTyping"]


class BindTyping(Enum):
    """How a driver or a database is told the types of bound values; see ``Dialect.bind_typing``."""

    NONE = 1
    """Not at all: the driver looks at the values."""
    SETINPUTSIZES = 2
    """By ``cursor.setinputsizes()`` before each statement; see ``Dialect.do_set_input_sizes()``."""
    RENDER_CASTS = 3
    """By a CAST around the placeholder, for values of types with ``render_bind_cast``."""
