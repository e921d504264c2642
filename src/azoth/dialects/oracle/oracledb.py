"""Oracle as the driver ``oracledb`` would be asked: what programs make to compile statements for it."""

from __future__ import annotations

from typing import Any

from azoth.dialects.compile_only import refuse_arguments
from azoth.dialects.oracle.base import OracleDialect

__all__ = ["OracleDialect_oracledb", "dialect"]


class OracleDialect_oracledb(OracleDialect):
    """Oracle through ``oracledb``; statements are compiled for it, and nothing runs on it.

    Args:
        auto_convert_lobs, coerce_to_decimal, arraysize, encoding_errors, thick_mode: refused, as nothing is executed.
        kwargs: those of ``OracleDialect``.
    """

    driver = "oracledb"

    def __init__(
        self,
        auto_convert_lobs: bool = True,
        coerce_to_decimal: bool = True,
        arraysize: int | None = None,
        encoding_errors: str | None = None,
        thick_mode: object = None,
        **kwargs: Any,
    ) -> None:
        refuse_arguments(
            self.name,
            {
                "auto_convert_lobs": not auto_convert_lobs,
                "coerce_to_decimal": not coerce_to_decimal,
                "arraysize": arraysize is not None,
                "encoding_errors": encoding_errors is not None,
                "thick_mode": thick_mode is not None,
            },
        )
        super().__init__(**kwargs)


dialect = OracleDialect_oracledb
"""The name under which programs make one to compile for: ``oracle.dialect()``."""
