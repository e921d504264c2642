"""What azoth's own dialects claim of their databases, beyond what their attributes say."""

from __future__ import annotations

from typing import Final

from azoth.testing.suite import Requirements


class SQLiteClaims(Requirements):
    """SQLite."""

    transactional_ddl = statements_after_errors = property(lambda self: True)
    computed_columns = deferred_foreign_keys = property(lambda self: True)
    # Since 3.39.
    full_outer_joins = property(lambda self: self.dialect.server_version_info >= (3, 39))
    column_names_in_errors = property(lambda self: True)
    concurrent_writers = property(lambda self: False)


class PostgreSQLClaims(Requirements):
    """PostgreSQL."""

    kill_statement = property(lambda self: "SELECT pg_terminate_backend({id})")
    other_schema = property(lambda self: "azoth schema")
    transactional_ddl = row_locks = skip_locked = time_zones = property(lambda self: True)
    full_outer_joins = identity_columns = computed_columns = property(lambda self: True)
    deferred_foreign_keys = property(lambda self: True)
    constraint_names_in_errors = column_names_in_errors = property(lambda self: True)


class MariaDBClaims(Requirements):
    """MariaDB."""

    kill_statement = property(lambda self: "KILL {id}")
    statements_after_errors = row_locks = skip_locked = computed_columns = property(lambda self: True)
    fractional_seconds = limits_by_expressions = property(lambda self: False)
    constraint_names_in_errors = column_names_in_errors = property(lambda self: True)


CLAIMS: Final[dict[str, type[Requirements]]] = {
    "sqlite": SQLiteClaims,
    "postgresql": PostgreSQLClaims,
    "mariadb": MariaDBClaims,
}
"""By the names of the dialects."""
