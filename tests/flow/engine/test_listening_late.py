"""A listener is heard from the moment it listens, also on connections that are open already."""

from __future__ import annotations

import azoth
from azoth import event


def test_listening_to_an_engine_while_a_connection_is_open(engine: azoth.Engine) -> None:
    seen: list[str] = []
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        event.listen(engine, "before_cursor_execute", lambda conn, cursor, statement, *rest: seen.append(statement))
        connection.exec_driver_sql("SELECT 2")
        connection.execute(azoth.text("SELECT 3"))
    assert seen == ["SELECT 2", "SELECT 3"]
