"""SQL: statements as values, and their compiler."""

from __future__ import annotations

from importlib import import_module

from azoth.sql.ports import install_upper_layers as _install_upper_layers
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.compiler import (
        COLLECT_CARTESIAN_PRODUCTS,
        FROM_LINTING,
        NO_LINTING,
        WARN_LINTING,
    )
    from azoth.sql.ddl import (
        DDL,
        BaseDDLElement,
        DDLElement,
        ExecutableDDLElement,
    )
    from azoth.sql.elements import (
        NotNullable,
        Nullable,
    )
    from azoth.sql.elements.template import TString, tstring
    from azoth.sql.expression import (
        LABEL_STYLE_DEFAULT,
        LABEL_STYLE_DISAMBIGUATE_ONLY,
        LABEL_STYLE_NONE,
        LABEL_STYLE_TABLENAME_PLUS_COL,
        Alias,
        ClauseElement,
        ColumnCollection,
        ColumnElement,
        ColumnExpressionArgument,
        CompoundSelect,
        Delete,
        Executable,
        False_,
        FromClause,
        Insert,
        Join,
        LambdaElement,
        Select,
        Selectable,
        SelectLabelStyle,
        SQLColumnExpression,
        StatementLambdaElement,
        Subquery,
        TableClause,
        TableSample,
        TableValuedAlias,
        TableValuedColumn,
        TextClause,
        True_,
        Update,
        Values,
        aggregate_order_by,
        alias,
        all_,
        and_,
        any_,
        asc,
        between,
        bindparam,
        case,
        cast,
        collate,
        column,
        cte,
        delete,
        desc,
        distinct,
        except_,
        except_all,
        exists,
        extract,
        false,
        from_dml_column,
        func,
        funcfilter,
        insert,
        intersect,
        intersect_all,
        join,
        label,
        lambda_stmt,
        lateral,
        literal,
        literal_column,
        modifier,
        not_,
        null,
        nulls_first,
        nulls_last,
        nullsfirst,
        nullslast,
        or_,
        outerjoin,
        outparam,
        over,
        quoted_name,
        select,
        table,
        tablesample,
        text,
        true,
        try_cast,
        tuple_,
        type_coerce,
        union,
        union_all,
        update,
        values,
        within_group,
    )
    from azoth.sql.schema.ports import CheckFirst
    from azoth.sql.selectable.executable import (
        ExecutableStatement,
    )
    from azoth.sql.selectable.syntax_extension import (
        SyntaxExtension,
    )
    from azoth.sql.visitors import ClauseVisitor
else:
    __getattr__, __dir__ = late_names(__name__, globals())


def _import_compiler() -> None:
    # The compiler brings the DDL with it. Programs that only declare tables never get here.
    import azoth.sql.compiler  # noqa: F401, PLC0415


def _import_builder(name: str) -> None:
    import_module(_BUILDERS[name])


_BUILDERS = {
    "comparators": "azoth.sql.elements.comparators",
    "create_table_as": "azoth.sql.ddl.from_select",
    "delete": "azoth.sql.dml.delete_statement",
    "insert": "azoth.sql.dml.insert",
    "table_valued_column": "azoth.sql.functions.element",
    "textual_select": "azoth.sql.selectable.textual_select",
    "update": "azoth.sql.dml.update_statement",
}
"""Who fills a slot that is found empty."""


_install_upper_layers(_import_compiler, _import_builder)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS", "DDL", "FROM_LINTING", "LABEL_STYLE_DEFAULT", "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL", "NO_LINTING", "WARN_LINTING", "Alias", "BaseDDLElement",
    "CheckFirst", "ClauseElement", "ClauseVisitor", "ColumnCollection", "ColumnElement", "ColumnExpressionArgument",
    "CompoundSelect", "DDLElement", "Delete", "Executable", "ExecutableDDLElement", "ExecutableStatement", "False_",
    "FromClause", "Insert", "Join", "LambdaElement", "NotNullable", "Nullable", "SQLColumnExpression", "Select",
    "SelectLabelStyle", "Selectable", "StatementLambdaElement", "Subquery", "SyntaxExtension", "TString", "TableClause",
    "TableSample", "TableValuedAlias", "TableValuedColumn", "TextClause", "True_", "Update", "Values",
    "aggregate_order_by", "alias", "all_", "and_", "any_", "asc", "between", "bindparam", "case", "cast", "collate",
    "column", "cte", "delete", "desc", "distinct", "except_", "except_all", "exists", "extract", "false",
    "from_dml_column", "func", "funcfilter", "insert", "intersect", "intersect_all", "join", "label", "lambda_stmt",
    "lateral", "literal", "literal_column", "modifier", "not_", "null", "nulls_first", "nulls_last", "nullsfirst",
    "nullslast", "or_", "outerjoin", "outparam", "over", "quoted_name", "select", "table", "tablesample", "text",
    "true", "try_cast", "tstring", "tuple_", "type_coerce", "union", "union_all", "update", "values", "within_group",
]  # fmt: skip
_HOMES = {
    "azoth.sql.compiler": ("COLLECT_CARTESIAN_PRODUCTS", "FROM_LINTING", "NO_LINTING", "WARN_LINTING"),
    "azoth.sql.ddl": ("DDL", "BaseDDLElement", "DDLElement", "ExecutableDDLElement"),
    "azoth.sql.elements": ("NotNullable", "Nullable"),
    "azoth.sql.elements.template": ("TString", "tstring"),
    "azoth.sql.expression": (
        "LABEL_STYLE_DEFAULT", "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL",
        "Alias", "ClauseElement", "ColumnCollection", "ColumnElement", "ColumnExpressionArgument", "CompoundSelect",
        "Delete", "Executable", "False_", "FromClause", "Insert", "Join", "LambdaElement", "Select", "Selectable",
        "SelectLabelStyle", "SQLColumnExpression", "StatementLambdaElement", "Subquery", "TableClause", "TableSample",
        "TableValuedAlias", "TableValuedColumn", "TextClause", "True_", "Update", "Values", "aggregate_order_by",
        "alias", "all_", "and_", "any_", "asc", "between", "bindparam", "case", "cast", "collate", "column", "cte",
        "delete", "desc", "distinct", "except_", "except_all", "exists", "extract", "false", "from_dml_column", "func",
        "funcfilter", "insert", "intersect", "intersect_all", "join", "label", "lambda_stmt", "lateral", "literal",
        "literal_column", "modifier", "not_", "null", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "or_",
        "outerjoin", "outparam", "over", "quoted_name", "select", "table", "tablesample", "text", "true", "try_cast",
        "tuple_", "type_coerce", "union", "union_all", "update", "values", "within_group",
    ),
    "azoth.sql.schema.ports": ("CheckFirst",),
    "azoth.sql.selectable.executable": ("ExecutableStatement",),
    "azoth.sql.selectable.syntax_extension": ("SyntaxExtension",),
    "azoth.sql.visitors": ("ClauseVisitor",),
}  # fmt: skip
"""Where each name is at home."""
