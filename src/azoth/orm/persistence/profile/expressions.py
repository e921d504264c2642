"""SQL expressions as attribute values: telling them from plain values."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from azoth.sql.visitors import Visitable

PLAIN_TYPES = frozenset({int, str, float, bool, bytes, type(None)})
"""Classes of values that are certainly no SQL expressions, and that ``==`` compares."""


def is_expression(value: object) -> bool:
    """Tell whether an attribute's value is a SQL expression, to be computed by the database."""
    return is_expression_class(type(value))


def is_expression_class(cls: type[Any]) -> bool:
    """Tell whether values of a class are SQL expressions."""
    return cls not in PLAIN_TYPES and (issubclass(cls, Visitable) or hasattr(cls, "__clause_element__"))


def clause(value: object) -> Any:
    """Give the SQL expression itself, where a mapped attribute stands for it."""
    return value.__clause_element__() if hasattr(value, "__clause_element__") else value


def has_expressions(rows: Iterable[tuple[Any, ...]]) -> bool:
    """Tell whether any value is a SQL expression; one pass in C over the classes of all values."""
    classes = set(map(type, chain.from_iterable(rows)))
    classes -= PLAIN_TYPES
    return any(is_expression_class(cls) for cls in classes)
