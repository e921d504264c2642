"""SQL expressions evaluated in memory, so that objects can follow an UPDATE or DELETE without asking the database.

NULL is None, and an unknown truth is None as well, as in SQL.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from azoth.sql import operators
from azoth.sql.elements import (
    AsBoolean,
    BetweenRange,
    BinaryExpression,
    BindParameter,
    ClauseElement,
    ClauseList,
    ColumnElement,
    Grouping,
    Negation,
    Part,
    UnaryExpression,
    chain_of,
)

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

Evaluate = Callable[[Mapping[str, Any]], Any]
"""From an object's ``__dict__`` to the expression's value."""

Operation = Callable[[Any, Mapping[str, Any]], Any]
"""From the value of the left operand and an object's ``__dict__`` to the expression's value."""


class UnevaluatableError(Exception):
    """Report an expression that only the database can evaluate."""


class NotLoadedError(Exception):
    """Report an object that lacks an attribute of the expression."""


def _divided(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    from decimal import Decimal  # noqa: PLC0415  # slow to import, and few statements divide

    return left / right if isinstance(left, Decimal) or isinstance(right, Decimal) else float(left) / float(right)


def _whole_division(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    # SQL's remainder has the sign of the left operand, Python's that of the right one.
    rest = abs(left) % abs(right)
    return rest if left >= 0 else -rest


ON_VALUES: Final[dict[Any, Callable[[Any, Any], Any]]] = {
    operator.eq: operator.eq,
    operator.ne: operator.ne,
    operator.lt: operator.lt,
    operator.le: operator.le,
    operator.gt: operator.gt,
    operator.ge: operator.ge,
    operator.add: operator.add,
    operator.sub: operator.sub,
    operator.mul: operator.mul,
    operator.truediv: _divided,
    operator.floordiv: _whole_division,
    operator.mod: _remainder,
    operators.concat_op: operator.add,
}
"""Operators whose result is NULL where an operand is."""

ON_NULLS: Final[dict[Any, Callable[[Any, Any], Any]]] = {
    operators.is_: lambda left, right: left is right if right is None or left is None else left == right,
    operators.is_not: lambda left, right: left is not right if right is None or left is None else left != right,
    operators.is_distinct_from: operator.ne,
    operators.is_not_distinct_from: operator.eq,
}

PATTERNS: Final[dict[Any, tuple[str, str, bool]]] = {
    operators.like_op: ("", "", False),
    operators.ilike_op: ("", "", True),
    operators.startswith_op: ("", "%", False),
    operators.istartswith_op: ("", "%", True),
    operators.endswith_op: ("%", "", False),
    operators.iendswith_op: ("%", "", True),
    operators.contains_op: ("%", "%", False),
    operators.icontains_op: ("%", "%", True),
}
"""What stands before and behind the value in a LIKE pattern, and whether case is ignored in any case."""

NEGATED_PATTERNS: Final[dict[Any, Any]] = {
    operators.not_like_op: operators.like_op,
    operators.not_ilike_op: operators.ilike_op,
    operators.not_startswith_op: operators.startswith_op,
    operators.not_istartswith_op: operators.istartswith_op,
    operators.not_endswith_op: operators.endswith_op,
    operators.not_iendswith_op: operators.iendswith_op,
    operators.not_contains_op: operators.contains_op,
    operators.not_icontains_op: operators.icontains_op,
}


class Evaluator:
    """Makes functions of expressions about one entity.

    Args:
        mapper: the entity.
        like_ignores_case: whether LIKE does so in the database.
        parameters: values for named parameters.
    """

    def __init__(self, mapper: Mapper, *, like_ignores_case: bool, parameters: Mapping[str, Any] | None = None) -> None:
        self._keys = mapper.column_to_key
        self._like_ignores_case = like_ignores_case
        self._parameters = parameters or {}

    def function(self, expression: ClauseElement) -> Evaluate:
        """Make the function that evaluates an expression on an object's ``__dict__``.

        Raises:
            UnevaluatableError: something in the expression needs the database.
        """
        kind = expression.__visit_name__
        method = getattr(self, f"_{kind}", None)
        if method is None:
            raise UnevaluatableError(kind)
        made: Evaluate = method(expression)
        return made

    def _column(self, column: ColumnElement[Any]) -> Evaluate:
        key = self._keys.get(column)
        if key is None:
            raise UnevaluatableError(f"column {column.name} is not of the entity's table")

        def read(values: Mapping[str, Any]) -> Any:
            if key not in values:
                raise NotLoadedError(key)
            value = values[key]
            if hasattr(value, "__clause_element__") or hasattr(value, "_shape"):
                # A SQL expression that waits for the flush.
                raise NotLoadedError(key)
            return value

        return read

    def _bindparam(self, bind: BindParameter[Any]) -> Evaluate:
        value = self._value(bind)
        return lambda values: value

    def _value(self, bind: BindParameter[Any]) -> Any:
        own = bind.effective_value
        return own if bind.key is None else self._parameters.get(bind.key, own)

    def _null(self, _expression: Any) -> Evaluate:
        return lambda values: None

    def _true(self, _expression: Any) -> Evaluate:
        return lambda values: True

    def _false(self, _expression: Any) -> Evaluate:
        return lambda values: False

    def _part(self, expression: Part) -> Evaluate:
        return self.function(expression.element)

    def _grouping(self, expression: Grouping) -> Evaluate:
        return self.function(expression.element)

    def _negation(self, expression: Negation | AsBoolean | UnaryExpression[Any]) -> Evaluate:
        inner = self.function(expression.element)

        def negated(values: Mapping[str, Any]) -> Any:
            truth = inner(values)
            return None if truth is None else not truth

        return negated

    def _as_boolean(self, expression: AsBoolean) -> Evaluate:
        if expression.operator is operators.is_false:
            return self._negation(expression)
        return self.function(expression.element)

    def _unary(self, expression: UnaryExpression[Any]) -> Evaluate:
        if expression.operator is operator.inv:
            return self._negation(expression)
        if expression.operator is not operator.neg or expression.modifier is not None:
            raise UnevaluatableError("unary operator")
        inner = self.function(expression.element)

        def minus(values: Mapping[str, Any]) -> Any:
            value = inner(values)
            return None if value is None else -value

        return minus

    def _clauselist(self, expression: ClauseList) -> Evaluate:
        parts = [self.function(clause) for clause in expression.clauses]
        if expression.operator is operator.and_:
            return _all_of(parts)
        if expression.operator is operator.or_:
            return _any_of(parts)
        raise UnevaluatableError("list")

    def _binary(self, expression: BinaryExpression[Any]) -> Evaluate:
        chain = chain_of(expression)
        first = self.function(chain[-1].left)
        operations = [self._operation(each) for each in reversed(chain)]
        if len(operations) == 1:
            [operation] = operations
            return lambda values: operation(first(values), values)

        def evaluated(values: Mapping[str, Any]) -> Any:
            value = first(values)
            for operation in operations:
                value = operation(value, values)
            return value

        return evaluated

    def _operation(self, expression: BinaryExpression[Any]) -> Operation:
        """Make the function that applies a binary expression's operator to the value of its left operand."""
        op = expression.operator
        if op in (operators.in_op, operators.not_in_op):
            return self._membership(expression, negated=op is operators.not_in_op)
        if op in (operators.between_op, operators.not_between_op):
            return self._between(expression, negated=op is operators.not_between_op)
        if op in PATTERNS or op in NEGATED_PATTERNS:
            return self._like(expression)
        right = self.function(expression.right)
        on_nulls = ON_NULLS.get(op)
        if on_nulls is not None:
            return lambda left, values: on_nulls(left, right(values))
        on_values = ON_VALUES.get(op)
        if on_values is None or expression.modifiers:
            raise UnevaluatableError(str(getattr(op, "__name__", op)))

        def applied(left: object, values: Mapping[str, Any]) -> Any:
            second = right(values)
            return None if left is None or second is None else on_values(left, second)

        return applied

    def _membership(self, expression: BinaryExpression[Any], *, negated: bool) -> Operation:
        bind = expression.right
        if not isinstance(bind, BindParameter) or not isinstance(bind.effective_value, (list, tuple)):
            raise UnevaluatableError("IN of a subquery or of expressions")
        given = self._value(bind)
        known = [value for value in given if value is not None]
        has_null = len(known) < len(given)
        found = _finder(known)

        def contained(value: object, values: Mapping[str, Any]) -> Any:
            if not given:
                return negated
            if value is None:
                return None
            if found(value):
                return not negated
            return None if has_null else negated

        return contained

    def _between(self, expression: BinaryExpression[Any], *, negated: bool) -> Operation:
        if expression.modifiers:
            raise UnevaluatableError("BETWEEN SYMMETRIC")
        limits = cast("BetweenRange", expression.right)
        low, high = self.function(limits.low), self.function(limits.high)

        def between(value: object, values: Mapping[str, Any]) -> Any:
            least, most = low(values), high(values)
            if value is None or least is None or most is None:
                return None
            return (least <= value <= most) is not negated

        return between

    def _like(self, expression: BinaryExpression[Any]) -> Operation:
        op = NEGATED_PATTERNS.get(expression.operator, expression.operator)
        negated = op is not expression.operator
        before, behind, ignores_case = PATTERNS[op]
        flags = re.DOTALL | (re.IGNORECASE if ignores_case or self._like_ignores_case else 0)
        escape = dict(expression.modifiers).get("escape")
        right = self.function(expression.right)

        def matches(subject: Any, values: Mapping[str, Any]) -> Any:
            pattern = right(values)
            if subject is None or pattern is None:
                return None
            found = re.fullmatch(_regex(before + pattern + behind, escape), subject, flags)
            return (found is not None) is not negated

        return matches


def _finder(known: list[Any]) -> Callable[[Any], bool]:
    """Make the look-up of a value in a list; one that is asked for many objects must not go through it each time."""
    try:
        values = frozenset(known)
    except TypeError:
        return known.__contains__

    def found(value: object) -> bool:
        try:
            return value in values
        except TypeError:
            # It cannot be hashed, as a list of a JSON column, and those that were given can.
            return value in known

    return found


def _all_of(parts: list[Evaluate]) -> Evaluate:
    def every(values: Mapping[str, Any]) -> Any:
        unknown = False
        for part in parts:
            truth = part(values)
            if truth is None:
                unknown = True
            elif not truth:
                return False
        return None if unknown else True

    return every


def _any_of(parts: list[Evaluate]) -> Evaluate:
    def some(values: Mapping[str, Any]) -> Any:
        unknown = False
        for part in parts:
            truth = part(values)
            if truth is None:
                unknown = True
            elif truth:
                return True
        return None if unknown else False

    return some


def _regex(pattern: str, escape: Any) -> str:
    """Translate a LIKE pattern."""
    parts: list[str] = []
    escaped = False
    for character in pattern:
        if escaped:
            parts.append(re.escape(character))
            escaped = False
        elif escape is not None and character == escape:
            escaped = True
        elif character == "%":
            parts.append(".*")
        elif character == "_":
            parts.append(".")
        else:
            parts.append(re.escape(character))
    return "".join(parts)
