"""Foreign keys, and CHECK constraints."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from azoth.dialects.mysql.reflecting.place import InformationSchema, Row, as_text
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope

if TYPE_CHECKING:
    from azoth.engine.dialect_base.many_tables import Answers
    from azoth.engine.dialect_base.reflected import ReflectedCheckConstraint, ReflectedForeignKeyConstraint
    from azoth.engine.dialect_base.reflection import ReflectingConnection

__all__ = ["MySQLConstraints"]

FIRST_TO_TELL_LEVELS: Final = (10, 5, 10)
"""From this version on, MariaDB tells which CHECK constraints belong to a column."""
FIRST_WITH_CHECKS: Final = (8, 0, 16)
"""From this version on, MySQL heeds CHECK constraints."""


class MySQLConstraints(InformationSchema):
    """The part of the dialect that reads foreign keys and CHECK constraints. Emits: two SELECTs for each question."""

    def get_foreign_keys(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedForeignKeyConstraint]:
        """Read the foreign keys of a table."""
        names, kind, scope = (table_name,), ObjectKind.ANY, ObjectScope.ANY
        for _, found in self.get_multi_foreign_keys(
            connection, schema=schema, filter_names=names, kind=kind, scope=scope, **options
        ):
            return found
        self._shown(connection, "DESCRIBE", table_name, schema)
        return []

    def get_multi_foreign_keys(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedForeignKeyConstraint]]:
        """Read the foreign keys of many tables."""
        tables = self._tables(connection, schema, filter_names, kind, scope)
        columns = "constraint_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name"
        usage = self._by_table(
            connection,
            columns,
            "key_column_usage",
            schema,
            tables,
            filter_names,
            "AND referenced_table_name IS NOT NULL ORDER BY table_name, constraint_name, ordinal_position",
        )
        rules: dict[tuple[str | None, str | None], tuple[str | None, str | None]] = {}
        if any(usage.values()):
            sql = (
                "SELECT table_name, constraint_name, update_rule, delete_rule "
                "FROM information_schema.referential_constraints WHERE constraint_schema = %s"
            )
            for row in connection.exec_driver_sql(sql, (self._schema(schema),)).all():
                table, name, on_update, on_delete = map(as_text, row)
                rules[table, name] = (on_update, on_delete)
        for name, rows in usage.items():
            by_key: dict[object, list[Row]] = {}
            for row in rows:
                by_key.setdefault(row[0], []).append(row)
            found = [
                self._foreign_key(own, schema, rules.get((name, as_text(own[0][0])), (None, None)))
                for own in by_key.values()
            ]
            yield (schema, tables[name].name), sorted(found, key=lambda key: key["name"] or "")

    def _foreign_key(
        self, rows: list[Row], schema: str | None, rules: tuple[str | None, str | None]
    ) -> ReflectedForeignKeyConstraint:
        name, _, referred_schema, referred_table, _ = map(as_text, rows[0])
        # MariaDB tells RESTRICT where nothing was said; in both databases it is the same as NO ACTION.
        plain = {"NO ACTION", "RESTRICT", None} if self.is_mariadb else {"NO ACTION", None}
        words = zip(("onupdate", "ondelete"), rules, strict=True)
        if referred_schema == self._schema(schema):
            referred_schema = schema
        return {
            "name": name,
            "constrained_columns": [as_text(row[1]) or "" for row in rows],
            "referred_schema": referred_schema,
            "referred_table": referred_table or "",
            "referred_columns": [as_text(row[4]) or "" for row in rows],
            "options": {word: rule for word, rule in words if rule not in plain},
        }

    def get_check_constraints(
        self, connection: ReflectingConnection, table_name: str, schema: str | None = None, **options: object
    ) -> list[ReflectedCheckConstraint]:
        """Read the CHECK constraints of a table."""
        names, kind, scope = (table_name,), ObjectKind.ANY, ObjectScope.ANY
        for _, found in self.get_multi_check_constraints(
            connection, schema=schema, filter_names=names, kind=kind, scope=scope, **options
        ):
            return found
        self._shown(connection, "DESCRIBE", table_name, schema)
        return []

    def get_multi_check_constraints(
        self,
        connection: ReflectingConnection,
        *,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **options: object,
    ) -> Answers[list[ReflectedCheckConstraint]]:
        """Read the CHECK constraints of many tables; those of MariaDB that belong to a column are parts of it."""
        tables = self._tables(connection, schema, filter_names, kind, scope)
        checks: dict[str, list[ReflectedCheckConstraint]] = {name: [] for name in tables}
        if tables and (self.is_mariadb or (self.server_version_info or ()) >= FIRST_WITH_CHECKS):
            for row in connection.exec_driver_sql(self._checks_sql, (self._schema(schema),)).all():
                table, name, clause = map(as_text, row)
                if table in checks:
                    checks[table].append({"name": name, "sqltext": _without_parentheses(clause or "")})
        for table_name, found in checks.items():
            yield (schema, tables[table_name].name), sorted(found, key=lambda check: check["name"] or "")

    @property
    def _checks_sql(self) -> str:
        if self.is_mariadb:
            has_levels = (self.server_version_info or ()) >= FIRST_TO_TELL_LEVELS
            return (
                "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints "
                "WHERE constraint_schema = %s" + (" AND level = 'Table'" if has_levels else "")
            )
        return (
            "SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c "
            "JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema "
            "AND t.constraint_name = c.constraint_name WHERE t.constraint_type = 'CHECK' AND c.constraint_schema = %s"
        )


def _without_parentheses(clause: str) -> str:
    """Take off the parentheses that MySQL puts around the whole expression."""
    if not (clause.startswith("(") and clause.endswith(")")):
        return clause
    depth = 0
    for position, character in enumerate(clause):
        depth += (character == "(") - (character == ")")
        if not depth and position < len(clause) - 1:
            return clause
    return clause[1:-1]
