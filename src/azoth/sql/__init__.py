"""SQL: statements as values, and their compiler."""

from __future__ import annotations

from azoth.sql.ports import install_upper_layers


def _import_compiler() -> None:
    # The compiler brings the DDL with it. Programs that only declare tables never get here.
    import azoth.sql.compiler  # noqa: F401, PLC0415


install_upper_layers(_import_compiler)
