"""What SQLite is like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.dialects.sqlite.beginning import BEGIN_ON_WRITE, begin_actions, checked_begin
from azoth.dialects.sqlite.ddl_compiler import SQLiteDDLCompiler
from azoth.dialects.sqlite.preparer import SQLiteIdentifierPreparer
from azoth.dialects.sqlite.reflection import SQLiteReflection
from azoth.dialects.sqlite.statement_compiler import SQLiteStatementCompiler
from azoth.dialects.sqlite.statement_need import refuse_late_setting
from azoth.dialects.sqlite.types import COLSPECS, SQLiteTypeCompiler
from azoth.engine.dialect_base.begin_action import BeginAction
from azoth.engine.dialect_base.dialect import AUTOCOMMIT, DefaultDialect, InsertmanyvaluesSentinelOpts
from azoth.sql.selectable import TableClause

if TYPE_CHECKING:
    from azoth.dialects.sqlite.declared_types import ischema_names
    from azoth.engine.dialect_base.explanation import Explanation, Refusal
    from azoth.engine.dialect_base.reflection import ReflectingConnection
    from azoth.engine.execution.execution_context import DefaultExecutionContext as SQLiteExecutionContext
else:

    def __getattr__(name: str) -> object:
        """Give what dialects of one's own take from here, and few programs import: a context, the names of types."""
        if name == "ischema_names":
            return SQLiteDialect.ischema_names
        if name != "SQLiteExecutionContext":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        from azoth.engine.execution.execution_context import DefaultExecutionContext  # noqa: PLC0415

        return DefaultExecutionContext


__all__ = ["SQLiteCompiler", "SQLiteDialect", "SQLiteExecutionContext", "ischema_names"]

SQLiteCompiler = SQLiteStatementCompiler
"""The name by which programs know the compiler that they derive from."""


class _NamedTypes:
    """The types that have names, as an attribute of the dialect; who reflects imports them."""

    def __get__(self, dialect: object, owner: type[object]) -> dict[str, type[Any]]:
        from azoth.dialects.sqlite.declared_types import ischema_names  # noqa: PLC0415

        return ischema_names


class SQLiteDialect(SQLiteReflection, DefaultDialect):
    """The dialect of SQLite.

    Args:
        dbapi: the driver's module.
        begin: when transactions begin in the database. "ON WRITE" begins with the first statement that may write, and
            takes the write lock then; what is read before runs by itself. "DEFERRED" begins with the first statement,
            so that all reads see one state, and takes locks when they are needed; "IMMEDIATE" takes the write lock
            with the first statement, "EXCLUSIVE" keeps readers out too. The execution option ``sqlite_begin`` chooses
            it per connection.
        foreign_keys: enforce foreign keys, which SQLite leaves off.
        arguments: those of ``DefaultDialect``.
    """

    name = "sqlite"
    default_paramstyle: ClassVar[str] = "qmark"

    statement_compiler: type[Any] = SQLiteStatementCompiler
    ddl_compiler: type[Any] = SQLiteDDLCompiler
    type_compiler: type[Any] = SQLiteTypeCompiler
    preparer: ClassVar[type[Any]] = SQLiteIdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = COLSPECS
    ischema_names: Mapping[str, type[Any]] = _NamedTypes()  # type: ignore[assignment]  # it gives one

    supports_lastrowid = True
    supports_nan = False
    default_metavalue_token = "NULL"  # no password, but a word of SQL
    supports_alter = False
    supports_empty_insert = False
    update_returning_multifrom = True
    # The driver counts while it steps from row to row.
    supports_sane_rowcount_returning = False
    supports_multivalues_insert = True
    # The rows of VALUES are inserted one after the other, each with one more than the largest rowid.
    insertmanyvalues_implicit_sentinel = InsertmanyvaluesSentinelOpts.AUTOINCREMENT
    tuple_in_values = True
    returns_native_bytes = True
    # Triggers of SQLite cannot change a row before it is written.
    returning_precedes_triggers = True
    max_bind_variables: int | None = 32_766
    isolation_levels: ClassVar[tuple[str, ...]] = ("READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT")
    default_isolation_level: str | None = "SERIALIZABLE"
    default_schema_name: str | None = "main"
    engine_arguments: ClassVar[frozenset[str]] = frozenset({"begin", "foreign_keys"})
    connection_options: ClassVar[frozenset[str]] = frozenset({"sqlite_begin"})

    def __init__(
        self, dbapi: Any = None, *, begin: str = BEGIN_ON_WRITE, foreign_keys: bool = False, **arguments: Any
    ) -> None:
        super().__init__(dbapi, **arguments)
        self._begin = checked_begin(begin)
        self._begin_actions = begin_actions()
        self._foreign_keys = foreign_keys
        version: tuple[int, ...] = getattr(dbapi, "sqlite_version_info", (3, 35))
        self.server_version_info = version
        self.supports_returning = version >= (3, 35)

    def begin_action(self, options: Mapping[str, Any]) -> BeginAction | None:
        if options.get("isolation_level") == AUTOCOMMIT:
            return None
        if self._has_own("do_begin", SQLiteDialect):
            return BeginAction(self.do_begin)
        return self._begin_actions[checked_begin(options.get("sqlite_begin") or self._begin)]

    def do_begin(self, dbapi_connection: Any) -> None:
        self._begin_actions[self._begin](dbapi_connection)

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        # SQLite itself knows, also where a full disk, an interrupt or ON CONFLICT ROLLBACK has ended a transaction.
        try:
            known: bool | None = dbapi_connection.in_transaction
        except (self.error_class, AttributeError):
            # A closed connection cannot tell, nor can one that is wrapped in something else.
            return None
        return known

    def heed_text(self, dbapi_connection: Any, sql: str) -> None:
        if self.in_transaction(dbapi_connection):
            refuse_late_setting(dbapi_connection, sql)

    def explanation(self, error: Exception, dbapi_connection: Any, statement: str | None = None) -> Explanation | None:
        # Programs without errors need not import the words.
        from azoth.dialects.sqlite.errors.explanations import explanation_of  # noqa: PLC0415
        from azoth.dialects.sqlite.errors.refusals import FOREIGN_KEY_FAILED, foreign_key_explanation  # noqa: PLC0415

        if str(error) == FOREIGN_KEY_FAILED and dbapi_connection is not None:
            try:
                return foreign_key_explanation(dbapi_connection, statement)
            except self.error_class:
                # It is only a hint, as below.
                return None
        return explanation_of(error, lambda: self._names_of_tables(dbapi_connection))

    def refusal(self, error: Exception) -> Refusal | None:
        from azoth.dialects.sqlite.errors.refusals import refusal_of  # noqa: PLC0415  # as above

        return refusal_of(error)

    def _names_of_tables(self, dbapi_connection: Any) -> list[str]:
        if dbapi_connection is None:
            return []
        try:
            rows = dbapi_connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
        except self.error_class:
            # It is only a hint; the error that is being explained matters more.
            return []
        return [name for (name,) in rows if not name.startswith("sqlite_")]

    def counts_inserted_rows(self, connection: ReflectingConnection, table: TableClause) -> bool:
        # What INSTEAD OF triggers of a view insert is not counted.
        views = self.get_view_names(connection, table.schema) + self.get_temp_view_names(connection)
        return table.name not in views

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        if level != AUTOCOMMIT:
            dbapi_connection.execute(f"PRAGMA read_uncommitted={int(level == 'READ UNCOMMITTED')}").close()

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        (value,) = dbapi_connection.execute("PRAGMA read_uncommitted").fetchone()
        return "READ UNCOMMITTED" if value else "SERIALIZABLE"
