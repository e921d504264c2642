"""Which operators a type has: families of operators, which a type of a program's own may name."""

from __future__ import annotations

from enum import Flag
from functools import cache
from typing import Final

from azoth.sql.operators import functions as known
from azoth.sql.operators.functions import Operator

__all__ = ["OperatorClass", "operators_outside"]


class OperatorClass(Flag):
    """Families of operators; a type has those that its ``operator_classes`` names, joined by ``|``."""

    UNSPECIFIED = 1
    """Nobody has said it; all operators."""
    BASE = 2
    """IS, IS DISTINCT FROM and their opposites; operators made of their text."""
    BOOLEAN_ALGEBRA = 4
    """AND, OR and NOT."""
    EQUALITY = 8
    """``=``, ``!=``, IN, DISTINCT, ANY and ALL."""
    ORDERING = 16
    """``<`` and its like, BETWEEN, and the words of ORDER BY."""
    INDEXABLE = 32
    """Brackets, for a part of a value."""
    CONTAINS = 64
    """``contains()``."""
    CONCATENABLE = 128
    """``||``, and ``+`` in this meaning."""
    STRING_MATCH = 256
    """LIKE and its like, regular expressions, COLLATE."""
    MATH = 512
    """Arithmetic."""
    BITWISE = 1024
    """Operators on bits."""
    DATE_ARITHEMETIC = 2048
    """``+`` and ``-`` of dates and intervals."""
    JSON_GETITEM = 4096
    """Brackets, for a part of a document."""

    COMPARISON = EQUALITY | ORDERING
    STRING = BASE | COMPARISON | INDEXABLE | CONTAINS | CONCATENABLE | STRING_MATCH
    INTEGER = BASE | COMPARISON | MATH | BITWISE
    NUMERIC = INTEGER
    BOOLEAN = BASE | BOOLEAN_ALGEBRA | COMPARISON
    BINARY = BASE | COMPARISON | INDEXABLE | CONTAINS | CONCATENABLE
    DATETIME = BASE | COMPARISON | DATE_ARITHEMETIC
    JSON = BASE | COMPARISON | INDEXABLE | JSON_GETITEM
    ARRAY = BINARY
    TUPLE = BINARY
    ANY = STRING | INTEGER | BOOLEAN | DATETIME | JSON


_MEMBERS: Final[dict[OperatorClass, tuple[Operator, ...]]] = {
    OperatorClass.BASE: (known.is_, known.is_not, known.is_distinct_from, known.is_not_distinct_from),
    OperatorClass.BOOLEAN_ALGEBRA: (known.and_, known.or_, known.inv),
    OperatorClass.EQUALITY: (
        known.eq,
        known.ne,
        known.in_op,
        known.not_in_op,
        known.distinct_op,
        known.any_op,
        known.all_op,
    ),
    OperatorClass.ORDERING: (
        known.lt,
        known.le,
        known.gt,
        known.ge,
        known.between_op,
        known.not_between_op,
        known.asc_op,
        known.desc_op,
        known.nulls_first_op,
        known.nulls_last_op,
    ),
    OperatorClass.INDEXABLE: (known.getitem,),
    OperatorClass.CONTAINS: (
        known.contains_op,
        known.not_contains_op,
        known.icontains_op,
        known.not_icontains_op,
    ),
    OperatorClass.CONCATENABLE: (known.concat_op, known.add),
    OperatorClass.STRING_MATCH: (
        known.like_op,
        known.not_like_op,
        known.ilike_op,
        known.not_ilike_op,
        known.startswith_op,
        known.not_startswith_op,
        known.istartswith_op,
        known.not_istartswith_op,
        known.endswith_op,
        known.not_endswith_op,
        known.iendswith_op,
        known.not_iendswith_op,
        known.match_op,
        known.not_match_op,
        known.regexp_match_op,
        known.not_regexp_match_op,
        known.regexp_replace_op,
        known.collate,
    ),
    OperatorClass.MATH: (
        known.add,
        known.sub,
        known.mul,
        known.truediv,
        known.floordiv,
        known.mod,
        known.neg,
    ),
    OperatorClass.BITWISE: (
        known.bitwise_and_op,
        known.bitwise_or_op,
        known.bitwise_xor_op,
        known.bitwise_not_op,
        known.bitwise_lshift_op,
        known.bitwise_rshift_op,
        known.inv,
    ),
    OperatorClass.DATE_ARITHEMETIC: (known.add, known.sub),
    OperatorClass.JSON_GETITEM: (known.json_getitem_op, known.json_path_getitem_op, known.getitem),
}


@cache
def operators_outside(classes: OperatorClass) -> frozenset[Operator]:
    """List the operators that belong to families, and to none of those that are given.

    Args:
        classes: the families.
    """
    if OperatorClass.UNSPECIFIED in classes:
        return frozenset()
    has = {one for family, members in _MEMBERS.items() if family in classes for one in members}
    return frozenset(one for members in _MEMBERS.values() for one in members) - has
