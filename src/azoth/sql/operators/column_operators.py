"""The operators of columns and of what is like a column, as Python operators and methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.exc import SADeprecationWarning
from azoth.sql.operators.facts import custom_op
from azoth.sql.operators.functions import (
    Operator,
    add,
    all_op,
    and_,
    any_op,
    asc_op,
    between_op,
    bitwise_and_op,
    bitwise_lshift_op,
    bitwise_not_op,
    bitwise_or_op,
    bitwise_rshift_op,
    bitwise_xor_op,
    collate,
    concat_op,
    contains_op,
    desc_op,
    distinct_op,
    endswith_op,
    eq,
    floordiv,
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
    is_not,
    is_not_distinct_from,
    istartswith_op,
    le,
    like_op,
    lshift,
    lt,
    match_op,
    mod,
    mul,
    ne,
    neg,
    not_ilike_op,
    not_in_op,
    not_like_op,
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
from azoth.sql.operators.operator_class import OperatorClass, operators_outside
from azoth.util.arguments import TakesTypeArguments, no_argument
from azoth.util.warning import warn

__all__ = ["ColumnOperators", "Comparator", "Operators"]


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
        operator_class: OperatorClass = OperatorClass.BASE,
        visit_name: str | None = None,
    ) -> Callable[[Any], Any]:
        """Make an operator of its SQL text: ``column.op("&")(5)``.

        Args:
            opstring: the operator as SQL spells it.
            precedence: how tightly it binds; higher is tighter, 0 is looser than all but the comma.
            is_comparison: whether it compares (join conditions care).
            return_type: the type of the expression; the left operand's where none is given.
            python_impl: the same operation on Python values.
            operator_class: the family that it belongs to, for types that name theirs (``operator_classes``).
            visit_name: lets the dialect's compiler write it, by its method ``visit_<visit_name>_op_binary()``.

        Returns:
            a function of the right operand.
        """
        operator = custom_op(
            opstring,
            precedence,
            is_comparison,
            return_type,
            python_impl=python_impl,
            operator_class=operator_class,
            visit_name=visit_name,
        )

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

    timetuple: None = None
    """None: Python's dates and times leave a comparison with this object to the object."""

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

    # Without this, __getitem__ would make every expression an endless sequence, and isinstance() an Iterable.
    __iter__: Any = None

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
        """Match with the database's own full-text operator: ``a MATCH b``.

        Args:
            other: what to match.
            kwargs: options of a dialect that is not here, such as ``mysql_boolean_mode``, which are passed over.
        """
        for name in kwargs:
            if name.partition("_")[0] not in {"mysql", "mariadb", "postgresql"}:
                raise no_argument("match()", name, {"other"})
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

    def collate(self, collation: str, collation_schema: str | None = None) -> Any:
        """Compare and order by a collation: ``a COLLATE name``.

        Args:
            collation: the name of the collation.
            collation_schema: the schema that it is in.
        """
        if collation_schema is None:
            return self.operate(collate, collation)
        return self.operate(collate, collation, collation_schema)

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


class Comparator(TakesTypeArguments, ColumnOperators):
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
        """Build the ordinary expression of an operator; warn of one that the type does not have."""
        if self.type._has_classes:
            self._check_class(op)
        return self.expr._operate_plainly(op, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the ordinary expression of an operator with this one on its right side."""
        if self.type._has_classes:
            self._check_class(op)
        return self.expr._reverse_operate_plainly(op, other, **kwargs)

    def _check_class(self, op: Operator) -> None:
        classes: OperatorClass = self.type.operator_classes
        if isinstance(op, custom_op):
            has = bool(op.operator_class & (classes | OperatorClass.UNSPECIFIED))
        else:
            has = op not in operators_outside(classes)
        if not has:
            kind = type(self.type).__name__
            warn(
                f"type {kind} does not have the operator {getattr(op, '__name__', op)!r}",
                why="its operator_classes do not name the family of the operator.",
                fix="add the family to them, or define the operator on the type's comparator_factory.",
                code="AZ-C710",
                category=SADeprecationWarning,
            )
