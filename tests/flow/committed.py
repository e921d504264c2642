"""What is in the database, read through a connection of its own."""

from __future__ import annotations

from typing import Any

import azoth


def committed(engine: azoth.Engine, table: str, column: str = "name", order_by: str = "id") -> list[Any]:
    """List the committed values of a column."""
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(f"SELECT {column} FROM {table} ORDER BY {order_by}").scalars())
