"""azoth: the Session people know, compiled."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth import dialects as dialects
    from azoth import engine as engine
    from azoth import event as event
    from azoth import exc as exc
    from azoth import ext as ext
    from azoth import inspection as inspection
    from azoth import orm as orm
    from azoth import pool as pool
    from azoth import schema as schema
    from azoth import sql as sql
    from azoth import types as types
    from azoth.engine import (
        URL,
        BaseRow,
        BindTyping,
        ChunkedIteratorResult,
        Connection,
        CreateEnginePlugin,
        CursorResult,
        Dialect,
        Engine,
        ExceptionContext,
        ExecutionContext,
        FrozenResult,
        Inspector,
        IteratorResult,
        MappingResult,
        MergedResult,
        NestedTransaction,
        Result,
        ResultProxy,
        RootTransaction,
        Row,
        RowMapping,
        ScalarResult,
        Transaction,
        TwoPhaseTransaction,
        create_engine,
        create_mock_engine,
        create_pool_from_url,
        engine_from_config,
        make_url,
        result_tuple,
    )
    from azoth.inspection import inspect
    from azoth.pool import (
        AssertionPool,
        NullPool,
        Pool,
        PoolProxiedConnection,
        PoolResetState,
        QueuePool,
        SingletonThreadPool,
        StaticPool,
    )
    from azoth.schema import (
        CheckFirst,
        CreateTableAs,
        CreateView,
        DropView,
        ForeignKeyTarget,
        Named,
        TypedColumns,
    )
    from azoth.sql.cache_key import (
        CacheKey,
    )
    from azoth.sql.compiler import Compiled, TypeCompiler
    from azoth.sql.ddl import DDL, BaseDDLElement, CreateTable, DDLElement, DropTable, ExecutableDDLElement
    from azoth.sql.dml import Delete, Insert, Update, UpdateBase, ValuesBase
    from azoth.sql.dml.delete_statement import delete
    from azoth.sql.dml.insert import insert
    from azoth.sql.dml.update_statement import update
    from azoth.sql.elements import (
        BinaryExpression,
        BindParameter,
        BooleanClauseList,
        Case,
        Cast,
        ClauseElement,
        ClauseList,
        CollectionAggregate,
        ColumnClause,
        ColumnElement,
        ColumnExpressionArgument,
        Extract,
        False_,
        FunctionFilter,
        Grouping,
        Label,
        NotNullable,
        Null,
        Nullable,
        Over,
        SQLColumnExpression,
        TextClause,
        True_,
        TryCast,
        Tuple,
        TypeCoerce,
        UnaryExpression,
        WithinGroup,
        all_,
        and_,
        any_,
        asc,
        bindparam,
        bitwise_not,
        collate,
        column,
        desc,
        distinct,
        false,
        funcfilter,
        literal,
        literal_column,
        not_,
        null,
        nulls_first,
        nulls_last,
        nullsfirst,
        nullslast,
        or_,
        over,
        true,
        try_cast,
        tuple_,
        type_coerce,
        within_group,
    )
    from azoth.sql.elements.case_expression import case
    from azoth.sql.elements.casts import cast
    from azoth.sql.elements.constructors import between, label
    from azoth.sql.elements.extract_part import extract
    from azoth.sql.elements.template import TString, tstring
    from azoth.sql.elements.text import text
    from azoth.sql.expression import (
        AggregateOrderBy,
        FrameClause,
        FrameClauseType,
        LambdaElement,
        OrderByList,
        StatementLambdaElement,
        aggregate_order_by,
        from_dml_column,
        lambda_stmt,
        modifier,
        outparam,
    )
    from azoth.sql.functions import Function, FunctionElement, TableValuedColumn, func
    from azoth.sql.operators import ColumnOperators, Operators, custom_op
    from azoth.sql.schema import (
        BLANK_SCHEMA,
        CheckConstraint,
        Column,
        ColumnDefault,
        Computed,
        Constraint,
        DefaultClause,
        FetchedValue,
        ForeignKey,
        ForeignKeyConstraint,
        Identity,
        Index,
        MetaData,
        PrimaryKeyConstraint,
        Sequence,
        Table,
        UniqueConstraint,
        insert_sentinel,
    )
    from azoth.sql.schema.quoted_name import quoted_name
    from azoth.sql.selectable import (
        CTE,
        LABEL_STYLE_DEFAULT,
        LABEL_STYLE_DISAMBIGUATE_ONLY,
        LABEL_STYLE_NONE,
        LABEL_STYLE_TABLENAME_PLUS_COL,
        Alias,
        AliasedReturnsRows,
        ColumnCollection,
        CompoundSelect,
        Executable,
        ExecutableStatement,
        Exists,
        FromClause,
        GenerativeSelect,
        HasCTE,
        HasPrefixes,
        HasSuffixes,
        Join,
        Lateral,
        ReturnsRows,
        ScalarSelect,
        Select,
        Selectable,
        SelectBase,
        SelectLabelStyle,
        Subquery,
        TableClause,
        TableSample,
        TableValuedAlias,
        TextAsFrom,
        TextualSelect,
        Values,
        except_,
        except_all,
        exists,
        intersect,
        intersect_all,
        lateral,
        tablesample,
        union,
        union_all,
    )
    from azoth.sql.selectable.alias import alias
    from azoth.sql.selectable.constructors import cte, select
    from azoth.sql.selectable.join import join, outerjoin
    from azoth.sql.selectable.table import table
    from azoth.sql.selectable.value_rows import values
    from azoth.sql.types import (
        ARRAY,
        BIGINT,
        BINARY,
        BLOB,
        BOOLEAN,
        CHAR,
        CLOB,
        DATE,
        DATETIME,
        DECIMAL,
        DOUBLE,
        DOUBLE_PRECISION,
        FLOAT,
        INT,
        INTEGER,
        JSON,
        NCHAR,
        NUMERIC,
        NVARCHAR,
        REAL,
        SMALLINT,
        TEXT,
        TIME,
        TIMESTAMP,
        UUID,
        VARBINARY,
        VARCHAR,
        BigInteger,
        Boolean,
        Date,
        DateTime,
        Double,
        Enum,
        Float,
        Integer,
        Interval,
        LargeBinary,
        Numeric,
        PickleType,
        SmallInteger,
        String,
        Text,
        Time,
        TupleType,
        TypeDecorator,
        Unicode,
        UnicodeText,
        Uuid,
    )
    from azoth.sql.visitors import Visitable
    from azoth.types import NumericCommon
else:
    __getattr__, __dir__ = late_names(__name__, globals())

__version__ = "0.1.0"

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "ARRAY", "BIGINT", "BINARY", "BLANK_SCHEMA", "BLOB", "BOOLEAN", "CHAR", "CLOB", "CTE", "DATE", "DATETIME", "DDL",
    "DECIMAL", "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "JSON", "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL", "NCHAR", "NUMERIC",
    "NVARCHAR", "REAL", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "URL", "UUID", "VARBINARY", "VARCHAR",
    "AggregateOrderBy", "Alias", "AliasedReturnsRows", "AssertionPool", "BaseDDLElement", "BaseRow", "BigInteger",
    "BinaryExpression", "BindParameter", "BindTyping", "Boolean", "BooleanClauseList", "CacheKey", "Case", "Cast",
    "CheckConstraint", "CheckFirst", "ChunkedIteratorResult", "ClauseElement", "ClauseList", "CollectionAggregate",
    "Column", "ColumnClause", "ColumnCollection", "ColumnDefault", "ColumnElement", "ColumnExpressionArgument",
    "ColumnOperators", "Compiled", "CompoundSelect", "Computed", "Connection", "Constraint", "CreateEnginePlugin",
    "CreateTable", "CreateTableAs", "CreateView", "CursorResult", "DDLElement", "Date", "DateTime", "DefaultClause",
    "Delete", "Dialect", "Double", "DropTable", "DropView", "Engine", "Enum", "ExceptionContext", "Executable",
    "ExecutableDDLElement", "ExecutableStatement", "ExecutionContext", "Exists", "Extract", "False_", "FetchedValue",
    "Float", "ForeignKey", "ForeignKeyConstraint", "ForeignKeyTarget", "FrameClause", "FrameClauseType", "FromClause",
    "FrozenResult", "Function", "FunctionElement", "FunctionFilter", "GenerativeSelect", "Grouping", "HasCTE",
    "HasPrefixes", "HasSuffixes", "Identity", "Index", "Insert", "Inspector", "Integer", "Interval", "IteratorResult",
    "Join", "Label", "LambdaElement", "LargeBinary", "Lateral", "MappingResult", "MergedResult", "MetaData", "Named",
    "NestedTransaction", "NotNullable", "Null", "NullPool", "Nullable", "Numeric", "NumericCommon", "Operators",
    "OrderByList", "Over", "PickleType", "Pool", "PoolProxiedConnection", "PoolResetState", "PrimaryKeyConstraint",
    "QueuePool", "Result", "ResultProxy", "ReturnsRows", "RootTransaction", "Row", "RowMapping", "SQLColumnExpression",
    "ScalarResult", "ScalarSelect", "Select", "SelectBase", "SelectLabelStyle", "Selectable", "Sequence",
    "SingletonThreadPool", "SmallInteger", "StatementLambdaElement", "StaticPool", "String", "Subquery", "TString",
    "Table", "TableClause", "TableSample", "TableValuedAlias", "TableValuedColumn", "Text", "TextAsFrom", "TextClause",
    "TextualSelect", "Time", "Transaction", "True_", "TryCast", "Tuple", "TupleType", "TwoPhaseTransaction",
    "TypeCoerce", "TypeCompiler", "TypeDecorator", "TypedColumns", "UnaryExpression", "Unicode", "UnicodeText",
    "UniqueConstraint", "Update", "UpdateBase", "Uuid", "Values", "ValuesBase", "Visitable", "WithinGroup",
    "aggregate_order_by", "alias", "all_", "and_", "any_", "asc", "between", "bindparam", "bitwise_not", "case", "cast",
    "collate", "column", "create_engine", "create_mock_engine", "create_pool_from_url", "cte", "custom_op", "delete",
    "desc", "distinct", "engine_from_config", "except_", "except_all", "exists", "extract", "false", "from_dml_column",
    "func", "funcfilter", "insert", "insert_sentinel", "inspect", "intersect", "intersect_all", "join", "label",
    "lambda_stmt", "lateral", "literal", "literal_column", "make_url", "modifier", "not_", "null", "nulls_first",
    "nulls_last", "nullsfirst", "nullslast", "or_", "outerjoin", "outparam", "over", "quoted_name", "result_tuple",
    "select", "table", "tablesample", "text", "true", "try_cast", "tstring", "tuple_", "type_coerce", "union",
    "union_all", "update", "values", "within_group",
]  # fmt: skip
_HOMES = {
    "azoth": ("dialects", "engine", "event", "exc", "ext", "inspection", "orm", "pool", "schema", "sql", "types"),
    "azoth.engine": (
        "URL", "BaseRow", "BindTyping", "ChunkedIteratorResult", "Connection", "CreateEnginePlugin", "CursorResult",
        "Dialect", "Engine", "ExceptionContext", "ExecutionContext", "FrozenResult", "Inspector", "IteratorResult",
        "MappingResult", "MergedResult", "NestedTransaction", "Result", "ResultProxy", "RootTransaction", "Row",
        "RowMapping", "ScalarResult", "Transaction", "TwoPhaseTransaction", "create_engine", "create_mock_engine",
        "create_pool_from_url", "engine_from_config", "make_url", "result_tuple",
    ),
    "azoth.inspection": ("inspect",),
    "azoth.pool": (
        "AssertionPool", "NullPool", "Pool", "PoolProxiedConnection", "PoolResetState", "QueuePool",
        "SingletonThreadPool", "StaticPool",
    ),
    "azoth.schema": (
        "CheckFirst", "CreateTableAs", "CreateView", "DropView", "ForeignKeyTarget", "Named", "TypedColumns",
    ),
    "azoth.sql.cache_key": ("CacheKey",),
    "azoth.sql.compiler": ("Compiled", "TypeCompiler"),
    "azoth.sql.ddl": ("DDL", "BaseDDLElement", "CreateTable", "DDLElement", "DropTable", "ExecutableDDLElement"),
    "azoth.sql.dml": ("Delete", "Insert", "Update", "UpdateBase", "ValuesBase"),
    "azoth.sql.dml.delete_statement": ("delete",),
    "azoth.sql.dml.insert": ("insert",),
    "azoth.sql.dml.update_statement": ("update",),
    "azoth.sql.elements": (
        "BinaryExpression", "BindParameter", "BooleanClauseList", "Case", "Cast", "ClauseElement", "ClauseList",
        "CollectionAggregate", "ColumnClause", "ColumnElement", "ColumnExpressionArgument", "Extract", "False_",
        "FunctionFilter", "Grouping", "Label", "NotNullable", "Null", "Nullable", "Over", "SQLColumnExpression",
        "TextClause", "True_", "TryCast", "Tuple", "TypeCoerce", "UnaryExpression", "WithinGroup", "all_", "and_",
        "any_", "asc", "bindparam", "bitwise_not", "collate", "column", "desc", "distinct", "false", "funcfilter",
        "literal", "literal_column", "not_", "null", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "or_",
        "over", "true", "try_cast", "tuple_", "type_coerce", "within_group",
    ),
    "azoth.sql.elements.case_expression": ("case",),
    "azoth.sql.elements.casts": ("cast",),
    "azoth.sql.elements.constructors": ("between", "label"),
    "azoth.sql.elements.extract_part": ("extract",),
    "azoth.sql.elements.template": ("TString", "tstring"),
    "azoth.sql.elements.text": ("text",),
    "azoth.sql.expression": (
        "AggregateOrderBy", "FrameClause", "FrameClauseType", "LambdaElement", "OrderByList", "StatementLambdaElement",
        "aggregate_order_by", "from_dml_column", "lambda_stmt", "modifier", "outparam",
    ),
    "azoth.sql.functions": ("Function", "FunctionElement", "TableValuedColumn", "func"),
    "azoth.sql.operators": ("ColumnOperators", "Operators", "custom_op"),
    "azoth.sql.schema": (
        "BLANK_SCHEMA", "CheckConstraint", "Column", "ColumnDefault", "Computed", "Constraint", "DefaultClause",
        "FetchedValue", "ForeignKey", "ForeignKeyConstraint", "Identity", "Index", "MetaData", "PrimaryKeyConstraint",
        "Sequence", "Table", "UniqueConstraint", "insert_sentinel",
    ),
    "azoth.sql.schema.quoted_name": ("quoted_name",),
    "azoth.sql.selectable": (
        "CTE", "LABEL_STYLE_DEFAULT", "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE",
        "LABEL_STYLE_TABLENAME_PLUS_COL", "Alias", "AliasedReturnsRows", "ColumnCollection", "CompoundSelect",
        "Executable", "ExecutableStatement", "Exists", "FromClause", "GenerativeSelect", "HasCTE", "HasPrefixes",
        "HasSuffixes", "Join", "Lateral", "ReturnsRows", "ScalarSelect", "Select", "Selectable", "SelectBase",
        "SelectLabelStyle", "Subquery", "TableClause", "TableSample", "TableValuedAlias", "TextAsFrom", "TextualSelect",
        "Values", "except_", "except_all", "exists", "intersect", "intersect_all", "lateral", "tablesample", "union",
        "union_all",
    ),
    "azoth.sql.selectable.alias": ("alias",),
    "azoth.sql.selectable.constructors": ("cte", "select"),
    "azoth.sql.selectable.join": ("join", "outerjoin"),
    "azoth.sql.selectable.table": ("table",),
    "azoth.sql.selectable.value_rows": ("values",),
    "azoth.sql.types": (
        "ARRAY", "BIGINT", "BINARY", "BLOB", "BOOLEAN", "CHAR", "CLOB", "DATE", "DATETIME", "DECIMAL", "DOUBLE",
        "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "JSON", "NCHAR", "NUMERIC", "NVARCHAR", "REAL", "SMALLINT",
        "TEXT", "TIME", "TIMESTAMP", "UUID", "VARBINARY", "VARCHAR", "BigInteger", "Boolean", "Date", "DateTime",
        "Double", "Enum", "Float", "Integer", "Interval", "LargeBinary", "Numeric", "PickleType", "SmallInteger",
        "String", "Text", "Time", "TupleType", "TypeDecorator", "Unicode", "UnicodeText", "Uuid",
    ),
    "azoth.sql.visitors": ("Visitable",),
    "azoth.types": ("NumericCommon",),
}  # fmt: skip
"""Where each name is at home."""
