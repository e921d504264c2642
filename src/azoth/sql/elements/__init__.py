"""SQL expressions as values: columns, bound values, operations on them, and text."""

from __future__ import annotations

from azoth.sql.elements import operations as _operations
from azoth.sql.elements.binary import BinaryExpression, chain_of, left_expression
from azoth.sql.elements.bind_parameter import NO_VALUE, BindParameter, bind_value, bindparam, literal, outparam
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.clause_list import BooleanClauseList, ClauseList, Negation, Tuple, and_, or_
from azoth.sql.elements.column_clause import ColumnClause, column, literal_column
from azoth.sql.elements.column_element import ColumnElement, SQLColumnExpression
from azoth.sql.elements.constants import FALSE, NULL, TRUE, False_, Null, True_, false, null, true
from azoth.sql.elements.executable import OF_CONNECTIONS, Executable
from azoth.sql.elements.grouping import Grouping, Part
from azoth.sql.elements.label import Label
from azoth.sql.elements.label_reference import LabelReference
from azoth.sql.elements.operand import check_is_value, clause_of, operand, plain_operand, truth_operand
from azoth.sql.elements.text import TextClause, affixes, check_hint, install_textual_select, order_operand, text
from azoth.sql.elements.unary import AsBoolean, CollectionAggregate, UnaryExpression
from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.elements.annotations import ColumnExpressionArgument, NotNullable, Nullable
    from azoth.sql.elements.between_range import BetweenRange
    from azoth.sql.elements.case_expression import Case, case
    from azoth.sql.elements.casts import Cast, TryCast, TypeCoerce, cast, try_cast, type_coerce
    from azoth.sql.elements.collation import CollationClause
    from azoth.sql.elements.comparators import ArrayComparator, JSONComparator, compared_with_elements
    from azoth.sql.elements.constructors import (
        all_,
        any_,
        asc,
        between,
        bitwise_not,
        collate,
        desc,
        distinct,
        not_,
        nulls_first,
        nulls_last,
        nullsfirst,
        nullslast,
        tuple_,
    )
    from azoth.sql.elements.extract_part import Extract, extract
    from azoth.sql.elements.slice import Slice
    from azoth.sql.elements.window import (
        AggregateOrderBy,
        FrameClause,
        FrameClauseType,
        FunctionFilter,
        FunctionModifier,
        OrderByList,
        Over,
        WithinGroup,
        aggregate_order_by,
        funcfilter,
        over,
        within_group,
    )
else:
    __getattr__, __dir__ = late_names(__name__, globals())

assert _operations  # imported for the tables of operations that it fills

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "FALSE", "NO_VALUE", "NULL", "OF_CONNECTIONS", "TRUE", "AggregateOrderBy", "ArrayComparator", "AsBoolean",
    "BetweenRange", "BinaryExpression", "BindParameter", "BooleanClauseList", "Case", "Cast", "ClauseElement",
    "ClauseList", "CollationClause", "CollectionAggregate", "ColumnClause", "ColumnElement", "ColumnExpressionArgument",
    "Executable", "Extract", "False_", "FrameClause", "FrameClauseType", "FunctionFilter", "FunctionModifier",
    "Grouping", "JSONComparator", "Label", "LabelReference", "Negation", "NotNullable", "Null", "Nullable",
    "OrderByList", "Over", "Part", "SQLColumnExpression", "Slice", "TextClause", "True_", "TryCast", "Tuple",
    "TypeCoerce", "UnaryExpression", "WithinGroup", "affixes", "aggregate_order_by", "all_", "and_", "any_", "asc",
    "between", "bind_value", "bindparam", "bitwise_not", "case", "cast", "chain_of", "check_hint", "check_is_value",
    "clause_of", "collate", "column", "compared_with_elements", "desc", "distinct", "extract", "false", "funcfilter",
    "install_textual_select", "left_expression", "literal", "literal_column", "not_", "null", "nulls_first",
    "nulls_last", "nullsfirst", "nullslast", "operand", "or_", "order_operand", "outparam", "over", "plain_operand",
    "text", "true", "truth_operand", "try_cast", "tuple_", "type_coerce", "within_group",
]  # fmt: skip
_HOMES = {
    "azoth.sql.elements.annotations": ("ColumnExpressionArgument", "NotNullable", "Nullable"),
    "azoth.sql.elements.between_range": ("BetweenRange",),
    "azoth.sql.elements.case_expression": ("Case", "case"),
    "azoth.sql.elements.casts": ("Cast", "TryCast", "TypeCoerce", "cast", "try_cast", "type_coerce"),
    "azoth.sql.elements.collation": ("CollationClause",),
    "azoth.sql.elements.comparators": ("ArrayComparator", "JSONComparator", "compared_with_elements"),
    "azoth.sql.elements.constructors": (
        "all_", "any_", "asc", "between", "bitwise_not", "collate", "desc", "distinct", "not_", "nulls_first",
        "nulls_last", "nullsfirst", "nullslast", "tuple_",
    ),
    "azoth.sql.elements.extract_part": ("Extract", "extract"),
    "azoth.sql.elements.slice": ("Slice",),
    "azoth.sql.elements.window": (
        "AggregateOrderBy", "FrameClause", "FrameClauseType", "FunctionFilter", "FunctionModifier", "OrderByList",
        "Over", "WithinGroup", "aggregate_order_by", "funcfilter", "over", "within_group",
    ),
}  # fmt: skip
"""Where each name is at home."""
