"""The operators of SQL expressions: their names, symbols, precedence and negation, and the Python operators for them.

Where Python has an operator, it is Python's own function (``operators.eq is operator.eq``); the others are functions
of the same kind. What a compiler has to know about an operator stands in one table, read by ``facts_of``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from typing import Any, Final, TypeAlias, cast

__all__ = [
    "ColumnOperators",
    "Comparator",
    "Operator",
    "OperatorFacts",
    "Operators",
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
    "custom_op",
    "desc_op",
    "distinct_op",
    "endswith_op",
    "eq",
    "exists",
    "facts_of",
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
    "is_comparison",
    "is_distinct_from",
    "is_false",
    "is_not",
    "is_not_distinct_from",
    "is_precedent",
    "is_true",
    "istartswith_op",
    "json_getitem_op",
    "json_path_getitem_op",
    "le",
    "like_op",
    "lshift",
    "lt",
    "match_op",
    "mirror",
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
    "symbol_of",
    "truediv",
]

Operator: TypeAlias = Callable[..., Any]


class Operators:
    """Boolean and custom operators, each handed to ``operate()`` or ``reverse_operate()``."""

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this object on its left side.

        Args:
            op: the operator.
            other: the other operands.
            kwargs: the operator's own options, such as ``escape``.
        """
        raise TypeError(f"{type(self).__name__} has no operator {op!r}")

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with this object on its right side."""
        raise TypeError(f"{type(self).__name__} has no operator {op!r}")

    def __and__(self, other: Any) -> Any:
        return self.operate(and_, other)

    def __rand__(self, other: Any) -> Any:
        return self.reverse_operate(and_, other)

    def __or__(self, other: Any) -> Any:
        return self.operate(or_, other)

    def __ror__(self, other: Any) -> Any:
        return self.reverse_operate(or_, other)

    def __invert__(self) -> Any:
        return self.operate(inv)

    def op(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        python_impl: Callable[..., Any] | None = None,
    ) -> Callable[[Any], Any]:
        """Make an operator of its SQL text: ``column.op("&")(5)``.

        Args:
            opstring: the operator as SQL spells it.
            precedence: how tightly it binds; higher is tighter, 0 is looser than all but the comma.
            is_comparison: whether it compares (join conditions care).
            return_type: the type of the expression; the left operand's where none is given.
            python_impl: the same operation on Python values.

        Returns:
            a function of the right operand.
        """
        operator = custom_op(opstring, precedence, is_comparison, return_type, python_impl=python_impl)

        def against(other: Any) -> Any:
            return operator(self, other)

        return against

    def bool_op(
        self, opstring: str, precedence: int = 0, python_impl: Callable[..., Any] | None = None
    ) -> Callable[[Any], Any]:
        """Make an operator of its SQL text whose result is true or false: a comparison."""
        return self.op(opstring, precedence=precedence, is_comparison=True, python_impl=python_impl)


class ColumnOperators(Operators):
    """The operators of columns and other SQL expressions.

    A class that is like a column mixes this in and defines ``operate()`` and ``reverse_operate()``.
    """

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> Any:
        return self.operate(lt, other)

    def __le__(self, other: Any) -> Any:
        return self.operate(le, other)

    def __eq__(self, other: object) -> Any:
        return self.operate(eq, other)

    def __ne__(self, other: object) -> Any:
        return self.operate(ne, other)

    def __gt__(self, other: Any) -> Any:
        return self.operate(gt, other)

    def __ge__(self, other: Any) -> Any:
        return self.operate(ge, other)

    def __neg__(self) -> Any:
        return self.operate(neg)

    def __contains__(self, other: Any) -> bool:
        raise TypeError(
            f"'in' asks {type(self).__name__} for a Python truth value, which a SQL expression does not have\n"
            "  fix: write column.in_([...]), or column.contains(...) for text"
        )

    def __getitem__(self, index: Any) -> Any:
        return self.operate(getitem, index)

    def __iter__(self) -> Any:
        # Without this, __getitem__ would make every expression an endless sequence.
        raise TypeError(f"{type(self).__name__!r} object is not iterable")

    def __lshift__(self, other: Any) -> Any:
        return self.operate(lshift, other)

    def __rshift__(self, other: Any) -> Any:
        return self.operate(rshift, other)

    def __rlshift__(self, other: Any) -> Any:
        return self.reverse_operate(lshift, other)

    def __rrshift__(self, other: Any) -> Any:
        return self.reverse_operate(rshift, other)

    def __add__(self, other: Any) -> Any:
        return self.operate(add, other)

    def __radd__(self, other: Any) -> Any:
        return self.reverse_operate(add, other)

    def __sub__(self, other: Any) -> Any:
        return self.operate(sub, other)

    def __rsub__(self, other: Any) -> Any:
        return self.reverse_operate(sub, other)

    def __mul__(self, other: Any) -> Any:
        return self.operate(mul, other)

    def __rmul__(self, other: Any) -> Any:
        return self.reverse_operate(mul, other)

    def __mod__(self, other: Any) -> Any:
        return self.operate(mod, other)

    def __rmod__(self, other: Any) -> Any:
        return self.reverse_operate(mod, other)

    def __truediv__(self, other: Any) -> Any:
        return self.operate(truediv, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.reverse_operate(truediv, other)

    def __floordiv__(self, other: Any) -> Any:
        return self.operate(floordiv, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self.reverse_operate(floordiv, other)

    def concat(self, other: Any) -> Any:
        """Concatenate: ``a || b``."""
        return self.operate(concat_op, other)

    def like(self, other: Any, escape: str | None = None) -> Any:
        """Match a pattern: ``a LIKE pattern [ESCAPE escape]``."""
        return self.operate(like_op, other, escape=escape)

    def ilike(self, other: Any, escape: str | None = None) -> Any:
        """Match a pattern without regard to case: ``lower(a) LIKE lower(pattern)``, or ILIKE where there is one."""
        return self.operate(ilike_op, other, escape=escape)

    def not_like(self, other: Any, escape: str | None = None) -> Any:
        """Not match a pattern: ``a NOT LIKE pattern``."""
        return self.operate(not_like_op, other, escape=escape)

    notlike = not_like

    def not_ilike(self, other: Any, escape: str | None = None) -> Any:
        """Not match a pattern, without regard to case."""
        return self.operate(not_ilike_op, other, escape=escape)

    notilike = not_ilike

    def in_(self, other: Any) -> Any:
        """Be one of a list of values, of tuples, of an expanding parameter's values or of a subquery's rows.

        Args:
            other: a list (of any length; empty is false), a select, or ``bindparam(..., expanding=True)``.
        """
        return self.operate(in_op, other)

    def not_in(self, other: Any) -> Any:
        """Be none of a list of values or of a subquery's rows; true for an empty list."""
        return self.operate(not_in_op, other)

    notin_ = not_in

    def is_(self, other: Any) -> Any:
        """Compare with IS, as NULL and the booleans are: ``a IS NULL``."""
        return self.operate(is_, other)

    def is_not(self, other: Any) -> Any:
        """Compare with IS NOT: ``a IS NOT NULL``."""
        return self.operate(is_not, other)

    isnot = is_not

    def is_distinct_from(self, other: Any) -> Any:
        """Differ, where NULL equals NULL: ``a IS DISTINCT FROM b``."""
        return self.operate(is_distinct_from, other)

    def is_not_distinct_from(self, other: Any) -> Any:
        """Be equal, where NULL equals NULL: ``a IS NOT DISTINCT FROM b``."""
        return self.operate(is_not_distinct_from, other)

    isnot_distinct_from = is_not_distinct_from

    def startswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """Begin with a text: ``a LIKE text || '%'``.

        Args:
            other: the text, or an expression.
            escape: the character that makes a following % or _ an ordinary character.
            autoescape: whether to escape %, _ and the escape character ("/" by default) in a plain text.
        """
        return self.operate(startswith_op, other, escape=escape, autoescape=autoescape)

    def istartswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """Begin with a text, without regard to case; see ``startswith()``."""
        return self.operate(istartswith_op, other, escape=escape, autoescape=autoescape)

    def endswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """End with a text: ``a LIKE '%' || text``; see ``startswith()``."""
        return self.operate(endswith_op, other, escape=escape, autoescape=autoescape)

    def iendswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """End with a text, without regard to case; see ``startswith()``."""
        return self.operate(iendswith_op, other, escape=escape, autoescape=autoescape)

    def contains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """Contain a text: ``a LIKE '%' || text || '%'``; see ``startswith()``."""
        return self.operate(contains_op, other, escape=escape, autoescape=autoescape)

    def icontains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """Contain a text, without regard to case; see ``startswith()``."""
        return self.operate(icontains_op, other, escape=escape, autoescape=autoescape)

    def match(self, other: Any, **kwargs: Any) -> Any:
        """Match with the database's own full-text operator: ``a MATCH b``."""
        return self.operate(match_op, other, **kwargs)

    def regexp_match(self, pattern: Any, flags: str | None = None) -> Any:
        """Match a regular expression, in the database's own dialect of them."""
        return self.operate(regexp_match_op, pattern, flags=flags)

    def regexp_replace(self, pattern: Any, replacement: Any, flags: str | None = None) -> Any:
        """Replace what a regular expression matches."""
        return self.operate(regexp_replace_op, pattern, replacement=replacement, flags=flags)

    def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
        """Lie between two values, both included: ``a BETWEEN x AND y``."""
        return self.operate(between_op, cleft, cright, symmetric=symmetric)

    def desc(self) -> Any:
        """Order downwards."""
        return self.operate(desc_op)

    def asc(self) -> Any:
        """Order upwards."""
        return self.operate(asc_op)

    def nulls_first(self) -> Any:
        """Order NULL before everything else."""
        return self.operate(nulls_first_op)

    nullsfirst = nulls_first

    def nulls_last(self) -> Any:
        """Order NULL after everything else."""
        return self.operate(nulls_last_op)

    nullslast = nulls_last

    def collate(self, collation: str) -> Any:
        """Compare and order by a collation: ``a COLLATE name``."""
        return self.operate(collate, collation)

    def distinct(self) -> Any:
        """Be preceded by DISTINCT, as in ``count(DISTINCT a)``."""
        return self.operate(distinct_op)

    def any_(self) -> Any:
        """Compare with any element of this array or subquery: ``x = ANY (a)``."""
        return self.operate(any_op)

    def all_(self) -> Any:
        """Compare with all elements of this array or subquery: ``x = ALL (a)``."""
        return self.operate(all_op)

    def bitwise_and(self, other: Any) -> Any:
        """Combine the bits: ``a & b``."""
        return self.operate(bitwise_and_op, other)

    def bitwise_or(self, other: Any) -> Any:
        """Combine the bits: ``a | b``."""
        return self.operate(bitwise_or_op, other)

    def bitwise_xor(self, other: Any) -> Any:
        """Combine the bits: ``a ^ b``."""
        return self.operate(bitwise_xor_op, other)

    def bitwise_not(self) -> Any:
        """Turn the bits around: ``~a``."""
        return self.operate(bitwise_not_op)

    def bitwise_lshift(self, other: Any) -> Any:
        """Shift the bits: ``a << b``."""
        return self.operate(bitwise_lshift_op, other)

    def bitwise_rshift(self, other: Any) -> Any:
        """Shift the bits: ``a >> b``."""
        return self.operate(bitwise_rshift_op, other)


class Comparator(ColumnOperators):
    """The operators of a type: derive from it to add operators to a type or to change them (``comparator_factory``).

    Args:
        expr: the expression that the operators belong to.
    """

    def __init__(self, expr: Any) -> None:
        self.expr = expr
        self.type = expr.type

    def __clause_element__(self) -> Any:
        return self.expr

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the ordinary expression of an operator."""
        return self.expr._operate_plainly(op, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the ordinary expression of an operator with this one on its right side."""
        return self.expr._reverse_operate_plainly(op, other, **kwargs)


def _named(name: str, method: str | None = None) -> Operator:
    """Make the function of an operator that Python lacks: it calls the method of its left operand."""
    called = method or name

    def operator(a: Any, *b: Any, **kwargs: Any) -> Any:
        return getattr(a, called)(*b, **kwargs)

    operator.__name__ = operator.__qualname__ = name
    return operator


concat_op = _named("concat_op", "concat")
like_op = _named("like_op", "like")
not_like_op = _named("not_like_op", "not_like")
ilike_op = _named("ilike_op", "ilike")
not_ilike_op = _named("not_ilike_op", "not_ilike")
startswith_op = _named("startswith_op", "startswith")
istartswith_op = _named("istartswith_op", "istartswith")
endswith_op = _named("endswith_op", "endswith")
iendswith_op = _named("iendswith_op", "iendswith")
contains_op = _named("contains_op", "contains")
icontains_op = _named("icontains_op", "icontains")
in_op = _named("in_op", "in_")
not_in_op = _named("not_in_op", "not_in")
is_ = _named("is_")
is_not = _named("is_not")
is_distinct_from = _named("is_distinct_from")
is_not_distinct_from = _named("is_not_distinct_from")
match_op = _named("match_op", "match")
regexp_match_op = _named("regexp_match_op", "regexp_match")
regexp_replace_op = _named("regexp_replace_op", "regexp_replace")
between_op = _named("between_op", "between")
collate = _named("collate")
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


def _structural(name: str) -> Operator:
    """Make an operator that only says in which surroundings an expression stands."""

    def operator(*_operands: Any) -> Any:
        raise TypeError(f"{name} is no operation on values")

    operator.__name__ = operator.__qualname__ = name
    return operator


comma_op = _structural("comma_op")
exists = _structural("exists")
from_ = _structural("from_")
asbool_op = _structural("asbool_op")
is_true = _structural("is_true")
is_false = _structural("is_false")


@dataclass(frozen=True)
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

    symbol: str
    precedence: int
    negation: Operator | None = None
    comparison: bool = False
    associative: bool = False
    mirror: Operator | None = None


@dataclass(frozen=True, eq=True)
class custom_op:
    """An operator made of its SQL text; equal to others of the same text and meaning.

    Args:
        opstring: the operator as SQL spells it.
        precedence: how tightly it binds.
        is_comparison: whether its result is true or false.
        return_type: the type of the expression, or None for the left operand's.
        natural_self_precedent: whether a chain of it needs no parentheses.
        eager_grouping: whether its operands stand in parentheses whenever they are operations.
        python_impl: the same operation on Python values.
    """

    opstring: str
    precedence: int = 0
    is_comparison: bool = False
    return_type: Any = None
    natural_self_precedent: bool = False
    eager_grouping: bool = False
    python_impl: Callable[..., Any] | None = None

    __name__ = "custom_op"

    def __hash__(self) -> int:
        return hash((self.opstring, self.precedence))

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


def is_precedent(op: Operator, against: Operator | None) -> bool:
    """Tell whether an operation needs parentheses as an operand of another one."""
    if against is None:
        return False
    inner = facts_of(op)
    if op is against and inner.associative:
        return False
    return inner.precedence <= facts_of(against).precedence


def symbol_of(op: Operator) -> str:
    """Find how an operator is spelled."""
    return facts_of(op).symbol
