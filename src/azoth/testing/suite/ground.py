"""What a test of the suite stands on: an engine, what is claimed of its database, and tables that go with the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from azoth import Column, Integer, MetaData, Table, select
from azoth.engine import Connection, Engine
from azoth.schema import SchemaItem

if TYPE_CHECKING:
    from azoth.testing.suite.requirements import Requirements

__all__ = ["HOSTILE_TEXTS", "Ground"]

HOSTILE_TEXTS = (
    "plain",
    "it's",
    'say "no"',
    "back\\slash \\' \\\" \\n",
    "100% %s %(name)s %%",
    ":name ::cast ?, ?1 $1 {0} @x",
    "a`b [c] --d /* e */ ;",
    "'; DROP TABLE azoth_kept; --",
    "1' OR '1'='1",
    "new\nline\ttab\r\n",
    "  spaces  .",
    "áÀßœ Ω 日本語 עברית",
    "😀 𝔘𝔫𝔦 e\u0301",
    "",
)
"""Texts that something on the way to a database may take for more than a text."""


class Ground:
    """A database for one test.

    Args:
        engine: leads to it.
        requirements: what is claimed of it.
        create_engine: makes further engines on it.

    Attributes:
        engine: as given.
        requirements: as given.
        metadata: the tables of the test, which are dropped when it is over.
    """

    def __init__(self, engine: Engine, requirements: Requirements, create_engine: Callable[..., Engine]) -> None:
        self._create_engine = create_engine
        self._engines: list[Engine] = []
        self.engine = engine
        self.requirements = requirements
        self.metadata = MetaData()

    def other_engine(self, **arguments: object) -> Engine:
        """Make another engine on the database, which is disposed of when the test is over.

        Args:
            arguments: those of ``create_engine()``.
        """
        self._engines.append(self._create_engine(**arguments))
        return self._engines[-1]

    def table(self, name: str, *items: SchemaItem, key: bool = True, **options: object) -> Table:
        """Create a table, which is dropped when the test is over.

        Args:
            name: its name.
            items: its columns and constraints.
            key: whether a column ``id`` with generated keys stands before them.
            options: further ones of ``Table``.

        Returns:
            the table.

        Emits:
            CREATE TABLE.
        """
        first = [Column("id", Integer, primary_key=True)] if key else []
        table = Table(name, self.metadata, *first, *items, **options)
        try:
            table.create(self.engine)
        except BaseException:
            # What could not be made cannot be looked for either.
            self.metadata.remove(table)
            raise
        return table

    def rows(self, table: Table, order_by: str = "id") -> list[tuple[Any, ...]]:
        """Read the committed rows of a table.

        Args:
            table: the table.
            order_by: the column that they are ordered by.

        Returns:
            all columns of all rows.
        """
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select(table).order_by(table.c[order_by]))]

    def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows into a table and commit.

        Args:
            table: the table.
            rows: the values of each.
        """
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(table.insert(), row)

    def kill(self, connection: Connection) -> None:
        """Let the server end a connection.

        Args:
            connection: it has begun something.
        """
        number = self.engine.dialect.connection_id(connection.connection.dbapi_connection)
        assert number is not None, "the dialect's connection_id() does not know the connection"
        statement = self.requirements.kill_statement
        assert statement is not None, "Requirements.kill_statement is missing"
        with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as other:
            other.exec_driver_sql(statement.format(id=number))

    def close(self) -> None:
        """Dispose of the engines of the test, and drop the tables."""
        for engine in self._engines:
            engine.dispose()
        self.metadata.drop_all(self.engine)
