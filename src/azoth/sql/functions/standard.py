"""The functions of the SQL standard and of most databases, with their result types."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from azoth.sql.cache_key import Shape
from azoth.sql.elements import (
    Cast,
    Extract,
    literal_column,
)
from azoth.sql.elements.column_element import ValueT
from azoth.sql.functions.generic import AnsiFunction, GenericFunction, ReturnTypeFromArgs, type_of_arguments
from azoth.sql.functions.registry import register_function
from azoth.sql.types import (
    ARRAY,
    INTEGERTYPE,
    STRINGTYPE,
    Date,
    DateTime,
    Numeric,
    String,
    Time,
    TypeEngine,
    to_instance,
)

__all__ = [
    "AnsiFunction",
    "GenericFunction",
    "OrderedSetFunction",
    "ReturnTypeFromArgs",
    "aggregate_strings",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "first_value",
    "grouping_sets",
    "lag",
    "last_value",
    "lead",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "mode",
    "next_value",
    "now",
    "nullif",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "random",
    "rank",
    "register_function",
    "rollup",
    "row_number",
    "session_user",
    "sum",
    "sysdate",
    "user",
]


class coalesce(ReturnTypeFromArgs[ValueT]):
    """The first argument that is not NULL."""


class max(ReturnTypeFromArgs[ValueT]):
    """The greatest value."""


class min(ReturnTypeFromArgs[ValueT]):
    """The least value."""


class sum(ReturnTypeFromArgs[ValueT]):
    """The sum of the values."""


class lag(ReturnTypeFromArgs[ValueT]):
    """The value of an earlier row."""


class lead(ReturnTypeFromArgs[ValueT]):
    """The value of a later row."""


class first_value(ReturnTypeFromArgs[ValueT]):
    """The value of the first row of the frame."""


class last_value(ReturnTypeFromArgs[ValueT]):
    """The value of the last row of the frame."""


class nullif(ReturnTypeFromArgs[ValueT]):
    """NULL where both arguments are equal."""


class count(GenericFunction[int]):
    """The number of rows, or of values that are not NULL."""

    type = INTEGERTYPE

    def __init__(self, expression: Any = None, **kwargs: Any) -> None:
        super().__init__(literal_column("*") if expression is None else expression, **kwargs)


class now(GenericFunction[datetime.datetime]):
    """The current time."""

    type = DateTime()


class concat(GenericFunction[str]):
    """The texts, one after the other."""

    type = STRINGTYPE


class char_length(GenericFunction[int]):
    """The number of characters."""

    type = INTEGERTYPE

    def __init__(self, arg: Any, **kwargs: Any) -> None:
        super().__init__(arg, **kwargs)


class random(GenericFunction[int]):
    """A random number."""


class row_number(GenericFunction[int]):
    """The number of the row in its window."""

    type = INTEGERTYPE


class rank(GenericFunction[int]):
    """The rank of the row, with gaps."""

    type = INTEGERTYPE


class dense_rank(GenericFunction[int]):
    """The rank of the row, without gaps."""

    type = INTEGERTYPE


class percent_rank(GenericFunction[float]):
    """The rank of the row between 0 and 1."""

    type = Numeric()


class cume_dist(GenericFunction[float]):
    """The part of the rows that are not after this one."""

    type = Numeric()


class array_agg(GenericFunction[Sequence[Any]]):
    """The values as an array."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("type_") is None:
            item = type_of_arguments(self.clauses)
            self.type = item if item._affinity == "array" else ARRAY(item)


class OrderedSetFunction(GenericFunction[ValueT]):
    """A function whose result has the type of what WITHIN GROUP orders by."""

    _register = False
    array_for_multi_clause: ClassVar[bool] = False

    def within_group_type(self, within_group: Any) -> TypeEngine[Any]:
        """Find the type of the result from the order."""
        ordered = type_of_arguments(within_group.order_by.clauses if within_group.order_by is not None else ())
        return ARRAY(ordered) if self.array_for_multi_clause and len(self.clauses) > 1 else ordered


class mode(OrderedSetFunction[ValueT]):
    """The most frequent value."""


class percentile_cont(OrderedSetFunction[ValueT]):
    """A percentile, between values where needed."""

    array_for_multi_clause = True


class percentile_disc(OrderedSetFunction[ValueT]):
    """A percentile among the values."""

    array_for_multi_clause = True


class aggregate_strings(GenericFunction[str]):
    """The texts of all rows, with a separator between them."""

    type = STRINGTYPE

    def __init__(self, clause: Any, separator: str, **kwargs: Any) -> None:
        super().__init__(clause, separator, **kwargs)


class cube(GenericFunction[Any]):
    """Grouping by all subsets of the arguments."""


class rollup(GenericFunction[Any]):
    """Grouping by all beginnings of the arguments."""


class grouping_sets(GenericFunction[Any]):
    """Grouping by several sets."""

    name = "GROUPING SETS"
    identifier = "grouping_sets"


class next_value(GenericFunction[Any]):
    """The next value of a sequence.

    Args:
        seq: the sequence.
    """

    __visit_name__: ClassVar[str] = "next_value_func"
    _fields: ClassVar[tuple[str, ...]] = ("sequence", "type")

    def __init__(self, seq: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sequence = seq
        if kwargs.get("type_") is None:
            data_type = getattr(seq, "data_type", None)
            self.type = to_instance(data_type) if data_type is not None else INTEGERTYPE

    def _compute_shape(self) -> Shape:
        return ("next_value_func", self.sequence.name, getattr(self.sequence, "schema", None), self.type._shape)


class current_date(AnsiFunction[datetime.date]):
    """The current date."""

    type = Date()


class current_time(AnsiFunction[datetime.time]):
    """The current time of day."""

    type = Time()


class current_timestamp(AnsiFunction[datetime.datetime]):
    """The current date and time."""

    type = DateTime()


class current_user(AnsiFunction[str]):
    """The name of the user whose rights apply."""

    type = String()


class localtime(AnsiFunction[datetime.datetime]):
    """The current local time of day."""

    type = DateTime()


class localtimestamp(AnsiFunction[datetime.datetime]):
    """The current local date and time."""

    type = DateTime()


class session_user(AnsiFunction[str]):
    """The name of the user who connected."""

    type = String()


class sysdate(AnsiFunction[datetime.datetime]):
    """The current date and time of the server."""

    type = DateTime()


class user(AnsiFunction[str]):
    """The name of the user."""

    type = String()


register_function("cast", Cast)
register_function("extract", Extract)
