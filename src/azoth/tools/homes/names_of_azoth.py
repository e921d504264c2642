"""Names of azoth's public modules that SQLAlchemy has elsewhere, or not at all.

A test compares them with SQLAlchemy's modules: all others are where azoth has them. Keys are paths below the package.
"""

from __future__ import annotations

from typing import Final

__all__ = ["AZOTH_ONLY", "ELSEWHERE"]

ELSEWHERE: Final[dict[str, dict[str, str]]] = {
    "": {"ExecutableStatement": "sql"},
    "dialects.mssql": {"MSDialect": "dialects.mssql.base", "MSDialect_pyodbc": "dialects.mssql.pyodbc"},
    "dialects.mysql": {
        "MySQLDialect": "dialects.mysql.base",
        "MySQLDialect_mysqldb": "dialects.mysql.mysqldb",
        "MySQLDialect_pymysql": "dialects.mysql.pymysql",
    },
    "dialects.mysql.types": {
        "ENUM": "dialects.mysql",
        "INET4": "dialects.mysql",
        "INET6": "dialects.mysql",
        "SET": "dialects.mysql",
    },
    "dialects.oracle": {"OracleDialect": "dialects.oracle.base", "OracleDialect_oracledb": "dialects.oracle.oracledb"},
    "dialects.oracle.types": {"JSON": "dialects.oracle"},
    "dialects.postgresql": {
        "PGDialect": "dialects.postgresql.base",
        "PGDialect_psycopg": "dialects.postgresql.psycopg",
    },
    "dialects.sqlite": {"SQLiteDialect": "dialects.sqlite.base", "SQLiteDialect_pysqlite": "dialects.sqlite.pysqlite"},
    "engine": {
        "ConnectionEvents": "engine.events",
        "DefaultDialect": "engine.default",
        "DialectEvents": "engine.events",
        "MockConnection": "engine.mock",
    },
    "engine.events": {"ExceptionContext": "engine"},
    "ext.declarative": {"declarative_mixin": "orm"},
    "orm": {"AliasedClass": "orm.util", "AliasedInsp": "orm.util"},
    "orm.events": {"AttributeEventToken": "orm", "ORMExecuteState": "orm", "UOWTransaction": "orm"},
    "orm.interfaces": {"InspectionAttrExtensionType": "orm"},
    "orm.properties": {"Composite": "orm", "Mapped": "orm", "Relationship": "orm", "Synonym": "orm"},
    "orm.query": {"AppenderQuery": "orm", "WriteOnlyCollection": "orm"},
    "orm.relationships": {"backref": "orm", "relationship": "orm"},
    "orm.session": {"was_deleted": "orm"},
    "orm.util": {"aliased": "orm", "join": "orm", "outerjoin": "orm", "with_polymorphic": "orm"},
    "pool": {"PoolEvents": "pool.events", "ResetStyle": "pool.base"},
    "schema": {"IdentityOptions": "sql.schema", "RETAIN_SCHEMA": "sql.schema", "quoted_name": "sql"},
    "types": {"BOOLEANTYPE": "sql.sqltypes", "INTEGERTYPE": "sql.sqltypes"},
}
"""By module and name: the module that has it."""

AZOTH_ONLY: Final[dict[str, frozenset[str]]] = {
    "dialects.mysql.dml": frozenset({"OnDuplicateKeyUpdate"}),
    "dialects.mysql.mariadb": frozenset({"MariaDBDialect_mysqldb", "MariaDBDialect_pymysql", "dialect"}),
    "dialects.oracle.types": frozenset(
        {"OracleBinary", "OracleBoolean", "OracleDate", "OracleDateTime", "OracleInterval"}
    ),
    "dialects.postgresql.operators": frozenset({"EAGERLY_GROUPED", "OwnOperators", "PATH_ASTEXT"}),
    "engine": frozenset({"ResultShape", "scalar_shape"}),
    "engine.interfaces": frozenset({"VersionInfo", "parse_version_string"}),
    "engine.result": frozenset({"scalar_shape"}),
    "engine.row": frozenset({"ResultKeys", "column_index", "index_by_key", "row_class"}),
    "event": frozenset({"Dispatch", "EventSpec", "Listeners", "Registration", "formerly", "may_omit", "replaces"}),
    "exc": frozenset(
        {
            "AzothDeprecationWarning",
            "AzothError",
            "AzothWarning",
            "CheckViolation",
            "CommitUnknown",
            "DeadlockError",
            "ExclusionViolation",
            "ForeignKeyViolation",
            "LockTimeoutError",
            "NotNullViolation",
            "PartialCommit",
            "SerializationError",
            "StatementTimeoutError",
            "TwoPhaseError",
            "UniqueViolation",
            "UnreadableValueError",
            "ValueTooLong",
            "WrittenIdentities",
        }
    ),
    "ext.associationproxy": frozenset(
        {"AssociationCollection", "AssociationDict", "AssociationList", "AssociationSet"}
    ),
    "ext.declarative": frozenset({"instrument_declarative"}),
    "ext.hybrid": frozenset({"HybridAttribute"}),
    "ext.mutable": frozenset({"UnfitValueError"}),
    "inspection": frozenset({"register"}),
    "orm": frozenset(
        {
            "AttributeExtension",
            "MapperExtension",
            "Recovery",
            "SessionExtension",
            "TwoPhase",
            "recover_twophase",
            "relation",
            "run",
            "set_load_on_peers",
        }
    ),
    "orm.events": frozenset({"FlushContext"}),
    "orm.exc": frozenset(
        {
            "NegativeIndexError",
            "NullRefusedError",
            "UnresolvedDetachedValueError",
            "UnresolvedValueError",
            "UnsupportedRequestError",
        }
    ),
    "orm.instrumentation": frozenset({"MANAGER_FACTORIES"}),
    "orm.interfaces": frozenset({"AttributeExtension", "MapperExtension", "SessionExtension"}),
    "sql.compiler": frozenset(
        {
            "CompilerBase",
            "DefaultParameter",
            "ExpressionCompiler",
            "GENERIC_DIALECT",
            "GenericDialect",
            "ItemParameter",
            "PackedParameter",
            "ResultColumn",
            "StatementCompiler",
            "TypesAndReturning",
            "add_handler",
            "compile_statement",
            "drop_handlers",
        }
    ),
    "sql.functions": frozenset(
        {
            "FunctionGenerator",
            "OrderedSetFunction",
            "TableValuedColumn",
            "first_value",
            "lag",
            "last_value",
            "lead",
            "nullif",
            "row_number",
        }
    ),
    "sql.operators": frozenset(
        {"Comparator", "Operator", "OperatorFacts", "asbool_op", "cast_op", "facts_of", "symbol_of"}
    ),
}
"""By module: names that nothing of SQLAlchemy's stands for."""
