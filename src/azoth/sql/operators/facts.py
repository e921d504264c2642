"""What compiling and negating have to know about operators: symbol, precedence, negation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from azoth.sql.operators.functions import (
    Operator,
    add,
    all_op,
    and_,
    any_op,
    as_,
    asbool_op,
    asc_op,
    between_op,
    bitwise_and_op,
    bitwise_lshift_op,
    bitwise_not_op,
    bitwise_or_op,
    bitwise_rshift_op,
    bitwise_xor_op,
    cast_op,
    collate,
    comma_op,
    concat_op,
    contains_op,
    desc_op,
    distinct_op,
    endswith_op,
    eq,
    exists,
    filter_op,
    floordiv,
    from_,
    ge,
    getitem,
    gt,
    icontains_op,
    iendswith_op,
    ilike_op,
    in_op,
    inv,
    is_,
    is_distinct_from,
    is_false,
    is_not,
    is_not_distinct_from,
    is_true,
    istartswith_op,
    json_getitem_op,
    json_path_getitem_op,
    le,
    like_op,
    lshift,
    lt,
    match_op,
    mod,
    mul,
    ne,
    neg,
    not_between_op,
    not_contains_op,
    not_endswith_op,
    not_icontains_op,
    not_iendswith_op,
    not_ilike_op,
    not_in_op,
    not_istartswith_op,
    not_like_op,
    not_match_op,
    not_regexp_match_op,
    not_startswith_op,
    nulls_first_op,
    nulls_last_op,
    or_,
    regexp_match_op,
    regexp_replace_op,
    rshift,
    startswith_op,
    sub,
    truediv,
)
from azoth.sql.operators.operator_class import OperatorClass
from azoth.util.arguments import TakesTypeArguments, check_text, wrong_value

__all__ = ["OperatorFacts", "custom_op", "facts_of", "is_comparison", "is_precedent", "mirror", "symbol_of"]


class OperatorFacts:
    """What compiling and negating have to know about an operator.

    Args:
        symbol: how it is spelled between (or before, or after) its operands.
        precedence: how tightly it binds.
        negation: the operator that says the opposite, if there is one.
        comparison: whether its result is true or false.
        associative: whether ``(a op b) op c`` needs no parentheses.
        mirror: the comparison with its sides exchanged.
    """

    __slots__ = ("associative", "comparison", "mirror", "negation", "precedence", "symbol")

    def __init__(
        self,
        symbol: str,
        precedence: int,
        negation: Operator | None = None,
        comparison: bool = False,
        associative: bool = False,
        mirror: Operator | None = None,
    ) -> None:
        self.symbol = symbol
        self.precedence = precedence
        self.negation = negation
        self.comparison = comparison
        self.associative = associative
        self.mirror = mirror


class custom_op(TakesTypeArguments):
    """An operator made of its SQL text; equal to others of the same text and meaning.

    Args:
        opstring: the operator as SQL spells it.
        precedence: how tightly it binds.
        is_comparison: whether its result is true or false.
        return_type: the type of the expression, or None for the left operand's.
        natural_self_precedent: whether a chain of it needs no parentheses.
        eager_grouping: whether its operands stand in parentheses whenever they are operations.
        python_impl: the same operation on Python values.
        operator_class: the family that it belongs to, for types that name theirs.
        visit_name: the name by which a dialect's compiler has a way of its own to write it.

    Attributes:
        facts: what compiling and negating have to know.
    """

    opstring: str
    precedence: int
    is_comparison: bool
    return_type: Any
    natural_self_precedent: bool
    eager_grouping: bool
    python_impl: Callable[..., Any] | None
    operator_class: OperatorClass
    visit_name: str | None

    __name__ = "custom_op"

    def __init__(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        natural_self_precedent: bool = False,
        eager_grouping: bool = False,
        python_impl: Callable[..., Any] | None = None,
        operator_class: OperatorClass = OperatorClass.BASE,
        visit_name: str | None = None,
    ) -> None:
        self.operator_class = operator_class
        self.visit_name = visit_name
        check_text("op(): opstring", opstring, 'write the operator as SQL spells it, as in column.op("&")(5)')
        if not hasattr(precedence, "__index__"):
            raise wrong_value("op(): precedence", "a whole number", precedence)
        self.opstring = opstring
        self.precedence = precedence
        self.is_comparison = is_comparison
        self.return_type = return_type
        self.natural_self_precedent = natural_self_precedent
        self.eager_grouping = eager_grouping
        self.python_impl = python_impl

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self) -> int:
        return hash((self.opstring, self.precedence))

    def __repr__(self) -> str:
        return f"custom_op({self.opstring!r}, precedence={self.precedence})"

    def __call__(self, left: Any, right: Any, **kwargs: Any) -> Any:
        """Apply to expressions, or to plain values where there is a Python implementation."""
        if hasattr(left, "operate"):
            return left.operate(self, right, **kwargs)
        if self.python_impl is not None:
            return self.python_impl(left, right)
        raise TypeError(f"operator {self.opstring!r} has no Python implementation")

    @property
    def facts(self) -> OperatorFacts:
        """Its facts, as those of the built-in operators."""
        return OperatorFacts(
            self.opstring, self.precedence, comparison=self.is_comparison, associative=self.natural_self_precedent
        )


def _comparison(symbol: str, negation: Operator | None, mirror: Operator | None = None) -> OperatorFacts:
    return OperatorFacts(symbol, 5, negation, comparison=True, mirror=mirror)


def _affix(symbol: str, negation: Operator | None) -> OperatorFacts:
    # Looser than ||, because these are written as a concatenation on their right side.
    return OperatorFacts(symbol, 4, negation, comparison=True)


_FACTS: Final[dict[Operator, OperatorFacts]] = {
    from_: OperatorFacts("FROM", 15),
    any_op: OperatorFacts("ANY ", 15),
    all_op: OperatorFacts("ALL ", 15),
    getitem: OperatorFacts("[]", 15, associative=True),
    json_getitem_op: OperatorFacts("->", 15, associative=True),
    json_path_getitem_op: OperatorFacts("#>", 15, associative=True),
    mul: OperatorFacts("*", 8, associative=True),
    truediv: OperatorFacts("/", 8),
    floordiv: OperatorFacts("//", 8),
    mod: OperatorFacts("%", 8),
    neg: OperatorFacts("-", 8),
    bitwise_not_op: OperatorFacts("~", 8),
    add: OperatorFacts("+", 7, associative=True),
    sub: OperatorFacts("-", 7),
    bitwise_and_op: OperatorFacts("&", 7, associative=True),
    bitwise_or_op: OperatorFacts("|", 7, associative=True),
    bitwise_xor_op: OperatorFacts("^", 7, associative=True),
    bitwise_lshift_op: OperatorFacts("<<", 7),
    bitwise_rshift_op: OperatorFacts(">>", 7),
    lshift: OperatorFacts("<<", 7),
    rshift: OperatorFacts(">>", 7),
    filter_op: OperatorFacts("FILTER", 6),
    concat_op: OperatorFacts("||", 5, associative=True),
    eq: _comparison("=", ne, eq),
    ne: _comparison("!=", eq, ne),
    lt: _comparison("<", ge, gt),
    le: _comparison("<=", gt, ge),
    gt: _comparison(">", le, lt),
    ge: _comparison(">=", lt, le),
    is_: _comparison("IS", is_not, is_),
    is_not: _comparison("IS NOT", is_, is_not),
    is_distinct_from: _comparison("IS DISTINCT FROM", is_not_distinct_from, is_distinct_from),
    is_not_distinct_from: _comparison("IS NOT DISTINCT FROM", is_distinct_from, is_not_distinct_from),
    in_op: _comparison("IN", not_in_op),
    not_in_op: _comparison("NOT IN", in_op),
    like_op: _comparison("LIKE", not_like_op),
    not_like_op: _comparison("NOT LIKE", like_op),
    ilike_op: _comparison("ILIKE", not_ilike_op),
    not_ilike_op: _comparison("NOT ILIKE", ilike_op),
    startswith_op: _affix("LIKE", not_startswith_op),
    not_startswith_op: _affix("NOT LIKE", startswith_op),
    istartswith_op: _affix("LIKE", not_istartswith_op),
    not_istartswith_op: _affix("NOT LIKE", istartswith_op),
    endswith_op: _affix("LIKE", not_endswith_op),
    not_endswith_op: _affix("NOT LIKE", endswith_op),
    iendswith_op: _affix("LIKE", not_iendswith_op),
    not_iendswith_op: _affix("NOT LIKE", iendswith_op),
    contains_op: _affix("LIKE", not_contains_op),
    not_contains_op: _affix("NOT LIKE", contains_op),
    icontains_op: _affix("LIKE", not_icontains_op),
    not_icontains_op: _affix("NOT LIKE", icontains_op),
    match_op: _comparison("MATCH", not_match_op),
    not_match_op: _comparison("NOT MATCH", match_op),
    regexp_match_op: _comparison("REGEXP", not_regexp_match_op),
    not_regexp_match_op: _comparison("NOT REGEXP", regexp_match_op),
    regexp_replace_op: OperatorFacts("REGEXP_REPLACE", 5),
    between_op: _comparison("BETWEEN", not_between_op),
    not_between_op: _comparison("NOT BETWEEN", between_op),
    distinct_op: OperatorFacts("DISTINCT ", 5),
    inv: OperatorFacts("NOT ", 5),
    is_true: OperatorFacts("", 5),
    is_false: OperatorFacts("", 5),
    collate: OperatorFacts("COLLATE", 4),
    and_: OperatorFacts(" AND ", 3, associative=True),
    desc_op: OperatorFacts(" DESC", 3),
    asc_op: OperatorFacts(" ASC", 3),
    nulls_first_op: OperatorFacts(" NULLS FIRST", 3),
    nulls_last_op: OperatorFacts(" NULLS LAST", 3),
    or_: OperatorFacts(" OR ", 2, associative=True),
    exists: OperatorFacts("EXISTS ", 0),
    comma_op: OperatorFacts(", ", -1, associative=True),
    as_: OperatorFacts(" AS ", -1),
    asbool_op: OperatorFacts("", -10),
    cast_op: OperatorFacts("CAST", 15),
}


def facts_of(op: Operator) -> OperatorFacts:
    """Find what compiling and negating have to know about an operator."""
    facts = _FACTS.get(op)
    return cast("custom_op", op).facts if facts is None else facts


def is_comparison(op: Operator) -> bool:
    """Tell whether an operator compares: whether its result is true or false."""
    return facts_of(op).comparison


def mirror(op: Operator) -> Operator:
    """Find the comparison that says the same with its sides exchanged, as ``>`` does for ``<``."""
    return facts_of(op).mirror or op


def is_precedent(operator: Operator, against: Operator | None) -> bool:
    """Tell whether an operation needs parentheses as an operand of another one; None for one that is not known."""
    if against is None:
        return True
    inner = facts_of(operator)
    if operator is against and inner.associative:
        return False
    return inner.precedence <= facts_of(against).precedence


def symbol_of(op: Operator) -> str:
    """Find how an operator is spelled."""
    return facts_of(op).symbol
