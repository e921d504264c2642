"""What SQL Server is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from azoth import types
from azoth.dialects.compile_only import refuse_arguments
from azoth.dialects.mssql.compiling.ddl import MSDDLCompiler
from azoth.dialects.mssql.compiling.preparer import MSIdentifierPreparer
from azoth.dialects.mssql.compiling.statements import MSStatementCompiler
from azoth.dialects.mssql.compiling.types import MSTypeCompiler
from azoth.dialects.mssql.types import (
    BIT,
    DATETIME2,
    DATETIMEOFFSET,
    DOUBLE_PRECISION,
    IMAGE,
    JSON,
    MONEY,
    NTEXT,
    REAL,
    ROWVERSION,
    SMALLDATETIME,
    SMALLMONEY,
    SQL_VARIANT,
    TIME,
    TIMESTAMP,
    TINYINT,
    UNIQUEIDENTIFIER,
    VARBINARY,
    XML,
    MSUnicode,
    MSUnicodeText,
    MSUuid,
    WrittenBinary,
)
from azoth.engine.dialect_base.dialect import SERVER_ISOLATION_LEVELS, DefaultDialect, InsertmanyvaluesSentinelOpts
from azoth.sql.compiler.generic import AggregateOrderByStyle
from azoth.sql.types import BinaryType

__all__ = ["MSDialect", "MSSQLCompiler", "ischema_names"]

MSSQLCompiler = MSStatementCompiler
"""The name by which programs know the compiler that they derive from."""

ischema_names: Final[dict[str, type[Any]]] = {
    "bigint": types.BIGINT,
    "binary": types.BINARY,
    "bit": BIT,
    "char": types.CHAR,
    "date": types.DATE,
    "datetime": types.DATETIME,
    "datetime2": DATETIME2,
    "datetimeoffset": DATETIMEOFFSET,
    "decimal": types.DECIMAL,
    "double precision": DOUBLE_PRECISION,
    "float": types.FLOAT,
    "image": IMAGE,
    "int": types.INTEGER,
    "integer": types.INTEGER,
    "json": JSON,
    "money": MONEY,
    "nchar": types.NCHAR,
    "ntext": NTEXT,
    "numeric": types.NUMERIC,
    "nvarchar": types.NVARCHAR,
    "real": REAL,
    "rowversion": ROWVERSION,
    "smalldatetime": SMALLDATETIME,
    "smallint": types.SMALLINT,
    "smallmoney": SMALLMONEY,
    "sql_variant": SQL_VARIANT,
    "sysname": types.NVARCHAR,
    "text": types.TEXT,
    "time": TIME,
    "timestamp": TIMESTAMP,
    "tinyint": TINYINT,
    "uniqueidentifier": UNIQUEIDENTIFIER,
    "varbinary": VARBINARY,
    "varchar": types.VARCHAR,
    "xml": XML,
}
"""From the name that the server has for a type to the type; programs add the names of types of their own."""


class MSDialect(DefaultDialect):
    """The dialect of SQL Server, whatever the driver is.

    What depends on the version of the server follows ``server_version_info``, a tuple such as ``(16,)`` for 2022; where
    it is not set, statements are written as the oldest servers want them.

    Args:
        query_timeout, use_scope_identity, ignore_no_transaction_on_rollback: refused, as nothing is connected.
        schema_name: the schema of tables that name none, for comments.
        deprecate_large_types: whether texts and bytes of any length are VARCHAR(max), NVARCHAR(max) and VARBINARY(max)
            instead of TEXT, NTEXT and IMAGE; None leaves it to the server's version, which is 2012 from (11,) on.
        supports_comments: False for servers that keep no comments.
        json_serializer: turns a value into JSON text.
        json_deserializer: turns JSON text into a value.
        legacy_schema_aliasing: refused, as tables with a schema are written by their full names.
        opts: those of ``DefaultDialect``.
    """

    name = "mssql"

    statement_compiler: type[Any] = MSStatementCompiler
    ddl_compiler: type[Any] = MSDDLCompiler
    type_compiler: type[Any] = MSTypeCompiler
    preparer: ClassVar[type[Any]] = MSIdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = {
        types.Unicode: MSUnicode,
        types.UnicodeText: MSUnicodeText,
        types.Uuid: MSUuid,
        types.VARBINARY: VARBINARY,
        BinaryType: WrittenBinary,
    }
    ischema_names: Mapping[str, type[Any]] = ischema_names

    supports_native_boolean = False
    non_native_boolean_check_constraint = False
    supports_native_decimal = True
    supports_returning = True
    supports_sequences = True
    sequences_optional = True
    favor_returning_over_lastrowid = True
    use_insertmanyvalues_wo_returning = True
    insertmanyvalues_max_parameters = 2_099
    insertmanyvalues_implicit_sentinel = (
        InsertmanyvaluesSentinelOpts.IDENTITY | InsertmanyvaluesSentinelOpts.USE_INSERT_FROM_SELECT
    )
    aggregate_order_by_style = AggregateOrderByStyle.WITHIN_GROUP
    returns_native_bytes = True
    supports_comments = True
    supports_multivalues_insert = True
    supports_empty_insert = False
    update_returning_multifrom = True
    delete_returning_multifrom = True
    # Its drivers count no rows where OUTPUT gives them.
    supports_sane_rowcount_returning = False
    max_identifier_length = 128
    max_bind_variables: int | None = 2_100
    isolation_levels: ClassVar[tuple[str, ...]] = (*SERVER_ISOLATION_LEVELS, "SNAPSHOT")
    default_isolation_level: str | None = "READ COMMITTED"

    def __init__(
        self,
        query_timeout: int | None = None,
        use_scope_identity: bool = True,
        schema_name: str = "dbo",
        deprecate_large_types: bool | None = None,
        supports_comments: bool | None = None,
        json_serializer: Callable[[Any], str] | None = None,
        json_deserializer: Callable[[str], Any] | None = None,
        legacy_schema_aliasing: bool | None = None,
        ignore_no_transaction_on_rollback: bool = False,
        **opts: Any,
    ) -> None:
        refuse_arguments(
            self.name,
            {
                "query_timeout": query_timeout is not None,
                "use_scope_identity": not use_scope_identity,
                "legacy_schema_aliasing": bool(legacy_schema_aliasing),
                "ignore_no_transaction_on_rollback": ignore_no_transaction_on_rollback,
            },
        )
        super().__init__(json_serializer=json_serializer, json_deserializer=json_deserializer, **opts)
        self.schema_name = schema_name
        self._large_types_are_deprecated = deprecate_large_types
        if supports_comments is not None:
            self.supports_comments = supports_comments

    @property
    def deprecate_large_types(self) -> bool:
        """Whether texts and bytes of any length are VARCHAR(max) and its like."""
        told = self._large_types_are_deprecated
        return self._is_from((11,)) if told is None else told

    @property
    def has_dates(self) -> bool:
        """Whether the server has DATE and TIME, as those from 2008 on do."""
        return self._is_from((10,))

    @property
    def has_offset_fetch(self) -> bool:
        """Whether the server has OFFSET and FETCH, as those from 2012 on do."""
        return self._is_from((11,))

    def _is_from(self, version: tuple[int, ...]) -> bool:
        return (self.server_version_info or ()) >= version
