"""Many rows of values in one statement of PostgreSQL: each column of values is an array, and ``unnest`` makes rows."""

from __future__ import annotations

import datetime
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth import types
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.sql.elements import BindParameter, ColumnElement, any_, column
from azoth.sql.functions import func
from azoth.sql.selectable import FromClause

if TYPE_CHECKING:
    from azoth.engine.dialect_base.dialect import DefaultDialect

__all__ = ["RowsInArrays"]

_ELEMENTS: Final[dict[type[Any], Callable[[Any], types.TypeEngine[Any]]]] = {
    # A cast to VARCHAR(3) would cut texts off in silence, where the column refuses them.
    types.String: lambda _type: types.Text(),
    types.SmallInteger: lambda _type: types.SmallInteger(),
    types.BigInteger: lambda _type: types.BigInteger(),
    types.Integer: lambda _type: types.Integer(),
    types.Float: lambda _type: types.Double(),
    types.Numeric: lambda _type: types.Numeric(),
    types.Boolean: lambda _type: types.Boolean(),
    types.Date: lambda _type: types.Date(),
    types.DateTime: lambda type_: types.DateTime(timezone=type_.timezone),
    types.Time: lambda type_: types.Time(timezone=type_.timezone),
    types.LargeBinary: lambda _type: types.LargeBinary(),
    types.Uuid: lambda type_: types.UUID() if type_.native_uuid else types.Text(),
    types.JSON: lambda type_: type(type_)(),
}
"""The types of which PostgreSQL has arrays that drivers can write, and their elements as placeholders are cast to them.

There are no arrays of arrays, and of ENUM and the like each has a name of its own, which drivers do not know.
"""

_NONE: Final = type(None)


class RowsInArrays:
    """Makes tables of arrays; see ``RowsAsTable``.

    Args:
        dialect: the dialect.
    """

    fewest = 4
    most = 10_000

    def __init__(self, dialect: DefaultDialect) -> None:
        self._dialect = weakref.ref(dialect)

    def table_of(self, types: Sequence[types.TypeEngine[Any]]) -> FromClause | None:
        """Make the table of several arrays."""
        elements = [_element_of(type_, self._dialect()) for type_ in types]
        known = [element for element in elements if element is not None]
        if len(known) < len(elements):
            return None
        arrays: list[BindParameter[Any]] = [
            BindParameter(f"p{place}", type_=ARRAY(element)) for place, element in enumerate(known)
        ]
        columns = [column(f"p{place}", element) for place, element in enumerate(known)]
        rows = func.unnest(*arrays).table_valued(*columns, with_ordinality="place")
        return rows.render_derived(name="given")

    def one_of(self, type_: types.TypeEngine[Any]) -> ColumnElement[Any] | None:
        """Make ``ANY (array)``."""
        element = _element_of(type_, self._dialect())
        return None if element is None else any_(BindParameter("p0", type_=ARRAY(element)))

    def parameters(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
        """Turn rows into columns, of which each must have values of one kind."""
        columns = list(zip(*rows, strict=True))
        for values in columns:
            kinds = set(map(type, values))
            kinds.discard(_NONE)
            if len(kinds) > 1 or (kinds and _differ_in_zone(values, kinds)):
                return None
        return tuple([list(values) for values in columns])


def _element_of(type_: types.TypeEngine[Any], dialect: DefaultDialect | None) -> types.TypeEngine[Any] | None:
    assert dialect is not None, "it is asked by its dialect"
    stored = type_.dialect_impl(dialect)
    if stored.bind_expression(BindParameter("p", type_=type_)) is not None:
        return None
    while isinstance(stored, types.TypeDecorator):
        stored = stored.type_engine(dialect)
    if isinstance(stored, types.Enum) or (isinstance(stored, types.String) and "postgresql" in type(stored).__module__):
        return None
    for cls in type(stored).__mro__:
        if cls in _ELEMENTS:
            return _ELEMENTS[cls](stored)
    return None


def _differ_in_zone(values: Sequence[Any], kinds: set[type[Any]]) -> bool:
    (kind,) = kinds
    if not issubclass(kind, datetime.datetime | datetime.time):
        return False
    return len({value.tzinfo is None for value in values if value is not None}) > 1
