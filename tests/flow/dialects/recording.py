"""One dialect for both libraries, SQLite with its hooks overridden: it notes which of them are called."""

from __future__ import annotations

from typing import Any

import sqlalchemy.dialects.sqlite.pysqlite as theirs

import azoth.dialects.sqlite.pysqlite as ours

log: list[tuple[Any, ...]] = []
"""What was called, with what tells one call from another."""


class Recording:
    """Notes the calls of its hooks, and then does what the dialect does."""

    name = "recording"
    driver = "noted"
    supports_statement_cache = True
    reflection_options = ("recording_hint",)

    def do_savepoint(self, connection: Any, name: str) -> None:
        log.append(("savepoint", name))
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Any, name: str) -> None:
        log.append(("rollback to savepoint", name))
        super().do_rollback_to_savepoint(connection, name)  # type: ignore[misc]

    def do_release_savepoint(self, connection: Any, name: str) -> None:
        log.append(("release savepoint", name))
        super().do_release_savepoint(connection, name)  # type: ignore[misc]

    def do_begin(self, dbapi_connection: Any) -> None:
        log.append(("begin",))
        dbapi_connection.execute("BEGIN")

    def do_terminate(self, dbapi_connection: Any) -> None:
        log.append(("terminate",))
        super().do_terminate(dbapi_connection)  # type: ignore[misc]

    def do_close(self, dbapi_connection: Any) -> None:
        log.append(("close",))
        super().do_close(dbapi_connection)  # type: ignore[misc]

    def on_connect_url(self, url: Any) -> Any:
        log.append(("on connect", url.query["greeting"]))

        def greet(connection: Any) -> None:
            connection.create_function("greeting", 0, lambda: url.query["greeting"])

        return greet

    def create_connect_args(self, url: Any) -> tuple[list[Any], dict[str, Any]]:
        return [url.database], {"check_same_thread": False, "isolation_level": None}

    def get_dialect_pool_class(self, url: Any) -> Any:
        log.append(("pool class", url.database is not None))
        return super().get_dialect_pool_class(url)  # type: ignore[misc]

    def get_driver_connection(self, connection: Any) -> Any:
        return ("driver's", connection)

    def get_isolation_level_values(self, dbapi_conn: Any) -> list[str]:
        return ["SERIALIZABLE", "READ UNCOMMITTED", "CHAOS", "AUTOCOMMIT"]

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        log.append(("level", level))

    def set_connection_execution_options(self, connection: Any, opts: Any) -> None:
        log.append(("connection options", dict(opts)))
        super().set_connection_execution_options(connection, opts)  # type: ignore[misc]

    def set_engine_execution_options(self, engine: Any, opts: Any) -> None:
        log.append(("engine options", dict(opts)))
        super().set_engine_execution_options(engine, opts)  # type: ignore[misc]

    def has_schema(self, connection: Any, schema_name: str, **kw: Any) -> bool:
        return schema_name == "imagined"

    def has_index(self, connection: Any, table_name: str, index_name: str, schema: Any = None, **kw: Any) -> bool:
        return (table_name, index_name, schema) == ("t", "imagined", None)

    def has_sequence(self, connection: Any, sequence_name: str, schema: Any = None, **kw: Any) -> bool:
        return (sequence_name, schema) == ("imagined", "s")

    def has_multi_table(self, connection: Any, table_names: Any, schema: Any = None, **kw: Any) -> Any:
        return [((schema, name), name == "imagined") for name in table_names]

    def get_multi_table_comment(
        self, connection: Any, *, schema: Any = None, filter_names: Any = None, **kw: Any
    ) -> Any:
        log.append(("comments", schema, filter_names, kw["kind"].name, kw["scope"].name))
        return [((schema, "imagined"), {"text": "a comment"})]

    def get_table_comment(self, connection: Any, table_name: str, schema: Any = None, **kw: Any) -> Any:
        log.append(("comment", table_name, kw.get("recording_hint")))
        return {"text": None}


class TheirDialect(Recording, theirs.SQLiteDialect_pysqlite):
    """SQLAlchemy's."""

    supports_statement_cache = True


class OurDialect(Recording, ours.SQLiteDialect_pysqlite):
    """Azoth's."""
