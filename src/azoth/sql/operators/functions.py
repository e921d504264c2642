"""The operators as functions: Python's own where Python has the operator, and functions of the same kind."""

from __future__ import annotations

from collections.abc import Callable
from operator import (
    add,
    and_,
    eq,
    floordiv,
    ge,
    getitem,
    gt,
    inv,
    le,
    lshift,
    lt,
    mod,
    mul,
    ne,
    neg,
    or_,
    rshift,
    sub,
    truediv,
)
from typing import Any, TypeAlias

__all__ = [
    "Operator",
    "add",
    "all_op",
    "and_",
    "any_op",
    "as_",
    "asbool_op",
    "asc_op",
    "between_op",
    "bitwise_and_op",
    "bitwise_lshift_op",
    "bitwise_not_op",
    "bitwise_or_op",
    "bitwise_rshift_op",
    "bitwise_xor_op",
    "cast_op",
    "collate",
    "comma_op",
    "concat_op",
    "contains_op",
    "desc_op",
    "distinct_op",
    "endswith_op",
    "eq",
    "exists",
    "filter_op",
    "floordiv",
    "from_",
    "ge",
    "getitem",
    "gt",
    "icontains_op",
    "iendswith_op",
    "ilike_op",
    "in_op",
    "inv",
    "is_",
    "is_distinct_from",
    "is_false",
    "is_not",
    "is_not_distinct_from",
    "is_true",
    "istartswith_op",
    "json_getitem_op",
    "json_path_getitem_op",
    "le",
    "like_op",
    "lshift",
    "lt",
    "match_op",
    "mod",
    "mul",
    "ne",
    "neg",
    "not_between_op",
    "not_contains_op",
    "not_endswith_op",
    "not_icontains_op",
    "not_iendswith_op",
    "not_ilike_op",
    "not_in_op",
    "not_istartswith_op",
    "not_like_op",
    "not_match_op",
    "not_regexp_match_op",
    "not_startswith_op",
    "nulls_first_op",
    "nulls_last_op",
    "or_",
    "regexp_match_op",
    "regexp_replace_op",
    "rshift",
    "startswith_op",
    "sub",
    "truediv",
]

Operator: TypeAlias = Callable[..., Any]


def _named(name: str, method: str | None = None, parameters: str = "a, *b") -> Operator:
    """Make the function of an operator that Python lacks: it calls the method of its left operand.

    Args:
        name: the name of the operator.
        method: the method, where it has another name.
        parameters: what the function takes, for those who ask for its signature.
    """
    called = method or name

    def operator(a: Any, *b: Any, **kwargs: Any) -> Any:
        return getattr(a, called)(*b, **kwargs)

    operator.__name__ = operator.__qualname__ = name
    operator.__text_signature__ = f"({parameters})"  # type: ignore[attr-defined]
    return operator


concat_op = _named("concat_op", "concat")
like_op = _named("like_op", "like", "a, b, escape=None")
not_like_op = _named("not_like_op", "not_like", "a, b, escape=None")
ilike_op = _named("ilike_op", "ilike", "a, b, escape=None")
not_ilike_op = _named("not_ilike_op", "not_ilike", "a, b, escape=None")
startswith_op = _named("startswith_op", "startswith", "a, b, escape=None, autoescape=False")
istartswith_op = _named("istartswith_op", "istartswith", "a, b, escape=None, autoescape=False")
endswith_op = _named("endswith_op", "endswith", "a, b, escape=None, autoescape=False")
iendswith_op = _named("iendswith_op", "iendswith", "a, b, escape=None, autoescape=False")
contains_op = _named("contains_op", "contains", "a, b, escape=None, autoescape=False")
icontains_op = _named("icontains_op", "icontains", "a, b, escape=None, autoescape=False")
in_op = _named("in_op", "in_")
not_in_op = _named("not_in_op", "not_in")
is_ = _named("is_")
is_not = _named("is_not")
is_distinct_from = _named("is_distinct_from")
is_not_distinct_from = _named("is_not_distinct_from")
match_op = _named("match_op", "match")
regexp_match_op = _named("regexp_match_op", "regexp_match", "a, b, flags=None")
regexp_replace_op = _named("regexp_replace_op", "regexp_replace", "a, b, replacement, flags=None")
between_op = _named("between_op", "between", "a, b, c, symmetric=False")
collate = _named("collate", parameters="a, b, collation_schema=None")
desc_op = _named("desc_op", "desc")
asc_op = _named("asc_op", "asc")
nulls_first_op = _named("nulls_first_op", "nulls_first")
nulls_last_op = _named("nulls_last_op", "nulls_last")
distinct_op = _named("distinct_op", "distinct")
any_op = _named("any_op", "any_")
all_op = _named("all_op", "all_")
bitwise_and_op = _named("bitwise_and_op", "bitwise_and")
bitwise_or_op = _named("bitwise_or_op", "bitwise_or")
bitwise_xor_op = _named("bitwise_xor_op", "bitwise_xor")
bitwise_not_op = _named("bitwise_not_op", "bitwise_not")
bitwise_lshift_op = _named("bitwise_lshift_op", "bitwise_lshift")
bitwise_rshift_op = _named("bitwise_rshift_op", "bitwise_rshift")
filter_op = _named("filter_op", "filter")
as_ = _named("as_", "label")
cast_op = _named("cast_op", "cast")
json_getitem_op = _named("json_getitem_op", "__getitem__")
json_path_getitem_op = _named("json_path_getitem_op", "__getitem__")


def _negated(name: str, op: Operator) -> Operator:
    """Make the function of an operator that exists only as the negation of another."""

    def operator(a: Any, *b: Any, **kwargs: Any) -> Any:
        return ~op(a, *b, **kwargs)

    operator.__name__ = operator.__qualname__ = name
    operator.__text_signature__ = op.__text_signature__  # type: ignore[attr-defined]
    return operator


not_startswith_op = _negated("not_startswith_op", startswith_op)
not_istartswith_op = _negated("not_istartswith_op", istartswith_op)
not_endswith_op = _negated("not_endswith_op", endswith_op)
not_iendswith_op = _negated("not_iendswith_op", iendswith_op)
not_contains_op = _negated("not_contains_op", contains_op)
not_icontains_op = _negated("not_icontains_op", icontains_op)
not_match_op = _negated("not_match_op", match_op)
not_regexp_match_op = _negated("not_regexp_match_op", regexp_match_op)
not_between_op = _negated("not_between_op", between_op)


def _structural(name: str, parameters: str = "a") -> Operator:
    """Make an operator that only says in which surroundings an expression stands."""

    def operator(*_operands: Any) -> Any:
        raise TypeError(f"{name} is no operation on values")

    operator.__name__ = operator.__qualname__ = name
    operator.__text_signature__ = f"({parameters})"  # type: ignore[attr-defined]
    return operator


comma_op = _structural("comma_op", "a, b")
exists = _structural("exists")
from_ = _structural("from_")
asbool_op = _structural("asbool_op")
is_true = _structural("is_true")
is_false = _structural("is_false")
