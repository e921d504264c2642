"""What statements select from, and SELECT itself: tables, joins, aliases, subqueries, CTEs, set operations."""

from __future__ import annotations

from azoth.sql.elements import OF_CONNECTIONS, Executable
from azoth.sql.selectable.adapt import column_elsewhere, corresponding, host_of, replace_consistently
from azoth.sql.selectable.affixed import HasPrefixes, HasSuffixes
from azoth.sql.selectable.alias import (
    Alias,
    AliasedReturnsRows,
    Lateral,
    Subquery,
    TableSample,
    TableValuedAlias,
    alias,
)
from azoth.sql.selectable.column_collection import ColumnCollection, ColumnSet
from azoth.sql.selectable.column_names import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    NamedColumn,
    SelectLabelStyle,
    column_in_froms,
    named_columns,
    selected_as,
    unknown_label,
)
from azoth.sql.selectable.compound import (
    CompoundSelect,
    SetOperation,
    except_,
    except_all,
    intersect,
    intersect_all,
    union,
    union_all,
)
from azoth.sql.selectable.constructors import cte, exists, lateral, select, subquery, tablesample
from azoth.sql.selectable.derived_shape import canonical_shape
from azoth.sql.selectable.executable import ExecutableStatement, Statement, TakesExtensions
from azoth.sql.selectable.from_clause import (
    AnonymousName,
    FromClause,
    NamedFromClause,
    ReturnsRows,
    Selectable,
    builders,
    lineage_of,
)
from azoth.sql.selectable.generative_select import GenerativeSelect
from azoth.sql.selectable.join import Join, join, outerjoin
from azoth.sql.selectable.join_condition import can_join, join_condition
from azoth.sql.selectable.narrowed import Narrowed, without_narrowing
from azoth.sql.selectable.ordering import ForUpdateArg
from azoth.sql.selectable.proxy_column import ProxyColumn
from azoth.sql.selectable.resolve import FromExpression, entity_or_element, resolve_from
from azoth.sql.selectable.select import Select
from azoth.sql.selectable.select_base import (
    Exists,
    HasCTE,
    ScalarSelect,
    SelectBase,
    SelectStatementGrouping,
)
from azoth.sql.selectable.select_froms import (
    correlated_froms,
    join_by_steps,
    joined_froms,
    result_expressions,
    statement_froms,
    tables_in,
)
from azoth.sql.selectable.table import TableClause, table
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.selectable.common_table import CTE
    from azoth.sql.selectable.filter_by import filter_by_criteria, refuse_ambiguous_names
    from azoth.sql.selectable.free_parts import replace_free
    from azoth.sql.selectable.from_statement import FromStatement
    from azoth.sql.selectable.textual_select import TextAsFrom, TextualSelect
    from azoth.sql.selectable.value_rows import ScalarValues, Values, values
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "CTE", "LABEL_STYLE_DEFAULT", "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL",
    "OF_CONNECTIONS", "Alias", "AliasedReturnsRows", "AnonymousName", "ColumnCollection", "ColumnSet", "CompoundSelect",
    "Executable", "ExecutableStatement", "Exists", "ForUpdateArg", "FromClause", "FromExpression", "FromStatement",
    "GenerativeSelect", "HasCTE", "HasPrefixes", "HasSuffixes", "Join", "Lateral", "NamedColumn", "NamedFromClause",
    "Narrowed", "ProxyColumn", "ReturnsRows", "ScalarSelect", "ScalarValues", "Select", "SelectBase",
    "SelectLabelStyle", "SelectStatementGrouping", "Selectable", "SetOperation", "Statement", "Subquery", "TableClause",
    "TableSample", "TableValuedAlias", "TakesExtensions", "TextAsFrom", "TextualSelect", "Values", "alias", "builders",
    "can_join", "canonical_shape", "column_elsewhere", "column_in_froms", "correlated_froms", "corresponding", "cte",
    "entity_or_element", "except_", "except_all", "exists", "filter_by_criteria", "host_of", "intersect",
    "intersect_all", "join", "join_by_steps", "join_condition", "joined_froms", "lateral", "lineage_of",
    "named_columns", "outerjoin", "refuse_ambiguous_names", "replace_consistently", "replace_free", "resolve_from",
    "result_expressions", "select", "selected_as", "statement_froms", "subquery", "table", "tables_in", "tablesample",
    "union", "union_all", "unknown_label", "values", "without_narrowing",
]  # fmt: skip
_HOMES = {
    "azoth.sql.selectable.common_table": ("CTE",),
    "azoth.sql.selectable.filter_by": ("filter_by_criteria", "refuse_ambiguous_names"),
    "azoth.sql.selectable.free_parts": ("replace_free",),
    "azoth.sql.selectable.from_statement": ("FromStatement",),
    "azoth.sql.selectable.textual_select": ("TextAsFrom", "TextualSelect"),
    "azoth.sql.selectable.value_rows": ("ScalarValues", "Values", "values"),
}
"""Where each name is at home."""
