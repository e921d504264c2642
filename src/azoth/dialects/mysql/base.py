"""What MySQL is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from azoth import exc, types
from azoth.dialects.mysql.compiling.ddl import MySQLDDLCompiler
from azoth.dialects.mysql.compiling.preparer import MySQLIdentifierPreparer
from azoth.dialects.mysql.compiling.statements import MySQLStatementCompiler
from azoth.dialects.mysql.compiling.types import MySQLTypeCompiler
from azoth.dialects.mysql.json import JSON
from azoth.dialects.mysql.types import (
    BIGINT,
    BIT,
    CHAR,
    DATETIME,
    DECIMAL,
    DOUBLE,
    ENUM,
    FLOAT,
    INET4,
    INET6,
    INTEGER,
    LONGBLOB,
    LONGTEXT,
    MEDIUMBLOB,
    MEDIUMINT,
    MEDIUMTEXT,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SET,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    TINYBLOB,
    TINYINT,
    TINYTEXT,
    VARCHAR,
    YEAR,
)
from azoth.dialects.mysql.types.other import StoredUuid
from azoth.engine.dialect_base.dialect import SERVER_ISOLATION_LEVELS, DefaultDialect

__all__ = ["MySQLCompiler", "MySQLDialect", "ischema_names"]

MySQLCompiler = MySQLStatementCompiler
"""The name by which programs know the compiler that they derive from."""

ischema_names: Final[dict[str, type[Any]]] = {
    "bigint": BIGINT,
    "binary": types.BINARY,
    "bit": BIT,
    "blob": types.BLOB,
    "boolean": types.BOOLEAN,
    "char": CHAR,
    "date": types.DATE,
    "datetime": DATETIME,
    "decimal": DECIMAL,
    "double": DOUBLE,
    "double precision": DOUBLE,
    "enum": ENUM,
    "fixed": DECIMAL,
    "float": FLOAT,
    "inet4": INET4,
    "inet6": INET6,
    "int": INTEGER,
    "integer": INTEGER,
    "json": JSON,
    "longblob": LONGBLOB,
    "longtext": LONGTEXT,
    "mediumblob": MEDIUMBLOB,
    "mediumint": MEDIUMINT,
    "mediumtext": MEDIUMTEXT,
    "nchar": NCHAR,
    "numeric": NUMERIC,
    "nvarchar": NVARCHAR,
    "real": REAL,
    "set": SET,
    "smallint": SMALLINT,
    "text": TEXT,
    "time": TIME,
    "timestamp": TIMESTAMP,
    "tinyblob": TINYBLOB,
    "tinyint": TINYINT,
    "tinytext": TINYTEXT,
    "uuid": types.UUID,
    "varbinary": types.VARBINARY,
    "varchar": VARCHAR,
    "year": YEAR,
}
"""From the name that MySQL or MariaDB has for a type to the type; what is in parentheses or follows stands beside it.

Programs add the names of types of their own.
"""


class MySQLDialect(DefaultDialect):
    """The dialect of MySQL, whatever the driver is.

    Args:
        json_serializer: turns a value into JSON text.
        json_deserializer: turns JSON text into a value.
        is_mariadb: whether the server is a MariaDB, which has a dialect of its own; True is refused here.
        arguments: those of ``DefaultDialect``.
    """

    name = "mysql"
    is_mariadb: bool = False
    default_paramstyle: ClassVar[str] = "format"

    statement_compiler: type[Any] = MySQLStatementCompiler
    ddl_compiler: type[Any] = MySQLDDLCompiler
    type_compiler: type[Any] = MySQLTypeCompiler
    preparer: ClassVar[type[Any]] = MySQLIdentifierPreparer
    colspecs: Mapping[type[Any], type[Any]] = {types.Enum: ENUM, types.Time: TIME, types.Uuid: StoredUuid}
    ischema_names: Mapping[str, type[Any]] = ischema_names

    supports_native_boolean = False
    supports_native_decimal = True
    supports_native_enum = True
    supports_comments = True
    inline_comments = True
    supports_default_values = False
    supports_lastrowid = True
    update_returning = False
    supports_multivalues_insert = True
    supports_twophase = True
    cte_follows_insert = True
    div_is_floordiv = False
    returns_native_bytes = True
    supports_nan = False
    max_identifier_length = 64
    max_bind_variables: int | None = 65_535
    isolation_levels: ClassVar[tuple[str, ...]] = SERVER_ISOLATION_LEVELS
    default_isolation_level: str | None = "REPEATABLE READ"

    def __init__(
        self,
        json_serializer: Callable[[Any], str] | None = None,
        json_deserializer: Callable[[str], Any] | None = None,
        is_mariadb: bool | None = None,
        **arguments: Any,
    ) -> None:
        if is_mariadb is not None and is_mariadb is not self.is_mariadb:
            raise exc.ArgumentError(
                f"the dialect {self.name!r} is {'' if self.is_mariadb else 'not '}that of MariaDB",
                why="MySQL and MariaDB have a dialect each",
                fix="use mysql.dialect() for the one, mariadb.dialect() for the other",
                code="AZ-D98",
            )
        super().__init__(json_serializer=json_serializer, json_deserializer=json_deserializer, **arguments)

    lower_case_table_names: int = 0
    """How the server has names of tables: 0 as they are written, 1 in small letters, 2 as written but found anyhow."""
    doubles_backslashes: bool = True
    """Whether a backslash in a text is written twice, unless the server is told otherwise."""
    supports_for_share: bool = False
    """Whether the server writes FOR SHARE, as those from 8.0.1 on do; all read LOCK IN SHARE MODE."""
    supports_for_update_of: bool = False
    """Whether FOR UPDATE may name tables, as in servers from 8.0.1 on."""
    names_the_new_row: bool = False
    """Whether the new row has a name in ON DUPLICATE KEY UPDATE, as servers from 8.0.20 on want it."""
