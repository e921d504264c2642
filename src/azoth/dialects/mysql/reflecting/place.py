"""Which tables a question is about, and what the server tells of all of them in one answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from azoth.driver.mysql import error_number
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope
from azoth.exc import DBAPIError, NoSuchTableError
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.engine.dialect_base.reflection import ReflectingConnection
    from azoth.sql.compiler import IdentifierPreparer

__all__ = ["InformationSchema", "Row", "TableFacts", "as_text", "no_such_table", "texts"]

Row = tuple[object, ...]

NO_TABLE: Final = frozenset({1049, 1146, 1347})
"""The numbers of the errors that a schema, or a table, does not exist, or is no view."""

MOST_NAMES: Final = 1_000
"""So many names stand in one statement; where more are asked for, the answer about all tables is looked through."""

_KINDS: Final = {
    "BASE TABLE": ObjectKind.TABLE,
    "SYSTEM VERSIONED": ObjectKind.TABLE,
    "TEMPORARY": ObjectKind.TABLE,
    "VIEW": ObjectKind.VIEW,
    "SYSTEM VIEW": ObjectKind.VIEW,
    "SEQUENCE": ObjectKind.TABLE,
}
"""From the types of tables that the server knows to ours."""


class TableFacts(NamedTuple):
    """A row of ``information_schema.tables``.

    Args:
        name: the name of the table, as the question has it.
        type: its type: BASE TABLE, VIEW and so on.
        engine: the storage engine; None for a view.
        collation: the collation of its texts; None for a view.
        options: the options that CREATE TABLE was given.
        comment: its comment.
    """

    name: str
    type: str
    engine: str | None
    collation: str | None
    options: str
    comment: str


class InformationSchema:
    """The part of the dialect that asks the server's information schema.

    Attributes:
        name: the name of the dialect.
        is_mariadb: whether the server is a MariaDB.
        server_version_info: its version.
        lower_case_table_names: how it has names of tables.
    """

    name: str
    is_mariadb: bool
    server_version_info: tuple[int, ...] | None
    default_schema_name: str | None
    lower_case_table_names: int
    identifier_preparer: IdentifierPreparer

    def _schema(self, schema: str | None) -> str:
        """Name the schema that a question is about."""
        # The server opens the folder of one schema only where its name is a constant of the statement.
        return schema if schema is not None else self.default_schema_name or ""

    def _full_name(self, table: str, schema: str | None) -> str:
        """Write the name of a table for a statement that has no parameters."""
        quote = self.identifier_preparer.quote_identifier
        name = quote(table) if schema is None else f"{quote(schema)}.{quote(table)}"
        return name.replace("%", "%%")

    def _ask(
        self,
        connection: ReflectingConnection,
        columns: str,
        source: str,
        schema: str | None,
        names: Collection[str] | None,
        rest: str = "",
    ) -> list[Row]:
        """Ask for rows of a table of the information schema, about some tables or all of a schema.

        Args:
            connection: where.
            columns: what to select, behind the name of the table.
            source: the table of the information schema.
            schema: the schema; None for that of the connection.
            names: the tables; None for all.
            rest: what stands behind the condition.
        """
        parameters: list[str] = [self._schema(schema)]
        condition = "table_schema = %s"
        if names is not None and len(names) <= MOST_NAMES:
            condition += f" AND table_name IN ({', '.join(['%s'] * len(names))})"
            parameters += names
        sql = f"SELECT table_name, {columns} FROM information_schema.{source} WHERE {condition} {rest}"
        return list(connection.exec_driver_sql(sql, tuple(parameters)).all())

    def _tables(
        self,
        connection: ReflectingConnection,
        schema: str | None,
        names: Collection[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
    ) -> dict[str, TableFacts]:
        """Find the tables that a question is about, by the names that the server has for them, in their order."""
        if names is not None and not names:
            return {}
        columns = "table_type, engine, table_collation, create_options, table_comment"
        asked = None if names is None else {self._folded(name): name for name in names}
        found: dict[str, TableFacts] = {}
        for row in sorted(self._ask(connection, columns, "tables", schema, names), key=lambda one: str(one[0])):
            name, type_ = as_text(row[0]) or "", as_text(row[1]) or ""
            given = name if asked is None else asked.get(self._folded(name))
            if given is None or (type_ == "SEQUENCE" and names is None):
                continue
            is_temporary = type_ == "TEMPORARY"
            wanted_scope = ObjectScope.TEMPORARY if is_temporary else ObjectScope.DEFAULT
            if _KINDS.get(type_, ObjectKind.TABLE) in kind and wanted_scope in scope:
                engine, collation, options, comment = [as_text(value) for value in row[2:]]
                found[name] = TableFacts(given, type_, engine, collation, options or "", comment or "")
        return found

    def _shown(self, connection: ReflectingConnection, what: str, table: str, schema: str | None) -> list[Row]:
        """Ask for what the server shows of a table that it does not list, as a temporary one of older servers.

        Raises:
            NoSuchTableError: there is no such table either.
        """
        name = self._full_name(table, schema or self.default_schema_name)
        # It is no failure of the program that a table is missing: its listeners do not hear of it.
        quietly = getattr(connection, "private_errors", nullcontext)
        try:
            with quietly():
                return list(connection.exec_driver_sql(f"{what} {name}").all())
        except DBAPIError as error:
            if error.orig is None or error_number(error.orig) not in NO_TABLE:
                raise
            raise no_such_table(table, schema) from None

    def _folded(self, name: str) -> str:
        """Write a name as names are compared: where the server has them in small letters, these do not count."""
        return name.lower() if self.lower_case_table_names else name

    def _by_table(
        self,
        connection: ReflectingConnection,
        columns: str,
        source: str,
        schema: str | None,
        tables: dict[str, TableFacts],
        names: Collection[str] | None,
        rest: str = "",
    ) -> dict[str, list[Row]]:
        """Ask as ``_ask()`` does, and put the rows, without their first column, to their tables."""
        rows: dict[str, list[Row]] = {name: [] for name in tables}
        if not tables:
            return rows
        chosen = None if names is None else list(tables)
        for row in self._ask(connection, columns, source, schema, chosen, rest):
            own = rows.get(as_text(row[0]) or "")
            if own is not None:
                own.append(row[1:])
        return rows


def no_such_table(name: str, schema: str | None) -> NoSuchTableError:
    """Make the error for a table that does not exist."""
    return NoSuchTableError(
        f"{schema}.{name}" if schema else name,
        why="the database has no table or view of this name",
        fix="inspect(engine).get_table_names() lists the tables",
        code="AZ-D115",
    )


def as_text(value: object) -> str | None:
    """Read a text, which some servers and drivers give as bytes.

    Args:
        value: the value; None stays None.
    """
    if isinstance(value, bytes):
        return value.decode()
    return None if value is None else str(value)


def texts(rows: Sequence[Row]) -> list[str]:
    """Read the first column of rows.

    Args:
        rows: the rows.
    """
    return [as_text(row[0]) or "" for row in rows]
