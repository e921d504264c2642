"""Functions of SQL: ``func.<any name>(...)``, with known result types for those that are standard."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.sql.functions.element import Function, FunctionElement, ScalarFunctionColumn, TableValuedColumn
    from azoth.sql.functions.generator import FunctionGenerator, func, modifier

    # What users define functions with brings the standard ones with it, so that the users' own come last and win.
    from azoth.sql.functions.standard import (
        AnsiFunction,
        GenericFunction,
        OrderedSetFunction,
        ReturnTypeFromArgs,
        aggregate_strings,
        array_agg,
        char_length,
        coalesce,
        concat,
        count,
        cube,
        cume_dist,
        current_date,
        current_time,
        current_timestamp,
        current_user,
        dense_rank,
        first_value,
        grouping_sets,
        lag,
        last_value,
        lead,
        localtime,
        localtimestamp,
        max,
        min,
        mode,
        next_value,
        now,
        nullif,
        percent_rank,
        percentile_cont,
        percentile_disc,
        random,
        rank,
        register_function,
        rollup,
        row_number,
        session_user,
        sum,
        sysdate,
        user,
    )
else:
    __getattr__, __dir__ = late_names(__name__, globals())

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AnsiFunction", "Function", "FunctionElement", "FunctionGenerator", "GenericFunction", "OrderedSetFunction",
    "ReturnTypeFromArgs", "ScalarFunctionColumn", "TableValuedColumn", "aggregate_strings", "array_agg", "char_length",
    "coalesce", "concat", "count", "cube", "cume_dist", "current_date", "current_time", "current_timestamp",
    "current_user", "dense_rank", "first_value", "func", "grouping_sets", "lag", "last_value", "lead", "localtime",
    "localtimestamp", "max", "min", "mode", "modifier", "next_value", "now", "nullif", "percent_rank",
    "percentile_cont", "percentile_disc", "random", "rank", "register_function", "rollup", "row_number", "session_user",
    "sum", "sysdate", "user",
]  # fmt: skip
_HOMES = {
    "azoth.sql.functions.element": ("Function", "FunctionElement", "ScalarFunctionColumn", "TableValuedColumn"),
    "azoth.sql.functions.generator": ("FunctionGenerator", "func", "modifier"),
    "azoth.sql.functions.standard": (
        "AnsiFunction", "GenericFunction", "OrderedSetFunction", "ReturnTypeFromArgs", "aggregate_strings", "array_agg",
        "char_length", "coalesce", "concat", "count", "cube", "cume_dist", "current_date", "current_time",
        "current_timestamp", "current_user", "dense_rank", "first_value", "grouping_sets", "lag", "last_value", "lead",
        "localtime", "localtimestamp", "max", "min", "mode", "next_value", "now", "nullif", "percent_rank",
        "percentile_cont", "percentile_disc", "random", "rank", "register_function", "rollup", "row_number",
        "session_user", "sum", "sysdate", "user",
    ),
}  # fmt: skip
"""Where each name is at home."""
