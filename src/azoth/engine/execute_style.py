"""How a statement is given to the driver, and by what the rows of an INSERT of many are told apart."""

from __future__ import annotations

from enum import Enum, Flag

__all__ = ["ExecuteStyle", "InsertmanyvaluesSentinelOpts"]


class ExecuteStyle(Enum):
    """How a statement is given to the driver."""

    EXECUTE = 0
    """Once, by ``cursor.execute()``."""
    EXECUTEMANY = 1
    """For many sets of values, by ``cursor.executemany()``."""
    INSERTMANYVALUES = 2
    """Once, as an INSERT of many rows, by ``cursor.execute()``."""


class InsertmanyvaluesSentinelOpts(Flag):
    """By what the rows that an INSERT of many gives back are told apart."""

    NOT_SUPPORTED = 1
    AUTOINCREMENT = 2
    IDENTITY = 4
    SEQUENCE = 8
    MONOTONIC_FUNCTION = 16
    ANY_AUTOINCREMENT = AUTOINCREMENT | IDENTITY | SEQUENCE | MONOTONIC_FUNCTION
    USE_INSERT_FROM_SELECT = 32
    RENDER_SELECT_COL_CASTS = 64
