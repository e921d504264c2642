"""What Oracle is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from azoth import types
from azoth.dialects.compile_only import refuse_arguments
from azoth.dialects.oracle.compiling.ddl import OracleDDLCompiler
from azoth.dialects.oracle.compiling.preparer import OracleIdentifierPreparer
from azoth.dialects.oracle.compiling.statements import OracleStatementCompiler
from azoth.dialects.oracle.compiling.types import OracleTypeCompiler
from azoth.dialects.oracle.types import (
    BFILE,
    BINARY_DOUBLE,
    BINARY_FLOAT,
    DATE,
    FLOAT,
    INTERVAL,
    JSON,
    LONG,
    NCLOB,
    NUMBER,
    NVARCHAR2,
    RAW,
    ROWID,
    TIMESTAMP,
    VARCHAR2,
    OracleBinary,
    OracleBoolean,
    OracleDate,
    OracleDateTime,
    OracleInterval,
)
from azoth.dialects.oracle.vector import VECTOR
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.sql.compiler.generic import AggregateOrderByStyle
from azoth.sql.types import BinaryType

__all__ = ["OracleCompiler", "OracleDialect", "ischema_names"]

_EXCLUDED: Final = ("SYSTEM", "SYSAUX")

OracleCompiler = OracleStatementCompiler
"""The name by which programs know the compiler that they derive from."""

ischema_names: Final[dict[str, type[Any]]] = {
    "BFILE": BFILE,
    "BINARY_DOUBLE": BINARY_DOUBLE,
    "BINARY_FLOAT": BINARY_FLOAT,
    "BLOB": types.BLOB,
    "BOOLEAN": types.BOOLEAN,
    "CHAR": types.CHAR,
    "CLOB": types.CLOB,
    "DATE": DATE,
    "DOUBLE PRECISION": types.DOUBLE_PRECISION,
    "FLOAT": FLOAT,
    "INTERVAL DAY TO SECOND": INTERVAL,
    "JSON": JSON,
    "LONG": LONG,
    "NCHAR": types.NCHAR,
    "NCLOB": NCLOB,
    "NUMBER": NUMBER,
    "NVARCHAR2": NVARCHAR2,
    "RAW": RAW,
    "REAL": types.REAL,
    "ROWID": ROWID,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP WITH LOCAL TIME ZONE": TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": TIMESTAMP,
    "VARCHAR2": VARCHAR2,
    "VECTOR": VECTOR,
}
"""From the name that the server has for a type to the type; lengths and precisions stand beside it.

Programs add the names of types of their own.
"""


class OracleDialect(DefaultDialect):
    """The dialect of Oracle, whatever the driver is.

    What depends on the version of the server follows ``server_version_info``, a tuple such as ``(19,)``; where it is
    not set, statements are written as the newest servers want them.

    Args:
        use_ansi: False, for joins in WHERE, is refused.
        optimize_limits: give the server a hint about limits that are written by ROWNUM.
        use_binds_for_limits: refused, as limits are part of the text.
        use_nchar_for_unicode: make Unicode and UnicodeText an NVARCHAR2 and an NCLOB.
        exclude_tablespaces: refused, as nothing is read from a database.
        enable_offset_fetch: False writes limits by ROWNUM, as for servers before 12.
        json_serializer: turns a value into JSON text.
        json_deserializer: turns JSON text into a value.
        kwargs: those of ``DefaultDialect``.
    """

    name = "oracle"

    statement_compiler: type[Any] = OracleStatementCompiler
    ddl_compiler: type[Any] = OracleDDLCompiler
    type_compiler: type[Any] = OracleTypeCompiler
    preparer: ClassVar[type[Any]] = OracleIdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = {
        types.Boolean: OracleBoolean,
        DATE: DATE,
        types.TIMESTAMP: TIMESTAMP,
        types.DateTime: OracleDateTime,
        types.Date: OracleDate,
        types.Interval: OracleInterval,
        BinaryType: OracleBinary,
    }
    ischema_names: Mapping[str, type[Any]] = ischema_names

    supports_native_boolean = True
    supports_returning = True
    supports_sequences = True
    supports_identity_columns = True
    cte_follows_insert = True
    div_is_floordiv = False
    supports_simple_order_by_label = False
    use_insertmanyvalues = False
    execute_sequence_format = list
    aggregate_order_by_style = AggregateOrderByStyle.WITHIN_GROUP
    returns_native_bytes = True
    supports_comments = True
    supports_default_values = False
    supports_empty_insert = False
    supports_multivalues_insert = False
    max_identifier_length = 128
    max_bind_variables: int | None = 65_535
    isolation_levels: ClassVar[tuple[str, ...]] = ("AUTOCOMMIT", "READ COMMITTED", "SERIALIZABLE")
    default_isolation_level: str | None = "READ COMMITTED"

    def __init__(
        self,
        use_ansi: bool = True,
        optimize_limits: bool = False,
        use_binds_for_limits: bool | None = None,
        use_nchar_for_unicode: bool = False,
        exclude_tablespaces: Sequence[str] = _EXCLUDED,
        enable_offset_fetch: bool = True,
        json_serializer: Callable[[Any], str] | None = None,
        json_deserializer: Callable[[str], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        refuse_arguments(
            self.name,
            {
                "use_ansi": not use_ansi,
                "use_binds_for_limits": use_binds_for_limits is not None,
                "exclude_tablespaces": tuple(exclude_tablespaces) != _EXCLUDED,
            },
        )
        super().__init__(json_serializer=json_serializer, json_deserializer=json_deserializer, **kwargs)
        self.optimize_limits = optimize_limits
        self.use_nchar_for_unicode = use_nchar_for_unicode
        self.enable_offset_fetch = enable_offset_fetch

    @property
    def has_offset_fetch(self) -> bool:
        """Whether limits are written by OFFSET and FETCH FIRST, which servers from 12 on have."""
        return self.enable_offset_fetch and self._is_from((12,))

    @property
    def has_json(self) -> bool:
        """Whether the server has a type for documents, as those from 21 on do."""
        return self._is_from((21,))

    @property
    def counts_characters(self) -> bool:
        """Whether lengths of texts may count characters, as in servers from 9 on."""
        return self._is_from((9,))

    def _is_from(self, version: tuple[int, ...]) -> bool:
        return self.server_version_info is None or self.server_version_info >= version
