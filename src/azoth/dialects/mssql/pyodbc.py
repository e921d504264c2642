"""SQL Server as the driver ``pyodbc`` would be asked: what programs make to compile statements for it."""

from __future__ import annotations

from typing import Any

from azoth.dialects.compile_only import refuse_arguments
from azoth.dialects.mssql.base import MSDialect

__all__ = ["MSDialect_pyodbc", "dialect"]


class MSDialect_pyodbc(MSDialect):
    """SQL Server through ``pyodbc``; statements are compiled for it, and nothing runs on it.

    Args:
        fast_executemany, use_setinputsizes: refused, as nothing is executed.
        params: those of ``MSDialect``.
    """

    driver = "pyodbc"

    def __init__(self, fast_executemany: bool = False, use_setinputsizes: bool = True, **params: Any) -> None:
        not_heeded = {"fast_executemany": fast_executemany, "use_setinputsizes": not use_setinputsizes}
        refuse_arguments(self.name, not_heeded)
        super().__init__(**params)


dialect = MSDialect_pyodbc
"""The name under which programs make one to compile for: ``mssql.dialect()``."""
